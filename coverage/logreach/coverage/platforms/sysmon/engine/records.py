"""Sysmon events out of logs: EVTX files and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logreach.inventories.files.faults import Fault, InputError

PROVIDER = "Microsoft-Windows-Sysmon"
_MAX_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """A Sysmon event as its log shows it; `where` is its log and the record or line in it."""

    where: str
    event_id: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Other:
    """A record of another provider, left aside."""

    where: str
    provider: str


Read = Record | Other | Fault


def read_evtx(path: Path) -> Iterator[Read]:
    """Every record of an EVTX file; InputError where it is none."""
    from evtx import PyEvtxParser

    try:
        records = PyEvtxParser(str(path)).records_json()
        yield from (_evtx_record(record, path) for record in records if record)
    except (OSError, RuntimeError) as error:
        raise InputError(
            Fault(f"cannot read the event log: {error}", str(path), hint="Give an .evtx file.")
        ) from None


def _evtx_record(record: Mapping[str, Any], path: Path) -> Read:
    where = f"{path}: record {record['event_record_id']}"
    try:
        return _event(json.loads(record["data"]), where)
    except (ValueError, TypeError, KeyError) as error:
        return Fault(f"record cannot be read: {error}", where=where)


def read_json_lines(path: Path) -> Iterator[Read]:
    """Every event of a file with a JSON object a line.

    Forms: {"event_id", "fields"}; evtx_dump's {"Event": {"System", "EventData"}}; winlogbeat's
    {"winlog": {"event_id", "event_data"}}; {"EventID", "EventData"}; or EventID beside fields.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE + 1), ""), start=1):
            if line.strip():
                yield _json_record(line, f"{path}: line {number}")


def _json_record(line: str, where: str) -> Read:
    if len(line) > _MAX_LINE:
        return Fault("line is longer than a million characters", where=where)
    try:
        return _event(json.loads(line), where)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        hint = 'Write {"event_id": 1, "fields": {"Image": "..."}}.'
        return Fault(f"line is no event: {error}", where=where, hint=hint)


def _event(data: Any, where: str) -> Record | Other:
    if not isinstance(data, dict):
        raise TypeError("it is no object")
    provider, number, fields = _parts(data)
    if provider and PROVIDER not in provider and "Sysmon" not in provider:
        return Other(where, provider)
    if isinstance(number, dict):
        number = number.get("#text")
    if isinstance(number, bool) or not isinstance(number, int | str):
        raise TypeError("it names no event id")
    if not isinstance(fields, dict):
        raise TypeError("its fields are no object")
    return Record(where, int(number), {name: _text(value) for name, value in fields.items()})


def _parts(data: dict[str, Any]) -> tuple[str, Any, Any]:
    """Provider, event id and fields in whichever form the object has."""
    if isinstance(data.get("Event"), dict):
        event = data["Event"]
        system = event.get("System") or {}
        provider = ((system.get("Provider") or {}).get("#attributes") or {}).get("Name", "")
        return provider, system.get("EventID"), event.get("EventData") or {}
    if isinstance(data.get("winlog"), dict):
        log = data["winlog"]
        return log.get("provider_name", ""), log.get("event_id"), log.get("event_data") or {}
    if "event_id" in data:
        return data.get("provider", ""), data["event_id"], data.get("fields") or {}
    fields = data.get("EventData", data)
    return data.get("ProviderName", ""), data.get("EventID"), fields


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
