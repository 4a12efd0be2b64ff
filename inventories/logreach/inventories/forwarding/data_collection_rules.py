"""Azure Monitor's data collection rules, as JSON: their Windows event logs, as event queries.

Source: Microsoft's documentation of Azure Monitor (MicrosoftDocs/azure-monitor-docs: 'Collect
Windows events', 'Structure of a data collection rule', 'Transformations'). A query is
`Channel!XPath`; the agent hands the XPath to Windows and takes at most 20 comparisons. Events
travel in streams; what no data flow takes is not sent. A transformation is KQL: 'source' keeps all.
The agent runs as LocalSystem, which may read every channel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import LineFinder
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.config_reader import MOST_WAYS, ConfigReader
from logreach.inventories.forwarding.event_conditions import Language, predicate
from logreach.inventories.forwarding.subscriptions import Query, Subscription
from logreach.inventories.forwarding.xpath import parse

EXPORT = "Export with: az monitor data-collection rule show --name NAME --resource-group GROUP"
_KEYS = re.compile(
    r'"(?:xPathQueries|xPathQuery|windowsEventLogs|dataSourceWindowsEventLog)"'
    r"|Microsoft\.Insights/dataCollectionRules\b",
    re.IGNORECASE,
)
_MOST_TESTS = 20
_MOST_DEPTH = 12
_KQL = Language(
    ids=frozenset({"EventID"}),
    channels=frozenset({"EventLog", "Channel"}),
    providers=frozenset({"Source"}),
    cased=True,
)
_WHERE = re.compile(r"where\s+(?P<condition>.+)", re.DOTALL)
_CUT = "its lists were cut (ConvertTo-Json needs -Depth 10)"


def looks_like(head: str) -> bool:
    """Whether a text is JSON with a data collection rule."""
    return looks_like_json(head.lstrip("\ufeff")) and bool(_KEYS.search(head))


def read(source: Source) -> Reading:
    """Every rule of the file, as one subscription a data source."""
    reader = _RuleReader(source)
    subscriptions = tuple(
        subscription
        for document in parse_rows(source)
        for rule in _rules(document, 0)
        for subscription in reader.rule(rule)
    )
    if not subscriptions and not reader.faults:
        reader.fault("holds no data collection rule", 1, EXPORT)
    return reader.reading(subscriptions, source.sha256)


_Flows = dict[str, list[tuple[str, ...]]]
"""For each stream, in lower case, what the transformation of each data flow of it drops."""


def _rules(document: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every rule in a document: alone, in a list, or among a template's resources."""
    if isinstance(document, list):
        for entry in document if depth < _MOST_DEPTH else ():
            yield from _rules(entry, depth + 1)
    elif isinstance(document, dict):
        low = _lower(document)
        if isinstance(low.get("resources"), list):
            yield from _rules(low["resources"], depth + 1)
        elif isinstance(low.get("value"), list):
            yield from _rules(low["value"], depth + 1)
        elif "type" not in low or str(low["type"]).lower().endswith("/datacollectionrules"):
            yield document


