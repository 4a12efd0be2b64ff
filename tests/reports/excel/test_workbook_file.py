"""The workbook is a valid file: no formula from data, no broken link, the same bytes each time."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from sample_assessment import FORMULA, HOSTILE, LONG, MARKUP, empty, sample
from workbooks import MAIN, SHEETS, rows_of

from logreach.reports.excel import tables, write_workbook
from logreach.reports.excel.cell_text import excel_text
from logreach.reports.excel.row_xml import SharedStrings, letter, sheet_xml
from logreach.reports.safe_text import plain


@pytest.fixture(scope="module", params=["sample", "empty"])
def any_book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("any") / "any.xlsx"
    write_workbook(sample() if request.param == "sample" else empty(), path)
    return path


def test_the_same_assessment_gives_the_same_bytes(book_path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(sample(), again)
    assert again.read_bytes() == book_path.read_bytes()


def test_no_part_carries_the_time_of_writing(book_path: Path) -> None:
    with ZipFile(book_path) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {2000}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", core)) == {"2000-01-01T00:00:00"}


def test_no_cell_is_a_formula_and_no_part_links_to_a_file(any_book: Path) -> None:
    with ZipFile(any_book) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            assert b"externalLink" not in data
            assert b"ddeLink" not in data
            if name.startswith("xl/worksheets/sheet"):
                assert not list(ET.fromstring(data).iter(f"{MAIN}f"))  # noqa: S314


def test_links_lead_to_rows_that_exist_or_to_pages_of_the_web(book: Workbook) -> None:
    inner, outer = 0, 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                link = cell.hyperlink
                if link is None:
                    continue
                if link.location:
                    title, _, where = link.location.rpartition("!")
                    assert book[title.strip("'")][where].value is not None
                    inner += 1
                else:
                    assert link.target.startswith("https://")
                    outer += 1
    assert inner > 50
    assert outer > 10


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_data_that_looks_like_code_stays_text(book: Workbook, text: str) -> None:
    found = [row["Reason"] for row in rows_of(book, "Evidence")]
    assert plain(text) in found


def test_formula_like_cells_are_of_type_text(book: Workbook) -> None:
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value[:1] in "=+-@\t"
    }
    assert kinds == {"s"}


def test_formula_like_text_stays_text_when_someone_edits_it(book: Workbook) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    quoted = {str(cell.value) for cell in cells if cell.quotePrefix}
    assert FORMULA in quoted
    assert {text[0] for text in quoted} <= set("=+-@")
    plain = {str(cell.value)[:1] for cell in cells if cell.value and not cell.quotePrefix}
    assert not plain & set("=+-@")


def test_tables_are_valid(any_book: Path) -> None:
    names: list[str] = []
    for sheet in load_workbook(any_book):
        for table in sheet.tables.values():
            names.append(table.displayName)
            header, *rows = sheet[table.ref]
            titles = [cell.value for cell in header]
            assert titles == [column.name for column in table.tableColumns]
            assert all(isinstance(title, str) and title for title in titles)
            assert len({title.casefold() for title in titles}) == len(titles)
            assert rows
            assert table.autoFilter.ref == table.ref
    assert len({name.casefold() for name in names}) == len(names)


def test_every_cell_names_a_shared_string_that_exists(any_book: Path) -> None:
    with ZipFile(any_book) as archive:
        strings = ET.fromstring(archive.read("xl/sharedStrings.xml"))  # noqa: S314
        assert strings.get("uniqueCount") == str(len(strings))
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for cell in ET.fromstring(archive.read(name)).iter(f"{MAIN}c"):  # noqa: S314
                    if cell.get("t") == "s":
                        assert int(cell[0].text or -1) < len(strings)


def test_the_parts_of_a_sheet_stand_in_the_order_of_the_format(book_path: Path) -> None:
    order = [
        "sheetPr",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "conditionalFormatting",
        "dataValidations",
        "hyperlinks",
        "printOptions",
        "pageMargins",
        "pageSetup",
        "headerFooter",
        "rowBreaks",
        "drawing",
        "tableParts",
    ]
    with ZipFile(book_path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                root = ET.fromstring(archive.read(name))  # noqa: S314
                places = [order.index(child.tag.removeprefix(MAIN)) for child in root]
                assert places == sorted(places)


def test_every_relationship_that_a_sheet_names_exists(book_path: Path) -> None:
    with ZipFile(book_path) as archive:
        for number in range(1, len(SHEETS) + 1):
            data = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            rels = archive.read(f"xl/worksheets/_rels/sheet{number}.xml.rels").decode()
            assert set(re.findall(r'r:id="([^"]+)"', data)) <= set(
                re.findall(r'\bId="([^"]+)"', rels)
            )


def test_very_long_text_is_cut_and_says_so(book: Workbook) -> None:
    how = rows_of(book, "Method")[-1]["How"]
    assert len(how) < 32_767
    assert how.endswith(f"… (cut; {len(LONG)} characters in all)")


@pytest.mark.parametrize(
    "text", ["😀" * 20_000, "\n".join("x" * 500), "a\x00b\x1fc", "x" * 40_000, "\ud800\uffff"]
)
def test_a_cell_keeps_to_the_limits_of_the_format(text: str) -> None:
    shown = excel_text(text)
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert shown.count("\n") <= 253
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", shown)


def test_profiles_with_one_name_or_a_title_of_the_table_get_columns_of_their_own() -> None:
    titles = [c.title for c in tables.profile_columns(["A", "a", "Name", "", MARKUP], ["Name"])]
    assert titles == ["A", "a (2)", "Name (2)", "profile", MARKUP]


def test_more_rows_than_a_sheet_has_are_said_to_be_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from logreach.reports.excel import row_xml

    for module in (row_xml, tables):
        monkeypatch.setattr(module, "ROW_LIMIT", 5)
    write_workbook(sample(), tmp_path / "cut.xlsx")
    rows = rows_of(load_workbook(tmp_path / "cut.xlsx"), "Techniques")
    assert len(rows) == 5
    assert rows[-1]["Technique"] == "14 more rows: see assessment.json"


def test_a_sheet_has_no_more_links_than_the_format_bears(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from logreach.reports.excel import row_xml

    monkeypatch.setattr(row_xml, "MOST_LINKS", 4)
    write_workbook(sample(), tmp_path / "few.xlsx")
    with ZipFile(tmp_path / "few.xlsx") as archive:
        for number in range(1, len(SHEETS) + 1):
            data = archive.read(f"xl/worksheets/sheet{number}.xml")
            assert data.count(b"<hyperlink ") <= 4
    last = rows_of(load_workbook(tmp_path / "few.xlsx"), "Techniques")[-1]
    assert last["Profile"].startswith("P2 (")


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_lettered_as_in_a_spreadsheet(index: int, name: str) -> None:
    assert letter(index) == name


STYLES = ("text", "number", "header", "header right", "link", "quoted")


def test_numbers_and_empty_cells_of_a_column_of_text_stay_what_they_are() -> None:
    table = tables.Table("T", tables.columns("A", "B :number"), [("x", 1), (None, 2), ("x", None)])
    sheet = tables.Sheet("S", "", (10.0, 10.0), (table,))
    strings = SharedStrings()
    found = sheet_xml(sheet, {name: number for number, name in enumerate(STYLES, 1)}, strings, {})
    rows = [
        re.findall(r'<c r="(\w+)" s="(\d)"[^>]*>(?:<v>(\d+)</v>)?', row)
        for row in found.rows.split("</row>")
    ]
    assert rows[1:4] == [
        [("A2", "1", "2"), ("B2", "2", "1")],
        [("A3", "1", ""), ("B3", "2", "2")],
        [("A4", "1", "2"), ("B4", "2", "")],
    ]
