"""What a rule with more branches than are kept could still do, from its whole condition."""

from __future__ import annotations

from collections.abc import Callable

from logreach.coverage.detections.mapping import Carrier, Knowledge, Placement
from logreach.coverage.detections.model import And, Lit, Literal, Need, Node, Not, Or
from logreach.coverage.detections.reading import read
from logreach.coverage.events.event_id import ANY_NUMBER, EventId

Fillable = Callable[[EventId, Need], bool]
"""Whether a field of an event may be filled on the host."""


def may_hold(tree: Node, carrier: Carrier, known: Knowledge, fillable: Fillable) -> bool:
    """Whether the condition may come true in an event, by the fields that may be filled.

    True claims nothing; False is certain.
    """

    def literal_may(literal: Literal, wanted: bool) -> bool:
        reading = read(literal, carrier, known)
        if reading.always is not None:
            return reading.always == wanted
        # Without its field a test fails, and a test for emptiness holds.
        if reading.need is None or reading.empty == wanted:
            return True
        return bool(reading.need.fields) and fillable(carrier.event, reading.need)

    def may(node: Node, *, wanted: bool) -> bool:
        match node:
            case Lit():
                return literal_may(node.literal, wanted)
            case Not():
                return may(node.child, wanted=not wanted)
            case And() | Or():
                combine = all if isinstance(node, And) == wanted else any
                return combine(may(child, wanted=wanted) for child in node.children)

    return may(tree, wanted=True)


def carriers_of(placement: Placement) -> list[Carrier]:
    """Every event that a log source may mean; for channels, any event of theirs."""
    found = [carrier for happening in placement.happenings for carrier in happening]
    return found + [Carrier(EventId.of(channel, ANY_NUMBER)) for channel in placement.channels]
