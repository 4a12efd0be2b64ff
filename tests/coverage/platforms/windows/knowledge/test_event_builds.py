"""Which event, in which layout, on which Windows: the cases of event_builds.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Level, Verdict
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Policy
from logreach.coverage.platforms.windows.prerequisites.os import has_field
from logreach.inventories.windows.facts import OperatingSystem, OsKind

_CASES = yaml.safe_load(Path(__file__).with_name("event_builds.yaml").read_text("utf-8"))
_WORDS = {True: YES, False: NO, "unknown": UNKNOWN}


@pytest.mark.parametrize("case", _CASES, ids=[case["name"] for case in _CASES])
def test_an_event_by_build(case: dict[str, Any]) -> None:
    event = load_events().events[case["event"]]
    kind, build = case["os"]
    os = OperatingSystem("", "", OsKind(kind), "", build)
    written = NO if event.never_emitted else event.written_on(os)
    assert written == _WORDS[case["written"]]
    for name, word in case.get("fields", {}).items():
        assert has_field(event, name, os) == _WORDS[word], name


def test_the_subcategory_of_4703_moves_with_the_build() -> None:
    knowledge = load_events()
    event = knowledge.events["Security:4703"]
    guids = {one.name: one.guid for one in knowledge.subcategories.values()}
    authorization = guids["Authorization Policy Change"]
    token = guids["Token Right Adjusted Events"]
    assert [event.governs(authorization, b) for b in (10586, 14393, 17763)] == [YES, UNKNOWN, NO]
    assert [event.governs(token, b) for b in (10586, 14393, 17763)] == [NO, UNKNOWN, YES]


def test_handles_need_handle_manipulation_too() -> None:
    knowledge = load_events()
    handle = next(
        one.guid for one in knowledge.subcategories.values() if one.name == "Handle Manipulation"
    )
    for number in (4656, 4658, 4661):
        event = knowledge.events[f"Security:{number}"]
        assert event.also_subcategories == (handle,)
        assert handle not in event.subcategories
    assert knowledge.events["Security:4690"].subcategories == (handle,)


def test_some_audit_events_ignore_the_policy() -> None:
    events = load_events().events
    for number in (4616, 4719, 4826):
        assert events[f"Security:{number}"].policy is Policy.IGNORES
    assert events["Security:1102"].policy is Policy.NONE


def test_script_blocks_are_partly_logged_without_the_policy() -> None:
    events = load_events().events
    assert events["PowerShell:4104"].without_setting is Level.PARTIAL
    assert Verdict.of(events["PowerShell:4104"].without_setting, Level.PARTIAL) == PARTIAL
    assert events["PowerShell:4103"].without_setting is Level.NO
    assert events["Security:4688"].field_settings == {
        "CommandLine": "process_creation_command_line"
    }
