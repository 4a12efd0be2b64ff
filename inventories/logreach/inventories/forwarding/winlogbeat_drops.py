"""Winlogbeat's processors that drop or change events, as event queries for what they drop.

`drop_event` is rendered as far as its condition can be told exactly; everything else that may
drop an event is undecided. Source: Elastic's documentation of processors and conditions; what
each processor does stands in tables/winlogbeat_processors.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from logreach.inventories.files.marked import Marked
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.forwarding import collectors

_OWN = ("/", "winlog", "event_data", "user_data")
_EVENT_IDS = {"event.code", "winlog.event_id", "event_id"}


def drops(processors: Marked | None) -> tuple[str, ...]:
    """A query for every processor of a list that drops events, or that nobody here knows."""
    table = _table()
    found: list[str] = []
    rewritten = False
    for key, value in _each(processors):
        name, _, rest = key.partition(".")
        known = name in table["adds"] or name in table["removes"] or name in table["changes"]
        if not known:
            found.append(_drop(name, rest, value, rewritten=rewritten))
        rewritten = rewritten or name not in (*table["adds"], "drop_event", "rate_limit")
    return tuple(found)


def removals(processors: Marked | None) -> tuple[tuple[str, int], ...]:
    """Words for every processor that takes or changes fields which rules may need, and its line."""
    return tuple(
        (f"{key.partition('.')[0]} {told}", value.line)
        for key, value in _each(processors)
        if (told := _removed(key, value) or _changed(key, value))
    )


@cache
def _table() -> Any:
    shape: Shape = {
        "adds": [str],
        "drops": [str],
        "removes": {...: str},
        "changes": {...: [str]},
    }
    return yaml_table(TABLES / "winlogbeat_processors.yaml", shape)


def _each(processors: Marked | None) -> Iterator[tuple[str, Marked]]:
    for processor in processors.items if processors is not None else ():
        yield from processor.fields.items()


def _removed(key: str, value: Marked) -> str:
    """What a processor removes, in words; '' where that is none of an event's own fields."""
    name, _, rest = key.partition(".")
    parameter = _table()["removes"].get(name)
    if parameter is None:
        return ""
    if not parameter:
        return "removes every field that it does not name"
    listed = value if rest == parameter else value.fields.get(parameter)
    if listed is None:
        return "removes fields that are not told"
    found = [one.text.strip() for one in (listed.items or (listed,))]
    own = [one for one in found if _of_event(one)][:5]
    return f"removes {', '.join(own)}" if own else ""


def _changed(key: str, value: Marked) -> str:
    """What a processor changes, in words; '' where that is none of an event's own fields."""
    name, _, rest = key.partition(".")
    keys = _table()["changes"].get(name)
    if keys is None:
        return ""
    if name == "convert" and _copies(value):
        keys = ["to"]
    if name == "add_fields" and (target := find(value, "target")) and not target.text.strip():
        keys = ["fields"]
    named = dict.fromkeys(_fields_under(keys, rest, value))
    own = [one for one in named if _of_event(one)][:5]
    return f"changes {', '.join(own)}" if own else ""


def _copies(value: Marked) -> bool:
    """Whether a conversion leaves each field as it is and writes the result to another."""
    mode = find(value, "mode")
    fields = find(value, "fields")
    each = fields.items if fields is not None else ()
    return (mode is None or mode.text.strip() != "rename") and all(
        "to" in one.fields for one in each
    )


def _fields_under(keys: Sequence[str], dotted: str, node: Marked) -> Iterator[str]:
    """Every field's name that stands under one of the keys, or is a key under it."""
    here = dotted.rpartition(".")[2]
    if here in keys:
        yield from _named(node)
        return
    for one in node.items:
        yield from _fields_under(keys, "", one)
    for key, one in node.fields.items():
        if key.partition(".")[0] != "when":
            yield from _fields_under(keys, key, one)


def _named(node: Marked) -> Iterator[str]:
    """The names in a text, a list of texts, or a mapping from names to names."""
    yield from (one.text.strip() for one in (node, *node.items) if one.text)
    for key, one in node.fields.items():
        yield key
        yield one.text.strip()


def _of_event(field: str) -> bool:
    """Whether a field may be one of the event's; a regular expression may mean any."""
    return field.startswith(_OWN) or field in ("event", "event.code", "event_id")


def find(node: Marked, dotted: str) -> Marked | None:
    """A value by its name, written dotted or nested."""
    for key, value in node.fields.items():
        if key == dotted:
            return value
        if dotted.startswith(f"{key}."):
            found = find(value, dotted[len(key) + 1 :])
            if found is not None:
                return found
    return None


def _drop(name: str, rest: str, value: Marked, *, rewritten: bool) -> str:
    if name != "drop_event" or rewritten:
        return f"*[{collectors.undecided(f'processor {name}')}]"
    told = {rest: value} if rest else value.fields
    when = [
        condition
        for key, node in told.items()
        if key.partition(".")[0] == "when"
        for condition in _conditions(key, node)
    ]
    return f"*[{' and '.join(when)}]" if when else f"*[{collectors.undecided('drop_event')}]"


def _conditions(key: str, node: Marked) -> list[str]:
    """A condition written nested or dotted ('when.not.or') as XPath, all parts to hold."""
    name, _, rest = key.partition(".")
    if name == "equals":
        return [_equals(field, value) for field, value in _leaves(rest, node)]
    if name not in ("when", "and", "or", "not"):
        return [collectors.undecided(f"condition {name}")]
    parts = [" and ".join(_conditions(k, one)) for k, one in _inner(rest, node)]
    parts = [part for part in parts if part]
    if not parts:
        return [collectors.undecided(f"condition {name}")]
    if name == "or":
        return [collectors.any_of(parts)]
    joined = " and ".join(parts)
    return [f"not({joined})"] if name == "not" else [joined]


def _inner(rest: str, node: Marked) -> list[tuple[str, Marked]]:
    """The conditions within one: what stands behind its dot, in its list or in its mapping."""
    if rest:
        return [(rest, node)]
    holders = node.items or (node,)
    return [pair for one in holders for pair in one.fields.items()]


def _equals(field: str, node: Marked) -> str:
    """One field against one value, where its type in the collector's document is certain."""
    text = node.text.strip()
    told = collectors.literal(text)
    quoted = node.tag == "str"
    unsure = collectors.undecided(f"{field} equals {text}")
    if field in _EVENT_IDS:
        if not re.fullmatch(r"\d{1,5}", text):
            return unsure
        exact = f"System[EventID={int(text)}]"
        # The document's type of the id, text or number, differs between versions.
        return exact if field == "event.code" and quoted else f"({exact} and {unsure})"
    if told is None or not quoted or not text:
        return unsure
    before, dot, name = field.removeprefix("winlog.").partition("event_data.")
    if not before and dot and "'" not in name:
        return f"EventData[Data[@Name='{name}']={told}]"
    if field == "winlog.channel":
        return f"System[Channel={told}]"
    if field == "winlog.provider_name":
        return f"System[Provider[@Name={told}]]"
    return unsure


def _leaves(prefix: str, node: Marked) -> Iterator[tuple[str, Marked]]:
    """Leaves of nested mappings with their dotted names."""
    if not node.fields:
        yield prefix, node
    for key, value in node.fields.items():
        yield from _leaves(f"{prefix}.{key}".lstrip("."), value)
