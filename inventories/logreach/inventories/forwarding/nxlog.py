"""NXLog's im_msvistalog, as event queries: what it reads, and what its route drops.

Source: NXLog's reference manual (im_msvistalog, 'Configuration', the core procedure drop). Without
Query, QueryXML and Channel the module reads every channel that can be subscribed to. ReadFromLast
and SavePos concern what was written before it started. The service runs as LocalSystem, which may
read every channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.patterns import linear
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding import collectors, nxlog_blocks
from logreach.inventories.forwarding.config_reader import MOST_WAYS, ConfigReader, few
from logreach.inventories.forwarding.event_conditions import Language, predicate
from logreach.inventories.forwarding.nxlog_blocks import Block, Configuration, Directive
from logreach.inventories.forwarding.shipper_parts import parts
from logreach.inventories.forwarding.subscriptions import Altered, Query, Subscription

_HINT = "Export nxlog.conf, with the text of the files that it includes."
_LOOKS = re.compile(r"^[ \t]*Module[ \t]+(?:im|om|pm|xm)_\w+", re.MULTILINE | re.IGNORECASE)
_OURS = "im_msvistalog"
_LANGUAGE = Language(
    ids=frozenset({"$EventID"}),
    channels=frozenset({"$Channel"}),
    providers=frozenset({"$SourceName"}),
)
_IF_DROP = re.compile(
    r"\s*if\s+(?P<condition>[^;{}]+?)(?:\{\s*drop\s*\(\s*\)\s*;\s*\}|\bdrop\s*\(\s*\)\s*;)",
    re.IGNORECASE,
)
_DROP = re.compile(r"\s*drop\s*\(\s*\)\s*;", re.IGNORECASE)
_OTHER = re.compile(r"\s*(?!if\b|else\b|drop\b)[^;{}'\"]*;", re.IGNORECASE)
_ELSE = re.compile(r"\s*else", re.IGNORECASE)
_DROPS = re.compile(r"\bdrop\b", re.IGNORECASE)
_BEYOND = r"->\s*\w+\s*\(|\b\w*(?:call|rewrite)\w*\s*\(|\bdelete_all\b"
_CHANGED = re.compile(
    r"\$(\w+)\s*=(?![=~])|\b(?:delete|rename_field)\s*\(\s*\$?[\"']?(\w+)", re.IGNORECASE
)


def looks_like(head: str) -> bool:
    """Whether a text is a configuration of NXLog."""
    return bool(_LOOKS.search(head))


def read(source: Source) -> Reading:
    """What the modules im_msvistalog of a file take; one subscription each."""
    reader = _NxlogReader(source.path)
    return reader.reading(tuple(reader.subscriptions(source.text())), source.sha256)


class _NxlogReader(ConfigReader):
    """Reads one file."""

    def subscriptions(self, text: str) -> Iterator[Subscription]:
        """A subscription for each input that reads channels."""
        config = nxlog_blocks.parse(text)
        for words, line in config.problems:
            self.fault(words, line, _HINT)
        for include in config.includes:
            self.fault(f"includes {include.value[:60]!r}, which is not read", include.line, _HINT)
        inputs = config.of("input")
        ours = [block for block in inputs if _module(block) == _OURS]
        other_modules = sorted({_module(block) or "no module" for block in inputs} - {_OURS})
        if not ours and not self.faults:
            modules = ", ".join(other_modules) or "no input"
            hint = f"Only inputs of {_OURS} are read. {_HINT}"
            self.fault(f"an NXLog configuration of {modules}; not read", 1, hint)
        for block in inputs:
            for name in _unfilled(block.value("module")):
                self.fault(f"Module of {block.name} uses {name}", block.line, _HINT)
        for block in inputs if ours else ():
            if _module(block) in parts("nxlog", "unread"):
                self.fault(f"input {block.name} of {_module(block)} is not read", block.line)
        damaged = tuple(f"{words} (line {line})" for words, line in config.problems[:1])
        routes = _Routes(config)
        for block in ours:
            yield self._input(block, routes, damaged)

    def _input(self, block: Block, routes: _Routes, damaged: Sequence[str]) -> Subscription:
        ways, altered = routes.of(block.name)
        own_drops = (*map(collectors.dropped, damaged), *_dropped(block))
        selects = tuple(self._read(block))
        queries = tuple(
            query
            for number, drops in enumerate(ways or ((),))
            for query in self.filtered(selects, (*own_drops, *drops), number)
        )
        return Subscription(
            f"{self.name}: input {block.name}",
            queries,
            enabled=bool(ways),
            source=self.source,
            dialect="collector",
            line=block.line,
            altered=(*_altered(block), *altered),
        )

    def _read(self, block: Block) -> Iterator[Query]:
        """What the module asks Windows for."""
        reasons = [
            f"{each.key} {each.value}" for each in block.directives if each.key.startswith("remote")
        ]
        everything = Query("*", collectors.EVERYTHING, suppress=False, line=block.line)
        queries = [*block.values("query"), *block.values("queryxml")]
        channels = block.values("channel")
        if block.value("file"):
            words = f"input {block.name} reads an event log file, whose channel is not known"
            self.fault(words, block.line)
            return
        for number, channel in enumerate(channels):
            for name in _unfilled(channel.value):
                self.fault(f"Channel uses {name}", channel.line, _HINT)
            xpath = queries[0].value if queries else collectors.EVERYTHING
            select = replace(everything, path=channel.value.strip("'\""), line=channel.line)
            channel_query = replace(select, xpath=xpath, query_id=str(number))
            yield from self.windows_query(
                channel_query, (*reasons, *_unfilled(channel_query.xpath))
            )
        if channels:
            return
        for number, query in enumerate(queries):
            select = replace(everything, line=query.line, query_id=str(number))
            if query.value.startswith("<"):
                yield from self._query_list(query, select, reasons)
            else:
                words = f"Query {query.value} without a Channel"
                yield from collectors.taken(select, (*reasons, words))
        if not queries:
            yield from collectors.taken(everything, reasons)

    def _query_list(self, query: Directive, select: Query, reasons: list[str]) -> Iterator[Query]:
        moved = replace(select, xpath=query.value)
        for each in self.windows_query(moved, (*reasons, *_unfilled(query.value))):
            yield each
            if "*" in each.path and not each.suppress:
                words = f"the channel {each.path} with a wildcard"
                yield replace(each, xpath=collectors.dropped(words), suppress=True)


_Ways = tuple[tuple[tuple[str, ...], ...], tuple[Altered, ...]]
"""What drops events on each way of an input, and the fields that modules on the ways change."""


class _Routes:
    """The ways from inputs to outputs."""

    def __init__(self, config: Configuration) -> None:
        self._unsure: tuple[tuple[str, ...], ...] = ()
        self._any_route = bool(config.of("route"))
        self._outputs = {block.name: block for block in config.of("output")}
        self._processors = {block.name: block for block in config.of("processor")}
        self._by_input: dict[str, list[_Ways]] = {}
        for route in config.of("route"):
            for path in route.values("path"):
                inputs, *steps = [_names(step) for step in path.value.split("=>")]
                if unfilled := _unfilled(path.value):
                    self._unsure = ((collectors.dropped(f"Path with {unfilled[0]}"),),)
                    continue
                ways = self._ways(steps)
                for name in inputs:
                    self._by_input.setdefault(name, []).append(ways)

    def of(self, name: str) -> _Ways:
        """Every way of an input; no way where routes are there for others only."""
        if not self._any_route:
            words = f"a <Route> for input {name}, which the file lacks and NXLog 5 makes itself"
            return ((collectors.dropped(words),),), ()
        input_ways = self._by_input.get(name, [])[:MOST_WAYS]
        ways = dict.fromkeys((*(way for each, _ in input_ways for way in each), *self._unsure))
        altered = dict.fromkeys(change for _, changes in input_ways for change in changes)
        return tuple(ways)[:MOST_WAYS], tuple(altered)

    def _ways(self, steps: list[list[str]]) -> _Ways:
        """The ways behind the inputs of one route."""
        *between, outputs = steps or [[]]
        passed = few([drop for each in chain(*between) for drop in self._processed(each)])
        ways = tuple((*passed, *self._put_out(output)) for output in outputs[:MOST_WAYS])
        passing = (self._processors.get(each) or self._outputs.get(each) for each in chain(*steps))
        return ways, tuple(change for block in passing if block for change in _altered(block))

    def _processed(self, name: str) -> Iterator[str]:
        block = self._processors.get(name)
        if block is None:
            yield collectors.dropped(f"processor {name}, which the file does not hold")
            return
        if _module(block) == "pm_filter":
            condition = predicate(block.value("condition"), _LANGUAGE)
            yield f"*[not({condition})]"
        elif _module(block) not in parts("nxlog", "keeps_all"):
            yield collectors.dropped(f"processor {name} of {_module(block) or 'no module'}")
        yield from _dropped(block)

    def _put_out(self, name: str) -> Iterator[str]:
        block = self._outputs.get(name)
        if block is None:
            yield collectors.dropped(f"output {name}, which the file does not hold")
        elif _module(block) == "om_null":
            yield collectors.EVERYTHING
        else:
            yield from _dropped(block)


def _dropped(block: Block) -> Iterator[str]:
    """What the statements of a module drop, or may drop, as event queries."""
    for statement in block.values("exec"):
        yield from _drops(statement.value)


def _drops(statements: str) -> Iterator[str]:
    beyond = linear(_BEYOND, cased=False).found_in(statements) or _unfilled(statements)
    if beyond or (
        _DROPS.search(statements)
        and re.search(r"\$(EventID|Channel|SourceName)\s*=[^=~]", statements)
    ):
        yield collectors.dropped(f"Exec {' '.join(statements.split())}")
        return
    if not _DROPS.search(statements):
        return
    conditions: list[str] = []
    remaining = (
        statements if statements.rstrip().endswith((";", "}")) else f"{statements.rstrip()};"
    )
    position, end = 0, len(remaining.rstrip())
    while position < end:
        if match := _DROP.match(remaining, position):
            conditions.append(collectors.EVERYTHING)
        elif match := _IF_DROP.match(remaining, position):
            conditions.append(f"*[{predicate(match['condition'].strip(), _LANGUAGE)}]")
        else:
            match = _OTHER.match(remaining, position)
            if match and _DROPS.search(match[0]):
                match = None
        if match is None or _ELSE.match(remaining, match.end()):
            yield collectors.dropped(f"Exec {' '.join(statements.split())}")
            return
        position = match.end()
    yield from conditions


def _altered(block: Block) -> Iterator[Altered]:
    """The fields that the statements of a module write over, remove or rename."""
    for statement in block.values("exec"):
        changed = (match[1] or match[2] for match in _CHANGED.finditer(statement.value))
        for name in dict.fromkeys(changed):
            yield Altered(f"Exec of {block.name} changes {name}", (name,))


def _unfilled(text: str) -> tuple[str, ...]:
    """Names that the file uses and does not define."""
    match = re.search(r"%\w+%", text)
    return (f"{match[0]}, which the file does not define",) if match else ()


def _module(block: Block) -> str:
    return block.value("module").split("#")[0].strip().lower()


def _names(step: str) -> list[str]:
    return [name.strip() for name in step.split(",") if name.strip()]
