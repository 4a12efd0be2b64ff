"""The OpenTelemetry Collector's receivers windowseventlog, as event queries.

Source: opentelemetry-collector-contrib: the receiver's README, pkg/stanza/operator/input/windows;
'Configuration' of the Collector: a receiver that no pipeline names does nothing. Installed as a
service, the Collector runs as LocalSystem, which may read every channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files import marked
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.marked import Marked
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.config_reader import (
    MOST_WAYS,
    ConfigReader,
    variable,
)
from logreach.inventories.forwarding.shipper_parts import parts
from logreach.inventories.forwarding.subscriptions import Query, Subscription
from logreach.inventories.forwarding.winlogbeat_drops import find, text_at

_HINT = "Export the Collector's configuration as one file."
_RECEIVERS = re.compile(r"^(?:[ \t]*\")?receivers\"?\s*:", re.MULTILINE)
_BESIDE = re.compile(
    r"^(?:[ \t]*\")?(?:service|exporters|processors)\"?\s*:|windows_?event_?log", re.MULTILINE
)
_OURS = re.compile(r"windows_?event_?log(?:/.*)?")
_LOGS = re.compile(r"logs(?:/.*)?")


def looks_like(head: str) -> bool:
    """Whether a text is a configuration of the Collector."""
    return bool(_RECEIVERS.search(head) and _BESIDE.search(head))


def read(source: Source) -> Reading:
    """What the receivers of a configuration take from the host; one subscription each."""
    reader = _CollectorReader(source.path)
    return reader.reading(tuple(reader.subscriptions(source.text())), source.sha256)


class _CollectorReader(ConfigReader):
    """Reads one file."""

    def subscriptions(self, config: str) -> Iterator[Subscription]:
        """A subscription for each receiver of event logs."""
        try:
            root = marked.parse(config, self.source)
        except InputError as error:
            self.faults.extend(error.faults)
            return
        receivers = root.fields.get("receivers")
        by_name = receivers.fields if receivers is not None else {}
        ours = {name: value for name, value in by_name.items() if _OURS.fullmatch(name)}
        if not ours:
            names = ", ".join(sorted(by_name)[:5]) or "none"
            hint = f"Only receivers windowseventlog are read. {_HINT}"
            self.fault(f"a Collector's configuration of receivers {names}; not read", 1, hint)
        ways = _ways(root)
        for name, receiver in ours.items():
            taking = None if ways is None else [*ways.get(name, ()), *ways.get(_ANY, ())]
            yield self._receiver(name, receiver, taking)

    def _receiver(
        self, name: str, receiver: Marked, ways: list[tuple[str, ...]] | None
    ) -> Subscription:
        if ways is None:
            ways = [(collectors.dropped("service.pipelines, which the file lacks"),)]
        selects = tuple(self._selects(name, receiver))
        queries = tuple(
            query
            for number, drops in enumerate(ways[:MOST_WAYS] or [()])
            for query in self.filtered(selects, drops, number)
        )
        return Subscription(
            f"{self.name}: {name}",
            queries,
            enabled=bool(ways),
            source=self.source,
            dialect="collector",
            line=receiver.line,
        )

    def _selects(self, name: str, receiver: Marked) -> Iterator[Query]:
        reasons = list(_doubts(receiver))
        channel, query, file = (text_at(receiver, key) for key in ("channel", "query", "path"))
        if file:
            reasons.append(f"path {file}, a file whose channel is not known")
        written = f"{channel}{query}"
        if not written or "${" in written:
            self.fault(f"receiver {name} names no channel or query", receiver.line, _HINT)
            return
        if query and not query.startswith("<"):
            reasons.append("query, which the receiver takes as XML only")
        xpath = query if query.startswith("<") else collectors.EVERYTHING
        select = Query(channel or "*", xpath, suppress=False, line=receiver.line)
        excluded = [
            f"*[System[Provider[@Name={quoted}]]]"
            if (quoted := collectors.literal(provider)) and not variable(provider)
            else collectors.dropped(f"exclude_providers {provider}")
            for provider in _listed(receiver, "exclude_providers")
        ]
        yield from self.filtered(self.windows_query(select, reasons), excluded)


_ANY = "${}"
"""Stands for every receiver: which one a variable of the environment or a file names is unknown."""
_NOWHERE = ("opentelemetry", "nowhere")
_KEEPS_ALL = ("opentelemetry", "keeps_all")
_OPERATORS = ("opentelemetry", "operators_keep")


def _ways(root: Marked) -> dict[str, list[tuple[str, ...]]] | None:
    """For each receiver what is dropped in each pipeline that takes its events somewhere.

    None where the file has no pipelines.
    """
    pipelines = find(root, "service.pipelines")
    if pipelines is None or not pipelines.fields:
        return None
    connectors = root.fields["connectors"].fields.keys() if "connectors" in root.fields else ()
    ways: dict[str, list[tuple[str, ...]]] = {}
    for kind, pipeline in pipelines.fields.items():
        exporters = _listed(pipeline, "exporters")
        real = [each for each in exporters if _type(each) not in parts(*_NOWHERE)]
        if _LOGS.fullmatch(kind) and (name := variable(pipeline.text)):
            ways.setdefault(_ANY, []).append((collectors.dropped(f"pipeline {kind} {name}"),))
        if not _LOGS.fullmatch(kind) or not real:
            continue
        drops = [
            collectors.dropped(f"processor {each}")
            for each in _listed(pipeline, "processors")
            if _type(each) not in parts(*_KEEPS_ALL)
        ]
        if all(each in connectors for each in real):
            drops.append(collectors.dropped(f"connector {real[0]}"))
        if all(map(variable, real)):
            drops.append(collectors.dropped(f"exporter {real[0]}"))
        for receiver in dict.fromkeys(_listed(pipeline, "receivers")):
            if variable(receiver):
                unsure = collectors.dropped(f"receivers {receiver}")
                ways.setdefault(_ANY, []).append((*drops, unsure))
            else:
                ways.setdefault(receiver, []).append(tuple(drops))
    return ways


def _doubts(receiver: Marked) -> Iterator[str]:
    """Why events that a receiver reads may not be this host's, or not all be handed on."""
    if remote := text_at(receiver, "remote.server"):
        yield f"remote.server {remote}"
    operators = find(receiver, "operators")
    if operators is not None and operators.tag != "seq":
        yield "operators that are no list"
    for operator in operators.items if operators is not None else ():
        if (kind := text_at(operator, "type")) not in parts(*_OPERATORS):
            yield f"operator {kind or 'without a type'}"


def _type(component: str) -> str:
    return component.partition("/")[0]


def _listed(node: Marked, name: str) -> Sequence[str]:
    child = find(node, name)
    if child is None:
        return []
    # A variable may stand for the whole list.
    return [item.text.strip() for item in (child.items or ([child] if child.text else []))]
