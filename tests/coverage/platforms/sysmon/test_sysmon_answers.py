"""What single prerequisites about Sysmon answer: answers.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hosts
import leaves
import pytest
import yaml

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.prerequisites import (
    SysmonHashes,
    SysmonKeeps,
    SysmonRuns,
    contradictions,
)
from logreach.coverage.platforms.sysmon.remedies import keep_all
from logreach.inventories.facts.facts import Facts
from logreach.inventories.windows.facts import SYSMON

CASES = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    answer, expected = leaves.compared(case, "Sysmon:1")
    assert answer == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_reads_every_fact_that_its_answer_depends_on(case: dict[str, Any]) -> None:
    assert leaves.depends_on_more(case) is None


def test_hosts_in_the_same_state_are_answered_the_same() -> None:
    assert leaves.told_alike(CASES) == []


BLOCKING = {27, 28}
FILTERED = [n for n in range(1, 30) if (event := manifest.event(n)) is not None and event.tag]


def test_the_sysmon_that_is_offered_keeps_every_event_that_it_only_logs() -> None:
    bare = hosts.facts({"os": "Windows 11 23H2", "sysmon": "none"})
    remedy = SysmonRuns(EventId.of("Sysmon", 1)).check(bare).remedy
    assert remedy is not None
    facts = bare.stating(SYSMON, remedy.value)
    for number in FILTERED:
        reason = SysmonKeeps(EventPattern(EventId.of("Sysmon", number))).check(facts)
        instead = {26}  # a deletion is told by event 23 before it can be by event 26
        expected = "not achievable" if number in BLOCKING | instead else "achievable"
        assert reason.verdict.label == expected, (number, reason.text)
    for algorithm in ("", "SHA256", "IMPHASH"):
        reason = SysmonHashes("Sysmon:1/Hashes", algorithm).check(facts)
        assert reason.verdict.label == "achievable", algorithm


@pytest.mark.parametrize("number", [*FILTERED, 4, 16, 255, 99])
def test_what_blocks_or_cannot_be_filtered_is_not_to_be_kept(number: int) -> None:
    assert (keep_all(number) is not None) is (number in FILTERED and number not in BLOCKING)


@pytest.mark.parametrize("words", [{}, {"sysmon": "none"}, {"os": "Windows 7 SP1"}])
def test_nothing_contradicts_a_sysmon_that_is_not_there(words: dict[str, Any]) -> None:
    assert contradictions(hosts.facts(words)) == ()
    assert contradictions(Facts()) == ()
