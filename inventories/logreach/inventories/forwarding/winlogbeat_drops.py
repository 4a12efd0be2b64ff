"""Winlogbeat's processors that drop or change events; what they drop, as event queries.

`drop_event` becomes a query where XPath can express its condition exactly; every other processor
that may drop an event becomes an undecided query. Source: Elastic's documentation of processors and
conditions; tables/winlogbeat_processors.yaml lists what each processor does. From 7.13 on the id of
an event is a text (elastic/beats 25176), which no number equals; Elastic's newer documentation of
drop_event quotes ids. So a number without quotes fits the ids of older versions alone. Ranges fit
texts from 8.14 on (elastic/beats 38080).
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
_ADDED = "winlog.event_data._"  # what Elastic's integrations add; no field of Windows begins so
_BOUNDS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


def malformed(processors: Marked | None) -> tuple[tuple[str, int], ...]:
    """What is not of the form of processors, in words, with its line.

    Processors are a list; each entry maps one processor's name to its settings.
    """
    if processors is None:
        return ()
    if processors.tag != "seq" or not processors.items:
        return (("processors are not a list", processors.line),)
    return tuple(
        (f"a processor is not 'name: settings' ({_shown(entry)})", entry.line)
        for entry in processors.items
        if entry.tag != "map" or not _has_settings(entry)
    )


def _has_settings(entry: Marked) -> bool:
    """Whether one processor has a mapping, or a value where its setting is named too ('a.b').

    Some need no settings at all, and if, then and else stand beside each other.
    """
    names = entry.fields.keys()
    if len(names) != 1:
        return "if" in names and names <= {"if", "then", "else"}
    ((name, value),) = entry.fields.items()
    return not value.empty if "." in name else value.empty or value.tag == "map"


def _shown(entry: Marked) -> str:
    words = entry.text or ", ".join(entry.fields) or entry.tag
    return repr(words[:40])


def drops(processors: Marked | None) -> tuple[str, ...]:
    """A query for every processor that drops events or is not in the table."""
    table = _table()
    queries = [collectors.dropped(words) for words, _ in malformed(processors)]
    rewritten = False
    for key, value in _each(processors):
        name, _, suffix = key.partition(".")
        keeps_event = name in table["adds"] or name in table["removes"] or name in table["changes"]
        if not keeps_event:
            queries.append(_drop(name, suffix, value, rewritten=rewritten))
        rewritten = rewritten or name not in (*table["adds"], "drop_event", "rate_limit")
    return tuple(queries)


def removals(processors: Marked | None) -> tuple[tuple[str, int], ...]:
    """Every processor that removes or changes fields of an event: in words, with its line."""
    return tuple(
        (f"{key.partition('.')[0]} {effect}", value.line)
        for key, value in _each(processors)
        if (effect := _removed(key, value) or _changed(key, value))
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
    """The fields of an event that a processor removes, in words; '' for none."""
    name, _, suffix = key.partition(".")
    parameter = _table()["removes"].get(name)
    if parameter is None:
        return ""
    if not parameter:
        return "removes every field that it does not name"
    listed = value if suffix == parameter else value.fields.get(parameter)
    if listed is None:
        return "removes fields that the file does not name"
    fields = [field.text.strip() for field in (listed.items or (listed,))]
    event_fields = [field for field in fields if _of_event(field)][:5]
    return f"removes {', '.join(event_fields)}" if event_fields else ""


def _changed(key: str, value: Marked) -> str:
    """The fields of an event that a processor changes, in words; '' for none."""
    name, _, suffix = key.partition(".")
    keys = _table()["changes"].get(name)
    if keys is None:
        return ""
    if name == "convert" and _copies(value):
        keys = ["to"]
    if name == "add_fields" and (target := find(value, "target")) and not target.text.strip():
        keys = ["fields"]
    fields = dict.fromkeys(_fields_under(keys, suffix, value))
    event_fields = [field for field in fields if _of_event(field)][:5]
    return f"changes {', '.join(event_fields)}" if event_fields else ""


def _copies(value: Marked) -> bool:
    """Whether a conversion leaves each field as it is and writes the result to another."""
    mode = find(value, "mode")
    fields = find(value, "fields")
    each = fields.items if fields is not None else ()
    return (mode is None or mode.text.strip() != "rename") and all(
        "to" in entry.fields for entry in each
    )


def _fields_under(keys: Sequence[str], dotted: str, node: Marked) -> Iterator[str]:
    """Every field name below one of the keys, as a value or as a key of a mapping."""
    leaf = dotted.rpartition(".")[2]
    if leaf in keys:
        yield from _named(node)
        return
    for child in node.items:
        yield from _fields_under(keys, "", child)
    for key, child in node.fields.items():
        if key.partition(".")[0] != "when":
            yield from _fields_under(keys, key, child)


def _named(node: Marked) -> Iterator[str]:
    """The names in a text, a list of texts, or a mapping from names to names."""
    yield from (item.text.strip() for item in (node, *node.items) if item.text)
    for key, item in node.fields.items():
        yield key
        yield item.text.strip()


def _of_event(field: str) -> bool:
    """Whether a name may be a field of the event; a regular expression ('/...') may match one."""
    if field.startswith(_ADDED):
        return False
    return field.startswith(_OWN) or field in ("event", "event.code", "event_id")


def find(node: Marked, dotted: str) -> Marked | None:
    """A value by its name, written dotted or nested."""
    for key, value in node.fields.items():
        if key == dotted:
            return value
        if dotted.startswith(f"{key}."):
            nested = find(value, dotted[len(key) + 1 :])
            if nested is not None:
                return nested
    return None


def text_at(node: Marked, dotted: str) -> str:
    """The text of such a value, without blanks around it; '' where there is none."""
    value = find(node, dotted)
    return value.text.strip() if value is not None else ""


def _drop(name: str, suffix: str, value: Marked, *, rewritten: bool) -> str:
    if name != "drop_event" or rewritten:
        return collectors.dropped(f"processor {name}")
    conditions = {suffix: value} if suffix else value.fields
    when = [
        condition
        for key, node in conditions.items()
        if key.partition(".")[0] == "when"
        for condition in _conditions(key, node)
    ]
    return f"*[{' and '.join(when)}]" if when else collectors.dropped("drop_event")


def _conditions(key: str, node: Marked) -> list[str]:
    """A condition, nested or dotted ('when.not.or'), as XPath conditions that must all hold."""
    name, _, suffix = key.partition(".")
    if name == "equals":
        return [_equals(field, value) for field, value in _leaves(suffix, node)]
    if name == "range":
        return [_bound(field, value) for field, value in _leaves(suffix, node)]
    if name not in ("when", "and", "or", "not"):
        return [collectors.undecided(f"condition {name}")]
    conditions = [" and ".join(_conditions(k, child)) for k, child in _inner(suffix, node)]
    conditions = [condition for condition in conditions if condition]
    if not conditions:
        return [collectors.undecided(f"condition {name}")]
    if name == "or":
        return [collectors.any_of(conditions)]
    joined = " and ".join(conditions)
    return [f"not({joined})"] if name == "not" else [joined]


def _inner(suffix: str, node: Marked) -> list[tuple[str, Marked]]:
    """The conditions inside another: behind its dot, in its list or in its mapping."""
    if suffix:
        return [(suffix, node)]
    holders = node.items or (node,)
    return [pair for holder in holders for pair in holder.fields.items()]


def _equals(field: str, node: Marked) -> str:
    """A field equal to a value; undecided where the value's type in the document is unsure."""
    value = node.text.strip()
    literal = collectors.literal(value)
    quoted = node.tag == "str"
    unsure = collectors.undecided(f"{field} equals {value}")
    if field in _EVENT_IDS:
        if not re.fullmatch(r"\d{1,5}", value):
            return unsure
        exact = f"System[EventID={int(value)}]"
        if quoted and field != "event_id":
            return exact
        how = "" if quoted else " without quotes, which fits the ids of Winlogbeat before 7.13 only"
        return f"({exact} and {collectors.undecided(f'{field} equals {value}{how}')})"
    if literal is None or not quoted or not value:
        return unsure
    before, dot, name = field.removeprefix("winlog.").partition("event_data.")
    if not before and dot and "'" not in name:
        return f"EventData[Data[@Name='{name}']={literal}]"
    if field == "winlog.channel":
        return f"System[Channel={literal}]"
    if field == "winlog.provider_name":
        return f"System[Provider[@Name={literal}]]"
    return unsure


def _bound(dotted: str, node: Marked) -> str:
    """One bound of a range of event ids; for an id within, it depends on the version."""
    field, _, bound = dotted.rpartition(".")
    value = node.text.strip()
    unsure = collectors.undecided(f"range {dotted} {value}")
    if field not in _EVENT_IDS or bound not in _BOUNDS or not re.fullmatch(r"\d{1,5}", value):
        return unsure
    return f"(System[EventID{_BOUNDS[bound]}{int(value)}] and {unsure})"


def _leaves(prefix: str, node: Marked) -> Iterator[tuple[str, Marked]]:
    """Leaves of nested mappings with their dotted names."""
    if not node.fields:
        yield prefix, node
    for key, value in node.fields.items():
        yield from _leaves(f"{prefix}.{key}".lstrip("."), value)
