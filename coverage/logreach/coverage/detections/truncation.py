"""What a rule with more branches than are kept could still do, from its whole condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from logreach.coverage.detections.mapping import Knowledge, MappedEvent, Placement
from logreach.coverage.detections.model import And, Lit, Literal, Need, Node, Not, Or
from logreach.coverage.detections.reading import read
from logreach.coverage.events.event_id import ANY_NUMBER, EventId


class ConditionNodes(Protocol):
    """Nodes for the parts of a condition, by their numbers."""

    def field(self, event: EventId, need: Need) -> int:
        """Whether a field of an event is filled."""
        ...

    def settled(self, *, holds: bool) -> int:
        """A part that holds on every host, or on none."""
        ...

    def joined(self, children: Sequence[int], *, every: bool) -> int:
        """All of some parts, or any of them."""
        ...


def condition_node(
    tree: Node, mapped: MappedEvent, tables: Knowledge, nodes: ConditionNodes
) -> int:
    """Whether the condition may come true in an event, by the fields that are filled.

    Where its node is possible nothing is claimed; where it is not, that is certain.
    """

    def of_literal(literal: Literal, *, holding: bool) -> int:
        reading = read(literal, mapped, tables)
        if reading.always is not None:
            return nodes.settled(holds=reading.always == holding)
        # Without its field a test fails, and a test for emptiness holds.
        if reading.need is None or reading.empty == holding:
            return nodes.settled(holds=True)
        return nodes.field(mapped.event, reading.need)

    def of(node: Node, *, holding: bool) -> int:
        match node:
            case Lit():
                return of_literal(node.literal, holding=holding)
            case Not():
                return of(node.child, holding=not holding)
            case And() | Or():
                every = isinstance(node, And) == holding
                return nodes.joined([of(x, holding=holding) for x in node.children], every=every)

    return of(tree, holding=True)


def mapped_events_of(placement: Placement) -> list[MappedEvent]:
    """Every event that a log source may mean; for channels, any event of theirs."""
    mapped_events = [mapped for events in placement.alternatives for mapped in events]
    return mapped_events + [
        MappedEvent(EventId.of(channel, ANY_NUMBER)) for channel in placement.channels
    ]
