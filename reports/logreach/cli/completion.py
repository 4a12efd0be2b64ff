"""What a shell offers on the Tab key: technique ids and the names of hosts.

A shell evaluates what it is offered, so that only names of harmless characters are; a Tab must not
fail either, so that whatever cannot be read offers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import typer

from logreach.inventories.files.faults import InputError

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LARGEST = 1_000_000  # bytes of an inventory.yaml that a Tab waits for
_INVENTORY = ("inventory", "folder", "before")
"""The arguments that name an inventory."""


def technique_ids(incomplete: str) -> list[tuple[str, str]]:
    """The techniques of the default ATT&CK whose id begins like this, with their names."""
    from logreach.coverage.attack import load_attack

    return [
        (technique.id, re.sub(r"[^\w ./-]", " ", technique.name))
        for technique in load_attack(None).techniques
        if technique.id.startswith(incomplete)
    ]


def host_names(context: typer.Context, incomplete: str) -> list[str]:
    """The hosts of the inventory that stands on the command line."""
    # An option that waits for its value leaves the arguments before it unread.
    values = [*context.args, *(context.params.get(name) for name in _INVENTORY)]
    folders = [Path(str(value)) for value in values if value]
    try:
        root = next((path for path in folders if path.is_dir()), None)
        names = _names(root) if root is not None else ()
    except (OSError, ValueError, InputError):
        return []
    return [name for name in names if _HARMLESS.fullmatch(name) and name.startswith(incomplete)]


def _names(root: Path) -> Iterable[str]:
    """The hosts that inventory.yaml names; without it, each folder of a named inventory."""
    from logreach.inventories.reading.manifest import MANIFEST, read

    manifest = root / MANIFEST
    if not manifest.is_file():
        return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.name else ()
    if manifest.stat().st_size > _LARGEST:
        return ()
    return [host.name for host in read(manifest.read_text("utf-8-sig")).hosts]
