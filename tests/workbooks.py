"""Reading workbooks back."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook

SHEETS = (
    "Summary",
    "Techniques",
    "Data components",
    "Events",
    "Attributes",
    "Rules",
    "Hosts",
    "Remedies",
    "Evidence",
    "Method",
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(book: Workbook, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet's first table, by header."""
    sheet = book[title]
    table = next(iter(sheet.tables.values()))
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [dict(zip(header, row, strict=True)) for row in rows]
