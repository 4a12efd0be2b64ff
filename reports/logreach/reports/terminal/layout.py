"""Lines that fit a terminal: wrapped between words, cut only with a sign, never within a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from logreach.inventories.files.wording import noun
from logreach.reports.printing import SEGMENT, WrappedCell, broken, cut, safe

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

PAGE = 24
"""The lines of a terminal of 80 columns that a command fills unless it is asked for more."""
_WIDTH, _NARROWEST = 80, 20
_LEAST_TEXT, _MOST_TEXT, _GAP = 14, 20, 3


def page_rows(width: int, rows: int = PAGE) -> int:
    """The rows that a summary of so many rows at 80 columns may take on a narrower terminal."""
    return max(rows, rows * _WIDTH // max(width, _NARROWEST))


def number_of(number: int, singular: str) -> str:
    """'2,407 rules'."""
    return f"{number:,} {noun(number, singular)}"


def wrapped(text: Text, console: Console, indent: int = 0, first: str = "") -> list[Text]:
    """The rows of a text, indented; `first` stands in place of the indent of the first row."""
    width = max(console.width - indent, _NARROWEST)
    lines = broken(text, width).wrap(console, width)
    rows = []
    for number, line in enumerate(lines):
        line.rstrip()
        lead = first if not number and first else " " * indent
        rows.append(Text(lead) + line)
    return rows


def fitted(text: Text, console: Console, rows: int, indent: int = 0, first: str = "") -> list[Text]:
    """At most so many rows of a text; where more is said, ' …' ends the last one behind a word."""
    whole = wrapped(text, console, indent, first)
    limit = len(text.plain)
    while len(whole) > rows and limit > 1:
        limit = min(limit - 1, int(limit * 0.97))
        shorter = text.copy()
        shorter.plain = cut(text.plain, limit)
        whole = wrapped(shorter, console, indent, first)
    return whole[:rows]


def listed(
    head: str, items: Sequence[str], console: Console, rows: int, indent: int = 0, first: str = ""
) -> list[Text]:
    """'head: a; b; and 3 more' on so many rows: as many items whole as there is room for."""
    for shown in range(len(items), 0, -1):
        rest = len(items) - shown
        words = [*items[:shown], *([f"and {rest:,} more"] if rest else [])]
        text = safe(head + "; ".join(words), _LONGEST)
        whole = wrapped(text, console, indent, first)
        if len(whole) <= rows:
            return whole
    rest = len(items) - 1
    tail = f"; and {rest:,} more" if rest else ""
    for limit in range(len(head + "".join(items[:1])), 1, -8):
        whole = wrapped(safe(cut(head + items[0], limit) + tail), console, indent, first)
        if len(whole) <= rows:
            return whole
    return fitted(safe(head + "; ".join(items)), console, rows, indent, first)


_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the terminal. `err`: it belongs on standard error. A row that is `copied`, such as a
    command, is printed on one line however long it is."""

    text: Text
    err: bool = False
    copied: bool = False

    def height(self, width: int) -> int:
        """The rows that a terminal of this width shows it on."""
        return max(1, -(-cell_len(self.text.plain) // width))


Block = Callable[[int], Sequence[Row]]
"""Part of a page, made with at most so many items; it says itself what it leaves out."""


def page(blocks: Sequence[tuple[Block, int]], width: int, rows: int = PAGE) -> list[Row]:
    """The rows of blocks, each with as many of its items as the page has room for, but with one.

    `blocks` come with the most items that each may show. The later of two equally long ones is
    shortened first.
    """
    room = page_rows(width, rows)
    most = [limit for _, limit in blocks]
    while True:
        parts = [block(limit) for (block, _), limit in zip(blocks, most, strict=True)]
        lines = [row for part in parts for row in part]
        longest = max(most, default=0)
        if longest <= 1 or sum(row.height(width) for row in lines) <= room:
            return lines
        most[len(most) - 1 - most[::-1].index(longest)] -= 1


def put(rows: Iterable[Row], out: Console, err: Console) -> None:
    """Print rows, each to its stream."""
    for row in rows:
        stream = err if row.err else out
        stream.print(row.text, soft_wrap=row.copied or cell_len(row.text.plain) > stream.width)


def titled_table(title: str) -> Table:
    """A table of the terminal: its title in bold above it, no frame."""
    return Table(
        title=safe(title) if title else None,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )


class FittingTable:
    """A table whose numbers are never cut or broken: where they do not fit beside one another, each
    row becomes lines of 'head: cell'.

    A '#' before a title stands for a column of numbers.
    """

    def __init__(self, title: str, *titles: str, caption: str = "") -> None:
        self._title, self.caption = title, caption
        self._titles = [title.removeprefix("#") for title in titles]
        self._numeric = [title.startswith("#") for title in titles]
        self._rows: list[list[Text]] = []

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self._rows)

    def add(self, *cells: str | Text) -> None:
        """Add a row."""
        self._rows.append([Text(cell) if isinstance(cell, str) else cell for cell in cells])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = [self._least(number) for number in range(len(self._titles))]
        if sum(widths) + _GAP * (len(widths) - 1) <= options.max_width:
            yield self._table(widths)
        else:
            yield from self._records(console)

    def _least(self, column: int) -> int:
        """The width below which a column's numbers, or its text, cannot be read."""
        head = max(map(cell_len, self._titles[column].split("\n")))
        cells = (cell_len(line) for row in self._rows for line in row[column].plain.split("\n"))
        widest = max([head, *cells])
        if self._numeric[column]:
            return widest
        parts = (part for row in self._rows for part in SEGMENT.findall(row[column].plain))
        longest = max(map(cell_len, parts), default=0)
        return min(widest, max(head, _LEAST_TEXT, min(longest, _MOST_TEXT)))

    def _table(self, widths: Sequence[int]) -> Table:
        table = titled_table(self._title)
        table.caption = safe(self.caption) if self.caption else None
        for title, numeric, width in zip(self._titles, self._numeric, widths, strict=True):
            if numeric:
                table.add_column(title, justify="right", min_width=width, no_wrap=True)
            else:
                table.add_column(title, min_width=width, overflow="fold")
        for row in self._rows:
            table.add_row(*map(WrappedCell, row))
        return table

    def _records(self, console: Console) -> Iterator[Text]:
        if self._title:
            yield from wrapped(safe(self._title, style="bold"), console)
        heads = [title.replace("\n", " ") for title in self._titles]
        for row in self._rows:
            first, *others = zip(heads, row, strict=True)
            yield from wrapped(_record([first]), console, 2, "- ")
            yield from wrapped(_record(others), console, 2)
        if self.caption:
            yield from wrapped(safe(self.caption, style="dim"), console)


def _record(cells: Iterable[tuple[str, Text]]) -> Text:
    """'Hosts: 850; Achievable: 43 + 5'."""
    parts = []
    for head, cell in cells:
        words = Text("; ").join(cell.split("\n"))
        parts.append(Text(f"{head}: " if head else "").append_text(words))
    return Text("; ").join(parts)
