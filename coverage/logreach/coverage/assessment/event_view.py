"""An event as people want to see it: what it records, its caveats, and every field of it."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.notes import EventNote, FieldNote, load_notes
from logreach.coverage.network.keys import attribute_key, event_key
from logreach.coverage.network.model import Model


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of an event on a host.

    `judged` says whether the host has it: the event is there and the field is filled; `filled`
    whether it is filled where the event is written. `note` is None where nobody has written down
    what it means.
    """

    name: str
    judged: Judged
    filled: Judged
    note: FieldNote | None = None


@dataclass(frozen=True, slots=True)
class EventView:
    """An event on a host, with all its fields, or with the one that was asked for.

    `complete` says whether the sources name all fields of every version.
    """

    event: EventId
    judged: Judged
    note: EventNote | None
    fields: tuple[FieldView, ...]
    complete: bool = True


def add_fields(model: Model, event: EventId, field: str = "") -> tuple[str, ...]:
    """Put what `view` asks for into the graph, before it is compiled; the fields that it shows."""
    part = model.event_part
    part.event(event)
    names = (field,) if field else part.fields(event)
    for name in names:
        part.attribute(event, name)
        part.filled(event, name)
    return names


def view(model: Model, reasons: Reasons, event: EventId, names: tuple[str, ...]) -> EventView:
    """The event with these of its fields."""
    notes, sensor = load_notes(), model.sensors.of(event)
    fields = tuple(
        FieldView(
            name,
            reasons.judged(attribute_key(event, name)),
            reasons.judged(model.event_part.filled(event, name)),
            notes.field(event, name),
        )
        for name in names
    )
    complete = sensor is not None and sensor.all_fields_known(event)
    return EventView(event, reasons.judged(event_key(event)), notes.of(event), fields, complete)
