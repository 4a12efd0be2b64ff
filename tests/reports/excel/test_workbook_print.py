"""A printed sheet is one legible page wide, and says on each page what its columns are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from sample_assessment import sample
from workbooks import TABLES, headers_of, page_heads

from logreach.coverage.assessment.as_of import AsOf
from logreach.reports.excel import write_workbook

# Characters of column width on a landscape page: at 300 a line is printed at about half its size.
LEGIBLE = 300
LAST_PRINTED = {
    "Techniques": "Depth",
    "Data components": "Cost",
    "Events": "Cost",
    "Attributes": "Cost",
    "Rules": "Cost",
    "Remedies": "Remedy",
    "Evidence": "Evidence",
}


@pytest.mark.parametrize("title", ["Cover", *TABLES])
def test_a_sheet_is_printed_one_legible_page_wide(book: Workbook, title: str) -> None:
    sheet = book[title]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    last = _last_printed(book, title)
    width = sum(
        one.width for one in sheet.column_dimensions.values() if one.width and one.min <= last
    )
    assert 100 < width <= LEGIBLE


def _last_printed(book: Workbook, title: str) -> int:
    sheet = book[title]
    if not sheet.print_area:
        return int(sheet.max_column)
    area = sheet[sheet.print_area.rpartition("!")[2].replace("$", "")]
    return int(area[0][-1].column)


@pytest.mark.parametrize(("title", "column"), LAST_PRINTED.items())
def test_what_is_for_the_screen_alone_is_not_printed(
    book: Workbook, title: str, column: str
) -> None:
    sheet = book[title]
    letters = {letter: header for header, letter in headers_of(book, title).items()}
    assert letters[get_column_letter(_last_printed(book, title))] == column
    # No row is left out: whoever wants fewer filters them.
    assert sheet.print_area.rpartition("$")[2] == str(sheet.max_row)


@pytest.mark.parametrize("title", TABLES)
def test_each_page_repeats_the_first_column_and_the_header(book: Workbook, title: str) -> None:
    assert book[title].print_title_cols == "$A:$A"
    (table,) = book[title].tables.values()
    header = re.findall(r"\d+", table.ref)[0]
    assert book[title].print_title_rows == f"${header}:${header}"


def test_each_page_names_inventory_version_and_day(tmp_path: Path) -> None:
    inventory = 'R&D &P &"Arial" ' + "x" * 300
    write_workbook(replace(sample(), inventory=inventory), tmp_path / "a.xlsx")
    heads = set(page_heads(tmp_path / "a.xlsx"))
    assert len(heads) == 1
    (text,) = heads
    # Each '&' of the name is doubled: a single one would begin a code.
    assert text.startswith('&LR&&D &&P &&"Arial" xxx')
    assert text.endswith(", ATT&&CK 18.1, day of the facts not told")
    assert len(text) <= 255


def test_a_page_names_the_day_of_the_facts(tmp_path: Path) -> None:
    day = date(2026, 3, 1)
    write_workbook(replace(sample(), as_of=AsOf(day, day)), tmp_path / "a.xlsx")
    for text in page_heads(tmp_path / "a.xlsx"):
        assert "ATT&&CK 18.1, facts as of 2026-03-01" in text


def test_a_matrix_of_many_profiles_takes_several_pages_beside_one_another(tmp_path: Path) -> None:
    one = sample()
    profiles = tuple(replace(one.profiles[0], profile_id=f"P{number}") for number in range(40))
    write_workbook(replace(one, profiles=profiles), tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx")["Matrix"].page_setup.fitToWidth == 3
