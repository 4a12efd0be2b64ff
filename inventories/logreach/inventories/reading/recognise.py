"""Which reader a file is for, told by its content; names and endings count for nothing.

The formats stand in an order in which the first that knows a file is the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import Judge
from logreach.inventories.forwarding import forwarding_files
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.reading import collect_log, host_file
from logreach.inventories.windows import facts as windows
from logreach.inventories.windows.audit_policy import (
    auditpol,
    auditpol_text,
    hardening_kitty,
    option_files,
)
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    FEATURE,
    LEGACY_AUDIT,
    OS,
    REGISTRY_FAMILIES,
    ROLE,
    SACL,
    SETTING,
    SYSMON,
)
from logreach.inventories.windows.group_policy import (
    gpo_reports,
    gpresult_text,
    gpt_template,
    intune_json,
    lgpo_text,
    policy_rules,
    policy_xml,
    preferences,
)
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, LOCAL_GROUP
from logreach.inventories.windows.objects import sacl_files
from logreach.inventories.windows.registry import registry_files
from logreach.inventories.windows.system import (
    channel_files,
    feature_files,
    group_files,
    os_files,
    os_properties,
    sysmon_files,
    update_files,
)

Read = Callable[[Source], Reading]
_HEAD = 64 * 1024  # characters


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file: how to recognise its beginning, how to read it, which facts it may state.

    `policy` marks files that hold what Group Policy asks for, to be merged with GPOs;
    `preferences` reads what such a file says of preferences. `judge`
    counts the words that decide between code pages, of a format known by translated words alone.
    """

    name: str
    looks_like: Callable[[str], bool]
    read: Read
    families: tuple[FactFamily[object], ...] = ()
    policy: bool = False
    preferences: Read | None = None
    judge: Judge | None = None


FAMILIES: list[FactFamily[object]] = [*windows.FAMILIES, FORWARDING.family]
"""Every family of facts that some file may state: what a folder that cannot be read may hide."""
_POLICY: tuple[FactFamily[object], ...] = (AUDIT, LEGACY_AUDIT, LOCAL_GROUP, *REGISTRY_FAMILIES)
_REGISTRY: tuple[FactFamily[object], ...] = (*REGISTRY_FAMILIES, OS.family, ROLE.family)
_CHANNELS: tuple[FactFamily[object], ...] = (CHANNEL, CHANNEL_ACCESS)
_SYSTEM: tuple[FactFamily[object], ...] = (OS.family, ROLE.family)
FORMATS = [
    FileFormat("collector's log", collect_log.looks_like, collect_log.read),
    FileFormat("host's own YAML", host_file.looks_like, host_file.read, host_file.FAMILIES),
    FileFormat(
        "HardeningKitty",
        hardening_kitty.looks_like,
        hardening_kitty.read,
        hardening_kitty.FAMILIES,
    ),
    FileFormat(
        "audit.csv of a GPO",
        auditpol.looks_like_wish,
        auditpol.read_wish,
        (AUDIT, SACL, SETTING),
        policy=True,
    ),
    FileFormat("audit policy", auditpol.looks_like, auditpol.read, (AUDIT,)),
    FileFormat(
        "audit policy as text",
        auditpol_text.looks_like,
        auditpol_text.read,
        (AUDIT,),
        judge=auditpol_text.count_known,
    ),
    FileFormat(
        "Sysmon configuration", sysmon_files.is_config, sysmon_files.read_config, (SYSMON.family,)
    ),
    FileFormat(
        "Sysmon listing", sysmon_files.is_listing, sysmon_files.read_listing, (SYSMON.family,)
    ),
    FileFormat(
        "gpresult",
        policy_xml.looks_like_result,
        policy_xml.read_result,
        gpo_reports.FAMILIES,
        policy=True,
        preferences=preferences.read_result,
    ),
    FileFormat(
        "GPO report",
        gpo_reports.looks_like,
        gpo_reports.read,
        gpo_reports.FAMILIES,
        policy=True,
        preferences=gpo_reports.read_preferences,
    ),
    FileFormat(
        "PolicyRules",
        policy_rules.looks_like,
        policy_rules.read,
        policy_rules.FAMILIES,
        policy=True,
    ),
    FileFormat(
        "Intune policy",
        intune_json.looks_like,
        intune_json.read,
        intune_json.FAMILIES,
        policy=True,
    ),
    FileFormat(
        "forwarding", forwarding_files.looks_like, forwarding_files.read, (FORWARDING.family,)
    ),
    *(
        FileFormat(shipper.name, shipper.looks_like, shipper.read, (FORWARDING.family,))
        for shipper in forwarding_files.SHIPPERS
    ),
    FileFormat(".reg file", registry_files.looks_like_reg, registry_files.read_reg, _REGISTRY),
    FileFormat("reg query", registry_files.looks_like_query, registry_files.read_query, _REGISTRY),
    FileFormat(
        "channels", channel_files.looks_like_list_log, channel_files.read_list_log, _CHANNELS
    ),
    FileFormat(
        "channels as CSV",
        channel_files.looks_like_list_log_csv,
        channel_files.read_list_log_csv,
        _CHANNELS,
    ),
    FileFormat(
        "wevtutil", channel_files.looks_like_wevtutil, channel_files.read_wevtutil, _CHANNELS
    ),
    FileFormat(
        "wevtutil as XML",
        channel_files.looks_like_wevtutil_xml,
        channel_files.read_wevtutil_xml,
        _CHANNELS,
    ),
    FileFormat("group members", group_files.looks_like, group_files.read, (LOCAL_GROUP,)),
    FileFormat("features", feature_files.looks_like, feature_files.read, (FEATURE,)),
    FileFormat("updates", update_files.looks_like, update_files.read),
    FileFormat("OS as JSON", os_files.looks_like_json_os, os_files.read_json, _SYSTEM),
    FileFormat("gpresult as text", gpresult_text.looks_like, gpresult_text.read, _SYSTEM),
    FileFormat("OS properties as text", os_properties.looks_like, os_properties.read, _SYSTEM),
    FileFormat("msinfo32", os_files.looks_like_msinfo, os_files.read_msinfo, _SYSTEM),
    FileFormat("ver", os_files.looks_like_ver, os_files.read_ver, _SYSTEM),
    FileFormat("systeminfo", os_files.looks_like_systeminfo, os_files.read_systeminfo, _SYSTEM),
    FileFormat("LGPO text", lgpo_text.looks_like, lgpo_text.read, _POLICY, policy=True),
    FileFormat(
        "security template",
        gpt_template.looks_like,
        gpt_template.read,
        gpt_template.FAMILIES,
        policy=True,
    ),
    FileFormat("audit options", option_files.looks_like, option_files.read, (SETTING,)),
    FileFormat("SACLs", sacl_files.looks_like, sacl_files.read, (SACL,)),
]


