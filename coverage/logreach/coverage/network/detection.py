"""The detection of a technique in the graph: the best of the ways to detect it.

A way is direct evidence (an event that records the act itself), an analytic of ATT&CK (whole, or
in part), a detection rule, or the sub-techniques together. Evidence that other hosts record counts
for the question `detection`; the question `detection_here` leaves it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from logreach.coverage.attack import Analytic, AttackModel, Technique
from logreach.coverage.engine.construction import cover, inner, leaf, link_all
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Edge, Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import PARTIAL, UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.evidence import (
    NO_EVIDENCE,
    DirectEvidence,
    TechniqueEvidence,
)
from logreach.coverage.events.sensor import Recorder
from logreach.coverage.network.components import Components
from logreach.coverage.network.elsewhere import Elsewhere
from logreach.coverage.network.events import Events
from logreach.coverage.network.keys import (
    analytic_way_key,
    direct_key,
    evidence_key,
    rules_key,
    subtechniques_key,
    technique_key,
)
from logreach.coverage.network.techniques import DETECTION, DETECTION_HERE, Techniques
from logreach.coverage.network.ways import (
    OWN_ACTS,
    AnalyticWay,
    EvidenceNode,
    EvidenceWay,
    Reference,
    RuleWay,
    ShownBy,
    TechniqueWays,
)

_QUESTIONS = (DETECTION, DETECTION_HERE)
_PROCEDURE = "is one procedure of several"
_SUBTECHNIQUE = "is one sub-technique of several"
_REFERENCE = "is one part of the analytic"
_ONE_RULE = "detects one procedure of many"
_GENERIC = "rests on the starts of processes alone: only command lines of known tools tell"


class Detections:
    """Puts the detection of techniques into a graph, and keeps the ways by technique."""

    def __init__(
        self,
        graph: Graph,
        events: Events,
        components: Components,
        techniques: Techniques,
        attack: AttackModel,
        evidence: Mapping[str, TechniqueEvidence],
    ) -> None:
        self._graph = graph
        self._events = events
        self._components = components
        self._techniques = techniques
        self._attack = attack
        self._evidence = evidence
        self._rules: Mapping[str, Sequence[RuleWay]] = {}
        self.ways: dict[str, TechniqueWays] = {}

    def add(self, techniques: Iterable[Technique], rules: Mapping[str, Sequence[RuleWay]]) -> None:
        """Add the nodes of both questions about techniques; `rules` by technique id."""
        self._rules = rules
        for technique in techniques:
            self._add(technique)

    def direct_events(self, technique: str) -> frozenset[EventId]:
        """The events that each record the act of a technique itself, whatever the procedure and the
        host: a 4720 of a workstation says nothing of domain accounts."""
        shown = (line.shown for line in self._evidence.get(technique, NO_EVIDENCE).evidence)
        return frozenset(each.event for each in shown if each.limit is None and not each.role)

    def recorded_by(self, technique: str) -> frozenset[EventId]:
        """The events that record the act of a technique, also in part or for some procedures."""
        evidence = self._evidence.get(technique, NO_EVIDENCE)
        several = (evidence.evidence, *(each.evidence for each in evidence.procedures))
        return frozenset(line.shown.event for lines in several for line in lines)

    def _add(self, technique: Technique) -> None:
        """Add the nodes for a technique after those for its sub-techniques."""
        if technique.id in self.ways:
            return
        heads = {question: self._techniques.head(technique, question) for question in _QUESTIONS}
        if not self._techniques.here(technique):
            self.ways[technique.id] = TechniqueWays()
            return
        evidence = self._evidence.get(technique.id, NO_EVIDENCE)
        lines = [self._line(technique, line, at) for at, line in enumerate(evidence.every)]
        ways = _evidence_ways(evidence, lines)
        analytics = tuple(
            self._analytic(each, technique, lines)
            for each in self._techniques.analytics_of(technique)
        )
        rules = tuple(
            self._where_recorded(rule, lines) for rule in self._rules.get(technique.id, ())
        )
        below = [
            each
            for each in self._attack.subtechniques_of(technique.id)
            if self._techniques.here(each)
        ]
        for each in below:
            self._add(each)
        for question, head in heads.items():
            self._link_evidence(technique, ways, question, head)
            for way in analytics:
                self._graph.link(head, Edge(way.node))
            self._link_rules(technique, rules, head)
            self._link_subtechniques(
                technique, below, question, head, has_own_acts=evidence.own_acts
            )
            if not self._graph.edges(head):
                self._no_way(technique, evidence, head)
        self.ways[technique.id] = TechniqueWays(
            ways,
            analytics,
            rules,
            tuple(each.id for each in below),
            evidence.none,
            evidence.own_acts,
        )

    def _line(self, technique: Technique, line: DirectEvidence, place: int) -> EvidenceNode:
        shown = line.shown
        local = evidence_key(technique.id, place)
        inner(self._graph, local, Combine.ANY, "evidence", f"{shown.event}: {line.act}")
        self._graph.link(local, Edge(self._events.recorded(shown), shown.limit, shown.why))
        recorder = self._events.recorder(shown)
        if recorder is None:
            return EvidenceNode(line, local)
        elsewhere = local.helper("elsewhere")
        inner(self._graph, elsewhere, Combine.ANY, "evidence", f"{shown.event}: {line.act}")
        prerequisite = Elsewhere(local, shown.event, recorder)
        child = leaf(self._graph, elsewhere.helper("told"), shown.event, prerequisite)
        self._graph.link(elsewhere, Edge(child, shown.limit, shown.why))
        return EvidenceNode(line, local, elsewhere, recorder)

    def _link_evidence(
        self, technique: Technique, ways: Sequence[EvidenceWay], question: str, head: NodeKey
    ) -> None:
        if not ways:
            return
        key = inner(
            self._graph,
            direct_key(technique.id, question),
            Combine.ANY,
            "way",
            "direct evidence",
        )
        for way in ways:
            if not way.procedures:
                link_all(self._graph, key, self._places(way.lines, question))
                continue
            children = [
                (self._procedure(key, title, lines, question), title)
                for title, lines in way.procedures
            ]
            together = key.helper("procedures")
            cover(self._graph, together, "coverage", "every procedure", children, _PROCEDURE)
            self._graph.link(key, Edge(together))
        self._graph.link(head, Edge(key))

    def _procedure(
        self, key: NodeKey, title: str, lines: Sequence[EvidenceNode], question: str
    ) -> NodeKey:
        node = inner(self._graph, key.helper("procedure", title), Combine.ANY, "procedure", title)
        link_all(self._graph, node, self._places(lines, question))
        return node

    @staticmethod
    def _places(lines: Iterable[EvidenceNode], question: str) -> Iterable[NodeKey]:
        """Where lines of evidence are looked for."""
        for node in lines:
            yield node.here
            if node.elsewhere is not None and question == DETECTION:
                yield node.elsewhere

    def _analytic(
        self, analytic: Analytic, technique: Technique, lines: Sequence[EvidenceNode]
    ) -> AnalyticWay:
        references = tuple(self._references(analytic, technique, lines))
        key = analytic_way_key(analytic.id, technique.id)
        body = self._techniques.on_its_hosts(analytic, key, f"analytic {analytic.id}")
        complete = inner(
            self._graph, key.helper("whole"), Combine.ALL, "whole", f"{analytic.id} whole"
        )
        generic = all(reference.telling for reference in references)
        for reference in references:
            self._graph.link(complete, self._techniques.elsewhere_edge(self._told(reference)))
            part = inner(
                self._graph,
                key.helper("part", reference.node),
                Combine.ANY,
                "part",
                reference.component,
            )
            self._graph.link(part, Edge(reference.node))
            self._graph.link(body, Edge(part, PARTIAL, _REFERENCE))
        if not references:
            self._unjudged(complete, technique, f"{analytic.id} names no log source")
        limit, explanation = (PARTIAL, _GENERIC) if generic else (None, "")
        self._graph.link(body, Edge(complete, limit, explanation))
        return AnalyticWay(analytic, key, references)

    def _references(
        self, analytic: Analytic, technique: Technique, lines: Sequence[EvidenceNode]
    ) -> Iterable[Reference]:
        """What an analytic refers to, each once, by any event that shows it."""
        yielded: set[NodeKey] = set()
        for ref in analytic.refs:
            events = self._techniques.named_events(ref)
            shown = self._components.showing(ref.component, events, technique.id)
            telling = self._components.telling(ref.component)
            specific = [] if telling else _on_events(lines, {each.event for each in shown})
            node = self._components.known_part(ref.component, events, technique.id)
            if specific:
                node = self._narrowed(technique, ref.component, node, specific)
            own_events = tuple(ShownBy(each.line.shown.event, each.here) for each in specific)
            any_event = tuple(ShownBy(each.event, self._events.seen(each)) for each in shown)
            if node not in yielded:
                yielded.add(node)
                yield Reference(ref.component, node, own_events, any_event, telling)

    def _narrowed(
        self,
        technique: Technique,
        component: str,
        general: NodeKey,
        lines: Sequence[EvidenceNode],
    ) -> NodeKey:
        """A data component of which a part counts only if the technique's own evidence shows it.

        Audit entries on some keys say nothing of the keys that another technique writes to: the
        technique's own lines of evidence name these. Where other hosts record all of them, an event
        of the same number on this host is about something else.
        """
        specific = general.helper("what it is about", technique.id, *(line.here for line in lines))
        inner(self._graph, specific, Combine.ANY, "narrowed", f"{component} for {technique.id}")
        link_all(self._graph, specific, (line.here for line in lines))
        if all(line.recorder for line in lines):
            return specific
        bracket = inner(
            self._graph, specific.helper("bracket"), Combine.BRACKET, "narrowed", component
        )
        self._graph.link(bracket, Edge(general, gate=True))
        explanation = f"only a part of {component} is there; what {technique.id} is about decides"
        self._graph.link(bracket, Edge(specific, PARTIAL, explanation))
        key = inner(self._graph, specific.helper("narrowed"), Combine.ANY, "narrowed", component)
        self._graph.link(key, Edge(bracket))
        self._graph.link(key, Edge(specific, PARTIAL, explanation))
        return key

    def _told(self, reference: Reference) -> NodeKey:
        """A reference with the attribute that tells one act from another, where it needs one."""
        key = reference.told
        if not reference.telling:
            return key
        label = f"{reference.component} with the {reference.telling}"
        inner(self._graph, key, Combine.ALL, "told", label)
        self._graph.link(key, Edge(reference.node))
        attribute = self._components.attribute(reference.component, reference.telling)
        self._graph.link(key, Edge(attribute))
        return key

    def _where_recorded(self, rule: RuleWay, lines: Sequence[EvidenceNode]) -> RuleWay:
        """A published rule where all that it reads is recorded by hosts of a role: for these only.

        A rule of the user's is taken as it is written.
        """
        if rule.name:
            return rule
        recorders = {self._recorder_of(event, lines) for event, _ in rule.reads}
        recorder = recorders.pop() if len(recorders) == 1 else None
        if recorder is None:
            return rule
        gate = leaf(
            self._graph,
            NodeKey.of("need", "recorder", recorder.name),
            recorder.title,
            recorder.gate,
        )
        key = inner(
            self._graph,
            rule.node.helper("recorded by", recorder.name),
            Combine.ALL,
            "rules read",
            self._graph.node(rule.node).label,
        )
        self._graph.link(key, Edge(gate, gate=True))
        self._graph.link(key, Edge(rule.node, gate=True))
        return replace(rule, node=key, reads=tuple((event, key) for event, _ in rule.reads))

    @staticmethod
    def _recorder_of(event: EventId, lines: Sequence[EvidenceNode]) -> Recorder | None:
        """The hosts that alone record the event for the technique; None where others do as well."""
        recorders = [line.recorder for line in lines if line.line.shown.event == event]
        return recorders[0] if recorders and all(recorders) else None

    def _link_rules(self, technique: Technique, rules: Sequence[RuleWay], head: NodeKey) -> None:
        if not rules:
            return
        key = rules_key(technique.id)
        if key not in self._graph:
            inner(self._graph, key, Combine.ANY, "way", "detection rules")
            for rule in rules:
                edge = Edge(rule.node) if rule.direct else Edge(rule.node, PARTIAL, _ONE_RULE)
                self._graph.link(key, edge)
        self._graph.link(head, Edge(key))

    def _link_subtechniques(
        self,
        technique: Technique,
        below: Sequence[Technique],
        question: str,
        head: NodeKey,
        *,
        has_own_acts: bool,
    ) -> None:
        if not below:
            return
        key = subtechniques_key(technique.id, question)
        children = [(technique_key(each.id, question), f"{each.id} {each.name}") for each in below]
        if has_own_acts:
            children.append((direct_key(technique.id, question), OWN_ACTS))
        cover(self._graph, key, "way", "its sub-techniques", children, _SUBTECHNIQUE)
        self._graph.link(head, Edge(key))

    def _no_way(self, technique: Technique, evidence: TechniqueEvidence, head: NodeKey) -> None:
        """Nobody tells how to detect it."""
        words = f"ATT&CK has no analytic for {technique.id} on {self._events.sensor_names}"
        if evidence.none:
            words = f"{words}; {evidence.none}"
        self._unjudged(head, technique, words)

    def _unjudged(self, key: NodeKey, technique: Technique, explanation: str) -> None:
        fixed = Fixed(technique.id, UNKNOWN, explanation, technique.url)
        self._graph.link(key, Edge(leaf(self._graph, key.helper("unknown"), technique.id, fixed)))


def _on_events(lines: Iterable[EvidenceNode], events: Collection[EventId]) -> list[EvidenceNode]:
    """The lines on these events if one has no limit; if all have one, nothing says what else their
    event may show."""
    chosen = [line for line in lines if line.line.shown.event in events]
    return chosen if any(line.line.shown.limit is None for line in chosen) else []


def _evidence_ways(
    evidence: TechniqueEvidence, lines: Sequence[EvidenceNode]
) -> tuple[EvidenceWay, ...]:
    """The lines, in their order in `evidence.every`, as ways."""
    alone = len(evidence.evidence)
    ways = [EvidenceWay((line,)) for line in lines[:alone]]
    if evidence.procedures:
        remaining = iter(lines[alone:])
        procedures = tuple(
            (each.title, tuple(next(remaining) for _ in each.evidence))
            for each in evidence.procedures
        )
        ways.append(EvidenceWay(tuple(lines[alone:]), procedures))
    return tuple(ways)
