"""Winlogbeat's `winlogbeat.event_logs`, as the event queries that it builds from them.

Source: Elastic's documentation of the options and Winlogbeat's published query builder.
`ignore_older` only skips what was written before the collector looked, so it filters no new
event. Of processors, those that drop events are read: drop_event as far as its condition can be
told exactly, the rest as undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from logreach.inventories import collectors, wef
from logreach.inventories.facts import Query, Reading, Subscription
from logreach.inventories.faults import Fault

_LONGEST = 1024 * 1024  # characters
_MOST_NODES = 200_000
_DEEPEST = 60
_LEVELS = {
    "verbose": (5,),
    "information": (0, 4),
    "info": (0, 4),
    "warning": (3,),
    "warn": (3,),
    "error": (2,),
    "err": (2,),
    "critical": (1,),
    "crit": (1,),
    **{str(level): (level,) for level in (0, 1, 2, 3, 5)},
    "4": (0, 4),
}
_MOST_CONDITIONS = 22
_DROPPING = {"drop_event", "script", "if", "rate_limit"}
_REWRITING = {"rename", "convert", "drop_fields", "include_fields", "script", "replace", "if"}
_EVENT_IDS = {"event.code", "winlog.event_id", "event_id"}

Node = yaml.nodes.Node


def read(text: str, source: str, sha256: str = "") -> Reading:
    """The event logs that a winlogbeat.yml takes from the host."""
    reader = _Reader(source)
    subscription = reader.subscription(text)
    found = () if subscription is None else (subscription,)
    return wef.reading_of(found, reader.faults, source, sha256)


class _UnreadableError(ValueError):
    """YAML that is not built, whatever it says."""


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self.faults: list[Fault] = []

    def _fault(self, message: str, line: int) -> None:
        self.faults.append(Fault(message, self._source, f"line {line}"))

    def subscription(self, text: str) -> Subscription | None:
        root = self._root(text)
        if root is None:
            return None
        logs = _find(root, "winlogbeat.event_logs")
        if not isinstance(logs, yaml.SequenceNode):
            hint = "winlogbeat.event_logs is not a list"
            self._fault(hint if logs else "no winlogbeat.event_logs", _line(logs or root))
            return None
        everywhere = self._drops(_find(root, "processors"))
        queries = tuple(
            query
            for number, entry in enumerate(logs.value)
            for query in self._entry(entry, str(number), everywhere)
        )
        name = self._source.rpartition("/")[2]
        return Subscription(
            name, queries, source=self._source, dialect="collector", line=_line(logs)
        )

    def _root(self, text: str) -> Node | None:
        if len(text) > _LONGEST:
            self._fault(f"{len(text)} characters, over {_LONGEST}", 1)
            return None
        try:
            _bounded(text)
            root: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "unreadable"
            self._fault(f"not YAML: {problem}", mark.line + 1 if mark else 1)
            return None
        except _UnreadableError as error:
            self._fault(str(error), 1)
            return None
        except ValueError as error:
            self._fault(f"not YAML: {error}", 1)
            return None
        if root is None:
            self._fault("empty", 1)
        return root

    def _entry(self, entry: Node, number: str, everywhere: tuple[str, ...]) -> Iterator[Query]:
        line = _line(entry)
        drops = (*everywhere, *self._drops(_find(entry, "processors")))
        xml = _text(_find(entry, "xml_query"))
        if xml:
            yield from self._xml(xml, line, number, drops)
            return
        name = _text(_find(entry, "name"))
        if not name:
            self._fault("an event log without a name", line)
            return
        excluded: list[str] = []
        conditions = [
            *self._ids(_find(entry, "event_id"), excluded),
            *self._levels(_find(entry, "level")),
            *self._providers(_find(entry, "provider")),
        ]
        select = collectors.on_system(conditions)
        yield Query(name, select, suppress=False, line=line, query_id=number)
        for condition in excluded:
            suppress = collectors.on_system((condition,))
            yield Query(name, suppress, suppress=True, line=line, query_id=number)
        for drop in drops:
            yield Query(name, drop, suppress=True, line=line, query_id=number)

    def _xml(self, xml: str, line: int, number: str, drops: tuple[str, ...]) -> Iterator[Query]:
        inner = wef.read(xml, self._source)
        for fault in inner.faults:
            self._fault(f"xml_query: {fault.message}", line)
        for subscription in wef.subscriptions_of(inner):
            for query in subscription.queries:
                yield replace(query, line=line, query_id=f"{number}:{query.query_id}")
                for drop in drops if not query.suppress else ():
                    yield replace(
                        query,
                        xpath=drop,
                        suppress=True,
                        line=line,
                        query_id=f"{number}:{query.query_id}",
                    )

    def _ids(self, node: Node | None, excluded: list[str]) -> list[str]:
        included: list[str] = []
        for part in _list(node):
            negative = part.startswith("-")
            condition = collectors.ids(part.removeprefix("-"))
            if condition is None:
                self._fault(f"event_id {part[:40]!r} is no id, range or -id", _line(node))
                condition = collectors.undecided(f"event_id {part}")
            (excluded if negative else included).append(condition)
        conditions = [collectors.any_of(included)] if included else []
        if len(included) + len(excluded) > _MOST_CONDITIONS:
            why = f"more than {_MOST_CONDITIONS} event ids, which some Windows versions refuse"
            conditions.append(collectors.undecided(why))
        return conditions

    def _levels(self, node: Node | None) -> list[str]:
        wanted: list[str] = []
        for part in _list(node):
            levels = _LEVELS.get(part.lower())
            if levels is None:
                self._fault(f"level {part[:40]!r} is not known", _line(node))
                wanted.append(collectors.undecided(f"level {part}"))
            else:
                wanted.extend(f"Level={level}" for level in levels)
        return [collectors.any_of(wanted)] if wanted else []

    def _providers(self, node: Node | None) -> list[str]:
        wanted = [
            f"@Name={told}" if (told := collectors.literal(name)) else collectors.undecided(name)
            for name in _list(node, commas=False)
        ]
        return [f"Provider[{' or '.join(wanted)}]"] if wanted else []

    def _drops(self, node: Node | None) -> tuple[str, ...]:
        """A query for every processor that drops events."""
        found: list[str] = []
        rewritten = False
        for processor in node.value if isinstance(node, yaml.SequenceNode) else ():
            for key, value in _pairs(processor):
                name, _, rest = key.partition(".")
                if name in _DROPPING:
                    found.append(self._drop(name, rest, value, rewritten))
                rewritten = rewritten or name in _REWRITING
        return tuple(found)

    def _drop(self, name: str, rest: str, value: Node, rewritten: bool) -> str:
        if name != "drop_event" or rewritten:
            return f"*[{collectors.undecided(f'processor {name}')}]"
        if rest:
            told: list[tuple[str, Node]] = [(rest, value)]
        else:
            told = list(_pairs(value))
        when = [
            condition
            for key, node in told
            if key.partition(".")[0] == "when"
            for condition in _conditions(key, node)
        ]
        return f"*[{' and '.join(when)}]" if when else f"*[{collectors.undecided('drop_event')}]"


def _conditions(key: str, node: Node) -> list[str]:
    """A condition written nested or dotted ('when.not.or') as XPath, all parts to hold."""
    name, _, rest = key.partition(".")
    inner = [(rest, node)] if rest else list(_pairs(node))
    match name:
        case "when" | "and" | "or" | "not":
            if not rest and isinstance(node, yaml.SequenceNode):
                inner = [pair for item in node.value for pair in _pairs(item)]
            parts = [" and ".join(_conditions(k, n)) for k, n in inner]
            parts = [part for part in parts if part]
            if not parts:
                return [collectors.undecided(f"condition {name}")]
            if name == "or":
                return [collectors.any_of(parts)]
            joined = " and ".join(parts)
            return [f"not({joined})"] if name == "not" else [joined]
        case "equals":
            return [_equals(field, value) for field, value in _flat(rest, node)]
    return [collectors.undecided(f"condition {name}")]


def _equals(field: str, node: Node) -> str:
    """One field against one value, where its type in the collector's document is certain."""
    told = collectors.literal(_text(node))
    quoted = isinstance(node, yaml.ScalarNode) and node.tag.endswith(":str")
    unsure = collectors.undecided(f"{field} equals {_text(node)}")
    if field in _EVENT_IDS:
        number = _text(node)
        if not re.fullmatch(r"\d{1,5}", number):
            return unsure
        exact = f"System[EventID={int(number)}]"
        # The document's type of the id, text or number, differs between versions.
        return exact if field == "event.code" and quoted else f"({exact} and {unsure})"
    if told is None or not quoted or not _text(node):
        return unsure
    data = field.removeprefix("winlog.").partition("event_data.")
    if data[0] == "" and data[1] and "'" not in data[2]:
        return f"EventData[Data[@Name='{data[2]}']={told}]"
    if field == "winlog.channel":
        return f"System[Channel={told}]"
    if field == "winlog.provider_name":
        return f"System[Provider[@Name={told}]]"
    return unsure


