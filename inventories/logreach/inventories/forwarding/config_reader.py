"""What the readers of collectors' configurations share: faults, and Windows' own queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import Fault
from logreach.inventories.forwarding import collectors, wef
from logreach.inventories.forwarding.subscriptions import Query, Subscription

_UNKNOWN = "What this query takes counts as unknown."
_MOST_DROPS = 100
_MOST_SUPPRESSED = 20_000
_VARIABLE = re.compile(r"\$\{[^}]*\}?")
MOST_WAYS = 64
"""Ways of events through a configuration that are told apart; honest ones have a handful."""


def variable(text: str) -> str:
    """The first variable such as ${NAME} in a text, whose value the file does not tell; or ''."""
    match = _VARIABLE.search(text)
    return match[0][:60] if match else ""


class ConfigReader:
    """Reads one file. A fault leaves open what else the file takes; a notice does not."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.name = source.rpartition("/")[2]
        self.faults: list[Fault] = []
        self.notices: list[Fault] = []
        self._suppressed = 0

    def fault(self, message: str, line: int, hint: str = "") -> None:
        """Add a fault at a line."""
        self.faults.append(Fault(message, self.source, f"line {line}", hint))

    def notice(self, message: str, line: int, hint: str = "") -> None:
        """Add a notice at a line."""
        self.notices.append(Fault(message, self.source, f"line {line}", hint))

    def is_told(self, text: str, what: str, line: int) -> bool:
        """Whether a value is told; a fault where a variable stands in its place."""
        if name := variable(text):
            words = f"{what} uses {name}, which the file does not define"
            self.fault(words, line, "Write the value in its place.")
        return not name

    def reading(self, subscriptions: tuple[Subscription, ...], sha256: str) -> Reading:
        """The reading of the file, with all faults and notices."""
        reading = wef.reading_of(subscriptions, self.faults, self.source, sha256)
        return replace(reading, faults=(*reading.faults, *self.notices))

    def windows_query(self, select: Query, reasons: Iterable[str] = ()) -> Iterator[Query]:
        """A query that Windows runs as written: an XPath for the channel of `select`, or XML.

        `reasons` say why what it selects may not arrive.
        """
        doubts = tuple(reasons)
        if not select.xpath.startswith("<"):
            if words := collectors.unreadable(select.xpath):
                self.notice(f"not an event query: {words}", select.line, _UNKNOWN)
            yield from collectors.taken(select, doubts)
            return
        inner = wef.read(select.xpath, self.source)
        for fault in inner.faults:
            self.fault(f"query in XML: {fault.message}", select.line)
        queries = [query for each in wef.subscriptions_of(inner) for query in each.queries]
        # Windows refuses the whole for one expression.
        refusals = [words for query in queries for words in collectors.doubts(query.xpath)]
        reasons = tuple(dict.fromkeys((*refusals[:1], *doubts)))
        too_long = collectors.too_long(query.xpath for query in queries)
        for query in queries:
            number = f"{select.query_id}:{query.query_id}"
            moved = replace(query, line=select.line, query_id=number, too_long=too_long)
            yield from (moved,) if query.suppress else collectors.taken(moved, reasons)

    def filtered(self, queries: Iterable[Query], drops: Sequence[str], way: int = 0) -> list[Query]:
        """The queries of one way through a configuration, each with what that way drops."""
        numbered = [
            Query(
                each.path,
                each.xpath,
                each.suppress,
                each.line,
                f"{way}.{each.query_id}",
                each.too_long,
            )
            for each in queries
        ]
        return self.suppressing(numbered, few(drops))

    def suppressing(self, queries: Iterable[Query], drops: Sequence[str]) -> list[Query]:
        """The queries, each Select with what is dropped of it.

        A file may hold so many filters of so many queries that nobody could judge all pairs: what
        the rest drops is undecided.
        """
        every: list[Query] = []
        for query in queries:
            every.append(query)
            if query.suppress:
                continue
            self._suppressed += len(drops)
            if len(drops) > 1 and self._suppressed > _MOST_SUPPRESSED:
                drops = (collectors.dropped(f"more than {_MOST_SUPPRESSED} filters of queries"),)
            every.extend(replace(query, xpath=drop, suppress=True) for drop in drops)
        return every


def few(drops: Sequence[str]) -> tuple[str, ...]:
    """What drops events; one that is undecided where there is more of it than anyone writes."""
    if len(drops) > _MOST_DROPS:
        return (collectors.dropped(f"more than {_MOST_DROPS} filters"),)
    return tuple(drops)
