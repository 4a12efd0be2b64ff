"""What is known of an event besides its fields' values, for filters that ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from logreach.coverage.engine.verdict import NO, YES, Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata, common_fields
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Event, EventKnowledge, Layout
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.files.tables import Shape, yaml_table
from logreach.inventories.windows.facts import OS, OperatingSystem

_FILE = Path(__file__).parent / "knowledge" / "event_headers.yaml"
_HEADER: Shape = {"level?": (int, [int]), "keywords?": (int, str), "user_data?": str}
_SHAPE: Shape = {
    "source": str,
    "shared_channels": [str],
    "keyword_words": {...: [str]},
    "level_words": {...: [str]},
    "providers": {...: _HEADER},
    "events": {...: _HEADER},
    "manifest_levels": {...: [str]},
    "manifest_levels_source": str,
    "varying_levels_source": str,
    "names": {...: [str]},
    "names_source": str,
}
_AUDIT_KEYWORDS = {
    frozenset({"success"}): 0x8020000000000000,
    frozenset({"failure"}): 0x8010000000000000,
}
_SIGN = 1 << 63  # some shippers write the mask as a signed number


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml_table(_FILE, _SHAPE)
    return table


def keyword_masks(event: Event) -> tuple[int, ...]:
    """The keywords that an event may carry, by its outcomes; (): not known."""
    keywords = _entry(event).get("keywords")
    if keywords != "audit":
        return () if keywords is None else (keywords,)
    masks = [mask for outcomes, mask in _AUDIT_KEYWORDS.items() if outcomes & event.outcomes]
    return tuple(masks) or tuple(_AUDIT_KEYWORDS.values())


def audit_keywords(event: Event) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The outcomes that an audit may have, each with every text of its keywords."""
    if _entry(event).get("keywords") == "audit":
        for outcomes, mask in _AUDIT_KEYWORDS.items():
            if outcomes & event.outcomes:
                yield next(iter(outcomes)), keyword_texts(mask)


def keyword_texts(mask: int) -> tuple[str, ...]:
    """A mask in hexadecimal and as a number, and the words that shippers write for it."""
    numbers = (mask, mask - 2 * _SIGN) if mask & _SIGN else (mask,)
    return (f"0x{mask:x}", *map(str, numbers), *_table()["keyword_words"].get(mask, ()))


def level_words(level: int) -> tuple[str, ...]:
    """A level's number and the words that shippers write for it."""
    return (str(level), *_table()["level_words"].get(level, ()))


def is_shared(channel: str) -> bool:
    """Whether any provider may write to a channel, by its short name, under any id."""
    return channel in _table()["shared_channels"]


def _entry(event: Event) -> dict[str, Any]:
    return header_of(event.key, event.provider)


@cache
def header_of(event: EventId, provider: str) -> dict[str, Any]:
    """What the table says of an event's header; `levels` are all that its level may be."""
    entry = {**of_provider(provider), **_table()["events"].get(event, {})}
    level = entry.get("level", _manifest_levels().get(event))
    levels = level if isinstance(level, list) else [] if level is None else [level]
    return {**entry, "level": levels[0] if len(levels) == 1 else None, "levels": tuple(levels)}


@cache
def _manifest_levels() -> Mapping[str, int]:
    levels: dict[int, list[str]] = _table()["manifest_levels"]
    return {event: level for level, events in levels.items() for event in events}


def of_provider(name: str) -> Mapping[str, Any]:
    """The parts of the header that all events of a provider share."""
    shared: dict[str, Any] = _table()["providers"].get(name, {})
    return shared


def header_on(event: EventId, facts: Facts) -> EventMetadata | None:
    """The header on a host; where its system is not told, as far as every Windows agrees."""
    os = facts.get(OS)
    return windows_header(event, None if isinstance(os, Missing) else os.value)


@lru_cache(maxsize=16384)
def windows_header(event: EventId, os: OperatingSystem | None = None) -> EventMetadata | None:
    """Header and fields of an event, as far as all such events agree; None: nothing is known.

    The fields are those that every layout has which this system may write; where it is not told,
    those of every layout there is.
    """
    knowledge = load_events()
    entry = knowledge.events.get(event)
    return None if entry is None else _of_windows(entry, knowledge, os)


@lru_cache(maxsize=4096)
def header_texts(event: EventId, field: str) -> tuple[str, ...]:
    """Every text that a header field may hold in the event; none where that is not known."""
    knowledge, header = load_events(), windows_header(event)
    entry = knowledge.events.get(event)
    if entry is not None and any(field in layout.fields for layout in entry.layouts):
        return ()  # the event's own field of that name, such as the log that 104 tells of
    if field == "Channel":
        return (
            (knowledge.channels[event.channel].name,) if event.channel in knowledge.channels else ()
        )
    if field == "Keywords" and entry is not None:
        masks = keyword_masks(entry)
        return tuple(keyword for mask in masks for keyword in keyword_texts(mask))
    if header is None:
        return ()
    if field == "Provider_Name" and header.provider and not is_shared(event.channel):
        return (header.provider,)
    if field == "Level":
        levels = header.levels if header.level is None else (header.level,)
        return tuple(dict.fromkeys(word for level in levels for word in level_words(level)))
    return ()


def _of_windows(
    event: Event, knowledge: EventKnowledge, os: OperatingSystem | None
) -> EventMetadata:
    entry = _entry(event)
    keywords = entry.get("keywords")
    if keywords == "audit":
        keywords = _AUDIT_KEYWORDS.get(event.outcomes)
    layouts = tuple(_layouts(event, os)) or event.layouts
    fields, more = _fields(layouts)
    return EventMetadata(
        channel=knowledge.channels[event.key.channel].name,
        provider=event.provider,
        event_id=event.event_id,
        level=entry["level"],
        levels=entry["levels"] if entry["level"] is None else (),
        keywords=keywords,
        fields=fields,
        user_data=entry.get("user_data"),
        more_fields=more,
        versions=_versions(event, os),
        names=frozenset(_table()["names"].get(event.key, ())),
        ever=_ever(event.layouts),
    )


def _versions(event: Event, os: OperatingSystem | None) -> tuple[int, ...]:
    """The one version that this Windows surely writes, or any that some Windows does."""
    if os is not None:
        spans = [(layout.version, layout.span(os)) for layout in event.layouts]
        verdicts = [(version, span.holds(os.build)) for version, span in spans if span is not None]
        possible = {version: verdict for version, verdict in verdicts if verdict != NO}
        if list(possible.values()) == [YES]:
            return tuple(possible)
    return tuple(sorted({layout.version for layout in event.layouts}))


def _ever(layouts: Iterable[Layout]) -> frozenset[str] | None:
    """Every field of an event on any Windows; None where those of some version are not known."""
    several = tuple(layouts)
    if not several or not all(layout.fields_known for layout in several):
        return None
    return frozenset(name for layout in several for name in layout.fields)


def _fields(layouts: tuple[Layout, ...]) -> tuple[tuple[str, ...] | None, bool]:
    """What all layouts that may be written have in common, and whether some have more."""
    if not all(layout.fields_known for layout in layouts):
        return None, False
    return agreed(layout.fields for layout in layouts)


def agreed(layouts: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...] | None, bool]:
    """The fields that several layouts have in common, None for none, and whether some go on."""
    fields, more = common_fields(layouts)
    return fields or None, more and bool(fields)


def _layouts(event: Event, os: OperatingSystem | None) -> Iterator[Layout]:
    for layout in event.layouts:
        span = layout.span(os) if os else None
        if os is None or (span is not None and span.holds(os.build).possible is not Level.NO):
            yield layout
