"""Real records: each has exactly the fields of a layout that its Windows may write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import shared

from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Event
from logreach.inventories.windows.facts import OperatingSystem, OsKind

# Hosts of the samples whose Windows is known: facts/field_variants.csv.
_R2 = OperatingSystem("Windows Server 2012 R2", "", OsKind.SERVER, "6.3", 9600)
_KNOWN_HOSTS = {"fs03.offsec.lan": _R2, "fs02.offsec.lan": _R2}
_SYSMON = "Microsoft-Windows-Sysmon/Operational"


def _records(
    folders: Iterable[str] = ("evtx", "sigma/regression_data"),
) -> Iterator[tuple[Path, dict[str, Any]]]:
    evtx = pytest.importorskip("evtx")
    for folder in folders:
        for path in sorted(shared(folder).rglob("*.evtx")):
            for record in evtx.PyEvtxParser(str(path)).records_json():
                event = json.loads(record["data"])["Event"]
                if event["System"]["Channel"] != _SYSMON:
                    yield path, event


def _fields(event: dict[str, Any]) -> tuple[str, ...]:
    data = event.get("EventData") or next(iter((event.get("UserData") or {}).values()), None) or {}
    return tuple(name for name in data if not name.startswith("#"))


def _event_id(system: dict[str, Any]) -> int:
    number = system["EventID"]
    return int(number["#text"] if isinstance(number, dict) else number)


def _expected(event: Event, system: dict[str, Any]) -> list[tuple[str, ...]]:
    version = system.get("Version") or 0
    os = _KNOWN_HOSTS.get(system["Computer"].casefold())
    found = []
    for layout in event.layouts:
        span = layout.span(os) if os else None
        if os and (span is None or not span.holds(os.build).possible):
            continue
        if layout.version == version:
            found.append(layout.fields)
    return found


def test_every_real_record_has_the_fields_of_a_layout_that_its_windows_may_write() -> None:
    knowledge = load_events()
    shorts = {channel.name: short for short, channel in knowledge.channels.items()}
    seen: set[str] = set()
    for path, record in _records():
        system = record["System"]
        key = f"{shorts[system['Channel']]}:{_event_id(system)}"
        event = knowledge.events[key]
        assert system["Provider"]["#attributes"]["Name"] == event.provider, (path.name, key)
        assert _fields(record) in _expected(event, system), (path.name, key)
        seen.add(key)
    assert {"Security:4688", "Security:4697", "System:7045", "PowerShell:4104"} <= seen
    assert len(seen) >= 12


def test_labelled_records_of_described_events_have_the_fields_of_a_layout() -> None:
    knowledge = load_events()
    shorts = {channel.name: short for short, channel in knowledge.channels.items()}
    seen: set[str] = set()
    for path, record in _records(["labelled/evtx-to-mitre"]):
        system = record["System"]
        key = f"{shorts[system['Channel']]}:{_event_id(system)}"
        event = knowledge.events.get(EventId.parse(key))
        if event is None:
            continue
        # A named instance of SQL Server writes as MSSQL$NAME.
        provider = system["Provider"]["#attributes"]["Name"].partition("$")[0]
        assert event.provider.startswith(provider), (path.name, key)
        # Classic records leave the binary part out where there is none.
        named = [
            tuple(name for name in fields if name != "Binary") for fields in _of(event, system)
        ]
        fields = tuple(name for name in _fields(record) if name != "Binary")
        assert fields in named or not all(layout.fields_known for layout in event.layouts), key
        seen.add(key)
    assert len(seen) >= 100


def _of(event: Event, system: dict[str, Any]) -> list[tuple[str, ...]]:
    return _expected(event, {**system, "Version": int(system.get("Version") or 0)})
