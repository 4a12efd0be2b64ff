"""Event log channels: `wevtutil gl` as text and XML, and the JSON of `Get-WinEvent -ListLog`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.files.xml_tree import XmlElement, XmlError, parse_documents
from logreach.inventories.windows.facts import CHANNEL, SYSMON, ChannelState, SysmonState
from logreach.inventories.windows.log_access import CHANNEL_ACCESS
from logreach.inventories.windows.objects.channel_access import stated, together

_NAME = re.compile(r"name:\s*(\S.*)")
_FIELD = re.compile(r"(?:  )?(enabled|channelAccess|retention|autoBackup|maxSize): (\S.*|)")
_EXPORT_AGAIN = "The file seems cut off or edited; run `wevtutil gl` again."
_COMPLETE_LISTING = 100  # channels; every Windows since Vista has more
_MODES = {
    "0": "overwrite",
    "1": "archive",
    "2": "retain",
    "circular": "overwrite",
    "autobackup": "archive",
    "retain": "retain",
}


def looks_like_wevtutil(head: str) -> bool:
    """Whether a file that begins with `head` is `wevtutil gl` output."""
    return bool(re.search(r"^name:\s*\S", head, re.MULTILINE)) and "enabled:" in head


def read_wevtutil(source: Source) -> Reading:
    """Read `wevtutil gl` output of one or more channels."""
    statements: list[Statement] = []
    access: list[Reading] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for line, name, fields, twice in _channel_blocks(source.text()):
        key = CHANNEL(name)
        enabled = fields.get("enabled", "").casefold()
        if problem := _block_problem(name, fields, twice):
            fault = source.fault(problem, f"line {line}", _EXPORT_AGAIN)
            faults.append(fault)
            # Other channels may have stood there.
            missing += [(each, Missing(problem, fault)) for each in (key, CHANNEL.every)]
            missing.append((CHANNEL_ACCESS.every, Missing(problem, fault)))
        if enabled not in ("true", "false") or twice:
            continue
        size = fields.get("maxSize", "")
        state = ChannelState(
            enabled=enabled == "true",
            max_bytes=int(size) if size.isdecimal() and len(size) < 20 else None,
            retention=_retention(fields),
        )
        evidence = source.evidence(f"line {line}", f"{name}: enabled {enabled}")
        statements.append(Statement(key, state, evidence))
        if not problem:
            access.append(_access(source, name, fields.get("channelAccess", ""), f"line {line}"))
    if not statements and not faults:
        hint = "Save the output of `wevtutil gl CHANNEL`."
        raise InputError(source.fault("names no channel", hint=hint))
    return together(Reading(tuple(statements), tuple(faults), tuple(missing)), *access)


def looks_like_wevtutil_xml(head: str) -> bool:
    """Whether a file that begins with `head` is `wevtutil gl /f:xml` output."""
    return bool(re.search(r"<channel\s[^<>]*\bname=[^<>]*\benabled=", head))


def read_wevtutil_xml(source: Source) -> Reading:
    """Read `wevtutil gl /f:xml` output of one or more channels."""
    try:
        root = parse_documents(source.text())
    except XmlError as error:
        message = f"not well-formed XML: {error}"
        raise InputError(source.fault(message, f"line {error.line}", _EXPORT_AGAIN)) from error
    channels = [element for element in root.children if element.name == "channel"]
    return together(*(_of_xml(source, channel) for channel in channels))


def _of_xml(source: Source, channel: XmlElement) -> Reading:
    name, enabled = (channel.attributes.get(key, "").strip() for key in ("name", "enabled"))
    if not name or enabled not in ("true", "false"):
        message = "channel has no name, or no enabled that is true or false"
        fault = source.fault(message, f"line {channel.line}")
        reason = Missing(str(fault), fault)
        return Reading(
            faults=(fault,), missing=((CHANNEL(name), reason), (CHANNEL_ACCESS.every, reason))
        )
    logging = channel.child("logging")
    fields = {each.name: each.text.strip() for each in (logging.children if logging else ())}
    size = fields.get("maxSize", "")
    state = ChannelState(
        enabled=enabled == "true",
        max_bytes=int(size) if size.isdecimal() and len(size) < 20 else None,
        retention=_retention(fields),
    )
    evidence = source.evidence(f"line {channel.line}", f"{name}: enabled {enabled}")
    access = channel.attributes.get("channelAccess", "").strip()
    return together(
        Reading((Statement(CHANNEL(name), state, evidence),)),
        _access(source, name, access, f"line {channel.line}"),
    )


def _access(source: Source, name: str, sddl: str, location: str) -> Reading:
    """The access list of one channel; `wevtutil gl` prints one of every channel."""
    key = CHANNEL_ACCESS(name.casefold())
    if sddl:
        return stated(source, key, sddl, location)
    absent = source.fault(f"channel {name} has no 'channelAccess:'", location)
    return Reading(missing=((key, Missing(str(absent), absent)),))


def _block_problem(name: str, fields: dict[str, str], twice: str) -> str:
    """What shows that a channel's lines were cut or mixed with those of another; '' for nothing."""
    if twice:
        return f"channel {name} has '{twice}:' twice, so lines are lost"
    if fields.get("enabled", "").casefold() not in ("true", "false"):
        return f"channel {name} has no 'enabled: true' or 'enabled: false'"
    absent = [field for field in ("retention", "maxSize") if field not in fields]
    return f"channel {name} has no '{absent[0]}:', so lines are lost" if absent else ""


