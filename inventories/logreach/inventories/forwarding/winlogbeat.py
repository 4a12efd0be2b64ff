"""Winlogbeat's `winlogbeat.event_logs`, as the event queries that it builds from them.

Source: Elastic's documentation of the options and Winlogbeat's published query builder.
`ignore_older` only skips what was written before the collector looked, so it filters no new
event; it counts in the length of the query, which Windows may refuse. Processors that drop events
are read too (see `winlogbeat_drops`).
"""

from __future__ import annotations

from collections.abc import Iterator

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files import marked
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.config_reader import ConfigReader, variable
from logreach.inventories.forwarding.subscriptions import Query, Subscription
from logreach.inventories.forwarding.winlogbeat_drops import (
    drops,
    find,
    malformed,
    removals,
    text_at,
)

_ON = ("true", "yes", "on")
_LONGEST = 1024 * 1024  # characters
_NEWER = "TimeCreated[timediff(@SystemTime) <= 1]"
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


def read(config: str, source: str, sha256: str = "") -> Reading:
    """The event logs that a winlogbeat.yml takes from the host."""
    reader = EventLogReader(source)
    subscription = _subscription(config, reader)
    subscriptions = () if subscription is None else (subscription,)
    return reader.reading(subscriptions, sha256)


def _subscription(config: str, reader: EventLogReader) -> Subscription | None:
    """All event logs as one subscription; None where there is no list of them."""
    root = reader.parsed(config)
    if root is None:
        return None
    logs = find(root, "winlogbeat.event_logs")
    if logs is None or logs.tag != "seq":
        problem = "winlogbeat.event_logs is not a list" if logs else "no winlogbeat.event_logs"
        reader.fault(problem, (logs or root).line)
        return None
    everywhere = reader.processed(find(root, "processors"))
    queries = tuple(
        query
        for number, entry in enumerate(logs.items)
        for query in reader.entry(entry, str(number), (*everywhere, *_perhaps_off(entry)))
    )
    return Subscription(
        reader.name, queries, source=reader.source, dialect="collector", line=logs.line
    )


def _perhaps_off(entry: Marked) -> Iterator[str]:
    """What is dropped of an event log that `enabled` turns off.

    The reference does not name that option of event logs. Versions up to 6 refuse a configuration
    with an option that they do not know (winlogbeat/eventlog/factory.go, readConfig); whether later
    ones heed or ignore it is not documented.
    """
    enabled = text_at(entry, "enabled")
    if enabled and enabled.lower() not in _ON:
        yield collectors.dropped(f"enabled: {enabled}")


