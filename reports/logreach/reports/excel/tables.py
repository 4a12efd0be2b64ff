"""Sheets as tables of typed cells, before they become XML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

from logreach.reports.safe_text import one_line

# The format ends at 1,048,576 rows; a row then says that the others are in assessment.json.
ROW_LIMIT = 1_000_000
# Characters; a remark runs over the cells beside it.
_REMARK_WIDTH = 160


class CellLink(NamedTuple):
    """A cell to click: to a row of a sheet of this workbook, or to a page on the web."""

    text: str
    sheet: str = ""
    row: int = 1
    url: str = ""


PlainCell = str | int | float | None
Cell = PlainCell | CellLink


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` is 'text', 'verdict', 'number', 'decimal' or 'share' (0 to 1)."""

    title: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its filter. `name` is unique in the workbook; `heading` and `remark` stand
    above it."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    heading: str = ""
    remark: str = ""

    @property
    def remark_lines(self) -> list[str]:
        """The remark in lines that a screen shows whole."""
        return wrap(self.remark, _REMARK_WIDTH)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: tables below one another.

    `widths` in characters; `frozen` the first free cell; `printed` the first columns that are
    printed, all where None.
    """

    title: str
    widths: tuple[float, ...]
    tables: tuple[Table, ...]
    frozen: str | None = None
    heading: str = ""
    printed: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table on its sheet: rows count from 1, `last` is its last row."""

    table: Table
    header: int
    last: int


def placed_tables(sheet: Sheet) -> list[PlacedTable]:
    """Where each table stands: headings above, two free rows between tables."""
    row = 3 if sheet.heading else 1
    places = []
    for table in sheet.tables:
        row += bool(table.heading) + len(table.remark_lines)
        # A table without a row of data is not valid; one row then says 'nothing'.
        last = row + max(1, min(len(table.rows), ROW_LIMIT))
        places.append(PlacedTable(table, row, last))
        row = last + 3
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
