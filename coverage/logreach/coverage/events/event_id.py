"""Event ids: which event of which channel, as 'Security:4688' or 'System:*'."""

from __future__ import annotations

from functools import cache
from typing import Final

ANY_NUMBER: Final = "*"
"""In place of a number: some event of the channel, which one is not known."""


class EventId(str):
    """An event of a channel: its `channel`'s short name ('Security') and its `number` as text.

    A text like any other to those who print, sort or hash it, and made by `of` and `parse` only,
    which hand out the same object for the same event. Numbers are text since some channels count
    in words ('auditd:EXECVE').
    """

    __slots__ = ("channel", "number")
    channel: str
    number: str

    @staticmethod
    def of(channel: str, number: str | int) -> EventId:
        """An event by its channel's short name; ValueError where one of the two names nothing."""
        return _event_id(channel, str(number))

    @staticmethod
    def parse(text: str) -> EventId:
        """An event as data and people write it, 'Security:4688'; ValueError for what is none."""
        if isinstance(text, EventId):
            return text
        channel, _, number = text.partition(":")
        return _event_id(channel, number)

    def field(self, name: str) -> FieldId:
        """One of the event's fields."""
        return _field_id(self, name)

    @property
    def any_number(self) -> bool:
        """Whether it stands for any event of its channel."""
        return bool(self.number == ANY_NUMBER)

    @property
    def order(self) -> tuple[str, int, str]:
        """What lists of events are sorted by: the channel, then the number as a number."""
        return self.channel, int(self.number) if self.number.isdigit() else 0, self.number

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return EventId.parse, (str(self),)


class FieldId(str):
    """A field of an event, 'Security:4688/CommandLine': a text that knows its `event` and `name`.

    Made by `EventId.field` and `parse` only.
    """

    __slots__ = ("event", "name")
    event: EventId
    name: str

    @staticmethod
    def parse(text: str) -> FieldId:
        """A field as data and people write it; ValueError for what is none."""
        channel, _, after_channel = text.partition(":")
        number, _, name = after_channel.partition("/")
        if not name:
            raise ValueError(f"{text!r} is no field such as 'Security:4688/CommandLine'")
        return _field_id(_event_id(channel, number), name)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return FieldId.parse, (str(self),)


@cache
def _event_id(channel: str, number: str) -> EventId:
    if not channel or ":" in channel or not number:
        raise ValueError(f"'{channel}:{number}' is no event id such as 'Security:4688'")
    event = str.__new__(EventId, f"{channel}:{number}")
    event.channel, event.number = channel, number
    return event


@cache
def _field_id(event: EventId, name: str) -> FieldId:
    field = str.__new__(FieldId, f"{event}/{name}")
    field.event, field.name = event, name
    return field
