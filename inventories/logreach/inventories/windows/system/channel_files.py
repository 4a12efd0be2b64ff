"""Event log channels: `wevtutil gl` as text and XML, `Get-WinEvent -ListLog` as JSON and CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from logreach.inventories.facts.facts import Missing, Reading, Statement, together
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.files.xml_tree import XmlElement, XmlError, parse_documents
from logreach.inventories.windows.facts import CHANNEL, SYSMON, ChannelState, SysmonState
from logreach.inventories.windows.log_access import CHANNEL_ACCESS
from logreach.inventories.windows.objects.channel_access import stated

_NAME = re.compile(r"name:\s*(\S.*)")
_FIELD = re.compile(r"(?:  )?(enabled|channelAccess|retention|autoBackup|maxSize): (\S.*|)")
_EXPORT_AGAIN = "The file seems cut off or edited; run `wevtutil gl` again."
_EVERYWHERE = ("Security", "System", "Application")
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
        state = _state(enabled == "true", fields)
        evidence = source.evidence(f"line {line}", f"{name}: enabled {enabled}")
        statements.append(Statement(key, state, evidence))
        if not problem:
            access.append(_access(source, name, fields.get("channelAccess", ""), f"line {line}"))
    if not statements and not faults:
        hint = "Save the output of `wevtutil gl CHANNEL`."
        raise InputError(source.fault("names no channel", hint=hint))
    doubts = _misspelt(source, statements)
    return together(Reading(tuple(statements), tuple(faults), tuple(missing)), *access, doubts)


def _misspelt(source: Source, statements: Sequence[Statement]) -> Reading:
    """Faults for names that are nearly those of logs which every Windows has and which are not
    listed: a damaged file names a channel otherwise, and a policy must not stand in for it."""
    names = {each.key.name.casefold(): each for each in statements}
    reading = Reading()
    for log in _EVERYWHERE:
        likely = () if log.casefold() in names else get_close_matches(log.casefold(), names, 1, 0.7)
        for name in likely:
            named = names[name]
            message = f"names a channel {named.key.name!r}, which may be {log}"
            fault = source.fault(message, named.evidence.where, _EXPORT_AGAIN)
            doubt = Missing(str(fault), fault)
            keys = (CHANNEL(log), CHANNEL_ACCESS(log.casefold()))
            reading = together(
                reading, Reading(faults=(fault,), missing=tuple((key, doubt) for key in keys))
            )
    return reading


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
    reading = together(*(_of_xml(source, channel) for channel in channels))
    states = [each for each in reading.statements if each.key.family == CHANNEL]
    return together(reading, _misspelt(source, states))


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
    state = _state(enabled == "true", fields)
    evidence = source.evidence(f"line {channel.line}", f"{name}: enabled {enabled}")
    access = channel.attributes.get("channelAccess", "").strip()
    return together(
        Reading((Statement(CHANNEL(name), state, evidence),)),
        _access(source, name, access, f"line {channel.line}"),
    )


def _state(enabled: bool, fields: Mapping[str, str]) -> ChannelState:
    """What `wevtutil gl` says of a channel, by its own names of the fields."""
    size = fields.get("maxSize", "")
    return ChannelState(
        enabled=enabled,
        max_bytes=int(size) if size.isdecimal() and len(size) < 20 else None,
        retention=_retention(fields),
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


def _retention(fields: Mapping[str, str]) -> str | None:
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
    rows = ((f"record {number}", row) for number, row in enumerate(parse_rows(source), 1))
    reading = _of_rows(source, rows)
    count = len({each.key for each in reading.statements if each.key.family == CHANNEL})
    further: list[Statement] = []
    if not reading.faults and _without_sysmon(reading.statements):
        evidence = source.evidence("", f"{count} channels, none of them Sysmon's")
        further.append(Statement(SYSMON, SysmonState(installed=False), evidence))
    # It lists every channel: for one that is not in it no default and no policy stands.
    missing = _not_listed(source, count) if count > 1 else ()
    return together(reading, Reading(tuple(further), missing=missing))


def looks_like_list_log_csv(head: str) -> bool:
    """Whether a file that begins with `head` is CSV of `Get-WinEvent -ListLog`."""
    _, headings, _ = _headings(head)
    return {"LogName", "IsEnabled"} <= set(headings)


def read_list_log_csv(source: Source) -> Reading:
    """Read `Get-WinEvent -ListLog * | Export-Csv`.

    Nothing shows that rows were cut off at its end, so channels that it does not list are unknown.
    """
    listing = source.text()
    start, headings, delimiter = _headings(listing)
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for number, line in lines(listing):
        if number > start and line.strip():
            cells = _cells(line, delimiter)
            whole = len(cells) == len(headings) and not line.count('"') % 2
            rows.append((f"line {number}", _typed(dict(zip(headings, cells, strict=whole)), whole)))
    if rows and not listing.endswith(("\n", "\r")):
        rows[-1] = (rows[-1][0], {**rows[-1][1], "IsEnabled": None})
    missing = _not_listed(source, len(rows))
    if "SecurityDescriptor" in headings:
        missing += ((CHANNEL_ACCESS.every, missing[0][1]),)
    return together(_of_rows(source, rows), Reading(missing=missing))


def _headings(listing: str) -> tuple[int, list[str], str]:
    """Line and cells of the headings, which may stand below a type's name, and the delimiter."""
    for number, line in lines(listing):
        if line.strip() and not line.startswith("#TYPE"):
            delimiter = max(",;\t", key=line.count)
            return number, _cells(line, delimiter), delimiter
    return 0, [], ","


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a row; none where they are too long for CSV."""
    try:
        return next(csv.reader([line.replace("\0", "\ufffd")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _typed(row: dict[str, str], whole: bool) -> dict[str, Any]:
    """A row of CSV with the types that JSON has; a cut one does not tell whether it is enabled."""
    enabled = {"true": True, "false": False}.get(row.get("IsEnabled", "").casefold())
    size = row.get("MaximumSizeInBytes", "")
    bytes_ = int(size) if size.isdecimal() and len(size) < 20 else None
    return {**row, "IsEnabled": enabled if whole else None, "MaximumSizeInBytes": bytes_}


def _not_listed(source: Source, count: int) -> tuple[tuple[FactKey[object], Missing], ...]:
    absent = source.fault(f"lists {count} channels, and not this one")
    return ((CHANNEL.every, Missing(str(absent), absent)),)


def _of_rows(source: Source, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Reading:
    """The channels of a listing; each row with its place."""
    statements: list[Statement] = []
    access: list[Reading] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for place, row in rows:
        name, enabled = row.get("LogName"), row.get("IsEnabled")
        if not isinstance(name, str) or not name or not isinstance(enabled, bool):
            message = "channel has no LogName, or no IsEnabled that is true or false"
            faults.append(source.fault(message, place))
            # A record without a name may describe any channel.
            known = name if isinstance(name, str) else ""
            reason = Missing(str(faults[-1]), faults[-1])
            missing += [(CHANNEL(known), reason), (CHANNEL_ACCESS(known.casefold()), reason)]
            continue
        state = ChannelState(
            enabled=enabled,
            max_bytes=_size(row.get("MaximumSizeInBytes")),
            retention=_MODES.get(str(row.get("LogMode")).casefold()),
        )
        evidence = source.evidence(place, f"{name}: enabled {enabled}")
        statements.append(Statement(CHANNEL(name), state, evidence))
        sddl = row.get("SecurityDescriptor")
        if isinstance(sddl, str) and sddl.strip():
            access.append(stated(source, CHANNEL_ACCESS(name.casefold()), sddl, place))
    return together(Reading(tuple(statements), tuple(faults), tuple(missing)), *access)


def _without_sysmon(statements: Iterable[Statement]) -> bool:
    """Whether a complete list of channels does not contain Sysmon's.

    The name of Sysmon's channel is fixed, unlike those of its service and driver. Windows lists
    the Security log only to administrators, who see every channel.
    """
    names = {statement.key.name.casefold() for statement in statements}
    complete = len(names) >= _COMPLETE_LISTING and "security" in names
    return complete and not any("sysmon" in name for name in names)


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
