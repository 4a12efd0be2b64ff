"""Winlogbeat's processors that drop events, as event queries for what they drop.

`drop_event` is rendered as far as its condition can be told exactly; everything else that may
drop an event is undecided. Source: Elastic's documentation of processors and conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.inventories import collectors
from logreach.inventories.marked import Marked

_DROPPING = {"drop_event", "script", "if", "rate_limit"}
_REWRITING = {"rename", "convert", "drop_fields", "include_fields", "script", "replace", "if"}
_EVENT_IDS = {"event.code", "winlog.event_id", "event_id"}


def drops(processors: Marked | None) -> tuple[str, ...]:
    """A query for every processor of a list that drops events."""
    found: list[str] = []
    rewritten = False
    for processor in processors.items if processors is not None else ():
        for key, value in processor.fields.items():
            name, _, rest = key.partition(".")
            if name in _DROPPING:
                found.append(_drop(name, rest, value, rewritten=rewritten))
            rewritten = rewritten or name in _REWRITING
    return tuple(found)


def removals(processors: Marked | None) -> tuple[tuple[str, int], ...]:
    """Words for every processor that removes fields which rules may need, and its line."""
    return tuple(
        (f"{key.partition('.')[0]} removes {told}", value.line)
        for processor in (processors.items if processors is not None else ())
        for key, value in processor.fields.items()
        if (told := _removed(key, value))
    )


def _removed(key: str, value: Marked) -> str:
    """The fields that a processor removes, '' where they are none of an event's own."""
    name, _, rest = key.partition(".")
    if name == "include_fields":
        return "every field that it does not name"
    if name != "drop_fields":
        return ""
    listed = value if rest == "fields" else value.fields.get("fields")
    if listed is None:
        return "fields that are not told"
    found = [one.text.strip() for one in (listed.items or (listed,))]
    return ", ".join([one for one in found if _of_event(one)][:5])


def _of_event(field: str) -> bool:
    """Whether a field may be one of the event's; a regular expression may mean any."""
    return field.startswith(("/", "winlog", "event_data")) or field in ("event", "event.code")


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
