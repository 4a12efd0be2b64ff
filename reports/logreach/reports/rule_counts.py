"""Detection rules of a technique in few words: how many can fire, plain and weighed by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from logreach.coverage.assessment.result import Assessment, RuleRollup
from logreach.reports.counts import tally
from logreach.reports.labels import LABELS, UNKNOWN_LABELS, best_label

Number = TypeVar("Number", int, float)

# The four that people count by; every kind of unknown is one, and never a yes or a no.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "achievable": ("achievable",),
    "conditional": ("conditional",),
    "dead": ("not achievable",),
    "unknown": UNKNOWN_LABELS,
}


@dataclass(frozen=True, slots=True)
class FleetRules:
    """The rules of a technique over all hosts.

    `best` are rules by their best label on any host, `pairs` pairs of host and rule by label,
    `weights` the same pairs weighed by the rules' levels.
    """

    best: dict[str, float] = field(default_factory=dict)
    pairs: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)


def fleet_rules(assessment: Assessment) -> dict[str, FleetRules]:
    """Technique id -> its rules over all hosts; only techniques that rules are tagged with.

    As in a profile's roll-up, a rule counts for the techniques that it names: one for a
    sub-technique does not count for its parent.
    """
    fleet: dict[str, FleetRules] = {}
    hosts: dict[tuple[str, str], dict[str, int]] = {}
    for profile in assessment.profiles:
        for technique, rollup in profile.rules_by_technique.items():
            counted = fleet.setdefault(technique, FleetRules())
            _add(counted.pairs, rollup.counts, profile.count)
            _add(counted.weights, rollup.weights, profile.count)
        for rule in profile.rules.values():
            for technique in rule.techniques:
                by_label = hosts.setdefault((technique, rule.rule_id), {})
                _add(by_label, {rule.judged.verdict.label: 1}, profile.count)
    for (technique, _), by_label in hosts.items():
        _add(fleet.setdefault(technique, FleetRules()).best, {best_label(by_label): 1}, 1)
    return fleet


def _add(total: dict[str, Number], more: Mapping[str, Number], hosts: int) -> None:
    for label, number in more.items():
        total[label] = total.get(label, 0) + number * hosts


def fleet_words(rules: FleetRules) -> tuple[str, dict[str, str]]:
    """A line for the comment, and metadata by name."""
    line = f"Rules, by their best verdict on any host: {_four(rules.best)}"
    line += f"; over all hosts, weighed by level: {shares(rules.weights)}"
    return line, {
        "rules, best verdict on any host": tally(rules.best),
        "rules x hosts": tally(rules.pairs),
        "rules x hosts, share by level": shares(rules.weights),
    }


def profile_words(rules: RuleRollup) -> tuple[str, dict[str, str]]:
    """The same for one profile."""
    line = f"Rules: {_four(rules.counts)}; weighed by level: {shares(rules.weights)}"
    return line, {"rules": tally(rules.counts), "rules, share by level": shares(rules.weights)}


def _four(counts: Mapping[str, float]) -> str:
    """'3 achievable, 0 conditional, 1 dead, 2 unknown': all four, zeros too."""
    return ", ".join(f"{_sum(counts, labels):g} {word}" for word, labels in _GROUPS.items())


def shares(weights: Mapping[str, float]) -> str:
    """'62.5 % achievable, 12.5 % dead, 25 % unknown', of the rules that apply."""
    total = _sum(weights, [label for label in LABELS if label != "not applicable"])
    by_word = ((word, _sum(weights, labels)) for word, labels in _GROUPS.items())
    texts = [f"{round(100 * weight / total, 1):g} % {word}" for word, weight in by_word if weight]
    return ", ".join(texts) or "no rule applies"


def _sum(counts: Mapping[str, float], labels: Sequence[str]) -> float:
    return sum([counts.get(label, 0) for label in labels])
