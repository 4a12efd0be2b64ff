"""Rules in an assessment: judged for a profile, placed in ATT&CK, rolled up to techniques."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from logreach.coverage.assessment.evaluated import evaluate_with
from logreach.coverage.assessment.profiles import HostGroup
from logreach.coverage.assessment.questions import WEIGHTS, Question, rule_questions
from logreach.coverage.assessment.result import RuleRollup, RuleSummary
from logreach.coverage.assessment.rule_changes import RuleChange, rule_changes
from logreach.coverage.attack import AttackModel, carry_into
from logreach.coverage.detections.judge import judge_rules
from logreach.coverage.detections.model import Rule, RuleSet
from logreach.coverage.detections.node_types import RuleNode
from logreach.coverage.detections.nodes import RuleNodes
from logreach.coverage.detections.results import RuleResult, State
from logreach.coverage.engine.construction import inner
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.graph import Combine, Edge
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import UNKNOWN_AT_BEST_PARTIAL
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.coverage.network.ways import RuleWay


@dataclass(frozen=True)
class RuleWork:
    """A set of rules, the version of ATT&CK that its tags are carried to, and the graph that the
    rules are added to."""

    rules: RuleSet
    attack: AttackModel
    events: RuleEvents

    @cached_property
    def _carried(self) -> Mapping[str, tuple[str, ...]]:
        """Technique id in a tag -> technique ids of this ATT&CK."""
        tags = dict.fromkeys(tag for rule in self.rules.rules for tag in rule.techniques)
        return {tag: tuple(carry_into(self.attack, tag).ids) for tag in tags}

    @cached_property
    def spread(self) -> Mapping[str, tuple[str, ...]]:
        """Technique ids in tags that stand for several of this ATT&CK, with these."""
        return {tag: ids for tag, ids in sorted(self._carried.items()) if len(ids) > 1}

    def _vague(self, rule: Rule, technique: str) -> str:
        """The tag that alone says that a rule is about a technique, and says so of others; '' where
        a tag says it of the technique alone."""
        tags = [tag for tag in rule.techniques if technique in self._carried[tag]]
        return tags[0] if all(tag in self.spread for tag in tags) else ""

    @cached_property
    def placed(self) -> Mapping[str, tuple[str, ...]]:
        """Rule id -> technique ids of this ATT&CK."""
        return {
            rule.id: tuple(
                dict.fromkeys(
                    technique for tag in rule.techniques for technique in self._carried[tag]
                )
            )
            for rule in self.rules.rules
        }

    @cached_property
    def unplaced(self) -> Mapping[str, tuple[str, ...]]:
        """Technique ids in tags that this ATT&CK has no place for -> the rules that name them."""
        rules: dict[str, list[str]] = {}
        for rule in self.rules.rules:
            for tag in rule.techniques:
                if not self._carried[tag]:
                    rules.setdefault(tag, []).append(rule.id)
        return {tag: tuple(ids) for tag, ids in sorted(rules.items())}

    @cached_property
    def nodes(self) -> Mapping[str, RuleNode]:
        """The rules as nodes of the graph, by id; adds them to it."""
        return RuleNodes(self.rules.rules, self.events).by_id

    def ways(
        self,
        direct_events: Callable[[str], frozenset[EventId]],
        recorded_by: Callable[[str], frozenset[EventId]],
    ) -> Mapping[str, Sequence[RuleWay]]:
        """The rules for each technique as ways to detect it; adds them to the graph by name.

        A rule is direct evidence where all that it reads is, by `direct_events` of the technique.
        Where its tag stands for several techniques, it counts for those alone whose act is recorded
        (by `recorded_by`) in what it reads, and that of no other; for the rest it is unknown
        whether it is about them.
        """
        ways: dict[str, list[RuleWay]] = {}
        for rule_id, node in self.nodes.items():
            key = self.events.named_rule(rule_id, node.rule.title, node.node)
            reads = tuple(dict.fromkeys(_events_of(node)))
            events = frozenset(event for event, _ in reads)
            for technique in self.placed[rule_id]:
                direct = bool(events) and direct_events(technique).issuperset(events)
                tag = self._vague(node.rule, technique)
                is_told = not tag or not events.isdisjoint(
                    recorded_by(technique).difference(
                        *(recorded_by(tagged) for tagged in self.spread[tag] if tagged != technique)
                    )
                )
                shown = key if is_told else self._doubted(key, tag, technique)
                way = RuleWay(node.rule.title or rule_id, shown, reads, direct=direct)
                ways.setdefault(technique, []).append(way)
        return ways

    def _doubted(self, rule: NodeKey, tag: str, technique: str) -> NodeKey:
        """A rule of which nothing tells that it is about this technique and not about another."""
        graph = self.events.compiled.graph
        key = inner(graph, rule.helper("one of several", technique), Combine.ANY, "rule", tag)
        names = ", ".join(tagged for tagged in self.spread[tag] if tagged != technique)
        reason = f"stands for {technique} and for {names}; nothing tells which the rule is about"
        graph.link(key, Edge(rule, UNKNOWN_AT_BEST_PARTIAL, reason))
        return key

    @cached_property
    def questions(self) -> Mapping[int, Question]:
        """Whether each rule that can be judged fires."""
        return rule_questions(
            (node.node, rule_id, node.rule.level) for rule_id, node in self.nodes.items()
        )

    def summaries(self, evaluation: Evaluation, reasons: Reasons) -> dict[str, RuleSummary]:
        """Every rule on a host, as the result document tells it."""
        results = judge_rules(self.nodes, evaluation, reasons)
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


def _events_of(node: RuleNode) -> Iterator[tuple[EventId, int]]:
    """The events that a rule, or the rules that it counts, may fire on, with their nodes."""
    for way in node.ways:
        for candidate in way.candidates:
            yield candidate.demand.event, candidate.node
    for member in node.members:
        yield from _events_of(member.rule)


@dataclass(frozen=True, slots=True)
class JudgedRules:
    """The rules on a profile of so many hosts: each as it stands, and what would do most for it."""

    hosts: int
    rules: Mapping[str, RuleSummary]
    changes: Mapping[str, RuleChange]


def judged_rules(
    work: RuleWork, groups: Iterable[HostGroup], beside: Iterable[HostGroup] = ()
) -> list[JudgedRules]:
    """Every rule on every profile; `beside` are profiles that nobody asks about, whose records
    count all the same."""
    questions = work.questions.values()
    shared = work.events.shared.items()
    profiles, _ = evaluate_with(work.events.compiled, shared, groups, beside)
    judged = []
    for profile in profiles:
        summaries = work.summaries(profile.evaluation, Reasons(profile.evaluation))
        changes = rule_changes(profile, questions)
        judged.append(JudgedRules(profile.group.count, summaries, changes))
    return judged


@lru_cache(maxsize=64)
def _words(state: tuple[State, ...]) -> tuple[str, ...]:
    return tuple(map(str, state))


def rollup(summaries: Iterable[RuleSummary]) -> dict[str, RuleRollup]:
    """Rules by technique: how many there are of each verdict, plain and weighed by level."""
    counts: dict[str, dict[str, int]] = {}
    weights: dict[str, dict[str, float]] = {}
    for summary in summaries:
        label = summary.judged.verdict.label
        for technique in summary.techniques:
            count = counts.setdefault(technique, {})
            count[label] = count.get(label, 0) + 1
            weight = weights.setdefault(technique, {})
            weight[label] = weight.get(label, 0.0) + WEIGHTS.get(summary.level, 1.0)
    return {
        technique: RuleRollup(
            dict(sorted(counts[technique].items())), dict(sorted(weights[technique].items()))
        )
        for technique in sorted(counts)
    }
