"""Rules over all hosts, as rows: how many hosts each fires on, and what a remedy would gain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.result import RuleSummary
from logreach.coverage.assessment.rules import WEIGHTS
from logreach.coverage.engine.verdict import YES, Level

Judgement = tuple[int, Mapping[str, RuleSummary]]
"""The hosts of a profile, and its rules by id."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule over all hosts.

    `hosts` are hosts by label of the verdict. `told` is the rule on the profile with the most
    hosts short of achievable, or with the most hosts. `gain` is what remedies could bring: the
    weight of the rule's level times the hosts short of achievable for which a remedy is known; a
    host on which part is proven already counts half.
    """

    told: RuleSummary
    hosts: Mapping[str, int]
    gain: float

    @property
    def remedy(self) -> str:
        """The first remedy that is known for it, '' for none."""
        found = (one.remedy.text for one in self.told.judged.reasons if one.remedy is not None)
        return next(found, "")


def rule_rows(judged: Sequence[Judgement]) -> list[RuleRow]:
    """One row a rule, the largest gain first, then by level and title."""
    ids = dict.fromkeys(rule_id for _, rules in judged for rule_id in rules)
    rows = [_row([(count, rules[one]) for count, rules in judged if one in rules]) for one in ids]
    return sorted(rows, key=_order)


def _order(row: RuleRow) -> tuple[float, float, str, str]:
    weight = WEIGHTS.get(row.told.level, 1.0)
    return (-row.gain, -weight, row.told.title.casefold(), row.told.rule_id)


def _row(found: Sequence[tuple[int, RuleSummary]]) -> RuleRow:
    hosts: dict[str, int] = {}
    gain = 0.0
    for count, one in found:
        label = one.judged.verdict.label
        hosts[label] = hosts.get(label, 0) + count
        gain += count * _short(one)
    _, told = max(found, key=lambda pair: (pair[1].judged.verdict != YES, pair[0]))
    return RuleRow(told, hosts, gain * WEIGHTS.get(told.level, 1.0))


def _short(one: RuleSummary) -> float:
    """How far a rule is from achievable where a remedy is known: 1, a half, or nothing."""
    verdict = one.judged.verdict
    if verdict == YES or not verdict.applicable:
        return 0.0
    if not any(reason.remedy is not None for reason in one.judged.reasons):
        return 0.0
    return 1.0 if verdict.proven is Level.NO else 0.5


def only(
    rows: Iterable[RuleRow],
    levels: Collection[str] = (),
    verdicts: Collection[str] = (),
    techniques: Collection[str] = (),
) -> list[RuleRow]:
    """The rows of some levels, verdicts (on any host) and techniques (sub-techniques too).

    'unknown' stands for every kind of unknown. An empty collection asks for nothing.
    """
    return [
        row
        for row in rows
        if (not levels or row.told.level in levels)
        and (not verdicts or any(_is(label, one) for label in row.hosts for one in verdicts))
        and (not techniques or any(_in(t, w) for t in row.told.techniques for w in techniques))
    ]


def _is(label: str, wanted: str) -> bool:
    return label == wanted or (wanted == "unknown" and label.startswith("unknown"))


def _in(technique: str, wanted: str) -> bool:
    return technique == wanted.upper() or technique.startswith(f"{wanted.upper()}.")