def _flat(prefix: str, node: Node) -> Iterator[tuple[str, Node]]:
    """Leaves with their dotted names."""
    waiting = [(prefix, node)]
    while waiting:
        name, found = waiting.pop(0)
        if isinstance(found, yaml.MappingNode):
            waiting.extend((f"{name}.{key}".lstrip("."), value) for key, value in _pairs(found))
        else:
            yield name, found


def _bounded(text: str) -> None:
    """Refuse what would take long or deep to build: aliases that multiply, endless nesting."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.events.AliasEvent):
            raise _UnreadableError("YAML aliases are not read here")
        if isinstance(event, yaml.events.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.events.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST or count > _MOST_NODES:
            raise _UnreadableError("YAML nested too deep or too long")


def _find(node: Node | None, dotted: str) -> Node | None:
    """A value by its name, written dotted or nested."""
    for key, value in _pairs(node):
        if key == dotted:
            return value
        if dotted.startswith(f"{key}."):
            found = _find(value, dotted[len(key) + 1 :])
            if found is not None:
                return found
    return None


def _pairs(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield _text(key), value


def _list(node: Node | None, *, commas: bool = True) -> list[str]:
    """A list, or a text of several parts with commas."""
    if isinstance(node, yaml.SequenceNode):
        return [_text(item) for item in node.value if _text(item)]
    text = _text(node)
    parts = text.split(",") if commas else [text]
    return [part.strip() for part in parts if part.strip()]


def _text(node: Node | None) -> str:
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


def _line(node: Node | None) -> int:
    return int(node.start_mark.line) + 1 if node is not None else 1
