"""Which reader a file is for, told by its content; names and endings count for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from logreach.inventories import (
    auditpol,
    channel_files,
    gpt_template,
    lgpo_text,
    option_files,
    os_files,
    registry_files,
    sysmon_files,
)
from logreach.inventories.facts import FactKey, FactKind, Missing, Reading
from logreach.inventories.faults import Fault, InputError
from logreach.inventories.refusals import refusal
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
    audit, os, sysmon = (FactKind.AUDIT,), (FactKind.OS,), (FactKind.SYSMON,)
    return (
        Format("audit policy", auditpol.looks_like, auditpol.read, audit),
        Format("Sysmon configuration", sysmon_files.is_config, sysmon_files.read_config),
        Format("Sysmon listing", sysmon_files.is_listing, sysmon_files.read_listing, sysmon),
        Format(".reg file", registry_files.looks_like_reg, registry_files.read_reg),
        Format("reg query", registry_files.looks_like_query, registry_files.read_query),
        Format("channels", channel_files.looks_like_list_log, channel_files.read_list_log),
        Format("wevtutil", channel_files.looks_like_wevtutil, channel_files.read_wevtutil),
        Format("OS as JSON", os_files.looks_like_json_os, os_files.read_json, os),
        Format("ver", os_files.looks_like_ver, os_files.read_ver, os),
        Format("systeminfo", os_files.looks_like_systeminfo, os_files.read_systeminfo, os),
        Format("audit options", option_files.looks_like, option_files.read),
        Format("LGPO text", lgpo_text.looks_like, lgpo_text.read),
        Format("security template", gpt_template.looks_like, gpt_template.read),
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
    refused = refusal(head)
    if refused:
        return source.fault(f"holds an error message instead of an export: {refused}")
    return source.fault("is in no format that is known here; it was not read")
