"""An inventory folder, loaded: hosts with their facts, every file's digest, every fault."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from logreach.inventories.facts.host import Inventory
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.reading import (
    collector_hops,
    device_exports,
    device_rows,
    hosts,
    joining,
    manifest,
)
from logreach.inventories.reading.device_exports import Device
from logreach.inventories.reading.specs import ExportSpec, HostSpec, Manifest, ManifestText
from logreach.inventories.windows.group_policy import gpo

_LARGEST_MANIFEST = 16 * 1024 * 1024  # bytes; 10,000 hosts take one


def load(path: Path) -> Inventory:
    """Load an inventory folder, with inventory.yaml or without it.

    Without it, each sub-folder is a host, or the folder itself is one where it holds files and
    no sub-folders; files are recognised by their content. A host whose file cannot be read stays,
    with those facts missing. InputError, with every fault, where nothing at all can be used.
    """
    try:
        with _without_garbage_collection():
            return _load(_root(path))
    except OSError as error:
        raise InputError(Fault(f"cannot be read ({error.strerror})", str(path))) from error


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Reading makes a million small objects and no cycles: searching them doubles its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _load(root: Path) -> Inventory:
    folder = Folder(root)
    if (root / manifest.MANIFEST).is_file():
        source = folder.read(folder.locate(manifest.MANIFEST))
        if len(source.data) > _LARGEST_MANIFEST:
            size = f"{_LARGEST_MANIFEST // 2**20} MiB"
            hint = "Name large fleets in a CSV file under 'exports:'."
            raise InputError(source.fault(f"is larger than {size}", hint=hint))
        declared = manifest.read(source.text())
    else:
        source = Source("", b"")
        declared = _by_folders(folder)
    name = declared.name or root.resolve().name
    return _inventory(name, folder, declared, source)


def _root(path: Path) -> Path:
    """The folder of an inventory, named itself or by its inventory.yaml."""
    if path.is_file() and path.name == manifest.MANIFEST:
        return path.parent
    hint = "Give the folder that holds inventory.yaml, or one sub-folder a host."
    if path.is_file():
        raise InputError(Fault("is a file, not an inventory folder", str(path), hint=hint))
    root = path.parent if path.name == manifest.MANIFEST and not path.exists() else path
    if not root.is_dir():
        raise InputError(Fault("no such inventory folder", str(path), hint=hint))
    written = root / manifest.MANIFEST
    if os.path.lexists(written) and not written.is_file():
        actual = "is a folder" if written.is_dir() else "is a link to nothing, or a pipe"
        raise InputError(Fault(f"{actual}; {manifest.MANIFEST} must be a file", manifest.MANIFEST))
    return root


def _inventory(name: str, folder: Folder, declared: Manifest, source: Source) -> Inventory:
    faults = [
        Fault("lies beside the host folders and was not read", path) for path in declared.left_over
    ]
    notes: list[Fault] = []
    listed = _listed(folder, declared, source, faults, notes)
    shared, assume = declared.subscriptions, declared.assume_defaults
    make = HostSpec("", 0, shared_subscriptions=shared, assume_defaults=assume)
    joined, unclear = joining.join(declared.hosts, listed, make, source.path)
    faults.extend(unclear)
    built = [hosts.build(folder, spec, source, devices) for spec, devices in joined]
    faults.extend(folder.passed_over)
    if not built and (faults or notes):
        raise InputError([*faults, *notes])
    faults.extend(fault for host in built for fault in host.faults)
    notes.extend(note for host in built for note in host.notes)
    distinct_faults, distinct_notes = (tuple(dict.fromkeys(each)) for each in (faults, notes))
    return Inventory(
        name, collector_hops.linked(built), folder.files, distinct_faults, distinct_notes
    )


def _listed(
    folder: Folder, declared: Manifest, source: Source, faults: list[Fault], notes: list[Fault]
) -> list[Device]:
    """Every row of every device list of the inventory."""
    listed: list[Device] = []
    for export in declared.exports:
        try:
            place = f"line {export.file.line}" if export.file.line else ""
            path = folder.locate(export.file.text, source.path, place)
            if path.is_dir():
                message = f"is a folder where a file is expected: {export.file.text}"
                raise InputError(source.fault(message, place))
            devices = device_exports.read(folder.read(path), export.columns)
        except InputError as error:
            faults.extend(error.faults)
            continue
        faults.extend(devices.faults)
        notes.extend(devices.notes)
        listed.extend(devices.devices)
    return listed


def _by_folders(folder: Folder) -> Manifest:
    """A manifest for a folder without one: sub-folders are hosts, lists beside them exports."""
    inside = sorted(folder.root.iterdir(), key=lambda entry: entry.name.casefold())
    visible = [entry for entry in inside if not entry.name.startswith(".")]
    below = [entry for entry in visible if entry.is_dir()]
    lists = [entry for entry in visible if entry.is_file() and _is_list(folder, entry)]
    files = [entry for entry in visible if entry.is_file() and entry not in lists]
    # Links to nothing and pipes stand where the folder of a host was.
    unreadable = [entry for entry in visible if not (entry.is_dir() or entry.is_file())]
    if not visible:
        hint = "Put inventory.yaml in it, or one sub-folder a host."
        raise InputError(Fault("holds no hosts", folder.root.name, hint=hint))
    single = not (below or lists or (unreadable and not files))
    if single or any(gpo.is_backup_info(entry) for entry in files):
        return Manifest(
            hosts=(HostSpec(folder.root.resolve().name, 0, folder=ManifestText(".", 0)),)
        )
    return Manifest(
        hosts=tuple(
            HostSpec(entry.name, 0, folder=ManifestText(entry.name, 0))
            for entry in visible
            if entry in below or entry in unreadable
        ),
        exports=tuple(ExportSpec(ManifestText(entry.name, 0)) for entry in lists),
        left_over=tuple(entry.name for entry in files),
    )


def _is_list(folder: Folder, path: Path) -> bool:
    try:
        return device_rows.looks_like(folder.read(folder.locate(path.name)).text())
    except InputError:
        return False
