"""Rows of a sheet as XML, instead of a library's cells.

The rows of the example organisation, 250,000 cells, take 0.3 s; openpyxl's write-only mode takes
4.0 s for them without links, XlsxWriter 1.8 s, and the whole assessment 2.6 s. On the made-up fleet
of tests/benchmarks/reports.py, which measures all three in one run, they take 7 and 4 times as long
as this. All that is few is openpyxl's: styles, tables, charts, checks of entries, print setup. Data
cannot become a formula: text always stands in the table of shared strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from itertools import repeat
from typing import NamedTuple, cast

from logreach.reports.excel.cell_text import excel_text, line_count
from logreach.reports.excel.tables import (
    ROW_LIMIT,
    Cell,
    CellLink,
    PlacedTable,
    PlainCell,
    Sheet,
    placed_tables,
)
from logreach.reports.safe_text import is_link

Styles = Mapping[str, int]

_LONGEST_URL = 2_000
# Text stays text as it is; marked as quoted it also does when someone edits the cell.
_BEGINS_FORMULA = "=+-@"
NOTHING = "nothing"
# Excel takes a sheet with more links than 65,530 for damaged; beyond, cells keep their text.
MOST_LINKS = 65_000
# Points a line of the default font; a row taller than nine lines would hide its neighbours.
_LINE, _TALLEST = 15, 9
_HEIGHTS = [f'" ht="{_LINE * lines}" customHeight="1">' for lines in range(_TALLEST + 1)]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(slots=True)
class SheetXml:
    """The XML of a sheet's rows and links, and the web pages that the links lead to."""

    rows: str
    links: str
    pages: list[str] = field(default_factory=list)
    dimension: str = "A1"


class SharedStrings:
    """The workbook's table of shared strings; cells name its entries by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, which is added where it is new."""
        return self._numbers.setdefault(text, len(self._numbers))

    def xml(self) -> bytes:
        """The part xl/sharedStrings.xml."""
        entries = [
            f'<si><t xml:space="preserve">{escape(excel_text(text), quote=False)}</t></si>'
            for text in self._numbers
        ]
        head = f'<sst xmlns="{_MAIN}" uniqueCount="{len(entries)}">'
        return f"{head}{''.join(entries)}</sst>".encode()


def sheet_xml(
    sheet: Sheet, styles: Styles, strings: SharedStrings, first_rows: Mapping[str, int]
) -> SheetXml:
    """The rows and links of a sheet; `first_rows` are the first rows of data, by sheet."""
    writer = _SheetWriter(sheet, styles, strings, first_rows)
    tables = placed_tables(sheet)
    if sheet.heading:
        writer.add_line(1, sheet.heading, "title")
    for placed in tables:
        writer.add_table(placed)
    width = max((len(table.columns) for table in sheet.tables), default=1)
    last = tables[-1].last if tables else 1
    return SheetXml(
        "".join(writer.rows),
        "".join(writer.links),
        list(writer.pages),
        f"A1:{letter(width - 1)}{last}",
    )


def first_data_rows(sheets: Iterable[Sheet]) -> dict[str, int]:
    """The first row of data of each sheet's table, by the sheet's title."""
    return {
        sheet.title: placed.header + 1
        for sheet in sheets
        for placed in placed_tables(sheet)
        if placed.table.filtered
    }


class _ColumnXml(dict[PlainCell, tuple[str, int]]):
    """The XML behind a cell's address, and its lines, by the cell's value: most values of a column
    occur again and again."""

    def __init__(self, style: int, quoted: int, width: float, strings: SharedStrings) -> None:
        super().__init__()
        self._style = style
        self._quoted = quoted
        self._width = max(1, int(1.08 * width))
        self._strings = strings

    def __missing__(self, cell: PlainCell) -> tuple[str, int]:
        xml = (f'" s="{self._style}"/>', 1)
        if isinstance(cell, str) and cell:
            number = self._strings.number(cell)
            lines = min(line_count(cell, self._width), _TALLEST)
            style = self._quoted if cell[0] in _BEGINS_FORMULA else self._style
            xml = (f'" s="{style}" t="s"><v>{number}</v></c>', lines)
        elif cell is not None and not isinstance(cell, str):
            xml = (f'" s="{self._style}"><v>{cell}</v></c>', 1)
        self[cell] = xml
        return xml


class _Column(NamedTuple):
    """A column of a table: its letters, and its cells as text and as links."""

    letter: str
    texts: _ColumnXml
    links: _ColumnXml

    def xml(
        self,
        cells: Sequence[Cell],
        numbers: Sequence[str],
        add_link: Callable[[str, CellLink], bool],
    ) -> Iterable[tuple[str, int]]:
        """What follows the address of each cell, and the lines that it takes."""
        if CellLink not in set(map(type, cells)):
            return map(self.texts.__getitem__, cast("Sequence[PlainCell]", cells))
        return [
            self._linked(cell, self.letter + row, add_link)
            if isinstance(cell, CellLink)
            else self.texts[cell]
            for cell, row in zip(cells, numbers, strict=True)
        ]

    def _linked(
        self, cell: CellLink, address: str, add_link: Callable[[str, CellLink], bool]
    ) -> tuple[str, int]:
        return (self.links if add_link(address, cell) else self.texts)[cell.text]


