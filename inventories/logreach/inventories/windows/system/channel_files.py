"""Event log channels: `wevtutil gl` as text, `Get-WinEvent -ListLog` as JSON."""

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
from logreach.inventories.windows.facts import CHANNEL, SYSMON, ChannelState, SysmonState

_NAME = re.compile(r"name:\s*(\S.*)")
_FIELD = re.compile(r"(?:  )?(enabled|retention|autoBackup|maxSize): (\S.*|)")
_WHOLE = 100  # channels; every Windows since Vista has more
_MODES = {
    "0": "overwrite",
    "1": "archive",
    "2": "retain",
    "circular": "overwrite",
    "autobackup": "archive",
    "retain": "retain",
}


def looks_like_wevtutil(text: str) -> bool:
    """Whether a text is `wevtutil gl` output."""
    return bool(re.search(r"^name:\s*\S", text, re.MULTILINE)) and "enabled:" in text


def read_wevtutil(source: Source) -> Reading:
    """`wevtutil gl` of one channel, or of several one after another."""
    statements: list[Statement] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for line, name, fields in _blocks(source.text()):
        key = CHANNEL(name)
        enabled = fields.get("enabled", "")
        if enabled not in ("true", "false"):
            message = f"channel {name} is told neither on nor off"
            faults.append(source.fault(message, f"line {line}"))
            missing.append((key, Missing(message, faults[-1])))
            continue
        size = fields.get("maxSize", "")
        state = ChannelState(
            enabled=enabled == "true",
            max_bytes=int(size) if size.isdecimal() and len(size) < 20 else None,
            retention=_retention(fields),
        )
        evidence = source.evidence(f"line {line}", f"{name}: enabled {enabled}")
        statements.append(Statement(key, state, evidence))
    if not statements and not faults:
        hint = "Expected is what `wevtutil gl CHANNEL` prints."
        raise InputError(source.fault("names no channel", hint=hint))
    return Reading(tuple(statements), tuple(faults), tuple(missing))


def _blocks(text: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    began, name, fields = 0, "", dict[str, str]()
    for number, line in lines(text):
        if match := _NAME.match(line):
            if name:
                yield began, name, fields
            began, name, fields = number, match[1].strip(), {}
        elif name and (match := _FIELD.match(line)):
            fields.setdefault(match[1], match[2].strip().casefold())
    if name:
        yield began, name, fields


def _retention(fields: dict[str, str]) -> str | None:
    kept = fields.get("retention")
    if kept not in ("true", "false"):
        return None
    if kept == "false":
        return "overwrite"
    return "archive" if fields.get("autoBackup") == "true" else "retain"


def looks_like_list_log(text: str) -> bool:
    """Whether a text is JSON of `Get-WinEvent -ListLog`."""
    return looks_like_json(text) and '"LogName"' in text and '"IsEnabled"' in text


def read_list_log(source: Source) -> Reading:
    """`Get-WinEvent -ListLog * | ConvertTo-Json`."""
    statements: list[Statement] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for number, row in enumerate(parse_rows(source), 1):
        name, enabled = row.get("LogName"), row.get("IsEnabled")
        if not isinstance(name, str) or not name or not isinstance(enabled, bool):
            message = "log without a name, or neither on nor off"
            faults.append(source.fault(message, f"record {number}"))
            # A record without a name may be that of any channel.
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
    if not faults and _without_sysmon(statements):
        evidence = source.evidence("", f"{len(statements)} channels, none of Sysmon")
        absent = SysmonState(installed=False)
        statements.append(Statement(SYSMON, absent, evidence))
    return Reading(tuple(statements), tuple(faults), tuple(missing))


def _without_sysmon(statements: list[Statement]) -> bool:
    """Whether a whole list of channels, read with full rights, has none of Sysmon.

    The name of Sysmon's channel is fixed, unlike those of its service and driver. The Security
    log is listed only to administrators, who see every channel.
    """
    names = {one.key.name.casefold() for one in statements}
    return len(names) >= _WHOLE and "security" in names and not any("sysmon" in n for n in names)


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
