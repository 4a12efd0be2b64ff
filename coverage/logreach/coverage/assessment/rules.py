"""Rules in an assessment: judged for a profile, placed in ATT&CK, rolled up to techniques."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from logreach.coverage.assessment.result import RuleRollup, RuleSummary
from logreach.coverage.attack import AttackModel, carry_into
from logreach.coverage.detections.judge import judge_all
from logreach.coverage.detections.model import Rule, RuleSet
from logreach.coverage.detections.results import RuleResult, State
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.rule_nodes import Graphs, GraphView, foreseen
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.facts import Facts

WEIGHTS = {"critical": 4.0, "high": 3.0, "medium": 2.0, "low": 1.0, "informational": 0.5}
"""What a rule counts for by its level, as README says; a rule without a level counts 1."""


@dataclass(frozen=True)
class RuleWork:
    """A set of rules and the version of ATT&CK that its tags are carried to."""

    rules: RuleSet
    attack: AttackModel

    @cached_property
    def _carried(self) -> Mapping[str, tuple[str, ...]]:
        """Technique id in a tag -> technique ids of this ATT&CK."""
        tags = dict.fromkeys(tag for rule in self.rules.rules for tag in rule.techniques)
        return {tag: tuple(carry_into(self.attack, tag).ids) for tag in tags}

    @cached_property
    def placed(self) -> Mapping[str, tuple[str, ...]]:
        """Rule id -> technique ids of this ATT&CK."""
        return {
            rule.id: tuple(
                dict.fromkeys(one for tag in rule.techniques for one in self._carried[tag])
            )
            for rule in self.rules.rules
        }

    @cached_property
    def unplaced(self) -> Mapping[str, tuple[str, ...]]:
        """Technique ids in tags that this ATT&CK has no place for -> the rules that name them."""
        found: dict[str, list[str]] = {}
        for rule in self.rules.rules:
            for tag in rule.techniques:
                if not self._carried[tag]:
                    found.setdefault(tag, []).append(rule.id)
        return {tag: tuple(ids) for tag, ids in sorted(found.items())}

    @cached_property
    def _graphs(self) -> Graphs:
        demands = {
            id(sight.demand): sight.demand
            for rule in self.rules.rules
            for branch in rule.branches
            for happening in branch.happenings
            for sight in happening
        }
        asked: dict[EventId, dict[str, None]] = {}
        for demand in demands.values():
            names = (name for need in demand.fields for name in need.fields)
            asked.setdefault(demand.event, {}).update(dict.fromkeys(names))
        return foreseen(asked)

    def results(self, facts: Facts) -> Mapping[str, RuleResult]:
        """Every rule judged on a host with these facts, by id."""
        return judge_all(self.rules.rules, GraphView(load_events(), facts, self._graphs))

    def summaries(self, facts: Facts) -> dict[str, RuleSummary]:
        """The same as the result document tells it."""
        results = self.results(facts)
        return {rule.id: self._summary(rule, results[rule.id]) for rule in self.rules.rules}

    def _summary(self, rule: Rule, result: RuleResult) -> RuleSummary:
        return RuleSummary(
            rule_id=rule.id,
            title=rule.title,
            level=rule.level,
            source=rule.file,
            state=_words(result.state),
            judged=result.judged,
            techniques=self.placed[rule.id],
            log_source=", ".join(result.log_sources) or str(rule.logsource),
            dead_branches=tuple(map(str, result.dead_branches)),
            missing_fields=result.missing_fields,
        )


@lru_cache(maxsize=64)
def _words(state: tuple[State, ...]) -> tuple[str, ...]:
    return tuple(map(str, state))


def rollup(summaries: Iterable[RuleSummary]) -> dict[str, RuleRollup]:
    """Rules by technique: how many there are of each verdict, plain and weighed by level."""
    counts: dict[str, dict[str, int]] = {}
    weights: dict[str, dict[str, float]] = {}
    for one in summaries:
        label = one.judged.verdict.label
        for technique in one.techniques:
            count = counts.setdefault(technique, {})
            count[label] = count.get(label, 0) + 1
            weight = weights.setdefault(technique, {})
            weight[label] = weight.get(label, 0.0) + WEIGHTS.get(one.level, 1.0)
    return {
        technique: RuleRollup(
            dict(sorted(counts[technique].items())), dict(sorted(weights[technique].items()))
        )
        for technique in sorted(counts)
    }
