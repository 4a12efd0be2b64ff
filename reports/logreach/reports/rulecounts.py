"""Detection rules of a technique in few words: how many can fire, plain and weighed by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logreach.coverage.assessment.result import Assessment, Profile, RuleRollup
from logreach.reports.words import LABELS, standing, tally

_UNKNOWN = tuple(label for label in LABELS if label.startswith("unknown"))
# The four that people count by; every kind of unknown is one, and never a yes or a no.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "achievable": ("achievable",),
    "conditional": ("conditional",),
    "dead": ("not achievable",),
    "unknown": _UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class FleetRules:
    """The rules of a technique over all hosts.

    `best` are rules by the label that they have where they fare best, `pairs` pairs of host and
    rule by label, `weights` the same pairs weighed by the rules' levels.
    """

    best: dict[str, float] = field(default_factory=dict)
    pairs: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)


def fleet_rules(assessment: Assessment) -> dict[str, FleetRules]:
    """Technique id -> its rules over all hosts; only techniques that rules are tagged with.

    As in a profile's roll-up, a rule counts for the techniques that it names: one for a
    sub-technique does not count for its parent.
    """
    found: dict[str, FleetRules] = {}
    hosts: dict[tuple[str, str], dict[str, int]] = {}
    for profile in assessment.profiles:
        for technique, rolled in profile.rules_by_technique.items():
            here = found.setdefault(technique, FleetRules())
            _add(here.pairs, rolled.counts, profile.count)
            _add(here.weights, rolled.weights, profile.count)
        for technique, rule_id, label in _labels(profile):
            by_label = hosts.setdefault((technique, rule_id), {})
            by_label[label] = by_label.get(label, 0) + profile.count
    for (technique, _), by_label in hosts.items():
        _add(found.setdefault(technique, FleetRules()).best, {standing(by_label): 1}, 1)
    return found


def _labels(profile: Profile) -> list[tuple[str, str, str]]:
    return [
        (technique, rule.rule_id, rule.judged.verdict.label)
        for rule in profile.rules.values()
        for technique in rule.techniques
    ]


def _add(total: dict[str, float], more: Mapping[str, float], hosts: int) -> None:
    for label, number in more.items():
        total[label] = total.get(label, 0) + number * hosts


def fleet_words(rules: FleetRules) -> tuple[str, dict[str, str]]:
    """A line for the comment, and metadata by name."""
    line = f"Rules, each where it fares best: {_four(rules.best)}"
    line += f"; over all hosts, weighed by level: {shares(rules.weights)}"
    return line, {
        "rules, each where it fares best": tally(rules.best),
        "rules x hosts": tally(rules.pairs),
        "rules x hosts, share by level": shares(rules.weights),
    }


def profile_words(rules: RuleRollup) -> tuple[str, dict[str, str]]:
    """The same for one profile."""
    line = f"Rules: {_four(rules.counts)}; weighed by level: {shares(rules.weights)}"
    return line, {"rules": tally(rules.counts), "rules, share by level": shares(rules.weights)}


def _four(counts: Mapping[str, float]) -> str:
    """'3 achievable, 0 conditional, 1 dead, 2 unknown': all four, so that a zero is told."""
    return ", ".join(f"{_sum(counts, labels):g} {word}" for word, labels in _GROUPS.items())


def shares(weights: Mapping[str, float]) -> str:
    """'62.5 % achievable, 12.5 % dead, 25 % unknown', of the rules that apply."""
    whole = _sum(weights, [label for label in LABELS if label != "not applicable"])
    told = ((word, _sum(weights, labels)) for word, labels in _GROUPS.items())
    found = [f"{round(100 * part / whole, 1):g} % {word}" for word, part in told if part]
    return ", ".join(found) or "no rule applies"


def _sum(counts: Mapping[str, float], labels: Sequence[str]) -> float:
    return sum(counts.get(label, 0) for label in labels)
