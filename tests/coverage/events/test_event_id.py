"""Event ids are texts that are told apart by channel and number."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.events.event_id import ANY_NUMBER, EventId, FieldId


def test_the_same_event_is_the_same_object():
    event = EventId.of("Security", 4688)
    assert event is EventId.parse("Security:4688") is EventId.of("Security", "4688")
    assert pickle.loads(pickle.dumps(event)) is copy.deepcopy(event) is event  # noqa: S301


def test_it_is_a_text_to_all_others():
    event = EventId.parse("System:7045")
    assert (event, f"{event}", {"System:7045": 1}[event]) == ("System:7045", "System:7045", 1)
    assert json.dumps({event: event}) == '{"System:7045": "System:7045"}'


def test_any_event_of_a_channel():
    assert EventId.of("System", ANY_NUMBER).any_number
    assert not EventId.of("System", 1).any_number


@pytest.mark.parametrize("text", ["", "4688", "Security", "Security:", ":4688"])
def test_what_is_no_event_id_is_refused(text):
    with pytest.raises(ValueError, match="is no event id"):
        EventId.parse(text)


def test_a_channel_holds_no_colon():
    with pytest.raises(ValueError, match="is no event id"):
        EventId.of("WinEventLog:Security", 4688)


@given(st.from_regex(r"[^:]+", fullmatch=True), st.text(min_size=1))
def test_the_parts_make_the_text_and_the_text_the_parts(channel, number):
    event = EventId.of(channel, number)
    assert (event.channel, event.number) == (channel, number)
    assert EventId.parse(str(event)) is event


def test_a_field_knows_its_event():
    field = EventId.of("Security", 4688).field("CommandLine")
    assert field is FieldId.parse("Security:4688/CommandLine")
    assert (field.event, field.name) == (EventId.of("Security", 4688), "CommandLine")
    assert pickle.loads(pickle.dumps(field)) is field  # noqa: S301


def test_a_channel_may_hold_a_slash():
    field = FieldId.parse("Vendor-App/Admin:7/Path")
    assert (field.event.channel, field.event.number, field.name) == (
        "Vendor-App/Admin",
        "7",
        "Path",
    )


@pytest.mark.parametrize("text", ["", "Security:4688", "Security:4688/", "CommandLine"])
def test_what_is_no_field_is_refused(text):
    with pytest.raises(ValueError, match="is no field such as"):
        FieldId.parse(text)