def _channel_blocks(listing: str) -> Iterator[tuple[int, str, dict[str, str], str]]:
    """Line, name and fields of each channel, and a field that it has twice."""
    first_line, name, fields, twice = 0, "", dict[str, str](), ""
    for number, line in lines(listing):
        if match := _NAME.match(line):
            if name:
                yield first_line, name, fields, twice
            first_line, name, fields, twice = number, match[1].strip(), {}, ""
        elif match := _FIELD.match(line):
            twice = twice or (match[1] if match[1] in fields else "")
            fields.setdefault(match[1], match[2].strip())
    if name:
        yield first_line, name, fields, twice


def _retention(fields: dict[str, str]) -> str | None:
    keeps_old_events = fields.get("retention", "").casefold()
    if keeps_old_events not in ("true", "false"):
        return None
    if keeps_old_events == "false":
        return "overwrite"
    return "archive" if fields.get("autoBackup", "").casefold() == "true" else "retain"


def looks_like_list_log(head: str) -> bool:
    """Whether a file that begins with `head` is JSON of `Get-WinEvent -ListLog`."""
    return looks_like_json(head) and '"LogName"' in head and '"IsEnabled"' in head


def read_list_log(source: Source) -> Reading:
    """Read `Get-WinEvent -ListLog * | ConvertTo-Json`."""
    statements: list[Statement] = []
    access: list[Reading] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for number, row in enumerate(parse_rows(source), 1):
        name, enabled = row.get("LogName"), row.get("IsEnabled")
        if not isinstance(name, str) or not name or not isinstance(enabled, bool):
            message = "channel has no LogName, or no IsEnabled that is true or false"
            faults.append(source.fault(message, f"record {number}"))
            # A record without a name may describe any channel.
            key = CHANNEL(name if isinstance(name, str) else "")
            missing.append((key, Missing(str(faults[-1]), faults[-1])))
            continue
        state = ChannelState(
            enabled=enabled,
            max_bytes=_size(row.get("MaximumSizeInBytes")),
            retention=_MODES.get(str(row.get("LogMode")).casefold()),
        )
        evidence = source.evidence(f"record {number}", f"{name}: enabled {enabled}")
        statements.append(Statement(CHANNEL(name), state, evidence))
        sddl = row.get("SecurityDescriptor")
        if isinstance(sddl, str) and sddl.strip():
            list_key = CHANNEL_ACCESS(name.casefold())
            access.append(stated(source, list_key, sddl, f"record {number}"))
    if not faults and _without_sysmon(statements):
        evidence = source.evidence("", f"{len(statements)} channels, none of them Sysmon's")
        absent = SysmonState(installed=False)
        statements.append(Statement(SYSMON, absent, evidence))
    if len(statements) >= _COMPLETE_LISTING:
        # It lists every channel: for one that is not in it no default and no policy stands.
        absent_here = source.fault(f"lists {len(statements)} channels, and not this one")
        missing.append((CHANNEL.every, Missing(str(absent_here), absent_here)))
    return together(Reading(tuple(statements), tuple(faults), tuple(missing)), *access)


def _without_sysmon(statements: list[Statement]) -> bool:
    """Whether a complete list of channels does not contain Sysmon's.

    The name of Sysmon's channel is fixed, unlike those of its service and driver. Windows lists
    the Security log only to administrators, who see every channel.
    """
    names = {statement.key.name.casefold() for statement in statements}
    complete = len(names) >= _COMPLETE_LISTING and "security" in names
    return complete and not any("sysmon" in name for name in names)


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