def register(file_format: FileFormat) -> None:
    """Have files of a further format read, and the families that they state known."""
    FORMATS.append(file_format)
    FAMILIES.extend(file_format.families)


def unregister(file_format: FileFormat) -> None:
    """Have files of a registered format read no more."""
    FORMATS.remove(file_format)
    for family in file_format.families:
        FAMILIES.remove(family)


def read(source: Source) -> tuple[FileFormat | None, Reading]:
    """Recognise a file by its content and read it; a file in no known format is a fault."""
    try:
        head = source.text()[:_HEAD]
    except InputError as error:
        return None, Reading(faults=error.faults)
    file_format = next((each for each in FORMATS if each.looks_like(head)), None)
    file_format = file_format or next(filter(partial(_is_judged, source), FORMATS), None)
    if file_format is not None:
        return file_format, guarded(file_format.read, source, file_format.families)
    return None, Reading(faults=(_unrecognised(source, head),))


def _is_judged(source: Source, file_format: FileFormat) -> bool:
    """Whether a file is of this format in the code page in which the format knows most words."""
    judge = file_format.judge
    return judge is not None and file_format.looks_like(source.text(judge)[:_HEAD])


def guarded(read: Read, source: Source, families: Iterable[FactFamily[object]] = ()) -> Reading:
    """A file's reading; where the reader raises, its faults and the facts that they cost."""
    try:
        return read(source)
    except InputError as error:
        return lost(error.faults, families)


def lost(faults: tuple[Fault, ...], families: Iterable[FactFamily[object]]) -> Reading:
    """A reading of nothing but faults, with the families of facts that they cost."""
    missing = tuple((family.every, Missing(str(faults[0]), faults[0])) for family in families)
    return Reading(faults=faults, missing=missing)


def _unrecognised(source: Source, head: str) -> Fault:
    if error_message := refusal(head):
        return source.fault(f"holds an error message instead of an export: {error_message}")
    hint = "It may be a damaged export: repair it, or move it out of the host's folder."
    return source.fault("is in no known format and was not read", hint=hint)
