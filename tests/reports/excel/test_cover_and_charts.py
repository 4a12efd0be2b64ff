"""The cover says what was assessed and who signs; charts draw the cells that they name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from sample_assessment import empty, planned, sample
from workbooks import SHEETS, TABLES, charts, headers_of, on_cover, rows_of

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.network.techniques import DETECTION
from logreach.reports.counts import totals
from logreach.reports.excel import write_workbook
from logreach.reports.excel.tables import STATUSES
from logreach.reports.labels import LABEL_STYLES, group_of, signed_label
from logreach.reports.scope import scope_lines


def test_the_cover_tells_the_scope_in_the_words_of_every_report(
    book: Workbook, assessment: Assessment
) -> None:
    told = on_cover(book)
    for line in scope_lines(assessment):
        assert told[line.heading] == line.text


def test_the_cover_has_room_for_those_who_sign(book: Workbook) -> None:
    rows = list(book["Cover"].iter_rows())
    (header,) = (row for row in rows if row[0].value == "As")
    titles = [cell.value for cell in header if cell.value]
    assert titles == ["As", "Name and function", "Date", "Signature"]
    for role in ("Prepared", "Reviewed", "Signed"):
        (row,) = (row for row in rows if row[0].value == role)
        assert [cell.value for cell in row[1:4]] == [None] * 3
        assert all(cell.border.left.style for cell in row[1:4])


def test_the_cover_leads_to_every_sheet_and_counts_its_rows(book: Workbook) -> None:
    links = {
        cell.value: (cell.hyperlink.location, rows)
        for cell, _, rows, *_ in book["Cover"].iter_rows()
        if cell.hyperlink
    }
    assert tuple(links) == SHEETS[1:]
    for title in TABLES:
        location, rows = links[title]
        assert location == f"'{title}'!A1"
        shown = [row for row in rows_of(book, title) if "nothing" not in row.values()]
        assert rows.value == len(shown)


def test_figures_of_the_cover_are_numbers_with_their_denominator(
    book: Workbook, assessment: Assessment
) -> None:
    (row,) = (
        [cell.value for cell in row]
        for row in book["Cover"].iter_rows(max_col=5)
        if row[0].value == "Detection" and isinstance(row[2].value, int)
    )
    counts = totals(assessment, DETECTION)
    of = sum(counts.values()) - counts["not applicable"]
    number = counts["achievable"] + counts["achievable elsewhere"]
    assert row[2:4] == [number, of]
    assert row[4] == pytest.approx(number / of)


def test_the_cover_names_the_cost_of_the_first_steps(tmp_path: Path) -> None:
    write_workbook(planned(), tmp_path / "a.xlsx")
    told = on_cover(load_workbook(tmp_path / "a.xlsx"))["Changes"]
    assert told.startswith("2 changes in 1 step would make it 37.0 %. Cost: ")
    assert "on 902 hosts, event volume unknown" in told


def test_tactics_add_up_with_the_pairs_of_their_techniques(
    book: Workbook, assessment: Assessment
) -> None:
    rows = rows_of(book, "Tactics")
    # Impact has no technique here.
    assert [row["Tactic"] for row in rows] == ["Persistence", "Privilege Escalation"]
    counts = Counter[str]()
    for label, number in totals(assessment, DETECTION).items():
        counts[group_of(label)] += number
    for row in rows:
        shown = {label: row.get(signed_label(label)) for label in LABEL_STYLES}
        for label, number in shown.items():
            assert number is None or number == counts[label], label
        assert row["Pairs"] == sum(number for number in shown.values() if number)


def test_a_data_component_says_which_hosts_fall_short_and_what_mends_it(book: Workbook) -> None:
    (row,) = (
        row
        for row in rows_of(book, "Component coverage")
        if row["Data component"] == "Process Creation"
    )
    assert (row["Hosts"], row["● achievable"], row["○ not achievable"]) == (902, 850, 52)
    assert row["Achievable"] == pytest.approx(850 / 902)
    assert row["Hosts that fall short, and why"].startswith("○ not achievable: P2 (")
    assert row["Hosts that fall short, and why"].endswith("Process Creation is not audited")
    change = "Turn on Success auditing of Process Creation: P2 ("
    assert row["First change offered"].startswith(change)
    assert row["Cost"] == "Medium to high event volume"


def test_charts_draw_the_rows_of_their_tables(book: Workbook, book_path: Path) -> None:
    xml = charts(book_path)
    references = set(re.findall(r"<(?:c:)?f>'([^']+)'!([^<]+)</", xml))
    assert {title for title, _ in references} == {"Tactics", "Remedies", "Component coverage"}
    for title, area in references:
        sheet = book[title]
        (table,) = sheet.tables.values()
        left, top, right, bottom = range_boundaries(table.ref)
        column, first, _, last = range_boundaries(area)
        assert left <= column <= right
        assert top <= first <= last <= bottom
        values = [sheet.cell(row, column).value for row in range(first, last + 1)]
        numbers = sheet.cell(top, column).value not in ("Tactic", "Change", "Data component")
        if first > top:
            assert {isinstance(value, int) for value in values} == {numbers}


def test_charts_show_their_axes_and_the_words_beside_the_signs(book_path: Path) -> None:
    xml = charts(book_path)
    assert set(re.findall(r'<(?:c:)?delete val="(\w+)"', xml)) == {"0"}
    # Patterns tell parts from one another in greyscale.
    assert "pattFill" in xml


def test_nothing_assessed_draws_nothing(tmp_path: Path) -> None:
    write_workbook(empty(), tmp_path / "a.xlsx")
    assert "Charts" not in load_workbook(tmp_path / "a.xlsx").sheetnames


def test_remedies_have_room_for_owner_status_and_due(book: Workbook) -> None:
    sheet = book["Remedies"]
    header = headers_of(book, "Remedies")
    rows = rows_of(book, "Remedies")
    assert {(row["Owner"], row["Status"], row["Due"]) for row in rows} == {(None, "open", None)}
    checks = {
        str(area).rstrip("0123456789:")[:1]: check
        for check in sheet.data_validations.dataValidation
        for area in check.sqref.ranges
    }
    status, due = checks[header["Status"]], checks[header["Due"]]
    assert status.formula1 == f'"{",".join(STATUSES)}"'
    assert (status.type, due.type) == ("list", "date")
    assert str(status.sqref).count(":") == 1


NUMBERS = {
    "Steps": ["Step", "Hosts", "Pairs gained", "Techniques", "Achievable after"],
    "Remedies": ["Hosts", "Gain", "Techniques raised"],
    "Missing": ["Hosts", "Verdicts that depend on it"],
    "Profiles": ["Count", "Techniques that apply", "Visibility", "Facts unknown", "Faults"],
    "Hosts": ["Machines"],
    "Techniques": ["Hosts", "Depth"],
}


@pytest.mark.parametrize("title", NUMBERS)
def test_numbers_are_numbers(title: str, tmp_path: Path) -> None:
    write_workbook(planned(), tmp_path / "a.xlsx")
    row = rows_of(load_workbook(tmp_path / "a.xlsx"), title)[0]
    assert [name for name in NUMBERS[title] if not isinstance(row[name], int | float)] == []


def test_every_host_is_named_with_its_profile(book: Workbook, assessment: Assessment) -> None:
    rows = rows_of(book, "Hosts")
    assert len(rows) == sum(len(profile.hosts) for profile in assessment.profiles)
    assert {row["Profile"].partition(" (")[0] for row in rows} == {"P1", "P2"}


def test_missing_facts_name_the_command_that_tells_them(tmp_path: Path) -> None:
    write_workbook(sample(), tmp_path / "a.xlsx")
    first, _ = rows_of(load_workbook(tmp_path / "a.xlsx"), "Missing")
    assert first["How to find out"].startswith("reg export")
    assert first["Hosts"] == 902


def test_a_technique_names_the_changes_that_suffice(tmp_path: Path) -> None:
    one = planned()
    least = {"P2": {"T1543": (0, 1)}}
    write_workbook(replace(one, plan=replace(one.plan, least=least)), tmp_path / "a.xlsx")
    rows = rows_of(load_workbook(tmp_path / "a.xlsx"), "Techniques")
    told = {
        (row["Technique"], row["Profile"].partition(" (")[0]): row["Change that suffices"]
        for row in rows
    }
    both = "\n".join(each.remedy.text for each in one.remedies)
    assert told.pop(("T1543", "P2")) == both
    assert set(told.values()) == {None}


def test_the_tactic_matrix_has_each_technique_below_its_tactics(
    book: Workbook, assessment: Assessment
) -> None:
    rows = rows_of(book, "Tactic matrix")
    applying = [
        each for each in assessment.fleet.values() if set(each.detection) - {"not applicable"}
    ]
    for tactic in ("Persistence", "Privilege Escalation"):
        cells = [row[tactic] for row in rows if row[tactic]]
        assert [cell.split(" ")[1] for cell in cells] == [each.technique_id for each in applying]
    assert "● T1543 Create or Modify System Process (850 of 902)" in rows[0].values()
    assert "◉ T1558.003 Kerberoasting (902 of 902)" in [row["Persistence"] for row in rows]
