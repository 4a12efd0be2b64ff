"""Data components and their operations in the graph.

A component is YES where every operation under it is seen, PARTIAL where some are. Where nobody
has sorted a component into operations, all events mapped to it show the one operation it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from logreach.coverage.engine.construction import cover, inner, leaf
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Edge, Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, UNKNOWN, UNKNOWN_AT_BEST_PARTIAL
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import (
    SUCCESS,
    ComponentOperations,
    Operation,
    OperationKnowledge,
    Shown,
)
from logreach.coverage.network.events import Events
from logreach.coverage.network.keys import alternatives_key, component_key, operation_key, via_key


@dataclass(frozen=True, slots=True)
class Mapped:
    """Somebody maps an event to a component."""

    event: EventId
    origin: str


class Components:
    """Puts components into a graph: in general, and as one technique narrows them."""

    def __init__(
        self,
        graph: Graph,
        events: Events,
        knowledge: OperationKnowledge,
        mapped: Mapping[str, Sequence[Mapped]],
    ) -> None:
        self._graph = graph
        self._events = events
        self._knowledge = knowledge
        self._mapped = mapped

    def operations(self, component: str, technique: str = "") -> ComponentOperations:
        """The operations of a component: the technique's own, the general ones, or the one."""
        special = self._knowledge.of_technique.get(technique, {})
        if component in special:
            return special[component]
        if component in self._knowledge.general:
            return self._knowledge.general[component]
        shown = tuple(Shown(one.event, outcome=SUCCESS) for one in self._mapped.get(component, ()))
        return ComponentOperations(component, (Operation("any", component, shown),))

    def narrowing(self, component: str, technique: str) -> str:
        """The technique where it narrows the component; '' where the general one is meant."""
        return technique if component in self._knowledge.of_technique.get(technique, {}) else ""

    def component(self, component: str, technique: str = "") -> NodeKey:
        """The component over all events."""
        key = component_key(component, self.narrowing(component, technique))
        if key in self._graph:
            return key
        known = self.operations(component, technique)
        parts = [(self.operation(known, one, technique), one.title) for one in known.operations]
        whole = self._cover(key.helper("operations"), component, parts)
        inner(self._graph, key, Combine.ANY, "component", component)
        self._graph.link(key, Edge(whole))
        for mapped in self.unplaced(component, technique):
            self._graph.link(key, self._unplaced_edge(component, mapped))
        return key

    def operation(self, known: ComponentOperations, one: Operation, technique: str = "") -> NodeKey:
        """An operation over all events that show it."""
        narrowing = self.narrowing(known.component, technique)
        key = operation_key(known.component, one.name, narrowing)
        return self._any_of(key, one, one.shown_by, known.component)

    def events_of(self, component: str, technique: str = "") -> tuple[EventId, ...]:
        """Every event that somebody maps to the component, or that shows an operation of it."""
        known = self.operations(component, technique)
        keys = [shown.event for one in known.operations for shown in one.shown_by]
        keys += [mapped.event for mapped in self._mapped.get(component, ())]
        return tuple(dict.fromkeys(keys))

    def via(self, component: str, event: EventId, technique: str = "") -> NodeKey:
        """The component as one event alone shows it."""
        key = via_key(component, event, self.narrowing(component, technique))
        return self.by_events(key, component, (event,), technique, every=True)

    def by_events(
        self,
        key: NodeKey,
        component: str,
        events: Sequence[EventId],
        technique: str = "",
        *,
        every: bool = False,
    ) -> NodeKey:
        """The component as some events show it.

        Measured against the operations that these events can show at all, or against `every`
        operation. Where they show none, the reason is a leaf of its own.
        """
        if key in self._graph:
            return key
        known = self.operations(component, technique)
        shown = [one for one in known.operations if _shows(one, events)]
        if not shown:
            return self._none_shown(key, known, events)
        parts = []
        for one in known.operations if every else shown:
            chosen = tuple(item for item in one.shown_by if item.event in events)
            part = key.helper("operation", one.name)
            parts.append((self._any_of(part, one, chosen, known.component), one.title))
        by = f"{component} by {', '.join(events)}"
        if not every and len(shown) < len(known.operations):
            by = f"{by} (of what {'it' if len(events) == 1 else 'these'} can show)"
        return self._cover(key, by, parts)

    def alternatives(
        self, component: str, events: Sequence[EventId], technique: str = ""
    ) -> NodeKey:
        """The operations that these events can show, seen by any event at all."""
        known = self.operations(component, technique)
        wanted = [one for one in known.operations if _shows(one, events)]
        if not wanted or len(wanted) == len(known.operations):
            return self.component(component, technique)
        names = (operation.name for operation in wanted)
        key = alternatives_key(component, names, self.narrowing(component, technique))
        parts = [(self.operation(known, one, technique), one.title) for one in wanted]
        return self._cover(key, f"{component} (of what {', '.join(events)} can show)", parts)

    def unplaced(self, component: str, technique: str = "") -> list[Mapped]:
        """Events that somebody maps to the component and nobody has sorted into operations."""
        if component not in self._knowledge.general:
            return []
        tables = (self._knowledge.general[component], self.operations(component, technique))
        placed = {s.event for known in tables for one in known.operations for s in one.shown_by}
        placed |= {event for known in tables for event in known.not_shown}
        return [one for one in self._mapped.get(component, ()) if one.event not in placed]

    def _cover(self, key: NodeKey, label: str, parts: list[tuple[NodeKey, str]]) -> NodeKey:
        return cover(self._graph, key, "coverage", label, parts, "is only a part of it")

    def _any_of(
        self, key: NodeKey, one: Operation, shown: Iterable[Shown], component: str
    ) -> NodeKey:
        if key in self._graph:
            return key
        inner(self._graph, key, Combine.ANY, "operation", one.title)
        for item in shown:
            self._graph.link(key, Edge(self._events.seen(item), item.limit, item.why))
        if not self._graph.edges(key):
            text = f"no event of {self._events.sensor_names} is known to show {one.title}"
            if one.shown_by:
                text = f"none of these events shows: {one.title}"
            verdict = NO if one.shown_by else UNKNOWN
            self._graph.link(
                key,
                Edge(
                    leaf(
                        self._graph,
                        key.helper("nothing shows"),
                        one.title,
                        Fixed(component, verdict, text),
                    )
                ),
            )
        return key

    def _none_shown(
        self, key: NodeKey, known: ComponentOperations, events: Sequence[EventId]
    ) -> NodeKey:
        inner(
            self._graph, key, Combine.ANY, "coverage", f"{known.component} by {', '.join(events)}"
        )
        general = self._knowledge.general.get(known.component, known)
        for event in events:
            why = known.not_shown.get(event) or general.not_shown.get(event)
            if why:
                text = f"{event} {why}"
                child = leaf(
                    self._graph, key.helper("not shown by", event), event, Fixed(event, NO, text)
                )
                self._graph.link(key, Edge(child))
            else:
                self._graph.link(key, self._unplaced_edge(known.component, Mapped(event, "")))
        return key

    def _unplaced_edge(self, component: str, mapped: Mapped) -> Edge:
        by = f" by {mapped.origin}" if mapped.origin else ""
        why = f"is named for {component}{by}; no source at hand says what of it it shows"
        return Edge(self._events.event(mapped.event), UNKNOWN_AT_BEST_PARTIAL, why)


def _shows(operation: Operation, events: Sequence[EventId]) -> bool:
    return any(item.event in events and item.limit != NO for item in operation.shown_by)
