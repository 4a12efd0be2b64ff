"""Sigma's real logs lie in the patterns of the rules that they fire."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from logreach.coverage.detections.judge import judge
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, YES
from logreach.coverage.events.variant import ANY_SENSE, Sense

if TYPE_CHECKING:
    from conftest import RealLog

    from logreach.coverage.detections.model import Rule, RuleSet
    from logreach.coverage.events.patterns import EventPattern

EXCEPTIONS = Path(__file__).with_name("regression_exceptions.yaml")


def _answers(rule: Rule, log: RealLog) -> set[bool | None]:
    return {
        sight.admits(key, fields, text)
        for branch in rule.branches
        for happening in branch.happenings
        for sight in happening
        for key, fields, text in log.events
        if sight.event == key
    }


def test_every_real_log_lies_in_a_branch_of_its_rule(
    real_logs: tuple[RealLog, ...], windows_rules: RuleSet
) -> None:
    rules = {rule.id: rule for rule in windows_rules.rules}
    outside = {
        log.rule_id: _answers(rules[log.rule_id], log)
        for log in real_logs
        if True not in _answers(rules[log.rule_id], log)
    }
    explained = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    assert len(real_logs) == 192
    assert set(outside) == set(explained)
    assert all(None in answers for answers in outside.values())


@dataclass(frozen=True)
class HostOf:
    """A host that writes the events of a log, with just the fields that they have there."""

    log: RealLog

    def event(self, key: str, sense: Sense = ANY_SENSE) -> Judged:  # noqa: ARG002 - the protocol's
        return Judged(YES if any(key == one for one, _, _ in self.log.events) else NO)

    def attribute(self, key: str, field: str) -> Judged:
        name, _, algorithm = field.partition(":")
        there = any(
            key == one and f"{algorithm}=" * bool(algorithm) in fields.get(name, "")
            for one, fields, _ in self.log.events
            if name in fields
        )
        return Judged(YES if there else NO)

    def passes(self, pattern: EventPattern) -> Judged:  # noqa: ARG002 - the protocol's
        return Judged(NOT_APPLICABLE)


def test_every_rule_is_achievable_on_the_host_of_its_real_log(
    real_logs: tuple[RealLog, ...], windows_rules: RuleSet
) -> None:
    rules = {rule.id: rule for rule in windows_rules.rules}
    verdicts = {log.rule_id: judge(rules[log.rule_id], HostOf(log)).verdict for log in real_logs}
    assert len(verdicts) == 192
    assert {rule_id: one for rule_id, one in verdicts.items() if one != YES} == {}


def test_no_windows_rule_is_dropped_or_at_fault(windows_rules: RuleSet) -> None:
    assert len(windows_rules.rules) == 2407
    assert windows_rules.faults == ()
    assert not [rule.file for rule in windows_rules.rules if rule.truncated]


def test_only_listed_log_sources_of_windows_rules_have_no_mapping(windows_rules: RuleSet) -> None:
    unmapped: dict[str, int] = {}
    for rule in windows_rules.rules:
        if rule.unjudged:
            name = str(rule.logsource)
            unmapped[name] = unmapped.get(name, 0) + 1
    assert unmapped == {
        "product windows": 1,
        "product windows, category file_access": 7,
        "product windows, category file_rename": 1,
    }
