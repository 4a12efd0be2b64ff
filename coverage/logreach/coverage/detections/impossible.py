"""Why no event can meet a rule's condition, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from logreach.coverage.detections.branches import Conj
from logreach.coverage.detections.describe import literal_text
from logreach.coverage.detections.mapping import EventAlternatives, Knowledge, MappedEvent
from logreach.coverage.detections.model import KEYWORD, Literal
from logreach.coverage.detections.reading import read
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.sysmon.engine.domains import may_meet

IMPOSSIBLE = "no event can meet its condition"
"""The reason where no better one is known."""


def why_impossible(
    conj: Conj, alternatives: Iterable[EventAlternatives], knowledge: Knowledge
) -> str:
    """What keeps every event out of a branch that no event can be in."""
    reasons = [*_contradictions(conj)]
    every = [mapped for events in alternatives for mapped in events if not mapped.named]
    settled = {mapped.event: [*_settled(conj, mapped, knowledge)] for mapped in every}
    # An event that no single test rules out is what the rule means.
    reasons += [_by_values(conj, event, knowledge) for event, unmet in settled.items() if not unmet]
    reasons += [reason for unmet in settled.values() for reason in unmet]
    return f"{IMPOSSIBLE}: {reasons[0]}" if reasons else IMPOSSIBLE


def contradicts(conj: Conj) -> bool:
    """Whether tests on one field, in Sigma's own terms, cannot hold together in any event."""
    return any(True for _ in _contradictions(conj))


def _contradictions(conj: Conj) -> Iterator[str]:
    by_field: dict[str, list[Constraint]] = {}
    for literal in conj[0]:
        by_field.setdefault(literal.field, []).append(literal.constraint)
    for suppressor in conj[1]:
        if len(suppressor) == 1:
            by_field.setdefault(suppressor[0].field, []).append(opposite(suppressor[0].constraint))
    by_field.pop(KEYWORD, None)  # an event has many texts
    for name, constraints in by_field.items():
        if len(constraints) > 1 and not may_meet(tuple(constraints)):
            yield f"no {name} meets all of its tests at once"


def _settled(conj: Conj, mapped: MappedEvent, knowledge: Knowledge) -> Iterator[str]:
    """The tests that no event with this id meets, each with what such events hold instead."""
    for literal in conj[0]:
        if read(literal, mapped, knowledge).always is False:
            instead = _instead(literal, mapped, knowledge)
            yield f"it asks that {literal_text(literal)}, and {instead}"


def _by_values(conj: Conj, event: EventId, knowledge: Knowledge) -> str:
    fields = dict.fromkeys(
        literal.field for literal in conj[0] if not knowledge.header_name(literal.field)
    )
    return f"no {event} holds what it asks of {', '.join(fields) or 'its fields'}"


def _instead(literal: Literal, mapped: MappedEvent, knowledge: Knowledge) -> str:
    sensor, name = sensors().of(mapped.event), knowledge.header_name(literal.field) or literal.field
    if name == "EventID":
        return f"its log source means {mapped.event}"
    texts = sensor.header_texts(mapped.event, name) if sensor else ()
    texts = texts or mapped.fixed.get(literal.field, ())
    return f"{mapped.event} has {' or '.join(texts)} there" if texts else f"{mapped.event} has not"


def opposite(constraint: Constraint) -> Constraint:
    """The constraint that holds where another one does not."""
    return Constraint(constraint.test, constraint.values, not constraint.negated, constraint.cased)
