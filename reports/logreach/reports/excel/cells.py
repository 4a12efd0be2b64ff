"""Rows of a sheet as XML.

openpyxl takes about 15 microseconds a cell, which is seconds for one fleet; this takes two. It also
leaves data no way to become a formula: text always stands in the table of shared strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from logreach.coverage.verdict import Verdict
from logreach.reports.excel.model import ROW_LIMIT, Cell, Link, Placed, Sheet, placed
from logreach.reports.words import is_link, plain, shortened, signed

Styles = Mapping[str, int]

# Excel reads '_x0041_' in a string as the letter A.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST, _MOST_LINES, _LONGEST_URL = 32_000, 250, 2_000
_NOTHING = "nothing"
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
        entries = "".join(
            f'<si><t xml:space="preserve">{escape(excel_text(text), quote=False)}</t></si>'
            for text in self._numbers
        )
        size = len(self._numbers)
        return (
            f'<sst xmlns="{_MAIN}" count="{size}" uniqueCount="{size}">{entries}</sst>'
        ).encode()


def written(sheet: Sheet, styles: Styles, strings: Strings) -> Written:
    """The rows and links of a sheet."""
    writer = _Writer(styles, strings)
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


class _Texts(dict[str, str]):
    """What follows a cell's address, by its text: most texts of a sheet come again and again."""

    def __init__(self, style: int, strings: Strings) -> None:
        super().__init__()
        self._style = style
        self._strings = strings

    def __missing__(self, text: str) -> str:
        made = f'" s="{self._style}"/>'
        if text:
            made = f'" s="{self._style}" t="s"><v>{self._strings.number(text)}</v></c>'
        self[text] = made
        return made


class _Writer:
    """Collects the XML of one sheet."""

    def __init__(self, styles: Styles, strings: Strings) -> None:
        self.rows: list[str] = []
        self.links: list[str] = []
        # One relationship a page, however often it is linked.
        self.pages: dict[str, int] = {}
        self._texts = {name: _Texts(number, strings) for name, number in styles.items()}
        self._styles = styles

    def line(self, row: int, text: str, style: str) -> None:
        """A row with one cell."""
        self.rows.append(f'<row r="{row}"><c r="A{row}{self._texts[style][text]}</row>')

    def table(self, place: Placed) -> None:
        """Headings, header and rows of a table."""
        table = place.table
        if table.heading:
            self.line(place.header - bool(table.remark) - 1, table.heading, "heading")
        if table.remark:
            self.line(place.header - 1, table.remark, "remark")
        heads = [f'<c r="{letter(at)}' for at in range(len(table.columns))]
        titles = self._texts["header"]
        self.rows.append(f'<row r="{place.header}" ht="32" customHeight="1">')
        self.rows += [
            f"{head}{place.header}{titles[column.title]}"
            for head, column in zip(heads, table.columns, strict=True)
        ]
        self.rows.append("</row>")
        shapes = [
            (head, self._texts[column.kind], self._styles[column.kind])
            for head, column in zip(heads, table.columns, strict=True)
        ]
        for row, cells in enumerate(_rows(place), start=place.header + 1):
            self._row(row, cells, shapes)

    def _row(
        self, row: int, cells: tuple[Cell, ...], shapes: list[tuple[str, _Texts, int]]
    ) -> None:
        out = self.rows
        out.append(f'<row r="{row}">')
        for (head, texts, style), cell in zip(shapes, cells, strict=True):
            if isinstance(cell, str):
                out.append(f"{head}{row}{texts[cell]}")
            elif isinstance(cell, Link):
                linked = self._link(f"{head[6:]}{row}", cell)
                shown = self._texts["link"] if linked else texts
                out.append(f"{head}{row}{shown[cell.text]}")
            elif isinstance(cell, Verdict):
                out.append(f"{head}{row}{texts[signed(cell)]}")
            elif cell is None:
                out.append(f'{head}{row}" s="{style}"/>')
            else:
                out.append(f'{head}{row}" s="{style}"><v>{cell}</v></c>')
        out.append("</row>")

    def _link(self, where: str, link: Link) -> bool:
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


def _rows(place: Placed) -> Iterable[tuple[Cell, ...]]:
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
    if text.isprintable() and len(text) < _LONGEST // 2:
        safe = text
    else:
        # Characters beyond the first plane count twice.
        limit = _LONGEST if max(text, default="") <= "\uffff" else _LONGEST // 2
        safe = shortened(plain(text), limit)
        if safe.count("\n") > _MOST_LINES:
            safe = safe.replace("\n", "; ")
    return _LOOKS_ESCAPED.sub("_x005F_", safe) if "_x" in safe else safe


@lru_cache(maxsize=1_000)
def letter(index: int) -> str:
    """The letters of a column counted from 0."""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found
