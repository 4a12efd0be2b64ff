"""What the knowledge settles of an event before any host is asked: its header, its fields."""

from __future__ import annotations

from functools import lru_cache

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.windows.headers import (
    is_shared,
    keyword_masks,
    keyword_texts,
    level_words,
    metadata,
)
from logreach.coverage.platforms.windows.knowledge.events import load_events


def settled(event: EventId, field: str, constraint: Constraint) -> bool | None:
    """Whether a test on a header field holds in every such event, or in none; None: neither.

    `event` is a key such as 'Security:4688' or 'System:*'. Shippers spell some values in other
    words than the event does: a test is settled only where it comes out the same for each.
    """
    answers = {constraint.admits(text) for text in _spellings(event, field)}
    return answers.pop() if len(answers) == 1 else None


@lru_cache(maxsize=4096)
def _spellings(event: EventId, field: str) -> tuple[str, ...]:
    """Every text that a header field may hold in the event; none where that is not known."""
    known, header = load_events(), metadata(event)
    told = known.events.get(event)
    if told is not None and any(field in layout.fields for layout in told.layouts):
        return ()  # the event's own field of that name, such as the log that 104 tells of
    if field == "Channel":
        return (known.channels[event.channel].name,) if event.channel in known.channels else ()
    if field == "Keywords" and told is not None:
        masks = keyword_masks(told)
        return tuple(text for mask in masks for text in keyword_texts(mask))
    if header is None:
        return ()
    if field == "Provider_Name" and header.provider and not is_shared(event.channel):
        return (header.provider,)
    if field == "Level" and header.level is not None:
        return level_words(header.level)
    return ()


@lru_cache(maxsize=4096)
def always_there(event: EventId, field: str) -> bool:
    """Whether every layout of the event has the field, whatever the host's settings."""
    if event.channel == "Sysmon" and event.number.isdecimal():
        found = [manifest.fields_of(int(event.number), schema) for schema in manifest.schemas()]
        return all(field in fields for fields in found if fields) and any(found)
    told = load_events().events.get(event)
    if told is None or field in told.field_settings:
        return False
    return bool(told.layouts) and all(field in layout.fields for layout in told.layouts)


@lru_cache(maxsize=4096)
def retired(event: EventId) -> bool:
    """Whether no Windows of today writes such an event."""
    return bool(load_events().retired(event))
