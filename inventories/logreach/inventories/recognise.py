"""Which reader a file is for, told by its content; names and endings count for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from logreach.inventories import auditpol, sysmon_files
from logreach.inventories.facts import FactKey, FactKind, Missing, Reading
from logreach.inventories.faults import Fault, InputError
from logreach.inventories.sources import Source

Read = Callable[[Source], Reading]
_HEAD = 64 * 1024  # characters


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: how to know it by its beginning, how to read it, what it tells."""

    name: str
    looks_like: Callable[[str], bool]
    read: Read
    kinds: tuple[FactKind, ...] = ()


def formats() -> Iterable[Format]:
    """Every format that stands alone, the most telling first."""
    return (
        Format("audit policy", auditpol.looks_like, auditpol.read, (FactKind.AUDIT,)),
        Format("Sysmon configuration", sysmon_files.is_config, sysmon_files.read_config),
    )


def read(source: Source) -> Reading:
    """Read a file by its content; a file that nothing reads is a fault, never dropped."""
    try:
        head = source.text()[:_HEAD]
    except InputError as error:
        return Reading(faults=error.faults)
    for one in formats():
        if one.looks_like(head):
            return guarded(one.read, source, one.kinds)
    return Reading(faults=(_unrecognised(source, head),))


def guarded(read: Read, source: Source, kinds: Iterable[FactKind] = ()) -> Reading:
    """A reading even where the reader gives up: its faults, and what they cost."""
    try:
        return read(source)
    except InputError as error:
        return lost(error.faults, kinds)


def lost(faults: tuple[Fault, ...], kinds: Iterable[FactKind]) -> Reading:
    """Nothing but faults, and whole families of facts that they cost."""
    missing = tuple((FactKey(kind), Missing(str(faults[0]), faults[0])) for kind in kinds)
    return Reading(faults=faults, missing=missing)


def _unrecognised(source: Source, head: str) -> Fault:
    from logreach.inventories.refusals import refusal

    refused = refusal(head)
    if refused:
        return source.fault(f"holds an error message instead of an export: {refused}")
    return source.fault("is in no format that is known here; it was not read")
