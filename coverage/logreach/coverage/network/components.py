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
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, UNKNOWN_AT_BEST_PARTIAL
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import (
    SUCCESS,
    ComponentOperations,
    Operation,
    OperationKnowledge,
    Shown,
)
from logreach.coverage.network.events import Events
from logreach.coverage.network.keys import (
    alternatives_key,
    component_key,
    operation_key,
    via_key,
    wanted_key,
)


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
        shown = tuple(
            Shown(mapped.event, outcome=SUCCESS) for mapped in self._mapped.get(component, ())
        )
        return ComponentOperations(component, (Operation("any", component, shown),))

    def narrowing(self, component: str, technique: str) -> str:
        """The technique where it narrows the component; '' where the general one is meant."""
        return technique if component in self._knowledge.of_technique.get(technique, {}) else ""

    def component(self, component: str, technique: str = "") -> NodeKey:
        """The component over all events."""
        key = component_key(component, self.narrowing(component, technique))
        if key in self._graph:
            return key
        table = self.operations(component, technique)
        operations = [
            (self.operation(table, operation, technique), operation.title)
            for operation in table.operations
        ]
        covered = self._cover(key.helper("operations"), component, operations)
        inner(self._graph, key, Combine.ANY, "component", component)
        self._graph.link(key, Edge(covered))
        for mapped in self.unplaced(component, technique):
            self._graph.link(key, self._unplaced_edge(component, mapped))
        return key

    def operation(
        self, table: ComponentOperations, operation: Operation, technique: str = ""
    ) -> NodeKey:
        """An operation over all events that show it."""
        narrowing = self.narrowing(table.component, technique)
        key = operation_key(table.component, operation.name, narrowing)
        return self._any_of(key, operation, operation.shown_by, table.component)

    def events_of(self, component: str, technique: str = "") -> tuple[EventId, ...]:
        """Every event that somebody maps to the component, or that shows an operation of it."""
        table = self.operations(component, technique)
        keys = [shown.event for operation in table.operations for shown in operation.shown_by]
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
        table = self.operations(component, technique)
        shown = [operation for operation in table.operations if _shows(operation, events)]
        if not shown:
            return self._none_shown(key, table, events)
        operations = []
        for operation in table.operations if every else shown:
            chosen = tuple(item for item in operation.shown_by if item.event in events)
            child = key.helper("operation", operation.name)
            operations.append(
                (self._any_of(child, operation, chosen, table.component), operation.title)
            )
        by = f"{component} by {', '.join(events)}"
        if not every and len(shown) < len(table.operations):
            by = f"{by} (of what {'it' if len(events) == 1 else 'these'} can show)"
        return self._cover(key, by, operations)

    def alternatives(
        self, component: str, events: Sequence[EventId], technique: str = ""
    ) -> NodeKey:
        """The operations that these events can show, seen by any event at all."""
        table = self.operations(component, technique)
        visible = [operation for operation in table.operations if _shows(operation, events)]
        if not visible or len(visible) == len(table.operations):
            return self.component(component, technique)
        names = (operation.name for operation in visible)
        key = alternatives_key(component, names, self.narrowing(component, technique))
        operations = [
            (self.operation(table, operation, technique), operation.title) for operation in visible
        ]
        return self._cover(key, f"{component} (of what {', '.join(events)} can show)", operations)

    def showing(
        self, component: str, events: Sequence[EventId] = (), technique: str = ""
    ) -> list[Shown]:
        """What shows the operations that these events can show, by any event; none: all of them."""
        table = self.operations(component, technique)
        visible = [operation for operation in table.operations if _shows(operation, events)]
        chosen = visible or table.operations
        return [shown for each in chosen for shown in each.shown_by if shown.limit != NO]

    def known_part(
        self, component: str, events: Sequence[EventId] = (), technique: str = ""
    ) -> NodeKey:
        """As `alternatives`, or `component` if there are no events; but an operation that no known
        event shows counts as missing, not as unknown, and so caps the component at PARTIAL."""
        table = self.operations(component, technique)
        relevant = [each for each in table.operations if _shows(each, events)] or table.operations
        shown = [each for each in relevant if each.shown_by]
        if len(shown) == len(relevant):
            if events:
                return self.alternatives(component, events, technique)
            return self.component(component, technique)
        untold = ", ".join(each.title for each in relevant if not each.shown_by)
        explanation = f"no event of {self._events.sensor_names} is known to show {untold}"
        narrowing = self.narrowing(component, technique)
        key = alternatives_key(component, ("known", *(each.name for each in relevant)), narrowing)
        if key in self._graph:
            return key
        inner(self._graph, key, Combine.ANY, "component", component)
        if shown:
            children = [(self.operation(table, each, technique), each.title) for each in shown]
            covered = self._cover(key.helper("operations"), component, children)
            self._graph.link(key, Edge(covered, PARTIAL, f"is in part only: {explanation}"))
        for mapped in self.unplaced(component, technique):
            self._graph.link(key, self._unplaced_edge(component, mapped))
        nothing = Fixed(component, NO, explanation)
        child = leaf(self._graph, key.helper("nothing shows"), component, nothing)
        self._graph.link(key, Edge(child))
        return key

    def telling(self, component: str) -> str:
        """The attribute without which the component's events do not tell one act from another;
        '' where its events are not indirect by nature."""
        return self._knowledge.telling.get(component, "")

    def attribute(self, component: str, attribute: str) -> NodeKey:
        """An attribute of a component: the best of the fields that carry it."""
        key = wanted_key(component, attribute)
        if key not in self._graph:
            inner(self._graph, key, Combine.ANY, "wanted", attribute)
            for field in self._knowledge.attributes.get(component, {}).get(attribute, ()):
                self._graph.link(key, Edge(self._events.attribute(field.event, field.name)))
        return key

    def unplaced(self, component: str, technique: str = "") -> list[Mapped]:
        """Events that somebody maps to the component and nobody has sorted into operations."""
        if component not in self._knowledge.general:
            return []
        tables = (self._knowledge.general[component], self.operations(component, technique))
        operations = [operation for table in tables for operation in table.operations]
        placed = {shown.event for operation in operations for shown in operation.shown_by}
        placed |= {event for table in tables for event in table.not_shown}
        mapped = self._mapped.get(component, ())
        return [mapping for mapping in mapped if mapping.event not in placed]

    def _cover(self, key: NodeKey, label: str, operations: list[tuple[NodeKey, str]]) -> NodeKey:
        return cover(self._graph, key, "coverage", label, operations, "is only a part of it")

    def _any_of(
        self, key: NodeKey, operation: Operation, shown: Iterable[Shown], component: str
    ) -> NodeKey:
        if key in self._graph:
            return key
        inner(self._graph, key, Combine.ANY, "operation", operation.title)
        for item in shown:
            self._graph.link(key, Edge(self._events.seen(item), item.limit, item.why))
        if not self._graph.edges(key):
            explanation = (
                f"no event of {self._events.sensor_names} is known to show {operation.title}"
            )
            if operation.shown_by:
                explanation = f"none of these events shows: {operation.title}"
            verdict = NO if operation.shown_by else UNKNOWN
            self._graph.link(
                key,
                Edge(
                    leaf(
                        self._graph,
                        key.helper("nothing shows"),
                        operation.title,
                        Fixed(component, verdict, explanation),
                    )
                ),
            )
        return key

    def _none_shown(
        self, key: NodeKey, table: ComponentOperations, events: Sequence[EventId]
    ) -> NodeKey:
        inner(
            self._graph, key, Combine.ANY, "coverage", f"{table.component} by {', '.join(events)}"
        )
        general = self._knowledge.general.get(table.component, table)
        for event in events:
            reason = table.not_shown.get(event) or general.not_shown.get(event)
            if reason:
                explanation = f"{event} {reason}"
                child = leaf(
                    self._graph,
                    key.helper("not shown by", event),
                    event,
                    Fixed(event, NO, explanation),
                )
                self._graph.link(key, Edge(child))
            else:
                self._graph.link(key, self._unplaced_edge(table.component, Mapped(event, "")))
        return key

    def _unplaced_edge(self, component: str, mapped: Mapped) -> Edge:
        by = f" by {mapped.origin}" if mapped.origin else ""
        caveat = f"is named for {component}{by}; no source at hand says what of it it shows"
        return Edge(self._events.event(mapped.event), UNKNOWN_AT_BEST_PARTIAL, caveat)


def _shows(operation: Operation, events: Sequence[EventId]) -> bool:
    return any(item.event in events and item.limit != NO for item in operation.shown_by)
