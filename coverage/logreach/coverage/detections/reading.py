"""One test of a rule as one event would answer it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from logreach.coverage.detections.constant_fields import settled
from logreach.coverage.detections.mapping import FieldName, Knowledge, MappedEvent
from logreach.coverage.detections.model import KEYWORD, Literal, Need
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.platforms.registry import sensors

_HASH = re.compile(r"^([A-Za-z0-9]+)=")


@dataclass(frozen=True, slots=True)
class Reading:
    """A literal in an event.

    `always` is its answer where it is the same for every such event. Otherwise `field` and
    `constraint` say it in the event's terms (`constraint` None: cannot be said), and `need` what
    must be filled for it to hold (None: nothing).
    """

    literal: Literal
    always: bool | None = None
    field: str = ""
    constraint: Constraint | None = None
    need: Need | None = None

    @property
    def lost(self) -> bool:
        """Whether this event can never answer."""
        return self.need is not None and not self.need.fields

    @property
    def empty(self) -> bool:
        """Whether it holds where the field is missing."""
        return self.literal.constraint.test is Test.EMPTY


def read(literal: Literal, mapped: MappedEvent, known: Knowledge) -> Reading:
    """How the mapped's event answers a literal."""
    name = literal.field
    if name == KEYWORD:
        return Reading(literal)
    if name == "EventID" and not mapped.event.any_number:
        return Reading(literal, always=bool(literal.constraint.admits(mapped.event.number)))
    if name in mapped.fixed:
        fixed = _fixed(literal, mapped)
        if fixed is not None:
            return fixed
    if name in known.header:
        answer = settled(mapped.event, name, literal.constraint)
        return Reading(literal, answer, name, literal.constraint)
    if mapped.names is not None:
        return _renamed(literal, mapped.event, mapped.names.get(name))
    return _own(literal, mapped.event, known)


def _fixed(literal: Literal, mapped: MappedEvent) -> Reading | None:
    answers = {literal.constraint.admits(value) for value in mapped.fixed[literal.field]}
    if len(answers) == 1:
        answer = answers.pop()
        return None if answer is None else Reading(literal, always=answer)
    return Reading(literal) if mapped.names is not None else None


def _own(literal: Literal, event: EventId, known: Knowledge) -> Reading:
    name = literal.field
    sensor = sensors().of(event)
    never = sensor.never_has(event, name) if sensor else ""
    if never:
        return _lost(literal, never)
    needed: tuple[str, ...] = (name,)
    if name in known.hashes:
        algorithms = {_HASH.match(value) for value in literal.constraint.values}
        needed = tuple(
            sorted({f"{name}:{found[1].upper()}" if found else name for found in algorithms})
        )
    return Reading(literal, None, name, literal.constraint, Need(name, needed or (name,)))


def _renamed(literal: Literal, event: EventId, name: FieldName | None) -> Reading:
    if name is None:
        return _lost(literal, f"{event} has no counterpart of {literal.field}")
    if name.absent:
        return _lost(literal, name.absent)
    constraint = _translated(literal.constraint, name)
    if constraint is None:
        return _lost(literal, name.why)
    need = Need(literal.field, (name.to,))
    if name.otherwise is None or constraint.test is Test.UNKNOWN:
        need = Need(literal.field, (name.to,), name.limit, name.why)
    return Reading(literal, None, name.to, constraint, need)


def _translated(constraint: Constraint, name: FieldName) -> Constraint | None:
    """The constraint on the event's own field; None where no value could ever hold."""
    if name.untold or (name.otherwise and any(map(name.otherwise.search, constraint.values))):
        return Constraint(Test.UNKNOWN)
    values = tuple(value for value in constraint.values if _may_hold(value, constraint, name))
    if constraint.values and not values:
        return None
    folded = {key.casefold(): value for key, value in name.values.items()}
    values = tuple(folded.get(value.casefold(), value) for value in values)
    return Constraint(constraint.test, values, cased=constraint.cased)


def _may_hold(value: str, constraint: Constraint, name: FieldName) -> bool:
    if name.only is not None and constraint.test is Test.EQUALS:
        return name.only.search(value) is not None
    if name.never is not None and constraint.test in (Test.EQUALS, Test.BEGINS):
        return name.never.search(value) is None
    return True


def _lost(literal: Literal, why: str) -> Reading:
    return Reading(literal, need=Need(literal.field, (), why=why))
