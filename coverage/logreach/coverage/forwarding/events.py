"""A single event as a query sees it: a small tree in which values may be unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class EventMetadata:
    """What is known of every event of one key, apart from its fields' values.

    `level` is 0 (as audits are) to 5, `keywords` the 64-bit mask (0x8020000000000000 audit
    success, 0x8010000000000000 audit failure). None: differs from event to event, or not known.
    `fields` are the event's own data fields in their order, None where not known: an event always
    carries them, and, unless `more_fields`, none besides. `user_data` names the element under
    UserData that holds them, '*' where that name is not known; '' says that they lie in EventData,
    and None that they do as far as is known.
    """

    channel: str
    provider: str
    event_id: int
    level: int | None = None
    keywords: int | None = None
    fields: tuple[str, ...] | None = None
    task: int | None = None
    user_data: str | None = None
    more_fields: bool = False


def common_fields(layouts: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """What several layouts of one event agree on: `fields` and `more_fields`.

    The fields with which all of them begin, and whether any layout goes on from there.
    """
    several = tuple(layouts)
    shortest = min(several, key=len, default=())
    same = 0
    while same < len(shortest) and all(one[same] == shortest[same] for one in several):
        same += 1
    return shortest[:same], any(len(one) > same for one in several)


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
    others = Other(frozenset((*held, *fields)))
    if meta.user_data:
        leaves = [Node(name, value) for name, value in held.items()]
        if not whole:
            leaves.append(Node(others, UNKNOWN, certain=False))
        name = Other() if meta.user_data == "*" else meta.user_data
        body = [Node("UserData", children=(Node(name, children=tuple(leaves), ordered=placed),))]
    else:
        data = [Node("Data", value, {"Name": name}) for name, value in held.items()]
        if not whole:
            data.append(Node("Data", UNKNOWN, {"Name": others}, certain=False))
        body = [Node("EventData", children=tuple(data), ordered=placed)]
        if meta.user_data is None:
            body.append(_ANY_USER_DATA)
    return Node("", children=(Node("Event", children=(_system(meta), *body)),))


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
