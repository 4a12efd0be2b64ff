"""The keys of the nodes between techniques and prerequisites, each kind made in one place.

`technique` is a technique's id where it narrows a component, '' where the component is meant in
general.
"""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.events.event_id import EventId


def technique_key(technique: str, question: str) -> NodeKey:
    """One of the questions about a technique."""
    return NodeKey.of("technique", technique, question)


def analytic_key(analytic: str, technique: str, question: str) -> NodeKey:
    """An analytic as one technique is detected by it."""
    return NodeKey.of("analytic", analytic, technique, question)


def component_key(component: str, technique: str = "") -> NodeKey:
    """A data component over all events."""
    return _narrowed("component", technique, component)


def operation_key(component: str, operation: str, technique: str = "") -> NodeKey:
    """An operation of a component over all events that show it."""
    return _narrowed("operation", technique, component, operation)


def via_key(component: str, event: EventId, technique: str = "") -> NodeKey:
    """A component as one event alone shows it."""
    return _narrowed("via", technique, component, event)


def named_key(component: str, events: Iterable[EventId], technique: str = "") -> NodeKey:
    """A component as the events show it that an analytic names."""
    return _narrowed("named", technique, component, *events)


def alternatives_key(component: str, operations: Iterable[str], technique: str = "") -> NodeKey:
    """Some operations of a component, seen by any event."""
    return _narrowed("alternatives", technique, component, *operations)


def evidence_key(technique: str, place: int) -> NodeKey:
    """One line of a technique's direct evidence, on the host itself."""
    return NodeKey.of("evidence", technique, str(place))


def direct_key(technique: str, question: str) -> NodeKey:
    """All direct evidence of a technique, as a question about it takes it."""
    return NodeKey.of("direct evidence", technique, question)


def analytic_way_key(analytic: str, technique: str) -> NodeKey:
    """An analytic as a way to detect a technique: whole, or in part."""
    return NodeKey.of("analytic way", analytic, technique)


def rules_key(technique: str) -> NodeKey:
    """The detection rules for a technique."""
    return NodeKey.of("rules", technique)


def rule_key(rule_id: str) -> NodeKey:
    """A detection rule of the user's."""
    return NodeKey.of("rule", rule_id)


def subtechniques_key(technique: str, question: str) -> NodeKey:
    """A technique as its sub-techniques together make it up."""
    return NodeKey.of("sub-techniques", technique, question)


def wanted_key(component: str, attribute: str) -> NodeKey:
    """An attribute that detections of a component read."""
    return NodeKey.of("wanted", component, attribute)


def event_key(event: EventId) -> NodeKey:
    """An event as it arrives where detections run."""
    return NodeKey.of("event", event)


def held_key(event: EventId) -> NodeKey:
    """An event as the host itself holds it, forwarded or not."""
    return NodeKey.of("held", event)


def attribute_key(event: EventId, field: str) -> NodeKey:
    """A field of an event that arrives."""
    return NodeKey.of("attribute", event, field)


def _narrowed(kind: str, technique: str, *parts: str) -> NodeKey:
    return NodeKey.of(kind, *parts, *([f"@{technique}"] if technique else []))
