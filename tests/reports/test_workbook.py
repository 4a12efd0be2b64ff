"""The workbook holds every verdict, no formula from data, and the same bytes each time."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from sample_assessment import (
    ALL_VERDICTS,
    FORMULA,
    HOSTILE,
    LONG,
    MARKUP,
    SHA,
    empty,
    planned,
    sample,
)

from logreach.coverage.assessment import Assessment
from logreach.reports.excel import model, write_workbook
from logreach.reports.excel.cells import Strings, excel_text, letter, written
from logreach.reports.words import plain, signed

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


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "assessment.xlsx"
    write_workbook(sample(), path)
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return load_workbook(path)


@pytest.fixture(scope="module", params=["sample", "empty"])
def any_book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("any") / "any.xlsx"
    write_workbook(sample() if request.param == "sample" else empty(), path)
    return path


def _rows(book: Workbook, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet's first table, by header."""
    sheet = book[title]
    table = next(iter(sheet.tables.values()))
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_sheets_stand_in_their_order(book: Workbook) -> None:
    assert tuple(book.sheetnames) == SHEETS


def test_without_rules_there_is_no_sheet_for_them(tmp_path: Path) -> None:
    one = sample()
    bare = replace(one, profiles=tuple(replace(p, rules={}) for p in one.profiles))
    write_workbook(bare, tmp_path / "bare.xlsx")
    assert "Rules" not in load_workbook(tmp_path / "bare.xlsx").sheetnames


def test_the_same_assessment_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(sample(), again)
    assert again.read_bytes() == path.read_bytes()


def test_no_part_carries_the_time_of_writing(path: Path) -> None:
    with ZipFile(path) as archive:
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
    found = [row["Reason"] for row in _rows(book, "Evidence")]
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


def test_tables_are_valid(any_book: Path) -> None:
    names: list[str] = []
    for sheet in load_workbook(any_book):
        assert sheet.tables
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


def test_the_parts_of_a_sheet_stand_in_the_order_of_the_format(path: Path) -> None:
    order = [
        "sheetPr",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "conditionalFormatting",
        "hyperlinks",
        "printOptions",
        "pageMargins",
        "pageSetup",
        "headerFooter",
        "tableParts",
    ]
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                root = ET.fromstring(archive.read(name))  # noqa: S314
                places = [order.index(child.tag.removeprefix(MAIN)) for child in root]
                assert places == sorted(places)


def test_every_relationship_that_a_sheet_names_exists(path: Path) -> None:
    with ZipFile(path) as archive:
        for number in range(1, len(SHEETS) + 1):
            data = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            rels = archive.read(f"xl/worksheets/_rels/sheet{number}.xml.rels").decode()
            assert set(re.findall(r'r:id="([^"]+)"', data)) <= set(
                re.findall(r'\bId="([^"]+)"', rels)
            )


def test_headers_stay_in_sight(book: Workbook) -> None:
    frozen = {sheet.title: sheet.freeze_panes for sheet in book}
    assert all(frozen[title] for title in SHEETS if title != "Summary")


def test_each_technique_stands_once_a_profile_with_its_reason(
    book: Workbook, assessment: Assessment
) -> None:
    rows = {(row["Technique"], row["Profile"]): row for row in _rows(book, "Techniques")}
    assert len(rows) == sum(len(profile.techniques) for profile in assessment.profiles)
    for profile in assessment.profiles:
        for key, technique in profile.techniques.items():
            row = rows[key, profile.profile_id]
            assert row["Visibility"] == signed(technique.visibility.verdict)
            assert row["Detection"] == signed(technique.detection.verdict)
            assert row["Visibility: why"].endswith(technique.visibility.reason)
            assert row["Hosts"] == profile.count


@pytest.mark.parametrize("verdict", ALL_VERDICTS, ids=lambda verdict: verdict.label)
def test_every_label_is_told_by_sign_and_word(book: Workbook, verdict: Any) -> None:
    assert signed(verdict) in {row["Verdict"] for row in _rows(book, "Events")}


def test_every_verdict_column_is_coloured(book: Workbook) -> None:
    for title in ("Techniques", "Data components", "Events", "Attributes", "Rules"):
        sheet = book[title]
        header = {cell.value: cell.column_letter for cell in sheet[1]}
        coloured = {
            str(area.sqref).split(":")[0].rstrip("0123456789")
            for area in sheet.conditional_formatting
        }
        wanted = ("Verdict", "On the host", "Visibility", "Detection", "With alternatives")
        assert coloured == {header[name] for name in wanted if name in header}


