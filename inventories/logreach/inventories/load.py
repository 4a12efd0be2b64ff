"""An inventory folder, loaded: hosts with their facts, every file's digest, every fault."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from logreach.inventories import hosts, manifest
from logreach.inventories.facts import Host, Inventory
from logreach.inventories.faults import Fault, InputError
from logreach.inventories.manifest import HostSpec, Manifest, Named
from logreach.inventories.sources import Folder, Source


def load(path: Path) -> Inventory:
    """Load an inventory folder, with inventory.yaml or without it.

    Without it, each sub-folder is a host, or the folder itself is one where it holds files and
    no sub-folders; files are known by their content. InputError, with every fault, only where
    nothing can be used at all. A host whose file cannot be read stays, with that fact missing.
    """
    root = path.parent if path.name == manifest.MANIFEST else path
    if not root.is_dir():
        hint = "Give the folder that holds inventory.yaml, or one sub-folder a host."
        raise InputError(Fault("no such inventory folder", str(path), hint=hint))
    folder = Folder(root)
    if (root / manifest.MANIFEST).is_file():
        source = folder.read(root / manifest.MANIFEST)
        told = manifest.read(source.text())
    else:
        source = Source(".", b"")
        told = _by_folders(folder)
    name = told.name or root.resolve().name
    return _inventory(name, folder, told, source)


def _inventory(name: str, folder: Folder, told: Manifest, source: Source) -> Inventory:
    found = tuple(hosts.build(folder, spec, source) for spec in told.hosts)
    faults = _faults(found)
    return Inventory(name, found, folder.files, tuple(dict.fromkeys(faults)))


def _faults(found: Iterable[Host]) -> list[Fault]:
    return [fault for host in found for fault in host.faults]


def _by_folders(folder: Folder) -> Manifest:
    """A manifest for a folder without one."""
    inside = sorted(folder.root.iterdir(), key=lambda one: one.name.casefold())
    below = [one for one in inside if one.is_dir() and not one.name.startswith(".")]
    if not below and not any(one.is_file() for one in inside):
        hint = "Put inventory.yaml in it, or one sub-folder a host."
        raise InputError(Fault("holds no hosts", folder.root.name, hint=hint))
    if not below:
        return Manifest(hosts=(HostSpec(folder.root.resolve().name, 0, folder=Named(".", 0)),))
    return Manifest(hosts=tuple(HostSpec(one.name, 0, folder=Named(one.name, 0)) for one in below))
