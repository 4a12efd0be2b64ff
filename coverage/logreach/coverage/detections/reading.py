"""One test of a rule as one event would answer it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from logreach.coverage.detections.constant_fields import (
    always_there,
    fields_known,
    never_there,
    settled,
)
from logreach.coverage.detections.hash_tests import hash_test, hashes_needed
from logreach.coverage.detections.mapping import FieldName, Knowledge, MappedEvent
from logreach.coverage.detections.model import KEYWORD, Literal, Need
from logreach.coverage.detections.suggestions import did_you_mean
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.platforms.registry import sensors

_NUMBER = re.compile(r"(\[\d+\]|_?\d+)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """A test of a rule (a literal) as it reads in one event.

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
        return self.need is not None and self.need.lost

    @property
    def empty(self) -> bool:
        """Whether it holds where the field is missing."""
        return self.literal.constraint.test is Test.EMPTY


def read(literal: Literal, mapped: MappedEvent, knowledge: Knowledge) -> Reading:
    """How the mapped event answers a literal; a site's own name stands for the first field that
    the event has."""
    sigma_names = knowledge.synonyms.get(literal.field)
    if not sigma_names or own_name(mapped.event, literal.field):
        return _read(literal, mapped, knowledge)
    readings = [_read(replace(literal, field=name), mapped, knowledge) for name in sigma_names]
    return next((reading for reading in readings if not reading.lost), readings[0])


def _read(literal: Literal, mapped: MappedEvent, knowledge: Knowledge) -> Reading:
    name, event = literal.field, mapped.event
    if name == KEYWORD:
        return Reading(literal)
    header = knowledge.header.get(name)
    if header == "EventID" and not event.any_number:
        return Reading(literal, literal.constraint.admits(event.number), header, literal.constraint)
    if name in mapped.fixed:
        fixed = _fixed(literal, mapped)
        if fixed is not None:
            return fixed
    if header is not None and _is_of_header(name, event, knowledge):
        answer = settled(event, header, literal.constraint)
        return Reading(literal, answer, header, literal.constraint)
    if mapped.names is not None and name in mapped.names:
        return _renamed(literal, mapped.names[name])
    return _of_event(literal, mapped, knowledge)


def _is_of_header(name: str, event: EventId, knowledge: Knowledge) -> bool:
    """Whether a name for what the header holds is not that of a field of the event's own."""
    if knowledge.header[name] == name:
        return True
    return not own_name(event, name) and (name not in knowledge.unsure or fields_known(event))


@lru_cache(maxsize=8192)
def own_name(event: EventId, name: str) -> str:
    """A field of some version of an event as the event spells it; '' for none.

    Tools write names such as 'Source Name' without the space.
    """
    fields = sensors().fields(event)
    if name in fields:
        return name
    plain = name.replace("_", "")
    return next((x for x in fields if " " in x and x.replace(" ", "") == plain), "")


def _fixed(literal: Literal, mapped: MappedEvent) -> Reading | None:
    answers = {literal.constraint.admits(value) for value in mapped.fixed[literal.field]}
    if len(answers) == 1:
        answer = answers.pop()
        return None if answer is None else Reading(literal, always=answer)
    return Reading(literal) if mapped.names is not None else None


def _of_event(literal: Literal, mapped: MappedEvent, knowledge: Knowledge) -> Reading:
    """A literal on a field by the event's own name, or by one that stands for part of it."""
    name, event = literal.field, mapped.event
    doubt = knowledge.whole.get(_NUMBER.sub("", name))
    if doubt and not always_there(event, name):
        return _doubted(literal, event, doubt)
    spelling = own_name(event, name)
    if spelling:
        return _own(literal, spelling, knowledge)
    if name.casefold() in knowledge.algorithms:
        return _hash(literal, mapped, knowledge)
    if name in knowledge.perhaps:
        return _doubted(literal, event, knowledge.perhaps[name])
    never = never_there(event, name)
    if not never:
        return _own(literal, name, knowledge)
    if mapped.names is not None:
        never = f"{event} has no field {name} and no counterpart of it"
    names = (*sensors().fields(event), *(mapped.names or ()), *knowledge.header)
    return _lost(literal, never + did_you_mean(name, names))


def _own(literal: Literal, name: str, knowledge: Knowledge) -> Reading:
    """A literal on a field that the event calls `name`."""
    constraint = literal.constraint
    needed: tuple[str, ...] = (name,)
    if name in knowledge.hashes:
        needed = hashes_needed(name, constraint)
    if name in knowledge.rendered:
        constraint = _with_values(constraint, knowledge.rendered[name])
    return Reading(literal, None, name, constraint, Need(literal.field, needed))


def _hash(literal: Literal, mapped: MappedEvent, knowledge: Knowledge) -> Reading:
    """A literal on one hash, as the event tells it among others; `Hashes` is Sigma's name."""
    algorithm = knowledge.algorithms[literal.field.casefold()]
    fields = [name for name in sorted(knowledge.hashes) if own_name(mapped.event, name)]
    if fields:
        need = Need(literal.field, (f"{fields[0]}:{algorithm}",))
        constraint = hash_test(literal.constraint, algorithm)
        return Reading(literal, None, fields[0], constraint, need)
    absent = (mapped.names or {}).get("Hashes")
    return _lost(literal, absent.absent if absent else f"{mapped.event} holds no hash")


def _doubted(literal: Literal, event: EventId, doubt: str) -> Reading:
    """A literal that the event may answer in another form, which nobody can compare."""
    fields = (literal.field,) if own_name(event, literal.field) else ()
    constraint = literal.constraint if fields else Constraint(Test.UNKNOWN)
    return Reading(
        literal, None, literal.field, constraint, Need(literal.field, fields, doubt=doubt)
    )


def _renamed(literal: Literal, name: FieldName) -> Reading:
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
    return _with_values(Constraint(constraint.test, values, cased=constraint.cased), name.values)


def _with_values(constraint: Constraint, words: Mapping[str, str]) -> Constraint:
    """The constraint with the values that the event holds for some words."""
    folded = {word.casefold(): value for word, value in words.items()}
    values = tuple(folded.get(value.casefold(), value) for value in constraint.values)
    return Constraint(constraint.test, values, constraint.negated, constraint.cased)


def _may_hold(value: str, constraint: Constraint, name: FieldName) -> bool:
    if name.only is not None and constraint.test is Test.EQUALS:
        return name.only.search(value) is not None
    if name.never is not None and constraint.test in (Test.EQUALS, Test.BEGINS):
        return name.never.search(value) is None
    return True


def _lost(literal: Literal, reason: str) -> Reading:
    return Reading(literal, need=Need(literal.field, (), why=reason))
