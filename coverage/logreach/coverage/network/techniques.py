"""What ATT&CK itself says of techniques: how complete its components and analytics are.

Whether a technique is detected, and by which way, is asked in `detection`.
"""

from __future__ import annotations

from collections.abc import Mapping

from logreach.coverage.attack import Analytic, AttackModel, LogSourceRef, MisnamedEvent, Technique
from logreach.coverage.engine.construction import inner, leaf
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Edge, Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NOT_APPLICABLE, UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.host_kinds import HostKinds, OfKind
from logreach.coverage.network.components import Components
from logreach.coverage.network.keys import analytic_key, named_key, technique_key

DETECTION = "detection"
"""The question that matters: whether some way to detect the technique holds."""
DETECTION_HERE = "detection_here"
"""The same by what the host itself records, without evidence of other hosts."""
VISIBILITY = "visibility"
ANALYTIC = "analytic"
ANALYTIC_BY_ANY_EVENT = "analytic_by_any_event"
COMPLETENESS = (VISIBILITY, ANALYTIC, ANALYTIC_BY_ANY_EVENT)
"""How complete ATT&CK's own terms are: some data component; all that an analytic names, by the
events that it names; the same by any event of its components."""
QUESTIONS = (DETECTION, *COMPLETENESS)

_ELSEWHERE = "is for other hosts to show; this one shows the rest of the analytic at best"


