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
"""What is said where nothing more can be."""


def why_impossible(conj: Conj, alternatives: Iterable[EventAlternatives], known: Knowledge) -> str:
    """What keeps every event out of a branch that no event can be in."""
    reasons = [*_contradictions(conj)]
    every = [mapped for events in alternatives for mapped in events if not mapped.named]
    settled = {mapped.event: [*_settled(conj, mapped, known)] for mapped in every}
    # An event that no single test rules out is what the rule means.
    reasons += [_by_values(conj, event, known) for event, found in settled.items() if not found]
    reasons += [reason for found in settled.values() for reason in found]
    return f"{IMPOSSIBLE}: {reasons[0]}" if reasons else IMPOSSIBLE


def contradicts(conj: Conj) -> bool:
    """Whether tests on one field, in Sigma's own terms, cannot hold together in any event."""
    return any(True for _ in _contradictions(conj))


def _contradictions(conj: Conj) -> Iterator[str]:
    held: dict[str, list[Constraint]] = {}
    for one in conj[0]:
        held.setdefault(one.field, []).append(one.constraint)
    for suppressor in conj[1]:
        if len(suppressor) == 1:
            held.setdefault(suppressor[0].field, []).append(opposite(suppressor[0].constraint))
    held.pop(KEYWORD, None)  # an event has many texts
    for name, found in held.items():
        if len(found) > 1 and not may_meet(tuple(found)):
            yield f"no {name} meets all of its tests at once"


def _settled(conj: Conj, mapped: MappedEvent, known: Knowledge) -> Iterator[str]:
    """The tests that no event of a kind meets."""
    for one in conj[0]:
        if read(one, mapped, known).always is False:
            yield f"it asks that {literal_text(one)}, and {_instead(one, mapped, known)}"


def _by_values(conj: Conj, event: EventId, known: Knowledge) -> str:
    fields = dict.fromkeys(one.field for one in conj[0] if not known.header_name(one.field))
    return f"no {event} holds what it asks of {', '.join(fields) or 'its fields'}"


def _instead(one: Literal, mapped: MappedEvent, known: Knowledge) -> str:
    sensor, name = sensors().of(mapped.event), known.header_name(one.field) or one.field
    if name == "EventID":
        return f"its log source means {mapped.event}"
    texts = sensor.header_texts(mapped.event, name) if sensor else ()
    texts = texts or mapped.fixed.get(one.field, ())
    return f"{mapped.event} has {' or '.join(texts)} there" if texts else f"{mapped.event} has not"


def opposite(constraint: Constraint) -> Constraint:
    """The constraint that holds where another one does not."""
    return Constraint(constraint.test, constraint.values, not constraint.negated, constraint.cased)
