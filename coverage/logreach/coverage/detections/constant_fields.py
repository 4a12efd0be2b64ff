"""What the knowledge settles of an event before any host is asked: its header, its fields."""

from __future__ import annotations

from functools import lru_cache

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint
from logreach.coverage.platforms.registry import sensors


def settled(event: EventId, field: str, constraint: Constraint) -> bool | None:
    """Whether a test on a header field holds in every such event, or in none; None: neither.

    `event` is a key such as 'Security:4688' or 'System:*'. Shippers spell some values in other
    words than the event does: a test is settled only where it comes out the same for each.
    """
    sensor = sensors().of(event)
    texts = sensor.header_texts(event, field) if sensor else ()
    answers = {constraint.admits(text) for text in texts}
    return answers.pop() if len(answers) == 1 else None


@lru_cache(maxsize=4096)
def provider_among_many(event: EventId) -> str:
    """The provider of an event in a log that others write to as well; '' where no others do."""
    sensor = sensors().of(event)
    return sensor.provider_among_many(event) if sensor else ""


@lru_cache(maxsize=4096)
def always_there(event: EventId, field: str) -> bool:
    """Whether every layout of the event has the field, whatever the host's settings."""
    sensor = sensors().of(event)
    return sensor is not None and sensor.always_there(event, field)


@lru_cache(maxsize=8192)
def never_there(event: EventId, field: str) -> str:
    """Why no version of an event has a field; '': one may have it."""
    sensor = sensors().of(event)
    never = sensor.never_has(event, field) if sensor else ""
    if never or not fields_known(event) or field in sensors().fields(event):
        return never
    return f"no version of {event} has a field {field}"


@lru_cache(maxsize=4096)
def fields_known(event: EventId) -> bool:
    """Whether every field of every version of an event is known."""
    sensor = sensors().of(event)
    return sensor is not None and bool(sensor.fields(event)) and sensor.all_fields_known(event)


@lru_cache(maxsize=4096)
def retired(event: EventId) -> bool:
    """Whether no system of today writes such an event."""
    sensor = sensors().of(event)
    return sensor is not None and bool(sensor.retired(event))
