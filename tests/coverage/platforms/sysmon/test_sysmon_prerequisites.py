"""What is proven of Sysmon's events on a host, by version, Windows and configuration."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml

from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import all_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.network.rule_nodes import GraphView
from logreach.coverage.platforms.sysmon.prerequisites import contradictions
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.facts import Facts

TABLE = yaml.safe_load(Path(__file__).with_name("prerequisites.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in TABLE["cases"]]


@cache
def _view(name: str) -> GraphView:
    return GraphView(load_events(), _facts(next(c for c in TABLE["cases"] if c["name"] == name)))


def _facts(case: dict[str, Any]) -> Facts:
    sysmon = dict(case["host"]["sysmon"])
    if "config" in sysmon:
        sysmon["config"] = TABLE["configs"].get(sysmon["config"], sysmon["config"])
    return hosts.facts(case["host"] | {"sysmon": sysmon})


def _event(case: dict[str, Any], number: int) -> Judged:
    """The event as written and kept."""
    view, key = _view(case["name"]), f"Sysmon:{number}"
    both = (view.event(EventId.parse(key)), view.passes(EventPattern(EventId.parse(key))))
    verdict = all_of(one.verdict for one in both)
    return Judged(verdict, tuple(reason for one in both for reason in one.reasons))


@pytest.mark.parametrize("case", CASES)
def test_an_event_is_achievable_where_it_is_proven(case: dict[str, Any]) -> None:
    found = {number: _event(case, number).verdict.label for number in case["events"]}
    assert found == case["events"]


@pytest.mark.parametrize("case", [one for one in CASES if "fields" in one.values[0]])
def test_a_field_is_filled_where_it_is_proven(case: dict[str, Any]) -> None:
    found = {}
    for asked in case["fields"]:
        number, _, field = asked.partition("/")
        found[asked] = (
            _view(case["name"]).attribute(EventId.parse(f"Sysmon:{number}"), field).verdict.label
        )
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