class Techniques:
    """Puts techniques into a graph, each with the questions about its completeness."""

    def __init__(
        self,
        graph: Graph,
        components: Components,
        attack: AttackModel,
        misnamed: Mapping[EventId, MisnamedEvent],
        hosts: HostKinds,
    ) -> None:
        self._graph = graph
        self._components = components
        self._attack = attack
        self._misnamed = misnamed
        self._hosts = hosts

    def add(self, technique: Technique) -> None:
        """Add a node for each question about the technique's completeness."""
        keys = {name: self.head(technique, name) for name in COMPLETENESS}
        if self.here(technique):
            self._visibility(technique, keys[VISIBILITY])
            self._analytics(technique, keys)

    def head(self, technique: Technique, question: str) -> NodeKey:
        """The node of a question about a technique, made; the one whose children answer it.

        They are two where the question is put to some kinds of host only.
        """
        kinds = self._hosts.named(technique.platforms)
        key, label = technique_key(technique.id, question), f"{technique.id} {question}"
        if kinds.meant and not kinds.all_meant:
            return self._on_some(technique, kinds, question)
        inner(self._graph, key, Combine.ANY, "technique", label)
        if not kinds.meant:
            self._not_here(technique, key)
        return key

    def here(self, technique: Technique) -> bool:
        """Whether ATT&CK knows the technique on some kind of host that is judged."""
        return bool(self._hosts.named(technique.platforms).meant)

    def components_of(self, technique: Technique) -> tuple[str, ...]:
        """Components of the analytics, then those that an older ATT&CK links to it."""
        names: dict[str, None] = {}
        for analytic in self.analytics_of(technique):
            names.update(dict.fromkeys(analytic.components))
        names.update(dict.fromkeys(link.component for link in self._attack.links_of(technique.id)))
        return tuple(names)

    def analytics_of(self, technique: Technique) -> tuple[Analytic, ...]:
        """The analytics of a technique for kinds of host that are judged."""
        analytics = self._attack.analytics_of(technique.id)
        return tuple(
            analytic for analytic in analytics if self._hosts.named(analytic.platforms).meant
        )

    def named_events(self, ref: LogSourceRef) -> tuple[EventId, ...]:
        """The events that a reference means: as named, or, after a slip, as must be meant."""
        keys: dict[EventId, None] = {}
        for event in ref.events:
            slip = self._misnamed.get(event)
            keys.update(dict.fromkeys(slip.corrections if slip and slip.corrections else (event,)))
        return tuple(keys)

    def is_slip(self, event: EventId) -> bool:
        """Whether ATT&CK names the event under a log that has none such."""
        return event in self._misnamed

    def _not_here(self, technique: Technique, key: NodeKey) -> None:
        platforms = ", ".join(technique.platforms) or "no platform"
        explanation = f"{technique.id} is not for {self._hosts.names} hosts (ATT&CK: {platforms})"
        child = leaf(
            self._graph,
            NodeKey.of("technique platform", technique.id),
            technique.id,
            Fixed(technique.id, NOT_APPLICABLE, explanation, technique.url, link="platform"),
        )
        self._graph.link(key, Edge(child, gate=True))

    def _on_some(self, technique: Technique, kinds: HostKinds, question: str) -> NodeKey:
        """A question that is put to some kinds of host only; the node of its answer there."""
        label = f"{technique.id} {question}"
        key = technique_key(technique.id, question)
        inner(self._graph, key, Combine.ALL, "technique", label)
        answer = inner(self._graph, key.helper("on its hosts"), Combine.ANY, "technique", label)
        self._graph.link(key, Edge(self._of_kind(technique.id, kinds, technique.url), gate=True))
        self._graph.link(key, Edge(answer, gate=True))
        return answer

    def on_its_hosts(self, analytic: Analytic, key: NodeKey, label: str) -> NodeKey:
        """The node that says what an analytic is worth on hosts that it is for; `key` is that node,
        or, where not all hosts are, one above it."""
        kinds = self._hosts.named(analytic.platforms)
        if kinds.all_meant:
            return inner(self._graph, key, Combine.ANY, "way", label)
        inner(self._graph, key, Combine.ALL, "way", label)
        body = inner(self._graph, key.helper("on its hosts"), Combine.ANY, "way", label)
        self._graph.link(key, Edge(self._of_kind(analytic.id, kinds), gate=True))
        self._graph.link(key, Edge(body, gate=True))
        return body

    def elsewhere_edge(self, child: NodeKey) -> Edge:
        """From an analytic to a part of it, which other hosts may have to show."""
        return Edge(child, why=_ELSEWHERE, elsewhere=True)

    def _of_kind(self, subject: str, kinds: HostKinds, reference: str = "") -> NodeKey:
        key = NodeKey.of("need", "host kind", subject)
        return leaf(self._graph, key, subject, OfKind(subject, kinds, reference))

    def _visibility(self, technique: Technique, key: NodeKey) -> None:
        for component in self.components_of(technique):
            self._graph.link(key, Edge(self._components.component(component, technique.id)))
        if not self._graph.edges(key):
            self._unknown(
                key, technique, f"ATT&CK links no data component to it on {self._hosts.names}"
            )

    def _analytics(self, technique: Technique, keys: dict[str, NodeKey]) -> None:
        analytics = self.analytics_of(technique)
        for analytic in analytics:
            by_named_events, by_any_event = self._analytic(analytic, technique)
            self._graph.link(keys[ANALYTIC], Edge(by_named_events))
            self._graph.link(keys[ANALYTIC_BY_ANY_EVENT], Edge(by_any_event))
        if not analytics:
            for name in COMPLETENESS[1:]:
                explanation = f"ATT&CK has no analytic for it on {self._hosts.names}"
                self._unknown(keys[name], technique, explanation)

    def _analytic(self, analytic: Analytic, technique: Technique) -> tuple[NodeKey, NodeKey]:
        by_named_events, by_any_event = (
            inner(
                self._graph,
                analytic_key(analytic.id, technique.id, question),
                Combine.ALL,
                "analytic",
                analytic.id,
            )
            for question in COMPLETENESS[1:]
        )
        kinds = self._hosts.named(analytic.platforms)
        if not kinds.all_meant:
            gate = self._of_kind(analytic.id, kinds)
            for key in (by_named_events, by_any_event):
                self._graph.link(key, Edge(gate, gate=True))
        for ref in analytic.refs:
            for parent, child in (
                (by_named_events, self._named(ref, technique)),
                (by_any_event, self._open(ref, technique)),
            ):
                self._graph.link(parent, self.elsewhere_edge(child))
        if not analytic.refs:
            for key in (by_named_events, by_any_event):
                self._unknown(key, technique, f"{analytic.id} names no log source")
        return by_named_events, by_any_event

    def _named(self, ref: LogSourceRef, technique: Technique) -> NodeKey:
        events = self.named_events(ref)
        if events:
            narrowing = self._components.narrowing(ref.component, technique.id)
            key = named_key(ref.component, events, narrowing)
            return self._components.by_events(key, ref.component, events, technique.id)
        words = f"{ref.source} '{ref.channel}'"
        explanation = (
            f"ATT&CK names the log source {words} in words, not as an event: cannot be judged"
        )
        return leaf(
            self._graph,
            NodeKey.of("text", ref.component, words),
            words,
            Fixed(ref.component, UNKNOWN, explanation),
        )

    def _open(self, ref: LogSourceRef, technique: Technique) -> NodeKey:
        events = self.named_events(ref)
        if events:
            return self._components.alternatives(ref.component, events, technique.id)
        return self._components.component(ref.component, technique.id)

    def _unknown(self, key: NodeKey, technique: Technique, explanation: str) -> None:
        child = leaf(
            self._graph,
            key.helper("unknown"),
            technique.id,
            Fixed(technique.id, UNKNOWN, explanation, technique.url),
        )
        self._graph.link(key, Edge(child))