def test_a_verdict_has_evidence_reference_and_remedy_beside_it(book: Workbook) -> None:
    row = next(row for row in _rows(book, "Events") if row["Profile"] == "P2")
    assert row["Evidence"] == "ws/auditpol.csv line 12: Process Creation,Success"
    assert row["Reference"].startswith("https://learn.microsoft.com/")
    assert row["Remedy"] == "Turn on Success auditing of Process Creation"
    (link,) = [one for one in _rows(book, "Evidence") if one["No."] == row["Chain"]]
    assert link["Reason"] == "Process Creation is not audited"
    assert link["SHA-256"] == SHA


def test_where_forwarding_is_judged_both_ends_are_told(book: Workbook) -> None:
    row = next(row for row in _rows(book, "Events") if row["Profile"] == "P2")
    assert (row["On the host"], row["Verdict"]) == ("● achievable", "○ not achievable")
    other = next(row for row in _rows(book, "Events") if row["Profile"] == "P1")
    assert other["On the host"] == "forwarding not told"
    assert {row["Profile"]: row["Verdicts tell"] for row in _rows(book, "Hosts")} == {
        "P1": "what the host writes",
        "P2": "what arrives",
    }


def test_facts_are_counted_by_what_they_rest_on(book: Workbook) -> None:
    row = _rows(book, "Hosts")[0]
    assert [row[f"Facts {state}"] for state in ("known", "assumed", "unknown")] == [1, 1, 1]
    assert "assumed" in {cell.value for line in book["Hosts"].iter_rows() for cell in line}


def test_visibility_is_said_to_read_high(book: Workbook) -> None:
    for title in ("Summary", "Method"):
        texts = [str(cell.value) for row in book[title].iter_rows() for cell in row]
        assert any("the best one counts, so this number reads high" in text for text in texts)


def test_the_first_sheet_names_no_change_that_gains_nothing(tmp_path: Path) -> None:
    one = sample()
    idle = replace(one.remedies[1], gain=0, raised={})
    write_workbook(replace(one, remedies=(one.remedies[0], idle)), tmp_path / "a.xlsx")
    made = load_workbook(tmp_path / "a.xlsx")
    table = made["Summary"].tables["TopRemedies"]
    told = [[cell.value for cell in row] for row in made["Summary"][table.ref]][1:]
    assert [row[1] for row in told] == [one.remedies[0].remedy.text]
    assert len(_rows(made, "Remedies")) == 2


