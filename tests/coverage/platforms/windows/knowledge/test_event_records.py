"""Real records: each has exactly the fields of a layout that its Windows may write."""

from __future__ import annotations

from collections.abc import Iterator

from real_records import Record, evtx_records

from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Event
from logreach.inventories.windows.facts import OperatingSystem, OsKind

# Hosts of the samples whose Windows is known: facts/field_variants.csv.
_R2 = OperatingSystem("Windows Server 2012 R2", "", OsKind.SERVER, "6.3", 9600)
_KNOWN_HOSTS = {"fs03.offsec.lan": _R2, "fs02.offsec.lan": _R2}
_SYSMON = "Microsoft-Windows-Sysmon/Operational"


def _records(*folders: str) -> Iterator[tuple[EventId, Record]]:
    shorts = {channel.name: short for short, channel in load_events().channels.items()}
    for record in evtx_records(folders):
        if record.channel != _SYSMON:
            yield EventId.parse(f"{shorts[record.channel]}:{record.number}"), record


def _expected(event: Event, record: Record) -> list[tuple[str, ...]]:
    os = _KNOWN_HOSTS.get(record.computer)
    found = []
    for layout in event.layouts:
        span = layout.span(os) if os else None
        if os and (span is None or not span.holds(os.build).possible):
            continue
        if layout.version == record.version:
            found.append(layout.fields)
    return found


def test_every_real_record_has_the_fields_of_a_layout_that_its_windows_may_write() -> None:
    knowledge = load_events()
    seen: set[str] = set()
    for key, record in _records("evtx", "sigma/regression_data"):
        event = knowledge.events[key]
        assert record.provider == event.provider, (record.path.name, key)
        assert record.fields in _expected(event, record), (record.path.name, key)
        seen.add(str(key))
    assert {"Security:4688", "Security:4697", "System:7045", "PowerShell:4104"} <= seen
    assert len(seen) >= 12


def test_labelled_records_of_described_events_have_the_fields_of_a_layout() -> None:
    knowledge = load_events()
    seen: set[EventId] = set()
    for key, record in _records("labelled/evtx-to-mitre"):
        event = knowledge.events.get(key)
        if event is None:
            continue
        # A named instance of SQL Server writes as MSSQL$NAME.
        provider = record.provider.partition("$")[0]
        assert event.provider.startswith(provider), (record.path.name, key)
        # Classic records leave the binary part out where there is none.
        named = [_without_binary(fields) for fields in _expected(event, record)]
        fields = _without_binary(record.fields)
        assert fields in named or not all(layout.fields_known for layout in event.layouts), key
        seen.add(key)
    assert len(seen) >= 100


def _without_binary(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in fields if name != "Binary")
