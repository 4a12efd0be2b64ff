"""Access lists of channels in inventory.yaml: `channels: {Security: {access: SDDL}}`."""

from __future__ import annotations

from collections.abc import Callable

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked
from logreach.inventories.reading.specs import ManifestText
from logreach.inventories.windows.objects.sddl import read_dacl


def lists(channels: Marked | None, fault: Callable[[str, int], None]) -> dict[str, ManifestText]:
    """The lists by the channel's name; a descriptor that cannot be read becomes a fault."""
    read: dict[str, ManifestText] = {}
    every = channels.fields if channels is not None and channels.tag == "map" else {}
    for name, channel in every.items():
        access = channel.fields.get("access") if channel.tag == "map" else None
        if access is None or access.empty:
            continue
        try:
            read_dacl(access.text.strip())
        except InputError as error:
            fault(f"access of {name}: {error.faults[0].message}", access.line)
        else:
            read[name] = ManifestText(access.text.strip(), access.line)
    return read
