"""Real records of the reference data: which event each is, and the names of its fields."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import shared

_HEADER = frozenset(
    [
        "@timestamp",
        "@version",
        "AccountName",
        "AccountType",
        "ActivityID",
        "Category",
        "Channel",
        "Domain",
        "ERROR_EVT_UNRESOLVED",
        "EventID",
        "EventIdType",
        "EventReceivedTime",
        "EventTime",
        "EventType",
        "ExecutionProcessID",
        "Hostname",
        "Keywords",
        "Level",
        "Message",
        "Opcode",
        "OpcodeValue",
        "ProcessID",
        "ProcessId",
        "ProviderGuid",
        "RecordNumber",
        "RelatedActivityID",
        "Severity",
        "SeverityValue",
        "SourceModuleName",
        "SourceModuleType",
        "SourceName",
        "Task",
        "ThreadID",
        "TimeCreated",
        "UserData",
        "UserID",
        "Version",
        "host",
        "port",
        "tags",
        "type",
    ]
)
"""What shippers put beside the data of an event. UserData repeats the fields it holds."""
_CLOUD = "TenantId"
"""Stands in exports of a cloud's log store, whose columns are its own."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `version` is None where an export leaves it out; `ordered`: `fields` are all of
    its fields in their order, otherwise those that bear no name of the header."""

    path: Path
    channel: str
    provider: str
    number: int
    version: int | None
    fields: tuple[str, ...]
    computer: str = ""
    ordered: bool = True


def evtx_records(folders: Iterable[str]) -> Iterator[Record]:
    """The records of all logs below folders of the reference data."""
    evtx = pytest.importorskip("evtx")
    for folder in folders:
        for path in sorted(shared(folder).rglob("*.evtx")):
            for record in evtx.PyEvtxParser(str(path)).records_json():
                event = json.loads(record["data"])["Event"]
                system = event["System"]
                number = system["EventID"]
                yield Record(
                    path,
                    system["Channel"],
                    system["Provider"]["#attributes"]["Name"],
                    int(number["#text"] if isinstance(number, dict) else number),
                    int(system.get("Version") or 0),
                    _fields(event),
                    system["Computer"].casefold(),
                )


def _fields(event: dict[str, Any]) -> tuple[str, ...]:
    data = event.get("EventData") or next(iter((event.get("UserData") or {}).values()), None) or {}
    return tuple(name for name in data if not name.startswith("#"))


def exported_records() -> Iterator[Record]:
    """The records of the labelled captures, which hold an object of JSON a line."""
    for path in sorted(shared("labelled/otrf").iterdir()):
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                for line in archive.open(member):
                    record = _exported(path, line)
                    if record is not None:
                        yield record


def _exported(path: Path, line: bytes) -> Record | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    if "Channel" not in row or "EventID" not in row or _CLOUD in row:
        return None
    version = row.get("Version")
    fields = tuple(name for name in row if name not in _HEADER)
    return Record(
        path,
        row["Channel"],
        row.get("SourceName") or "",
        int(row["EventID"]),
        None if version is None else int(version),
        fields,
        ordered=False,
    )


def labelled_channels() -> set[str]:
    """The channels of all labelled logs, those among them that are listed alone."""
    with gzip.open(shared("labelled/labels.jsonl.gz"), "rt", encoding="utf-8") as lines:
        events = (event for line in lines for event in json.loads(line)["events"])
        return {event.rpartition(":")[0] for event in events}
