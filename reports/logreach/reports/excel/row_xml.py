"""Rows of a sheet as XML.

openpyxl takes about 15 microseconds a cell, which is seconds for one fleet; this takes two. It also
leaves data no way to become a formula: text always stands in the table of shared strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import repeat
from typing import NamedTuple

from logreach.reports.excel.tables import ROW_LIMIT, Cell, Link, Placed, PlainCell, Sheet, placed
from logreach.reports.safe_text import is_link, plain, shortened

Styles = Mapping[str, int]

# Excel reads '_x0041_' in a string as the letter A.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDE = re.compile("[\u1100-\U0010ffff]")
_LONGEST, _MOST_LINES, _LONGEST_URL = 32_000, 250, 2_000
_NOTHING = "nothing"
# Excel takes a sheet with more links than 65,530 for damaged; beyond, cells keep their text.
MOST_LINKS = 65_000
# Points a line of the default font; a row taller than this would hide its neighbours.
_LINE, _TALLEST = 15, 9
_HEIGHTS = [f'" ht="{_LINE * lines}" customHeight="1">' for lines in range(_TALLEST + 1)]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(slots=True)
class Written:
    """The XML of a sheet's rows and links, and the web pages that the links lead to."""

    rows: str
    links: str
    pages: list[str] = field(default_factory=list)
    dimension: str = "A1"


