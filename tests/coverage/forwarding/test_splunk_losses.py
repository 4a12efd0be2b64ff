"""What Splunk's settings take from events, as it counts for the patterns that ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding.prerequisite import Arriving
from logreach.coverage.platforms.registry import sensors
from logreach.inventories.facts.facts import Facts
from logreach.inventories.forwarding import splunk

SYSTEM = {"SubjectUserSid": ["equals", "S-1-5-18"]}


def constraint(written: list[Any]) -> Constraint:
    test, *values = map(str, written)
    return Constraint(Test(test.removeprefix("not ")), tuple(values), test.startswith("not "))


@pytest.mark.parametrize(
    ("settings", "fields", "label", "words"),
    [
        ("", SYSTEM, "achievable", ""),
        ("evt_resolve_ad_obj = 1", SYSTEM, "unknown", "names in place of SIDs"),
        ("evt_resolve_ad_obj = 0", SYSTEM, "achievable", ""),
        ("evt_resolve_ad_obj = 1", {"MemberSid": ["ends", "-512"]}, "unknown", "in place of SIDs"),
        ("evt_resolve_ad_obj = 1", {"A": ["contains", "S-1-5-21-"]}, "unknown", "in place of SIDs"),
        ("evt_resolve_ad_obj = 1", {"SubjectUserSid": ["not equals", "S-1-5-18"]}, "achievable", ""),
        ("evt_resolve_ad_obj = 1", {"NewProcessName": ["ends", "\\x.exe"]}, "achievable", ""),
        ("evt_resolve_ad_obj = 1", {}, "achievable", ""),
        ("suppress_keywords = true", {"Keywords": ["equals", "0x8020000000000000"]}, "unknown", "without Keywords"),
        ("suppress_keywords = true", {"Task": ["equals", "1"]}, "achievable", ""),
        ("suppress_task = 1", {"Task": ["equals", "1"]}, "unknown", "suppress_task"),
        ("suppress_opcode = 1", {"Opcode": ["equals", "1"]}, "unknown", "suppress_opcode"),
        ("suppress_type = 1", {"Level": ["equals", "4"]}, "unknown", "suppress_type"),
        ("suppress_sourcename = 1", {"Provider_Name": ["equals", "x"]}, "unknown", "suppress_sourcename"),
        ("suppress_text = 1", {}, "unknown", "suppress_text without renderXml"),
        ("suppress_text = 1\nrenderXml = true", {}, "achievable", ""),
        ("start_from = newest", {}, "unknown", "stops at the end of the log"),
        ("start_from = oldest\ncurrent_only = 1", {}, "achievable", ""),
        ("queue = nullQueue", {}, "unknown", "queue = nullQueue"),
        ("[source::WinEventLog:Security]\nSEDCMD-cut = s/This event.*//g", {}, "unknown", "sedcmd-cut"),
        ("[XmlWinEventLog]\nTRANSFORMS-null = setnull", {}, "unknown", "transforms-null"),
        ("[XmlWinEventLog]\nTRUNCATE = 0", {}, "achievable", ""),
        ("blacklist = 4688\nevt_resolve_ad_obj = 1", SYSTEM, "not achievable", ""),
    ],
)  # fmt: skip
def test_what_does_not_arrive_whole_proves_nothing(
    settings: str, fields: dict[str, list[Any]], label: str, words: str
) -> None:
    reading = splunk.read(f"[WinEventLog://Security]\n{settings}\n", "inputs.conf")
    facts = Facts.of(reading.statements, reading.missing)
    pattern = EventPattern(
        EventId.parse("Security:4688"), {name: (constraint(held),) for name, held in fields.items()}
    )
    found = Arriving(facts).check(pattern, sensors().of(pattern.event))
    assert found.verdict.label == label, found.text
    assert words in found.text
