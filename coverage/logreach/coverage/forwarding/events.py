"""A single event as a query sees it: a small tree in which values may be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final

from logreach.coverage.events.header import EventMetadata


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


@dataclass(frozen=True, slots=True)
class Among:
    """A number of which is known only that it is one of several."""

    numbers: tuple[int, ...]


Value = str | int | Unknown | Other | Uncased | Among


@dataclass(frozen=True, slots=True)
class Node:
    """An element; `certain` says that it is there, `ordered` how many children have their place.

    Those are the first ones; children behind them may stand in any order.
    """

    name: str | Other
    value: Value = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Node, ...] = ()
    certain: bool = True
    ordered: int = 0


_LEAF = Node(Other(), UNKNOWN, certain=False)
_ANY_USER_DATA = Node(
    "UserData", children=(Node(Other(), children=(_LEAF,), certain=False),), certain=False
)


def event_root(
    meta: EventMetadata, fields: Mapping[str, str | None], *, closed: bool = False
) -> Node:
    """The document over one event. A field of None is absent; `closed`: so are all not given."""
    held = _held(meta, fields, closed)
    placed = len(held) if closed else len([name for name in held if name in (meta.fields or ())])
    whole = closed or (meta.fields is not None and not meta.more_fields)
    others = () if whole else _others(meta, (*held, *fields))
    if meta.user_data:
        leaves = [Node(name, value) for name, value in held.items()]
        leaves.extend(Node(other, UNKNOWN, certain=False) for other in others)
        name = Other() if meta.user_data == "*" else meta.user_data
        body = [Node("UserData", children=(Node(name, children=tuple(leaves), ordered=placed),))]
    else:
        data = [Node("Data", value, {"Name": name}) for name, value in held.items()]
        data.extend(Node("Data", UNKNOWN, {"Name": other}, certain=False) for other in others)
        body = [Node("EventData", children=tuple(data), ordered=placed)]
        if meta.user_data is None:
            body.append(_ANY_USER_DATA)
    return Node("", children=(Node("Event", children=(_system(meta), *body)),))


def _others(meta: EventMetadata, told: tuple[str, ...]) -> tuple[str | Other, ...]:
    """What else the event may carry: the fields that another version has, or any."""
    if meta.ever is None:
        return (Other(frozenset(told)),)
    return tuple(sorted(meta.ever - set(told)))


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


@lru_cache(maxsize=2048)
def unknown_header(meta: EventMetadata) -> frozenset[str]:
    """The names of what the header holds and nothing here tells, attributes with an @."""
    children = _system(meta).children
    open_ = {one.name for one in children if isinstance(one.value, (Unknown, Among))}
    attributes = (pair for one in children for pair in one.attributes.items())
    open_ |= {f"@{name}" for name, value in attributes if isinstance(value, Unknown)}
    return frozenset(str(name) for name in open_)


def _system(meta: EventMetadata) -> Node:
    provider: dict[str, Value] = {
        "Name": Uncased(meta.provider),
        "Guid": UNKNOWN,
        "EventSourceName": UNKNOWN,
    }
    children = (
        Node("Provider", "", provider),
        Node("EventID", meta.event_id, {"Qualifiers": UNKNOWN}),
        Node("Version", _one_of(meta.versions)),
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


def _one_of(numbers: tuple[int, ...]) -> Value:
    if len(numbers) == 1:
        return numbers[0]
    return Among(numbers) if numbers else UNKNOWN


def _told(value: int | None) -> Value:
    return UNKNOWN if value is None else value