class Strings:
    """The workbook's table of shared strings; cells name its entries by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def xml(self) -> bytes:
        """The part xl/sharedStrings.xml."""
        # Escaped all at once, which is quicker than one by one; no text that a cell can hold has
        # a NUL in it.
        begin, end = '<si><t xml:space="preserve">', "</t></si>"
        whole = "\0".join([excel_text(text) for text in self._numbers])
        inner = escape(whole, quote=False).replace("\0", f"{end}{begin}")
        entries = f"{begin}{inner}{end}" if self._numbers else ""
        return f'<sst xmlns="{_MAIN}" uniqueCount="{len(self._numbers)}">{entries}</sst>'.encode()


def written(sheet: Sheet, styles: Styles, strings: Strings) -> Written:
    """The rows and links of a sheet."""
    writer = _Writer(sheet, styles, strings)
    places = placed(sheet)
    if sheet.heading:
        writer.line(1, sheet.heading, "title")
    for place in places:
        writer.table(place)
    width = max(len(table.columns) for table in sheet.tables)
    return Written(
        "".join(writer.rows),
        "".join(writer.links),
        list(writer.pages),
        f"A1:{letter(width - 1)}{places[-1].last}",
    )


class _Texts(dict[PlainCell, tuple[str, int]]):
    """What follows a cell's address, and the lines it takes, by what it holds: most cells of a
    column come again and again."""

    def __init__(self, style: int, width: float, strings: Strings) -> None:
        super().__init__()
        self._style = style
        self._room = max(1, int(1.08 * width))
        self._strings = strings

    def __missing__(self, cell: PlainCell) -> tuple[str, int]:
        made = (f'" s="{self._style}"/>', 1)
        if isinstance(cell, str):
            if cell:
                xml = f'" s="{self._style}" t="s"><v>{self._strings.number(cell)}</v></c>'
                made = (xml, min(lines_of(cell, self._room), _TALLEST))
        elif cell is not None:
            made = (f'" s="{self._style}"><v>{cell}</v></c>', 1)
        self[cell] = made
        return made


class _Shape(NamedTuple):
    """A column while its table is written: its letters, and its cells as text and as links."""

    letter: str
    texts: _Texts
    links: _Texts


class _Writer:
    """Collects the XML of one sheet."""

    def __init__(self, sheet: Sheet, styles: Styles, strings: Strings) -> None:
        self.rows: list[str] = []
        self.links: list[str] = []
        # One relationship a page, however often it is linked.
        self.pages: dict[str, int] = {}
        self._widths = sheet.widths
        self._styles = styles
        self._strings = strings

    def line(self, row: int, text: str, style: str) -> None:
        """A row with one cell that runs over its neighbours."""
        number = self._strings.number(text)
        cell = f'<c r="A{row}" s="{self._styles[style]}" t="s"><v>{number}</v></c>'
        self.rows.append(f'<row r="{row}">{cell}</row>')

    def table(self, place: Placed) -> None:
        """Headings, header and rows of a table."""
        table = place.table
        remarks = table.remark_lines
        first = place.header - len(remarks)
        if table.heading:
            self.line(first - 1, table.heading, "heading")
        for row, remark in enumerate(remarks, first):
            self.line(row, remark, "remark")
        titles = tuple(column.title for column in table.columns)
        styles = [header_style(column.kind) for column in table.columns]
        self._block(place.header, [titles], styles)
        self._block(place.header + 1, _rows(place), [column.kind for column in table.columns])

    def _block(self, first: int, rows: Sequence[tuple[Cell, ...]], styles: list[str]) -> None:
        """Rows from the row `first` on. They are put together by column, whose cells are alike,
        and not in a loop over cells: there are hundreds of thousands."""
        numbers = [str(row) for row in range(first, first + len(rows))]
        parts: list[Iterable[str]] = []
        lines: list[Iterable[int]] = []
        for at, (style, cells) in enumerate(zip(styles, zip(*rows, strict=True), strict=True)):
            shape = self._shape(at, style)
            xml, taken = zip(*self._column(shape, cells, numbers), strict=True)
            parts += [repeat(f'<c r="{shape.letter}'), numbers, xml]
            lines.append(taken)
        heights = map(_HEIGHTS.__getitem__, map(max, zip(*lines, strict=True)))
        begin = [repeat('<row r="'), numbers, heights]
        self.rows += map("".join, zip(*begin, *parts, repeat("</row>"), strict=False))

    def _shape(self, at: int, style: str) -> _Shape:
        width = self._widths[at]
        return _Shape(
            letter(at),
            _Texts(self._styles[style], width, self._strings),
            _Texts(self._styles["link"], width, self._strings),
        )

    def _column(
        self, shape: _Shape, cells: tuple[Cell, ...], numbers: list[str]
    ) -> Iterable[tuple[str, int]]:
        name, texts, links = shape
        if Link not in set(map(type, cells)):
            return map(texts.__getitem__, cells)  # type: ignore[arg-type]
        found = []
        for row, cell in zip(numbers, cells, strict=True):
            if isinstance(cell, Link):
                known = links if self._link(name + row, cell) else texts
                found.append(known[cell.text])
            else:
                found.append(texts[cell])
        return found

    def _link(self, where: str, link: Link) -> bool:
        if len(self.links) >= MOST_LINKS:
            return False
        if link.sheet:
            self.links.append(f'<hyperlink ref="{where}" location="\'{link.sheet}\'!A{link.row}"/>')
            return True
        number = self.pages.get(link.url)
        if number is None:
            if not is_link(link.url) or len(link.url) > _LONGEST_URL:
                return False
            number = self.pages[link.url] = len(self.pages) + 1
        self.links.append(f'<hyperlink ref="{where}" r:id="page{number}"/>')
        return True


def _rows(place: Placed) -> Sequence[tuple[Cell, ...]]:
    table = place.table
    blank: tuple[Cell, ...] = (None,) * (len(table.columns) - 1)
    if not table.rows:
        return [(_NOTHING, *blank)]
    if len(table.rows) > ROW_LIMIT:
        cut = f"{len(table.rows) - ROW_LIMIT + 1} more rows: see assessment.json"
        return [*table.rows[: ROW_LIMIT - 1], (cut, *blank)]
    return table.rows


def excel_text(text: str) -> str:
    """Text that a cell can hold: no control characters, not too long, and read back as it is."""
    safe = plain(text)
    if len(safe) > _LONGEST // 2:
        # Characters beyond the first plane count twice.
        safe = shortened(safe, _LONGEST if max(safe) <= "\uffff" else _LONGEST // 2)
    if safe.count("\n") > _MOST_LINES:
        safe = safe.replace("\n", "; ")
    return _LOOKS_ESCAPED.sub("_x005F_", safe) if "_x" in safe else safe


def header_style(kind: str) -> str:
    """The style of the header above a column: numbers stand at the right."""
    return "header" if kind in ("text", "verdict") else "header right"


def lines_of(text: str, room: int) -> int:
    """About how many lines of `room` characters a text takes: not every program fits rows by
    itself."""
    if len(text) <= room and text.isprintable() and text.isascii():
        return 1
    if "\n" not in text:
        return -(-_breadth(text) // room)
    # Enough to know that a row is as tall as rows get.
    return sum([-(-_breadth(line) // room) or 1 for line in text[:5_000].split("\n")])


def _breadth(line: str) -> int:
    """Characters, those of East Asia as two."""
    if line.isascii():
        return len(line)
    return len(line) + len(_WIDE.findall(line, 0, 5_000))


@lru_cache(maxsize=1_000)
def letter(index: int) -> str:
    """The letters of a column counted from 0."""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found
