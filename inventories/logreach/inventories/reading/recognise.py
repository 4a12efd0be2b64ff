"""Which reader a file is for, told by its content; names and endings count for nothing.

The formats stand in an order in which the first that knows a file is the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import forwarding_files
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.reading import collect_log, host_file
from logreach.inventories.windows import facts as windows
from logreach.inventories.windows.audit_policy import auditpol, option_files
from logreach.inventories.windows.facts import AUDIT, CHANNEL, OS, SACL, SYSMON
from logreach.inventories.windows.group_policy import gpt_template, lgpo_text, policy_xml
from logreach.inventories.windows.objects import sacl_files
from logreach.inventories.windows.registry import registry_files
from logreach.inventories.windows.system import channel_files, feature_files, os_files, sysmon_files

Read = Callable[[Source], Reading]
_HEAD = 64 * 1024  # characters


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: how to know it by its beginning, how to read it, what it tells.

    `policy` marks files that hold what Group Policy asks for, to be merged with GPOs.
    """

    name: str
    looks_like: Callable[[str], bool]
    read: Read
    families: tuple[FactFamily[object], ...] = ()
    policy: bool = False


FAMILIES = (*windows.FAMILIES, FORWARDING.family)
"""Every family of facts that some file may state: what a folder that cannot be read may hide."""
FORMATS = (
    Format("collector's log", collect_log.looks_like, collect_log.read),
    Format("host's own YAML", host_file.looks_like, host_file.read, host_file.FAMILIES),
    Format("audit policy", auditpol.looks_like, auditpol.read, (AUDIT,)),
    Format("Sysmon configuration", sysmon_files.is_config, sysmon_files.read_config),
    Format("Sysmon listing", sysmon_files.is_listing, sysmon_files.read_listing, (SYSMON.family,)),
    Format("gpresult", policy_xml.looks_like_result, policy_xml.read_result, (AUDIT,), policy=True),
    Format("forwarding", forwarding_files.looks_like, forwarding_files.read, (FORWARDING.family,)),
    Format(".reg file", registry_files.looks_like_reg, registry_files.read_reg),
    Format("reg query", registry_files.looks_like_query, registry_files.read_query),
    Format("channels", channel_files.looks_like_list_log, channel_files.read_list_log, (CHANNEL,)),
    Format("wevtutil", channel_files.looks_like_wevtutil, channel_files.read_wevtutil, (CHANNEL,)),
    Format("features", feature_files.looks_like, feature_files.read),
    Format("OS as JSON", os_files.looks_like_json_os, os_files.read_json, (OS.family,)),
    Format("ver", os_files.looks_like_ver, os_files.read_ver, (OS.family,)),
    Format("systeminfo", os_files.looks_like_systeminfo, os_files.read_systeminfo, (OS.family,)),
    Format("LGPO text", lgpo_text.looks_like, lgpo_text.read, policy=True),
    Format("security template", gpt_template.looks_like, gpt_template.read, policy=True),
    Format("audit options", option_files.looks_like, option_files.read),
    Format("SACLs", sacl_files.looks_like, sacl_files.read, (SACL,)),
)


def read(source: Source) -> tuple[Format | None, Reading]:
    """Read a file by its content; a file that nothing reads is a fault, never dropped."""
    try:
        head = source.text()[:_HEAD]
    except InputError as error:
        return None, Reading(faults=error.faults)
    for one in FORMATS:
        if one.looks_like(head):
            return one, guarded(one.read, source, one.families)
    return None, Reading(faults=(_unrecognised(source, head),))


def guarded(read: Read, source: Source, families: Iterable[FactFamily[object]] = ()) -> Reading:
    """A reading even where the reader gives up: its faults, and what they cost."""
    try:
        return read(source)
    except InputError as error:
        return lost(error.faults, families)


def lost(faults: tuple[Fault, ...], families: Iterable[FactFamily[object]]) -> Reading:
    """Nothing but faults, and whole families of facts that they cost."""
    missing = tuple((family.every, Missing(str(faults[0]), faults[0])) for family in families)
    return Reading(faults=faults, missing=missing)


def _unrecognised(source: Source, head: str) -> Fault:
    refused = refusal(head)
    if refused:
        return source.fault(f"holds an error message instead of an export: {refused}")
    return source.fault("is in no format that is known here; it was not read")
