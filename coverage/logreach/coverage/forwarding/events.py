"""A single event as a query sees it: a small tree in which values may be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


@dataclass(frozen=True, slots=True)
class EventMetadata:
    """What is known of every event of one key, apart from its fields' values.

    `level` is 0 (as audits are) to 5, `keywords` the 64-bit mask (0x8020000000000000 audit
    success, 0x8010000000000000 audit failure). None: differs from event to event, or not known.
    `fields` are all of the event's own data fields in their order, None where not known; an event
    always carries them, and none besides as far as is known. `user_data` names the element under
    UserData that holds the fields, '*' where that name is not known; '' says that they lie in
    EventData, as they mostly do.
    """

    channel: str
    provider: str
    event_id: int
    level: int | None = None
    keywords: int | None = None
    fields: tuple[str, ...] | None = None
    task: int | None = None
    user_data: str = ""


class Unknown(Enum):
    """The type of a value that nothing here can tell."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Other:
    """A text of which is known only what it is not."""

    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Uncased:
    """A text whose letter case is not certain (a provider's name from a table)."""

    text: str


Value = str | int | Unknown | Other | Uncased


@dataclass(frozen=True, slots=True)
class Node:
    """An element; `certain` says that it is there, `ordered` that its children's order is known."""

    name: str | Other
    value: Value = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Node, ...] = ()
    certain: bool = True
    ordered: bool = False


def event_root(
    meta: EventMetadata, fields: Mapping[str, str | None], *, closed: bool = False
) -> Node:
    """The document over one event. A field of None is absent; `closed`: so are all not given."""
    held = _held(meta, fields, closed)
    complete = closed or meta.fields is not None
    if not meta.user_data:
        data = [Node("Data", value, {"Name": name}) for name, value in held.items()]
        if not complete:
            others = Other(frozenset((*held, *fields)))
            data.append(Node("Data", UNKNOWN, {"Name": others}, certain=False))
        body = Node("EventData", children=tuple(data), ordered=complete)
    else:
        leaves = [Node(name, value) for name, value in held.items()]
        if not complete:
            others = Other(frozenset((*held, *fields)))
            leaves.append(Node(others, UNKNOWN, certain=False))
        name = Other() if meta.user_data == "*" else meta.user_data
        wrapper = Node(name, children=tuple(leaves), ordered=complete)
        body = Node("UserData", children=(wrapper,))
    return Node("", children=(Node("Event", children=(_system(meta), body)),))


def _held(
    meta: EventMetadata, fields: Mapping[str, str | None], closed: bool
) -> Mapping[str, Value]:
    """Every field that the event has, in its order where that is known."""
    held: dict[str, Value] = {}
    for name in meta.fields or ():
        if name in fields or not closed:
            held[name] = UNKNOWN
    for name, value in fields.items():
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value
    return held


def _system(meta: EventMetadata) -> Node:
    provider: dict[str, Value] = {
        "Name": Uncased(meta.provider),
        "Guid": UNKNOWN,
        "EventSourceName": UNKNOWN,
    }
    children = (
        Node("Provider", "", provider),
        Node("EventID", meta.event_id, {"Qualifiers": UNKNOWN}),
        Node("Version", UNKNOWN),
        Node("Level", _told(meta.level)),
        Node("Task", _told(meta.task)),
        Node("Opcode", UNKNOWN),
        Node("Keywords", _told(meta.keywords)),
        Node("TimeCreated", "", {"SystemTime": UNKNOWN}),
        Node("EventRecordID", UNKNOWN),
        Node("Correlation", "", {"ActivityID": UNKNOWN, "RelatedActivityID": UNKNOWN}),
        Node("Execution", "", dict.fromkeys(_EXECUTION, UNKNOWN)),
        Node("Channel", Uncased(meta.channel)),
        Node("Computer", UNKNOWN),
        Node("Security", "", {"UserID": UNKNOWN}),
    )
    return Node("System", children=children)


_EXECUTION = ("ProcessID", "ThreadID", "ProcessorID", "SessionID", "KernelTime", "UserTime")


def _told(value: int | None) -> Value:
    return UNKNOWN if value is None else value
