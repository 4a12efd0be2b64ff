"""What is written down of events: known events and fields only, each field of them, with a source."""

from __future__ import annotations

import pytest
from support import ROOT

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.notes import EventNote, FieldNote, load_notes
from logreach.coverage.platforms.registry import sensors

NOTES, SENSORS = load_notes(), sensors()
# The events of which T1543 and its example speak.
T1543 = [
    *(f"Security:{number}" for number in (4656, 4657, 4658, 4660, 4663, 4670, 4688, 4696, 4697)),
    *("Security:4698", "System:7036", "System:7040", "System:7045"),
    *(f"Sysmon:{number}" for number in (1, 6, 11, 12, 13, 14)),
]


def test_the_events_of_t1543_have_notes() -> None:
    assert {EventId.parse(event) for event in T1543} <= NOTES.events.keys()


@pytest.mark.parametrize("event", NOTES.events)
def test_an_event_with_a_note_is_known_and_each_of_its_fields_has_a_meaning(event: EventId) -> None:
    assert SENSORS.knows(event)
    fields = SENSORS.fields(event)
    assert [name for name in fields if NOTES.field(event, name) is None] == []
    assert {field.name for field in NOTES.fields if field.event == event} <= set(fields)


def test_the_readme_counts_them() -> None:
    assert f"texts exist for the {len(NOTES.events)} events" in " ".join(
        (ROOT / "README.md").read_text("utf-8").split()
    )


def test_a_common_field_is_one_of_some_event_of_the_channel() -> None:
    for channel, meanings in NOTES.common.items():
        known = {
            field
            for sensor in SENSORS.every
            for event in sensor.events()
            if event.channel == channel
            for field in sensor.fields(event)
        }
        assert meanings.keys() <= known, channel


def words() -> list[str]:
    found: list[str] = []
    for note in NOTES.events.values():
        found += _words_of(note)
    fields = [
        *NOTES.fields.values(),
        *(f for table in NOTES.common.values() for f in table.values()),
    ]
    for field in fields:
        found += _words_of_field(field)
    return found


def _words_of(note: EventNote) -> list[str]:
    return [
        note.tells,
        note.source,
        *(c.text for c in note.caveats),
        *(c.source for c in note.caveats),
    ]


def _words_of_field(field: FieldNote) -> list[str]:
    return [field.means, field.source, *field.values, *field.values.values()]


def test_every_text_is_one_line_that_does_not_end_a_sentence() -> None:
    for text in words():
        assert text == text.strip(), text
        assert text, text
        assert "\n" not in text
        assert not text.endswith("."), text


def test_an_event_says_what_a_common_field_means_in_it() -> None:
    event = EventId.parse("Security:4696")
    own = NOTES.field(event, "TargetUserSid")
    common = NOTES.field(EventId.parse("Security:4634"), "TargetUserSid")
    assert own is not None
    assert common is not None
    assert own.means.startswith("Security ID of the new token")
    assert common == NOTES.common["Security"]["TargetUserSid"]
    assert NOTES.field(event, "NoSuchField") is None
    assert NOTES.of(EventId.parse("Security:9999")) is None
