"""Rules over all hosts, as rows: how many hosts each fires on, and what a remedy would gain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.result import RuleSummary
from logreach.coverage.assessment.rules import WEIGHTS
from logreach.coverage.engine.verdict import YES, Level

ProfileRules = tuple[int, Mapping[str, RuleSummary]]
"""The hosts of a profile, and its rules by id."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule over all hosts.

    `hosts` are hosts by label of the verdict. `summary` is the rule on the profile with the most
    hosts short of achievable, or with the most hosts. `gain` is what remedies could bring: the
    weight of the rule's level times the hosts short of achievable for which a remedy is known; a
    host on which part is proven already counts half.
    """

    summary: RuleSummary
    hosts: Mapping[str, int]
    gain: float

    @property
    def remedy(self) -> str:
        """The first remedy that is known for it, '' for none."""
        reasons = self.summary.judged.reasons
        return next((reason.remedy.text for reason in reasons if reason.remedy is not None), "")


def rule_rows(profiles: Sequence[ProfileRules]) -> list[RuleRow]:
    """One row a rule, the largest gain first, then by level and title."""
    by_rule: dict[str, list[tuple[int, RuleSummary]]] = {}
    for count, rules in profiles:
        for rule_id, rule in rules.items():
            by_rule.setdefault(rule_id, []).append((count, rule))
    return sorted(map(_row, by_rule.values()), key=_order)


def _order(row: RuleRow) -> tuple[float, float, str, str]:
    rule = row.summary
    weight = WEIGHTS.get(rule.level, 1.0)
    return (-row.gain, -weight, rule.title.casefold(), rule.rule_id)


def _row(summaries: Sequence[tuple[int, RuleSummary]]) -> RuleRow:
    hosts: dict[str, int] = {}
    gain = 0.0
    for count, rule in summaries:
        label = rule.judged.verdict.label
        hosts[label] = hosts.get(label, 0) + count
        gain += count * _shortfall(rule)
    _, shown = max(summaries, key=lambda pair: (pair[1].judged.verdict != YES, pair[0]))
    return RuleRow(shown, hosts, gain * WEIGHTS.get(shown.level, 1.0))


def _shortfall(rule: RuleSummary) -> float:
    """How far a rule is from achievable where a remedy is known: 1, a half, or nothing."""
    verdict = rule.judged.verdict
    if verdict == YES or not verdict.applicable:
        return 0.0
    if not any(reason.remedy is not None for reason in rule.judged.reasons):
        return 0.0
    return 1.0 if verdict.proven is Level.NO else 0.5


def only(
    rows: Iterable[RuleRow],
    levels: Collection[str] = (),
    verdicts: Collection[str] = (),
    techniques: Collection[str] = (),
) -> list[RuleRow]:
    """The rows of some levels, verdicts (on any host) and techniques (sub-techniques too).

    'unknown' stands for every kind of unknown. An empty collection restricts nothing.
    """
    return [
        row
        for row in rows
        if (not levels or row.summary.level in levels)
        and (not verdicts or any(_is(label, name) for label in row.hosts for name in verdicts))
        and (
            not techniques
            or any(_within(tag, name) for tag in row.summary.techniques for name in techniques)
        )
    ]


def _is(label: str, name: str) -> bool:
    return label == name or (name == "unknown" and label.startswith("unknown"))


def _within(technique: str, name: str) -> bool:
    return technique == name.upper() or technique.startswith(f"{name.upper()}.")
