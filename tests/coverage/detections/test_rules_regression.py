"""Sigma's real logs lie in the patterns of the rules that they fire."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from fake_host import judge

from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, YES, Verdict

if TYPE_CHECKING:
    from conftest import RealLog

    from logreach.coverage.detections.model import Rule, RuleSet
    from logreach.coverage.events.patterns import EventPattern

EXCEPTIONS = Path(__file__).with_name("regression_exceptions.yaml")


def _answers(rule: Rule, log: RealLog) -> set[bool | None]:
    return {
        candidate.admits(key, fields, text)
        for branch in rule.branches
        for events in branch.alternatives
        for candidate in events
        for key, fields, text in log.events
        if candidate.event == key
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

    def has_event(self, event: str) -> Verdict:
        return YES if any(event == key for key, _, _ in self.log.events) else NO

    def fills(self, event: str, name: str) -> Verdict:
        field, _, algorithm = name.partition(":")
        there = any(
            event == key and f"{algorithm}=" * bool(algorithm) in fields.get(field, "")
            for key, fields, _ in self.log.events
            if field in fields
        )
        return YES if there else NO

    def lets_pass(self, pattern: EventPattern) -> Verdict:  # noqa: ARG002 - the protocol's
        return NOT_APPLICABLE


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
