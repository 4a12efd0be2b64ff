"""Rules over all hosts, as rows: how many hosts each fires on, and what a remedy would gain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.questions import WEIGHTS
from logreach.coverage.assessment.result import RuleSummary
from logreach.coverage.assessment.rule_changes import RuleChange
from logreach.coverage.assessment.rules import JudgedRules
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.verdict import YES


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule over all hosts.

    `hosts` are hosts by label of the verdict. `summary` is the rule on the profile with the most
    hosts short of achievable, or with the most hosts. `gain` is what changes bring: the weight of
    the rule's level times the hosts on which its verdict rises once they are made; a host counts
    half where part was proven before, or only part is proven then. `remedies` are the changes of
    the profile that gains most.
    """

    summary: RuleSummary
    hosts: Mapping[str, int]
    gain: float
    remedies: tuple[Remedy, ...] = ()

    @property
    def remedy(self) -> str:
        """The changes that are made together, in one line; '' for none."""
        return "; ".join(remedy.text for remedy in self.remedies)


def rule_rows(profiles: Sequence[JudgedRules]) -> list[RuleRow]:
    """One row a rule, the largest gain first, then by level and title."""
    ids = dict.fromkeys(rule_id for profile in profiles for rule_id in profile.rules)
    return sorted((_row(rule_id, profiles) for rule_id in ids), key=_order)


def _order(row: RuleRow) -> tuple[float, float, str, str]:
    rule = row.summary
    weight = WEIGHTS.get(rule.level, 1.0)
    return (-row.gain, -weight, rule.title.casefold(), rule.rule_id)


def _row(rule_id: str, profiles: Sequence[JudgedRules]) -> RuleRow:
    hosts: dict[str, int] = {}
    gains: list[tuple[float, RuleChange]] = []
    judging = [profile for profile in profiles if rule_id in profile.rules]
    for profile in judging:
        label = profile.rules[rule_id].judged.verdict.label
        hosts[label] = hosts.get(label, 0) + profile.hosts
        change = profile.changes.get(rule_id)
        if change is not None:
            gains.append((profile.hosts * change.rise, change))
    shown = max(judging, key=lambda x: (x.rules[rule_id].judged.verdict != YES, x.hosts))
    summary = shown.rules[rule_id]
    remedies = max(gains, key=lambda pair: pair[0])[1].remedies if gains else ()
    gain = sum((gain for gain, _ in gains), start=0.0) * WEIGHTS.get(summary.level, 1.0)
    return RuleRow(summary, hosts, gain, remedies)


def only(
    rows: Iterable[RuleRow],
    levels: Collection[str] = (),
    verdicts: Collection[str] = (),
    techniques: Collection[str] = (),
) -> list[RuleRow]:
    """The rows of some levels, verdicts (on any host) and technique ids.

    'unknown' stands for every kind of unknown. An empty collection restricts nothing.
    """
    return [
        row
        for row in rows
        if (not levels or row.summary.level in levels)
        and (not verdicts or any(_is(label, name) for label in row.hosts for name in verdicts))
        and (not techniques or any(tag in techniques for tag in row.summary.techniques))
    ]


def _is(label: str, name: str) -> bool:
    return label == name or (name == "unknown" and label.startswith("unknown"))
