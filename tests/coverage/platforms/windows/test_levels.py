"""The levels of events, held against each other and against real records."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from evtx import PyEvtxParser
from support import shared

from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.sysmon.headers import sysmon_header
from logreach.coverage.platforms.windows.headers import header_texts, windows_header
from logreach.coverage.platforms.windows.knowledge.events import load_events


def _levels(event: str) -> set[int]:
    header = windows_header(EventId.parse(event))
    assert header is not None
    return {header.level} if header.level is not None else set(header.levels)


@pytest.mark.parametrize(
    ("event", "levels"),
    [
        ("Security:4688", {0}),
        ("Security:1104", {2}),
        ("PowerShell:4103", {4}),
        ("PowerShell:4104", {3, 5}),
        ("PowerShellCore:4104", {3, 5}),
        ("AppLockerExe:8004", {2}),
        ("TaskScheduler:106", {4}),
        ("System:7036", set()),
    ],
)
def test_the_levels_of_an_event(event: str, levels: set[int]) -> None:
    assert _levels(event) == levels


def test_a_rule_may_ask_for_each_level_that_an_event_has() -> None:
    assert {"3", "5", "warning", "verbose"} <= set(
        header_texts(EventId.parse("PowerShell:4104"), "Level")
    )


def test_sysmon_writes_its_errors_at_another_level() -> None:
    levels = {}
    for number in (1, 255):
        header = sysmon_header(EventId.of("Sysmon", number))
        assert header is not None
        levels[number] = header.level
    assert levels == {1: 4, 255: 2}


def test_no_real_record_has_another_level_than_its_event_may_have() -> None:
    knowledge = load_events()
    channels = {channel.name.casefold(): name for name, channel in knowledge.channels.items()}
    found = defaultdict(set)
    for path in sorted(shared("labelled/evtx-to-mitre").rglob("*.evtx")):
        for record in PyEvtxParser(str(path)).records_json():
            system = json.loads(record["data"])["Event"]["System"]
            number = system["EventID"]
            number = number["#text"] if isinstance(number, dict) else number
            name = channels.get(str(system["Channel"]).casefold())
            event = EventId.parse(f"{name}:{number}") if name else None
            entry = knowledge.events.get(event) if event else None
            if entry and entry.provider == system["Provider"]["#attributes"].get("Name"):
                found[str(event)].add(int(system["Level"]))
    assert len(found) > 30
    assert found["PowerShell:4104"] == {3, 5}
    wrong = {
        event: levels
        for event, levels in found.items()
        if _levels(event) and not levels <= _levels(event)
    }
    assert not wrong
