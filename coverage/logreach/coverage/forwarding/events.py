"""A single event as the XML tree that queries test; its values may be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final

from logreach.coverage.events.header import EventMetadata


class Unknown(Enum):
    """The type of an unknown value."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class TextExcept:
    """An unknown text that is none of `excluded`."""

    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TextAnyCase:
    """A text in unknown letter case, such as a provider's name from a table."""

    text: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """An unknown one of several numbers."""

    numbers: tuple[int, ...]


Value = str | int | Unknown | TextExcept | TextAnyCase | AnyOf


@dataclass(frozen=True, slots=True)
class EventElement:
    """An XML element of an event.

    `certain`: the event has it. The first `ordered` children are in this order; the others may be
    anywhere.
    """

    name: str | TextExcept
    value: Value = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[EventElement, ...] = ()
    certain: bool = True
    ordered: int = 0


_LEAF = EventElement(TextExcept(), UNKNOWN, certain=False)
_ANY_USER_DATA = EventElement(
    "UserData",
    children=(EventElement(TextExcept(), children=(_LEAF,), certain=False),),
    certain=False,
)


def event_root(
    meta: EventMetadata, fields: Mapping[str, str | None], *, closed: bool = False
) -> EventElement:
    """The XML document of one event.

    A field of None is absent; with `closed`, so is every field that is not given.
    """
    present = _fields_of(meta, fields, closed)
    in_order = (
        len(present) if closed else len([name for name in present if name in (meta.fields or ())])
    )
    complete = closed or (meta.fields is not None and not meta.more_fields)
    other_fields = () if complete else _other_fields(meta, (*present, *fields))
    if meta.user_data:
        leaves = [EventElement(name, value) for name, value in present.items()]
        leaves.extend(
            EventElement(other_field, UNKNOWN, certain=False) for other_field in other_fields
        )
        name = TextExcept() if meta.user_data == "*" else meta.user_data
        body = [
            EventElement(
                "UserData", children=(EventElement(name, children=tuple(leaves), ordered=in_order),)
            )
        ]
    else:
        data = [EventElement("Data", value, {"Name": name}) for name, value in present.items()]
        data.extend(
            EventElement("Data", UNKNOWN, {"Name": other_field}, certain=False)
            for other_field in other_fields
        )
        body = [EventElement("EventData", children=tuple(data), ordered=in_order)]
        if meta.user_data is None:
            body.append(_ANY_USER_DATA)
    return EventElement("", children=(EventElement("Event", children=(_system(meta), *body)),))


def _other_fields(meta: EventMetadata, names: tuple[str, ...]) -> tuple[str | TextExcept, ...]:
    """Further fields that the event may have: those of other versions, or any but `names`."""
    if meta.ever is None:
        return (TextExcept(frozenset(names)),)
    return tuple(sorted(meta.ever - set(names)))


def _fields_of(
    meta: EventMetadata, fields: Mapping[str, str | None], closed: bool
) -> Mapping[str, Value]:
    """Every field that the event has, in the event's order as far as it is known."""
    present: dict[str, Value] = {}
    for name in meta.fields or ():
        if name in fields or not closed:
            present[name] = UNKNOWN
    for name, value in fields.items():
        if value is None:
            present.pop(name, None)
        else:
            present[name] = value
    return present


@lru_cache(maxsize=2048)
def unknown_header(meta: EventMetadata) -> frozenset[str]:
    """The header's elements, and attributes with an @, whose values are unknown."""
    children = _system(meta).children
    names = {element.name for element in children if isinstance(element.value, (Unknown, AnyOf))}
    attributes = (pair for element in children for pair in element.attributes.items())
    names |= {f"@{name}" for name, value in attributes if isinstance(value, Unknown)}
    return frozenset(str(name) for name in names)


def _system(meta: EventMetadata) -> EventElement:
    provider: dict[str, Value] = {
        "Name": TextAnyCase(meta.provider),
        "Guid": UNKNOWN,
        "EventSourceName": UNKNOWN,
    }
    children = (
        EventElement("Provider", "", provider),
        EventElement("EventID", meta.event_id, {"Qualifiers": UNKNOWN}),
        EventElement("Version", _number_among(meta.versions)),
        EventElement("Level", _known_or_unknown(meta.level)),
        EventElement("Task", _known_or_unknown(meta.task)),
        EventElement("Opcode", UNKNOWN),
        EventElement("Keywords", _known_or_unknown(meta.keywords)),
        EventElement("TimeCreated", "", {"SystemTime": UNKNOWN}),
        EventElement("EventRecordID", UNKNOWN),
        EventElement("Correlation", "", {"ActivityID": UNKNOWN, "RelatedActivityID": UNKNOWN}),
        EventElement("Execution", "", dict.fromkeys(_EXECUTION, UNKNOWN)),
        EventElement("Channel", TextAnyCase(meta.channel)),
        EventElement("Computer", UNKNOWN),
        EventElement("Security", "", {"UserID": UNKNOWN}),
    )
    return EventElement("System", children=children)


_EXECUTION = ("ProcessID", "ThreadID", "ProcessorID", "SessionID", "KernelTime", "UserTime")


def _number_among(numbers: tuple[int, ...]) -> Value:
    if len(numbers) == 1:
        return numbers[0]
    return AnyOf(numbers) if numbers else UNKNOWN


def _known_or_unknown(value: int | None) -> Value:
    return UNKNOWN if value is None else value