class EventLogReader(ConfigReader):
    """Reads the event logs of one file of Beats."""

    def parsed(self, config: str) -> Marked | None:
        """The document; None, with faults, where it is none or too long."""
        if len(config) > _LONGEST:
            self.fault(f"{len(config)} characters, over {_LONGEST}", 1)
            return None
        try:
            return marked.parse(config, self.source)
        except InputError as error:
            self.faults.extend(error.faults)
            return None

    def processed(self, processors: Marked | None) -> tuple[str, ...]:
        """What processors drop, or may drop because they cannot be read, and what they change."""
        if processors is None:
            return ()
        for problem, line in malformed(processors):
            self.fault(problem, line)
        return (*drops(processors), *self._removing(processors))

    def _removing(self, processors: Marked | None) -> tuple[str, ...]:
        """Conditions for processors that remove or change fields, with a notice for each.

        Whether rules match such events is unknown.
        """
        removed = removals(processors)
        for effect, line in removed:
            hint = "Whether rules match these events counts as unknown."
            self.notice(effect, line, hint)
        return tuple(collectors.dropped(effect) for effect, _ in removed)

    def entry(self, entry: Marked, number: str, everywhere: tuple[str, ...]) -> Iterator[Query]:
        """The queries of one event log; `everywhere` is what processors of the whole file drop."""
        dropped = (*everywhere, *self.processed(find(entry, "processors")))
        xml_query = find(entry, "xml_query")
        if (xml := _text(xml_query)) and self.is_told(xml, "xml_query", entry.line):
            yield from self._xml(xml, entry.line, number, dropped)
            return
        name = text_at(entry, "name")
        if xml or not self.is_told(name, "name", entry.line):
            return
        if not name:
            self.fault("an event log without a name", entry.line)
            return
        excluded: list[str] = []
        conditions = [
            *(
                [collectors.undecided("xml_query")]
                if self._valueless(xml_query, "xml_query")
                else ()
            ),
            *self._ids(find(entry, "event_id"), excluded),
            *self._levels(find(entry, "level")),
            *self._providers(find(entry, "provider")),
        ]
        suppressed = (*(collectors.on_system((condition,)) for condition in excluded), *dropped)
        older = [_NEWER] if _is_positive(text_at(entry, "ignore_older")) else []
        combined = [collectors.on_system([*older, *conditions]), *_suppressing(excluded)]
        xpath = collectors.on_system(conditions)
        long = collectors.too_long(combined)
        select = Query(name, xpath, suppress=False, line=entry.line, query_id=number, too_long=long)
        yield from self.suppressing((select,), suppressed)

    def _xml(self, xml: str, line: int, number: str, dropped: tuple[str, ...]) -> Iterator[Query]:
        """The queries of an `xml_query`, each narrowed down by the processors."""
        select = Query("", xml, suppress=False, line=line, query_id=number)
        yield from self.suppressing(self.windows_query(select), dropped)

    def _ids(self, node: Marked | None, excluded: list[str]) -> list[str]:
        included: list[str] = []
        if self._valueless(node, "event_id"):
            included.append(collectors.undecided("event_id"))
        for part in _list(node):
            negative = part.startswith("-")
            condition = collectors.ids(part.removeprefix("-"))
            if condition is None:
                self.fault(f"event_id {part[:40]!r} is no id, range or -id", _line(node))
                condition = collectors.undecided(f"event_id {part}")
            (excluded if negative else included).append(condition)
        return [collectors.any_of(included)] if included else []

    def _levels(self, node: Marked | None) -> list[str]:
        conditions: list[str] = []
        if self._valueless(node, "level"):
            conditions.append(collectors.undecided("level"))
        for part in _list(node):
            levels = _LEVELS.get(part.lower())
            if levels is None:
                self.fault(f"level {part[:40]!r} is not known", _line(node))
                conditions.append(collectors.undecided(f"level {part}"))
            else:
                conditions.extend(f"Level={level}" for level in levels)
        return [collectors.any_of(conditions)] if conditions else []

    def _providers(self, node: Marked | None) -> list[str]:
        if self._valueless(node, "provider"):
            return [collectors.undecided("provider")]
        conditions = [
            f"@Name={quoted}"
            if (quoted := collectors.literal(name)) and not variable(name)
            else collectors.undecided(name)
            for name in _list(node, commas=False)
        ]
        return [f"Provider[{' or '.join(conditions)}]"] if conditions else []

    def _valueless(self, node: Marked | None, option: str) -> bool:
        """Whether an option has no value, as where a file is cut: what it asks for is unknown."""
        values = () if node is None else (node.items or (node,))
        wrong = [value for value in values if value.tag in ("null", "map", "seq")]
        for value in wrong:
            self.fault(f"{option} has no value", value.line)
        return bool(wrong)


def _suppressing(excluded: list[str]) -> Iterator[str]:
    """The Suppress that Winlogbeat makes of all excluded ids together."""
    if excluded:
        yield collectors.on_system([collectors.any_of(excluded)])


def _is_positive(duration: str) -> bool:
    """Whether a duration such as '72h' is more than nothing."""
    return any(digit in duration for digit in "123456789")


def _list(node: Marked | None, *, commas: bool = True) -> list[str]:
    """The values of a list, or of a text with commas between them."""
    if node is None or node.empty:
        return []
    if node.tag == "seq":
        return [_text(item) for item in node.items if _text(item)]
    values = node.text.split(",") if commas else [node.text]
    return [value.strip() for value in values if value.strip()]


def _text(node: Marked | None) -> str:
    return node.text.strip() if node is not None else ""


def _line(node: Marked | None) -> int:
    return node.line if node is not None else 1