def test_the_plan_stands_on_the_first_sheet(tmp_path: Path) -> None:
    one = planned()
    write_workbook(one, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx")["Summary"]
    header, *rows = [[cell.value for cell in row] for row in sheet[sheet.tables["Steps"].ref]]
    row, second = [dict(zip(header, cells, strict=True)) for cells in rows]
    assert [row["Change"], second["Change"]] == [each.remedy.text for each in one.remedies]
    assert row["Step"] == second["Step"] == "Step 1"
    assert (row["Pairs gained"], row["Hosts"], row["Techniques"]) == (104, 902, 2)
    # Said once, so that a sum over the column is right.
    assert second["Pairs gained"] is None
    assert row["Achievable then"] == pytest.approx(2_000 / 5_412)
    texts = [str(cell.value) for cells in sheet.iter_rows() for cell in cells]
    assert any("under 0.1 % of the pairs need a missing fact" in text for text in texts)


def test_what_a_remedy_raises_is_told_by_kind_of_change(tmp_path: Path) -> None:
    one = sample()
    up = "visibility: unknown -> achievable"
    raised = {"T1": f"detection: not achievable -> achievable; {up}", "T2": up}
    many = replace(one.remedies[0], raised=raised)
    write_workbook(replace(one, remedies=(many,)), tmp_path / "a.xlsx")
    (row,) = _rows(load_workbook(tmp_path / "a.xlsx"), "Remedies")
    assert row["Which"].splitlines() == [
        f"{up}: T1, T2",
        "detection: not achievable -> achievable: T1",
    ]
    assert row["Fact"] == "audit subcategory Process Creation"
    assert row["Key"] == str(many.remedy.key)


def test_a_fault_is_counted_once(tmp_path: Path) -> None:
    one = sample()
    write_workbook(replace(one, faults=one.profiles[0].faults), tmp_path / "a.xlsx")
    made = load_workbook(tmp_path / "a.xlsx")
    assert {row["About"]: row["Value"] for row in _rows(made, "Summary")}[
        "Faults in the input"
    ] == "1"
    assert len(made["Hosts"][made["Hosts"].tables["Faults"].ref]) == 2


def test_pairs_and_profiles_of_the_first_sheet_add_up(
    book: Workbook, assessment: Assessment
) -> None:
    sheet = book["Summary"]
    questions = [[c.value for c in row] for row in sheet[sheet.tables["Questions"].ref]][1:]
    hosts = sum(profile.count for profile in assessment.profiles)
    assert {sum(row[2:]) for row in questions} == {hosts * len(assessment.fleet)}
    techniques = _rows(book, "Techniques")
    for row, column in zip(
        questions, ("Visibility", "Detection", "With alternatives"), strict=True
    ):
        achieved = sum(one["Hosts"] for one in techniques if one[column] == "● achievable")
        assert row[2] == achieved


def test_without_forwarding_there_is_no_column_for_it(tmp_path: Path) -> None:
    write_workbook(empty(), tmp_path / "empty.xlsx")
    assert "On the host" not in _rows(load_workbook(tmp_path / "empty.xlsx"), "Events")[0]


def test_a_field_that_no_component_asks_for_is_left_to_the_json(book: Workbook) -> None:
    rows = _rows(book, "Attributes")
    assert rows
    assert not [r for r in rows if r["Attribute"] == "ProcessId" and r["Profile"] == "P2"]
    assert all(r["Why"] for r in rows)


def test_rules_are_told_one_by_one_and_by_technique(book: Workbook) -> None:
    rule = _rows(book, "Rules")[0]
    assert rule["Title"] == FORMULA
    assert rule["Dead branches"] == "selection_2"
    by_id = {row["Technique"]: row["Rules"] for row in _rows(book, "Techniques")}
    assert by_id["T1543.003"] == "1 conditional"
    assert by_id["T1543"] is None


def test_facts_faults_conflicts_and_inputs_are_told(book: Workbook) -> None:
    words = {
        title: "\n".join(
            str(cell.value) for row in book[title].iter_rows() for cell in row if cell.value
        )
        for title in ("Hosts", "Remedies", "Method")
    }
    assert "audit subcategory Process Creation" in words["Hosts"]
    assert "believed Success" in words["Hosts"]
    assert "unknown word 'Erfolk'" in words["Hosts"]
    assert "file not found" in words["Hosts"]
    assert "the inventory does not say" in words["Hosts"]
    assert "setting Command line" in words["Remedies"]
    assert "Not parsed" in words["Method"]
    assert FORMULA in words["Method"]


def test_very_long_text_is_cut_and_says_so(book: Workbook) -> None:
    how = _rows(book, "Method")[-1]["How"]
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
    titles = [c.title for c in model.profile_columns(["A", "a", "Name", "", MARKUP], ["Name"])]
    assert titles == ["A", "a (2)", "Name (2)", "profile", MARKUP]


def test_more_rows_than_a_sheet_has_are_said_to_be_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from logreach.reports.excel import cells

    for module in (cells, model):
        monkeypatch.setattr(module, "ROW_LIMIT", 5)
    write_workbook(sample(), tmp_path / "cut.xlsx")
    rows = _rows(load_workbook(tmp_path / "cut.xlsx"), "Techniques")
    assert len(rows) == 5
    assert rows[-1]["Technique"] == "10 more rows: see assessment.json"


def test_a_sheet_has_no_more_links_than_the_format_bears(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from logreach.reports.excel import cells

    monkeypatch.setattr(cells, "MOST_LINKS", 4)
    write_workbook(sample(), tmp_path / "few.xlsx")
    with ZipFile(tmp_path / "few.xlsx") as archive:
        for number in range(1, len(SHEETS) + 1):
            data = archive.read(f"xl/worksheets/sheet{number}.xml")
            assert data.count(b"<hyperlink ") <= 4
    last = _rows(load_workbook(tmp_path / "few.xlsx"), "Techniques")[-1]
    assert last["Profile"] == "P2"


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_lettered_as_in_a_spreadsheet(index: int, name: str) -> None:
    assert letter(index) == name


def test_numbers_and_empty_cells_of_a_column_of_text_stay_what_they_are() -> None:
    table = model.Table("T", model.columns("A", "B :number"), [("x", 1), (None, 2), ("x", None)])
    sheet = model.Sheet("S", (10.0, 10.0), (table,))
    strings = Strings()
    found = written(
        sheet, {"text": 1, "number": 2, "header": 3, "header right": 4, "link": 5}, strings
    )
    rows = [
        re.findall(r'<c r="(\w+)" s="(\d)"[^>]*>(?:<v>(\d+)</v>)?', row)
        for row in found.rows.split("</row>")
    ]
    assert rows[1:4] == [
        [("A2", "1", "2"), ("B2", "2", "1")],
        [("A3", "1", ""), ("B3", "2", "2")],
        [("A4", "1", "2"), ("B4", "2", "")],
    ]


def test_openpyxl_alone_imports_nothing_that_it_can_do_without() -> None:
    code = (
        "import sys; from logreach.reports.excel import import_alone; import_alone(); "
        "assert 'openpyxl' in sys.modules and not {'numpy', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
