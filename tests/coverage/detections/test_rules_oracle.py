"""Verdicts on rules against a plain evaluation of their conditions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sigma_oracle
import yaml
from fake_host import judge
from support import shared

from logreach.coverage.detections.results import State
from logreach.coverage.engine.verdict import NO, YES, Verdict

if TYPE_CHECKING:
    from logreach.coverage.detections.model import Rule, RuleSet
    from logreach.coverage.events.patterns import EventPattern

MOST_FIELDS = 3
MOST_TEXTS = 40
MOST_EVENTS = 1500
EVERY = 5  # rules that are looked at: one in so many


@dataclass(frozen=True)
class Filled:
    """A host that writes every event but Security's, with only some fields filled."""

    fields: frozenset[str]

    def has_event(self, event: str) -> Verdict:
        return NO if event.startswith("Security:") else YES

    def fills(self, event: str, name: str) -> Verdict:  # noqa: ARG002 - the protocol's
        return YES if name.partition(":")[0] in self.fields else NO

    def lets_pass(self, pattern: EventPattern) -> Verdict:  # noqa: ARG002 - the protocol's
        return YES


def _qualifying(rules: RuleSet) -> Iterator[tuple[Rule, Outcomes]]:
    top = shared("sigma/rules/windows").parent
    for rule in rules.rules[::EVERY]:
        alternatives = {tuple(s.event for s in h) for b in rule.branches for h in b.alternatives}
        lost = [
            need
            for branch in rule.branches
            for events in branch.alternatives
            for candidate in events
            if not candidate.event.startswith("Security:")
            for need in (*candidate.demand.needs, *itertools.chain(*candidate.demand.suppressors))
            if not need.fields
        ]
        if len(alternatives) != 1 or lost or rule.logsource.service:
            continue
        data = yaml.safe_load((top / rule.file).read_text(encoding="utf-8"))
        try:
            sigma_oracle.compiled(data)
            tests = sigma_oracle.fields(data)
        except sigma_oracle.UnsupportedError:
            continue
        texts = {name: sigma_oracle.candidates(found, MOST_TEXTS) for name, found in tests.items()}
        sizes = math.prod(len(found) for found in texts.values())
        if len(texts) > MOST_FIELDS or sizes > MOST_EVENTS or {"", "Provider_Name"} & set(texts):
            continue
        outcomes = Outcomes(data, texts)
        if "found" in outcomes.where(frozenset(texts)):  # else the texts are too few to tell
            yield rule, outcomes


class Outcomes:
    """What happens to the events of a rule, one for each combination of texts."""

    def __init__(self, data: dict[str, Any], texts: dict[str, list[Any]]) -> None:
        self.names = tuple(texts)
        self._test = sigma_oracle.compiled(data)
        self._events = [
            dict(zip(texts, values, strict=True)) for values in itertools.product(*texts.values())
        ]
        self._whole = [self._test(event) for event in self._events]

    def where(self, filled: frozenset[str]) -> set[str]:
        """What happens to some event where only these fields are filled: it is found, lost or
        found needlessly."""
        outcomes = set()
        seen: dict[tuple[Any, ...], bool] = {}  # events that differ in other fields look the same
        for event, whole in zip(self._events, self._whole, strict=True):
            left = {name: text for name, text in event.items() if name in filled}
            look = tuple(left.values())
            if look not in seen:
                seen[look] = self._test(left)
            if seen[look]:
                outcomes |= {"found"} if whole else {"found", "needless"}
            elif whole:
                outcomes.add("lost")
        return outcomes


def _told(rule: Rule, filled: frozenset[str]) -> set[str]:
    result = judge(rule, Filled(filled))
    words = {State.DEGRADED: "lost", State.NOISIER: "needless", State.DEAD: "lost"}
    found = {words[state] for state in result.state if state in words}
    return found | ({"found"} if result.verdict == YES else set())


def test_verdicts_equal_what_a_plain_evaluation_finds(windows_rules: RuleSet) -> None:
    compared, wrong = 0, []
    for rule, outcomes in _qualifying(windows_rules):
        for size in range(len(outcomes.names) + 1):
            for chosen in itertools.combinations(outcomes.names, size):
                filled = frozenset(chosen)
                expected, told = outcomes.where(filled), _told(rule, filled)
                compared += 1
                if expected != told:
                    wrong.append((rule.file, sorted(filled), expected, told))
    assert wrong == []
    assert compared > 500
