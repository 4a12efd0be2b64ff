"""A host for tests of rules: what it has is listed, all else it has not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from logreach.coverage.detections.judge import judge_rules
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.node_types import EventNodes
from logreach.coverage.detections.nodes import RuleNodes
from logreach.coverage.detections.results import RuleResult
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.graph import Graph
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import Sense
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import SYSMON

MISSING = SYSMON
WORDS = {"yes": YES, "partial": PARTIAL, "no": NO, "unknown": UNKNOWN}


@dataclass(frozen=True)
class Says:
    """A leaf with one verdict; what is unknown lacks a fact, as on real hosts."""

    subject: str
    verdict: Verdict
    link: str = "test"

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return ()

    def check(self, facts: Facts) -> Reason:  # noqa: ARG002 - the protocol's signature
        missing = None if self.verdict.settled else MISSING
        text = f"{self.subject}: {self.verdict.label}"
        return Reason(self.link, self.subject, self.verdict, text, missing=missing)


class Host(Protocol):
    """What a host in a test says of events."""

    def has_event(self, event: EventId) -> Verdict: ...
    def fills(self, event: EventId, name: str) -> Verdict: ...
    def lets_pass(self, pattern: EventPattern) -> Verdict: ...


@dataclass(frozen=True)
class FakeHost:
    """`events` None: every event; `gone` and `unsure` name fields as 'Sysmon:1/Image'."""

    events: Collection[str] | None = None
    gone: Collection[str] = ()
    unsure: Collection[str] = ()
    inapplicable: Collection[str] = ()
    filter: Callable[[EventPattern], Verdict] = lambda _: YES

    def has_event(self, event: EventId) -> Verdict:
        if event in self.inapplicable:
            return NOT_APPLICABLE
        if event in self.unsure:
            return UNKNOWN
        return YES if self.events is None or event in self.events else NO

    def fills(self, event: EventId, name: str) -> Verdict:
        field_ = f"{event}/{name}"
        return NO if field_ in self.gone else UNKNOWN if field_ in self.unsure else YES

    def lets_pass(self, pattern: EventPattern) -> Verdict:
        return self.filter(pattern)


@dataclass(frozen=True)
class NodesOf:
    """What a graph has of the events of one such host."""

    host: Host
    compiled: Compiled = field(default_factory=lambda: Compiled(Graph()))

    def event(self, event: EventId, variant: Sense) -> int:  # noqa: ARG002 - the protocol's signature
        return self.compiled.leaf(Says(event, self.host.has_event(event)))

    def recorded_elsewhere(self, rule: NodeKey, event: EventId, variant: Sense) -> int | None:  # noqa: ARG002 - the protocol's signature
        return None

    def field(self, event: EventId, name: str) -> int:
        return self.compiled.leaf(Says(f"{event}/{name}", self.host.fills(event, name)))

    def passes(self, pattern: EventPattern) -> int:
        verdict = self.host.lets_pass(pattern)
        return self.compiled.leaf(Says(f"filter on {pattern.event}", verdict, "filter"))


def judge_with(
    rules: Iterable[Rule], events: EventNodes, facts: Facts | None = None
) -> Mapping[str, RuleResult]:
    """Rules judged on a graph of their own, by id."""
    nodes = RuleNodes(rules, events).by_id
    evaluation = evaluate(events.compiled, facts or Facts())
    return judge_rules(nodes, evaluation, Reasons(evaluation))


def judge_all(rules: Iterable[Rule], host: Host) -> Mapping[str, RuleResult]:
    """Rules on such a host, by id."""
    return judge_with(rules, NodesOf(host))


def judge(rule: Rule, host: Host) -> RuleResult:
    """One rule on such a host."""
    return judge_all([rule], host)[rule.id]
