"""What the knowledge settles of an event before any host is asked: its header, its fields."""

from __future__ import annotations

from functools import lru_cache

from logreach.coverage.headers import metadata, provider_is_settled
from logreach.coverage.knowledge.events import load_events
from logreach.coverage.patterns import Constraint, Test


def settled(event: str, field: str, constraint: Constraint) -> bool | None:
    """Whether a test on a header field holds in every such event, or in none; None: neither.

    `event` is a key such as 'Security:4688' or 'System:*'. Shippers spell some values in other
    words than the event does: a test is settled only where it comes out the same for each.
    """
    answers = {constraint.admits(text) for text in _spellings(event, field)}
    return answers.pop() if len(answers) == 1 else None


@lru_cache(maxsize=4096)
def _spellings(event: str, field: str) -> tuple[str, ...]:
    """Every text that a header field may hold in the event; none where that is not known."""
    if field == "Channel":
        channel = load_events().channels.get(event.partition(":")[0])
        return (channel.name,) if channel else ()
    known = metadata(event)
    if known is None:
        return ()
    if field == "Provider_Name":
        return (known.provider,) if known.provider and provider_is_settled(event) else ()
    if field == "Level" and known.level is not None:
        return (str(known.level), *_LEVELS.get(known.level, ()))
    if field == "Keywords":
        return tuple(text for mask in keyword_masks(event) for text in _masked(mask))
    return ()


def always_there(event: str, field: str) -> bool:
    """Whether every layout of the event has the field, whatever the host's settings."""
    known = metadata(event)
    if known is None or field not in (known.fields or ()):
        return False
    told = load_events().events.get(event)
    return told is None or field not in told.field_settings