class _SheetWriter:
    """Collects the XML of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        styles: Styles,
        strings: SharedStrings,
        first_rows: Mapping[str, int],
    ) -> None:
        self.rows: list[str] = []
        self.links: list[str] = []
        # One relationship a page, however often it is linked.
        self.pages: dict[str, int] = {}
        self._widths = sheet.widths
        self._printed = sheet.printed
        self._styles = styles
        self._strings = strings
        self._first_rows = first_rows

    def add_line(self, row: int, text: str, style: str) -> None:
        """A row with one cell that runs over its neighbours."""
        number = self._strings.number(text)
        cell = f'<c r="A{row}" s="{self._styles[style]}" t="s"><v>{number}</v></c>'
        self.rows.append(f'<row r="{row}">{cell}</row>')

    def add_table(self, placed: PlacedTable) -> None:
        """Headings, header and rows of a table."""
        table = placed.table
        remarks = table.remark_lines
        first = placed.header - len(remarks)
        if table.heading:
            self.add_line(first - 1, table.heading, "heading")
        for row, remark in enumerate(remarks, first):
            self.add_line(row, remark, "remark")
        titles = tuple(column.title for column in table.columns)
        self._add_rows(
            placed.header, [titles], [header_style(column.kind) for column in table.columns]
        )
        kinds = [column.kind for column in table.columns]
        self._add_rows(placed.header + 1, _rows(placed), kinds, self._printed, table.row_height)

    def _add_rows(
        self,
        first: int,
        rows: Sequence[tuple[Cell, ...]],
        styles: Sequence[str],
        decisive: int | None = None,
        height: int | None = None,
    ) -> None:
        """Rows from the row `first` on, as tall as the first `decisive` columns need, or of one
        height: hundreds of ids in a column for the screen would push the rows apart.

        They are put together by column, in C, and not in a loop over cells: of half a million, as
        six profiles with 2,407 rules have, that takes 0.1 s less.
        """
        numbers = [str(row) for row in range(first, first + len(rows))]
        # Headers are bold, and those of numbers indented.
        scale = 0.8 if styles[0].startswith("header") else 1.0
        columns: list[Iterable[str]] = []
        lines: list[Iterable[int]] = []
        for index, (style, cells) in enumerate(zip(styles, zip(*rows, strict=True), strict=True)):
            column = self._column(letter(index), style, scale * self._widths[index])
            xml, taken = zip(*column.xml(cells, numbers, self._link), strict=True)
            columns += [repeat(f'<c r="{column.letter}'), numbers, xml]
            lines.append(taken)
        tallest = map(max, zip(*lines[:decisive], strict=True))
        heights: Iterable[str] = map(_HEIGHTS.__getitem__, tallest)
        if height is not None:
            heights = repeat(f'" ht="{height}" customHeight="1">')
        begin = [repeat('<row r="'), numbers, heights]
        self.rows += map("".join, zip(*begin, *columns, repeat("</row>"), strict=False))

    def _column(self, name: str, style: str, width: float) -> _Column:
        return _Column(
            name,
            _ColumnXml(self._styles[style], self._styles["quoted"], width, self._strings),
            _ColumnXml(self._styles["link"], self._styles["link"], width, self._strings),
        )

    def _link(self, address: str, link: CellLink) -> bool:
        """Add a link; False where the cell keeps only its text."""
        if len(self.links) >= MOST_LINKS:
            return False
        if link.sheet:
            row = 1 if link.row is None else self._first_rows[link.sheet] + link.row
            target = f"location=\"'{link.sheet}'!A{row}\""
        else:
            page = self.pages.get(link.url)
            if page is None:
                if not is_link(link.url) or len(link.url) > _LONGEST_URL:
                    return False
                page = self.pages[link.url] = len(self.pages) + 1
            target = f'r:id="page{page}"'
        self.links.append(f'<hyperlink ref="{address}" {target}/>')
        return True


def _rows(placed: PlacedTable) -> Sequence[tuple[Cell, ...]]:
    table = placed.table
    blank: tuple[Cell, ...] = (None,) * (len(table.columns) - 1)
    if not table.rows:
        return [(NOTHING, *blank)]
    if len(table.rows) > ROW_LIMIT:
        cut = f"{len(table.rows) - ROW_LIMIT + 1} more rows: see assessment.json"
        return [*table.rows[: ROW_LIMIT - 1], (cut, *blank)]
    return table.rows


def header_style(kind: str) -> str:
    """The style of the header above a column: numbers stand at the right."""
    return "header right" if kind in ("number", "decimal", "share") else "header"


@cache
def letter(index: int) -> str:
    """The letters of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
