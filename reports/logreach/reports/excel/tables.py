"""Sheets as tables of typed cells, before they become XML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal, NamedTuple

from logreach.reports.safe_text import one_line

# The format ends at 1,048,576 rows; a row then says that the others are in assessment.json.
ROW_LIMIT = 1_000_000
# Characters; a remark runs over the cells beside it.
_REMARK_WIDTH = 160


class CellLink(NamedTuple):
    """A cell to click: to a sheet of this workbook, or to a page on the web.

    `row` is a row of that sheet's table, counted from 0; None: the top of the sheet.
    """

    text: str
    sheet: str = ""
    row: int | None = None
    url: str = ""


PlainCell = str | int | float | None
Cell = PlainCell | CellLink


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` is 'text', 'verdict', 'number', 'decimal' or 'share' (0 to 1).

    Cells of the kinds 'entry', 'status' and 'due' are for people to fill in: anything, one of
    `STATUSES`, a date.
    """

    title: str
    kind: str = "text"


STATUSES = ("open", "planned", "done", "risk accepted", "rejected")
"""What may become of a remedy; every remedy begins with the first."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its filter. `name` is unique in the workbook; `heading` and `remark` stand
    above it.

    Without `filtered` it is a block of a cover: a form to read and to sign, nothing to sort;
    `row_height` is then the points of each of its rows.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    heading: str = ""
    remark: str = ""
    filtered: bool = True
    row_height: int | None = None

    @property
    def remark_lines(self) -> list[str]:
        """The remark in lines that a screen shows whole."""
        return wrap(self.remark, _REMARK_WIDTH)


# Names of the format: wide stripes, light stripes, dots.
Pattern = Literal["wdDnDiag", "ltUpDiag", "pct10"]


class BarSeries(NamedTuple):
    """A column of numbers as a part of each bar. `colour` is six digits."""

    column: str
    colour: str
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of parts that lie beside one another, a bar a row of a table.

    `sheet` is the sheet of the table; `rows` of it are drawn, from `first` on. `category` is the
    column that names the bars. With `shares` each bar has the same length.
    """

    title: str
    sheet: str
    rows: int
    category: str
    series: tuple[BarSeries, ...]
    axis: str
    shares: bool = False
    first: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: one table; or the blocks of a cover; or charts.

    `tells` is what the sheet answers, for the list of contents. `widths` in characters; `fixed`
    columns stay in sight; `printed` the first columns that are printed, all where None.
    """

    title: str
    tells: str
    widths: tuple[float, ...]
    tables: tuple[Table, ...] = ()
    fixed: int = 1
    heading: str = ""
    printed: int | None = None
    charts: tuple[Chart, ...] = ()

    @property
    def table(self) -> Table | None:
        """The table with a filter; None of a cover and of charts."""
        return next((table for table in self.tables if table.filtered), None)


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table on its sheet: rows count from 1, `last` is its last row."""

    table: Table
    header: int
    last: int


def placed_tables(sheet: Sheet) -> list[PlacedTable]:
    """Where each table stands: headings and remarks above, a free row between blocks."""
    row = 2 if sheet.heading else 1
    places = []
    for table in sheet.tables:
        row += (2 if table.heading else 0) + len(table.remark_lines)
        # A table without a row of data is not valid; one row then says 'nothing'.
        last = row + max(1, min(len(table.rows), ROW_LIMIT))
        places.append(PlacedTable(table, row, last))
        row = last + 1
    return places


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns from titles; ' :kind' behind a title gives its kind."""
    table_columns = []
    for title in titles:
        name, _, kind = title.partition(" :")
        table_columns.append(Column(name, kind or "text"))
    return tuple(table_columns)


def profile_columns(profile_ids: Sequence[str], taken: Sequence[str]) -> tuple[Column, ...]:
    """A verdict column a profile; titles are unique whatever the ids are, as a table needs."""
    used = {title.casefold() for title in taken}
    verdict_columns = []
    for profile_id in profile_ids:
        base = one_line(profile_id)[:200] or "profile"
        title, number = base, 1
        while title.casefold() in used:
            number += 1
            title = f"{base} ({number})"
        used.add(title.casefold())
        verdict_columns.append(Column(title, "verdict"))
    return tuple(verdict_columns)