class _RuleReader(ConfigReader):
    """Reads the rules of one file."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.path)
        self._places = LineFinder(source.text())

    def rule(self, rule: dict[str, Any]) -> Iterator[Subscription]:
        """A subscription for each Windows event log source; where none is, one of nothing."""
        low = _lower(rule)
        properties = _lower(low.get("properties"))
        body = properties or low
        name = str(low.get("name") or self.name)
        logs = _first(body, "dataSourceWindowsEventLog", default=None)
        if logs is None and isinstance(body.get("datasources"), str):
            self.fault(f"dataSources of {name} are a text, not an object", 1, EXPORT)
        if logs is None:
            logs = _first(_lower(body.get("datasources")), "windowsEventLogs", default=[])
        flows = self._flows(name, _first(body, "dataFlows", "dataFlow", default=None))
        sources = [_lower(each) for each in self._entries(name, "windowsEventLogs", logs)]
        for source in sources:
            yield self._data_source(name, source, flows)
        if not sources:
            yield Subscription(f"{name} (no Windows event logs)", (), source=self.source)

    def _entries(self, name: str, what: str, entries: Any) -> list[dict[str, Any]]:
        entries = [entries] if isinstance(entries, dict) else entries
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            self.fault(f"{what} of {name} is no list of objects; perhaps {_CUT}", 1, EXPORT)
            return []
        return entries

    def _flows(self, name: str, entries: Any) -> _Flows | None:
        if entries is None:
            self.fault(f"rule {name} has no dataFlows, so what it sends is unknown", 1, EXPORT)
            return None
        flows: _Flows = {}
        for flow in map(_lower, self._entries(name, "dataFlows", entries)):
            for stream in _streams(flow):
                flows.setdefault(stream, []).append(tuple(_transformed(flow)))
        return flows

    def _data_source(self, name: str, source: dict[str, Any], flows: _Flows | None) -> Subscription:
        title = f"{name}/{source['name']}" if source.get("name") else name
        streams = _streams(source)
        taking = [drops for stream in streams for drops in (flows or {}).get(stream, ())]
        unsure: tuple[str, ...] = ()
        given = [each for each in (*streams, *(flows or ())) if each.startswith("[")]
        if given and not taking:
            unsure = (f"the stream {given[0]}, a template's expression",)
        if flows is None or not streams:
            unsure = (f"the stream or the data flow of {title}, which the file lacks",)
        own_drops = tuple(_transformed(source))
        selects = tuple(
            query
            for number, written in enumerate(self._xpaths(title, source))
            for query in self._query(title, written, str(number), unsure)
        )
        queries = tuple(
            query
            for way, drops in enumerate([*dict.fromkeys(taking)][:MOST_WAYS] or [()])
            for query in self.filtered(selects, (*own_drops, *drops), way)
        )
        return Subscription(
            f"{title} (data collection rule)",
            queries,
            enabled=bool(taking or unsure),
            source=self.source,
            dialect="collector",
            line=queries[0].line if queries else 1,
        )

    def _xpaths(self, title: str, source: dict[str, Any]) -> Sequence[str]:
        written = _first(source, "xPathQueries", "xPathQuery", default=None)
        if isinstance(written, list) and all(isinstance(each, str) for each in written):
            return written
        self.fault(f"xPathQueries of {title} is no list of texts; perhaps {_CUT}", 1, EXPORT)
        return ()

    def _query(
        self, title: str, written: str, number: str, unsure: Sequence[str]
    ) -> Iterator[Query]:
        line = self._line_of(written)
        channel, mark, xpath = written.partition("!")
        if not mark or not channel.strip() or channel.strip().startswith("["):
            hint = "A query is written CHANNEL!XPATH, such as Security!*."
            self.fault(f"{written[:60]!r} of {title} names no channel", line, hint)
            return
        xpath = " ".join(xpath.split())
        tests = 0 if collectors.unreadable(xpath) else parse(xpath).tests
        over = f"{tests} comparisons, where a data collection rule takes {_MOST_TESTS}"
        reasons = (*((over,) if tests > _MOST_TESTS else ()), *unsure)
        select = Query(channel.strip(), xpath, suppress=False, line=line, query_id=number)
        yield from self.windows_query(select, reasons)

    def _line_of(self, written: str) -> int:
        """The line of a query, which stand in the file in the order in which they are read."""
        self._places.line_of(json.dumps(written)[1:40])
        return self._places.line


def _streams(document: dict[str, Any]) -> list[str]:
    """The streams of a data source or flow, in lower case; one alone may stand without a list."""
    values = _first(document, "streams", "stream", default=[])
    values = values.split() if isinstance(values, str) else values
    listed = values if isinstance(values, list) else []
    return [each.lower() for each in listed if isinstance(each, str)]


def _transformed(flow: dict[str, Any]) -> Iterator[str]:
    """What the transformation of a flow or source drops, or may drop, as event queries."""
    kql = flow.get("transformkql")
    if kql is None or (isinstance(kql, str) and kql.strip() in ("", "source")):
        return
    steps = [step.strip() for step in kql.split("|")] if isinstance(kql, str) else []
    if len(steps) < 2 or steps[0] != "source" or not all(map(_WHERE.fullmatch, steps[1:])):
        yield collectors.dropped(f"transformKql {kql}")
        return
    for step in steps[1:]:
        match = _WHERE.fullmatch(step)
        if match is not None:
            yield f"*[not({predicate(match['condition'], _KQL)})]"


def _lower(document: Any) -> dict[str, Any]:
    """An object by its keys in lower case, as the tools differ in them; empty for anything else."""
    if not isinstance(document, dict):
        return {}
    return {str(key).lower(): value for key, value in document.items()}


def _first(document: dict[str, Any], *names: str, default: Any) -> Any:
    return next(
        (document[name.lower()] for name in names if document.get(name.lower()) is not None),
        default,
    )
