"""What is proven of Sysmon's events on a host, by version, Windows and configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml
from judged_events import judged, judged_event

from logreach.coverage.engine.judged import Judged
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.coverage.platforms.sysmon.prerequisites import contradictions
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.windows.facts import SYSMON, SysmonState

TABLE = yaml.safe_load(Path(__file__).with_name("prerequisites.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in TABLE["cases"]]


def _facts(case: dict[str, Any]) -> Facts:
    sysmon = dict(case["host"]["sysmon"])
    if "config" in sysmon:
        sysmon["config"] = TABLE["configs"].get(sysmon["config"], sysmon["config"])
    return hosts.facts(case["host"] | {"sysmon": sysmon})


def _event(case: dict[str, Any], number: int) -> Judged:
    """The event as written and kept."""
    return judged_event(_facts(case), EventPattern(EventId.of("Sysmon", number)))


@pytest.mark.parametrize("case", CASES)
def test_an_event_is_achievable_where_it_is_proven(case: dict[str, Any]) -> None:
    found = {number: _event(case, number).verdict.label for number in case["events"]}
    assert found == case["events"]


def _filled(event: EventId, field: str) -> Callable[[RuleEvents], int]:
    return lambda events: events.field(event, field)


@pytest.mark.parametrize("case", [one for one in CASES if "fields" in one.values[0]])
def test_a_field_is_filled_where_it_is_proven(case: dict[str, Any]) -> None:
    found = {}
    for asked in case["fields"]:
        number, _, field = asked.partition("/")
        found[asked] = judged(
            _facts(case), _filled(EventId.of("Sysmon", number), field)
        ).verdict.label
    assert found == case["fields"]


@pytest.mark.parametrize("case", [one for one in CASES if "because" in one.values[0]])
def test_the_reasons_say_what_is_open(case: dict[str, Any]) -> None:
    for number, text in case["because"].items():
        told = [reason.text for reason in _event(case, number).reasons]
        assert any(text in one for one in told), told


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_true_together_is_told(case: dict[str, Any]) -> None:
    told = [fault.message for fault in contradictions(_facts(case))]
    wanted = case.get("contradictions", [])
    assert len(told) == len(wanted)
    assert all(text in one for text, one in zip(wanted, told, strict=True)), told


UPGRADED = [
    case
    for case in TABLE["cases"]
    if case["host"]["sysmon"].get("version") in ("11.0", "13.10", "13.0") and "because" in case
]


@pytest.mark.parametrize("case", UPGRADED, ids=lambda case: case["name"])
def test_the_release_advised_settles_what_a_defect_leaves_open(case: dict[str, Any]) -> None:
    facts = _facts(case)
    current = facts.get(SYSMON)
    assert isinstance(current, Known)
    for number in case["because"]:
        remedies = [reason.remedy for reason in _event(case, number).reasons if reason.remedy]
        (remedy,) = {remedy for remedy in remedies if "upgrade" in remedy.title}
        assert remedy.title == "Sysmon: upgrade to 15.22"
        assert isinstance(remedy.value, SysmonState)
        upgraded = remedy.value.added_to(current.value)
        assert upgraded.config == current.value.config
        pattern = EventPattern(EventId.of("Sysmon", number))
        settled = judged_event(facts.stating(SYSMON, upgraded), pattern)
        assert settled.verdict.label == "achievable"
