"""A printed sheet is one legible page wide, and says on each page what its columns are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sample_assessment import sample
from workbooks import SHEETS

from logreach.reports.excel import write_workbook

# Characters of column width on a landscape page: at 300 a line is printed at about half its size.
LEGIBLE = 300
LAST_PRINTED = {
    "Techniques": "Direct",
    "Data components": "Remedy",
    "Events": "Remedy",
    "Attributes": "Remedy",
    "Rules": "Remedy",
    "Remedies": "Needless",
    "Evidence": "Evidence",
}


@pytest.mark.parametrize("title", SHEETS)
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
    assert sheet.cell(1, _last_printed(book, title)).value == column
    # No row is left out: whoever wants fewer filters them.
    assert sheet.print_area.rpartition("$")[2] == str(sheet.max_row)


@pytest.mark.parametrize("title", SHEETS)
def test_each_page_repeats_the_first_column_and_the_header(book: Workbook, title: str) -> None:
    assert book[title].print_title_cols == "$A:$A"
    # The first sheet has a table below the other, each with a header of its own.
    assert book[title].print_title_rows == (None if title == "Summary" else "$1:$1")


def test_a_matrix_of_many_profiles_takes_several_pages_beside_one_another(tmp_path: Path) -> None:
    one = sample()
    profiles = tuple(replace(one.profiles[0], profile_id=f"P{number}") for number in range(40))
    write_workbook(replace(one, profiles=profiles), tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx")["Summary"].page_setup.fitToWidth == 3
