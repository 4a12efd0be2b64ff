"""Reading workbooks back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from openpyxl import Workbook

SHEETS = (
    "Cover",
    "Charts",
    "Steps",
    "Remedies",
    "Missing",
    "Tactics",
    "Component coverage",
    "Tactic matrix",
    "Matrix",
    "Verdicts",
    "Profiles",
    "Hosts",
    "Techniques",
    "Data components",
    "Events",
    "Attributes",
    "Rules",
    "Facts",
    "Conflicts",
    "Faults",
    "Evidence",
    "Method",
    "Inputs",
    "References",
)
TABLES = SHEETS[2:]
"""The sheets that hold one table each."""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(book: Workbook, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by header."""
    sheet = book[title]
    (table,) = sheet.tables.values()
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def on_cover(book: Workbook) -> dict[str, Any]:
    """The second column of the cover by the first; where a word stands twice, as it comes first."""
    told: dict[str, Any] = {}
    for name, value in book["Cover"].iter_rows(max_col=2, values_only=True):
        told.setdefault(str(name), value)
    return told


def headers_of(book: Workbook, title: str) -> dict[str, str]:
    """The letter of each column of a sheet's table, by its header."""
    sheet = book[title]
    (table,) = sheet.tables.values()
    return {str(cell.value): cell.column_letter for cell in sheet[table.ref][0]}


def page_heads(path: Path) -> list[str]:
    """What stands at the head of every printed page of each sheet; openpyxl cuts it when it
    reads."""
    with ZipFile(path) as archive:
        sheets = [
            ET.fromstring(archive.read(name))  # noqa: S314
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
        ]
    return [str(sheet.findtext(f"{MAIN}headerFooter/{MAIN}oddHeader")) for sheet in sheets]


def charts(path: Path) -> str:
    """The XML of all charts of a workbook."""
    with ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/charts/"))
        return "".join(archive.read(name).decode() for name in names)
