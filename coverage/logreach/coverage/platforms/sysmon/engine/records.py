"""Reads Sysmon events from logs: EVTX files and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from logreach.inventories.files.evtx_chunks import EvtxChunk, evtx_chunks
from logreach.inventories.files.faults import Fault

PROVIDER = "Microsoft-Windows-Sysmon"
_MAX_LINE_LENGTH = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """A Sysmon event as its log shows it; `place` is the log with the record or line number."""

    place: str
    event_id: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record of another provider."""

    place: str
    provider: str


ReadResult = Record | ForeignRecord | Fault


def read_evtx(path: Path) -> Iterator[ReadResult]:
    """Every record of an EVTX file, and faults for what is lost; InputError if it is no log."""
    for part in evtx_chunks(path):
        if isinstance(part, Fault):
            yield part
        else:
            yield from _records_of(part, path)
            yield from part.faults


def _records_of(chunk: EvtxChunk, path: Path) -> Iterator[ReadResult]:
    """The records of one chunk; a fault for each that cannot be read, and for those not there."""
    from evtx import PyEvtxParser

    read, unreadable = 0, 0
    records = _next_or_fault(PyEvtxParser(BytesIO(chunk.file)).records_json(), chunk, path)
    for record in records:
        if isinstance(record, Fault):
            unreadable += 1
            yield record
        elif record:
            read += 1
            yield _evtx_record(record, path)
    if read + unreadable < chunk.expected:
        message = f"chunk {chunk.number} holds {read} of its {chunk.expected} records"
        hint = "The log is damaged; export it again (wevtutil epl)."
        yield Fault(message, str(path), hint=hint)


def _next_or_fault(
    records: Any, chunk: EvtxChunk, path: Path
) -> Iterator[Mapping[str, Any] | Fault]:
    """The parser's records; it raises for one that it cannot read, and goes on behind it."""
    for _ in range(chunk.expected + 1):
        try:
            yield next(records)
        except StopIteration:
            return
        except (OSError, RuntimeError, ValueError) as error:
            problem = " ".join(str(error).split())[:160]
            yield Fault(f"cannot read a record of chunk {chunk.number}: {problem}", str(path))


def _evtx_record(record: Mapping[str, Any], path: Path) -> ReadResult:
    place = f"{path}: record {record['event_record_id']}"
    try:
        return _event(json.loads(record["data"]), place)
    except (ValueError, TypeError, KeyError) as error:
        return Fault(f"cannot read the record: {error}", where=place)


def read_json_lines(path: Path) -> Iterator[ReadResult]:
    """Every event of a file with one JSON object per line.

    Forms: {"event_id", "fields"}; evtx_dump's {"Event": {"System", "EventData"}}; winlogbeat's
    {"winlog": {"event_id", "event_data"}}; {"EventID", "EventData"}; or EventID beside fields.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(
            iter(lambda: file.readline(_MAX_LINE_LENGTH + 1), ""), start=1
        ):
            if line.strip():
                yield _json_record(line, f"{path}: line {number}")


def _json_record(line: str, place: str) -> ReadResult:
    if len(line) > _MAX_LINE_LENGTH:
        return Fault("line is longer than a million characters", where=place)
    try:
        return _event(json.loads(line), place)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        hint = 'Write {"event_id": 1, "fields": {"Image": "..."}}.'
        return Fault(f"line is not an event: {error}", where=place, hint=hint)


def _event(data: Any, place: str) -> Record | ForeignRecord:
    if not isinstance(data, dict):
        raise TypeError("it is not an object")
    provider, event_id, fields = _provider_id_and_fields(data)
    if provider and PROVIDER not in provider and "Sysmon" not in provider:
        return ForeignRecord(place, provider)
    if isinstance(event_id, dict):
        event_id = event_id.get("#text")
    if isinstance(event_id, bool) or not isinstance(event_id, int | str):
        raise TypeError("it has no event id")
    if not isinstance(fields, dict):
        raise TypeError("its fields are not an object")
    return Record(
        place, int(event_id), {name: _field_text(value) for name, value in fields.items()}
    )


def _provider_id_and_fields(data: dict[str, Any]) -> tuple[str, Any, Any]:
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


def _field_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
