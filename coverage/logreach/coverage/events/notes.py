"""What events record, what to beware of in them, and what their fields mean: words for people.

No verdict comes from here. A caveat holds wherever the event is written; what a host lacks for it,
the graph says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from logreach.coverage.events.event_id import EventId, FieldId
from logreach.inventories.files.tables import Shape, yaml_table

_FOLDER = Path(__file__).parent / "knowledge" / "notes"
_FIELD: Shape = (str, {"means": str, "values?": {...: str}, "source?": str})
_EVENT: Shape = {
    "tells": str,
    "maybe?": str,
    "since?": str,
    "until?": str,
    "caveats?": [(str, {"text": str, "source": str})],
    "source": str,
    "fields?": {...: _FIELD},
}
_FILE: Shape = {"source": str, "common?": {...: {...: _FIELD}}, "events": {...: _EVENT}}


@dataclass(frozen=True, slots=True)
class FieldNote:
    """What a field of an event means; `values` are those that need a word, with that word."""

    means: str
    source: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caveat:
    """What to beware of in an event."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class EventNote:
    """What an event records.

    `maybe` is the condition under which it is evidence, where it never is without one. `since` and
    `until` say in words which systems write it, where that matters.
    """

    tells: str
    source: str
    maybe: str = ""
    since: str = ""
    until: str = ""
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class EventNotes:
    """All notes. `common` are fields that mean the same in every event of a channel that has them,
    unless the event says otherwise."""

    events: Mapping[EventId, EventNote]
    fields: Mapping[FieldId, FieldNote]
    common: Mapping[str, Mapping[str, FieldNote]]

    def of(self, event: EventId) -> EventNote | None:
        """The note of an event; None where there is none."""
        return self.events.get(event)

    def field(self, event: EventId, name: str) -> FieldNote | None:
        """What a field means; None where nobody has written it down."""
        note = self.fields.get(event.field(name))
        return note or self.common.get(event.channel, {}).get(name)


@cache
def load_notes() -> EventNotes:
    """Read the data files; a mistake in them is an error that names its place."""
    events: dict[EventId, EventNote] = {}
    fields: dict[FieldId, FieldNote] = {}
    common: dict[str, dict[str, FieldNote]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        data = yaml_table(path, _FILE)
        for channel, meanings in data.get("common", {}).items():
            channel_notes = common.setdefault(channel, {})
            for name, meaning in meanings.items():
                if name in channel_notes:
                    raise ValueError(
                        f"{path.name}: {channel}: {name} stands in another file as well"
                    )
                channel_notes[name] = _field(meaning, data["source"])
        for key, entry in data["events"].items():
            event = EventId.parse(key)
            if event in events:
                raise ValueError(f"{path.name}: {event} stands in another file as well")
            events[event] = _event(entry)
            fields.update(_fields(event, entry))
    return EventNotes(events, fields, common)


def _event(data: Mapping[str, Any]) -> EventNote:
    source = data["source"]
    return EventNote(
        data["tells"],
        source,
        data.get("maybe", ""),
        data.get("since", ""),
        data.get("until", ""),
        tuple(
            Caveat(caveat, source)
            if isinstance(caveat, str)
            else Caveat(caveat["text"], caveat["source"])
            for caveat in data.get("caveats", ())
        ),
    )


def _fields(event: EventId, data: Mapping[str, Any]) -> Iterator[tuple[FieldId, FieldNote]]:
    for name, meaning in data.get("fields", {}).items():
        yield event.field(name), _field(meaning, data["source"])


def _field(data: str | Mapping[str, Any], source: str) -> FieldNote:
    if isinstance(data, str):
        return FieldNote(data, source)
    return FieldNote(data["means"], data.get("source", source), data.get("values", {}))
