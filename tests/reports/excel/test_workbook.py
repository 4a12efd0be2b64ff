"""The workbook tells every verdict, with its reason, evidence, reference and remedy beside it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sample_assessment import ALL_VERDICTS, FORMULA, MARKUP, SHA, empty, planned, sample
from workbooks import SHEETS, TABLES, charts, headers_of, on_cover, rows_of

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import NO
from logreach.reports.excel import write_workbook
from logreach.reports.labels import QUESTIONS, signed, signed_label


def test_the_sheets_stand_in_their_order(book: Workbook) -> None:
    assert tuple(book.sheetnames) == SHEETS


def test_without_rules_there_is_no_sheet_for_them(tmp_path: Path) -> None:
    one = sample()
    bare = replace(one, profiles=tuple(replace(p, rules={}) for p in one.profiles))
    write_workbook(bare, tmp_path / "bare.xlsx")
    assert "Rules" not in load_workbook(tmp_path / "bare.xlsx").sheetnames


def test_headers_stay_in_sight(book: Workbook) -> None:
    for title in TABLES:
        (table,) = book[title].tables.values()
        below = int(re.findall(r"\d+", table.ref)[0]) + 1
        assert re.fullmatch(rf"[ABC]{below}", book[title].freeze_panes or ""), title


def test_each_technique_stands_once_a_profile_with_its_reason(
    book: Workbook, assessment: Assessment
) -> None:
    rows = {(row["Technique"], _id(row)): row for row in rows_of(book, "Techniques")}
    assert len(rows) == sum(len(profile.techniques) for profile in assessment.profiles)
    for profile in assessment.profiles:
        for key, technique in profile.techniques.items():
            row = rows[key, profile.profile_id]
            detection = technique.detection
            assert row["Detection"] == signed_label(detection.label)
            assert row["Visibility"] == signed(technique.visibility.verdict)
            assert row["Analytic as named"] == signed(technique.analytic.verdict)
            assert row["Depth"] == detection.depth
            assert row["Hosts"] == profile.count
            assert (row["Lacks"] or "") == ", ".join(detection.lacks)
            assert (row["Holds"] or "") == ", ".join(detection.holds)


def _id(row: dict[str, Any]) -> str:
    """The profile of a row, without its hosts."""
    return str(row["Profile"]).partition(" (")[0]


def _technique(book: Workbook, technique: str) -> dict[str, Any]:
    """A technique on the first profile."""
    return next(
        row
        for row in rows_of(book, "Techniques")
        if row["Technique"] == technique and _id(row) == "P1"
    )


def test_a_row_says_how_it_is_detected_way_by_way(book: Workbook) -> None:
    row = _technique(book, "T1543")
    assert row["Why"].splitlines() == [
        "one way alone, direct evidence (Windows)",
        "direct evidence Security:4688: act of Security:4688 recorded",
        "analytic AN0000: 3 of 4 data components; lacking Module Load",
        "rules 1 of 2 can fire",
    ]
    assert (row["Depth"], row["Sensors"], row["Direct"]) == (1, "Windows", "direct")
    assert row["Lacks"] == f"Sysmon:7, {MARKUP}"


def test_a_row_says_what_is_lacking_and_that_evidence_is_indirect(book: Workbook) -> None:
    row = _technique(book, "T1547.001")
    assert row["Why"].splitlines()[0] == "only in part, indirect evidence only"
    assert row["Direct"] == "indirect"
    assert _technique(book, "T1003.001")["Why"].endswith("Process Creation is not audited")


def test_a_row_names_the_hosts_that_record_the_evidence(book: Workbook) -> None:
    row = _technique(book, "T1558.003")
    assert (row["Detection"], row["Where"]) == ("◉ achievable elsewhere", "DC")
    assert "direct evidence Security:4769 on DC: " in row["Why"]
    assert _technique(book, "T1003.006")["Detection"] == "◑ conditional elsewhere"


@pytest.mark.parametrize("verdict", ALL_VERDICTS, ids=lambda verdict: verdict.label)
def test_every_label_is_told_by_sign_and_word(book: Workbook, verdict: Any) -> None:
    assert signed(verdict) in {row["Verdict"] for row in rows_of(book, "Events")}


def test_every_verdict_column_is_coloured(book: Workbook) -> None:
    for title in ("Techniques", "Data components", "Events", "Attributes", "Rules"):
        sheet = book[title]
        header = headers_of(book, title)
        coloured = {
            str(area.sqref).split(":")[0].rstrip("0123456789")
            for area in sheet.conditional_formatting
        }
        wanted = ("Verdict", "On the host", *QUESTIONS.values())
        assert coloured == {header[name] for name in wanted if name in header}


def test_a_verdict_has_evidence_reference_and_remedy_beside_it(book: Workbook) -> None:
    row = next(row for row in rows_of(book, "Events") if _id(row) == "P2")
    assert row["Evidence"] == "ws/auditpol.csv line 12: Process Creation,Success"
    assert row["Reference"].startswith("https://learn.microsoft.com/")
    assert row["Remedy"] == "Turn on Success auditing of Process Creation"
    (link,) = [one for one in rows_of(book, "Evidence") if one["No."] == row["Chain"]]
    assert link["Reason"] == "Process Creation is not audited"
    assert link["SHA-256"] == SHA


def test_where_forwarding_is_judged_both_ends_are_told(book: Workbook) -> None:
    row = next(row for row in rows_of(book, "Events") if _id(row) == "P2")
    assert (row["On the host"], row["Verdict"]) == ("● achievable", "○ not achievable")
    other = next(row for row in rows_of(book, "Events") if _id(row) == "P1")
    assert other["On the host"] == "forwarding unknown"
    assert {_id(row): row["Verdicts about"] for row in rows_of(book, "Profiles")} == {
        "P1": "events on the host",
        "P2": "received events",
    }


def test_facts_are_counted_by_what_they_rest_on(book: Workbook) -> None:
    counts = {
        _id(row): [row[f"Facts {state}"] for state in ("known", "assumed", "unknown")]
        for row in rows_of(book, "Profiles")
    }
    # A missing fact is unknown, once: the command line is both, what Sysmon is missing on P2 alone.
    assert counts == {"P1": [1, 1, 1], "P2": [1, 1, 2]}


def test_facts_are_the_rows_that_profiles_count(book: Workbook) -> None:
    rows = Counter((_id(row), row["State"]) for row in rows_of(book, "Facts"))
    for row in rows_of(book, "Profiles"):
        for state in ("known", "assumed", "unknown"):
            assert row[f"Facts {state}"] == rows[_id(row), state]


def test_visibility_is_said_to_read_high(book: Workbook) -> None:
    texts = [str(cell.value) for row in book["Method"].iter_rows() for cell in row]
    assert any("the best one counts, so this figure is optimistic" in text for text in texts)


def test_the_chart_of_changes_shows_none_that_gains_nothing(tmp_path: Path) -> None:
    one = sample()
    idle = replace(one.remedies[1], gain=0, raised={})
    write_workbook(replace(one, remedies=(one.remedies[0], idle)), tmp_path / "a.xlsx")
    made = load_workbook(tmp_path / "a.xlsx")
    assert len(rows_of(made, "Remedies")) == 2
    gain = headers_of(made, "Remedies")["Gain"]
    drawn = re.findall(rf"'Remedies'!\${gain}\$(\d+):\${gain}\$(\d+)", charts(tmp_path / "a.xlsx"))
    (table,) = made["Remedies"].tables.values()
    header = int(re.findall(r"\d+", table.ref)[0])
    # The series is named by the header, and has the first change alone.
    assert drawn == [(str(header), str(header)), (str(header + 1), str(header + 1))]


def test_the_plan_has_a_row_a_change_with_its_cost(tmp_path: Path) -> None:
    one = planned()
    write_workbook(one, tmp_path / "a.xlsx")
    made = load_workbook(tmp_path / "a.xlsx")
    sheet = made["Steps"]
    row, second = rows_of(made, "Steps")
    assert [row["How"], second["How"]] == [each.remedy.text for each in one.remedies]
    assert row["Step"] == second["Step"] == 1
    assert row["Cost"] == "Medium to high event volume"
    assert {row["Volume"], second["Volume"]} == {"unknown"}
    assert (row["Pairs gained"], row["Hosts"], row["Techniques"]) == (104, 902, 2)
    # Said once, so that a sum over the column is right.
    assert second["Pairs gained"] is None
    assert row["Achievable after"] == pytest.approx(2_000 / 5_412)
    text = " ".join(str(cells[0].value) for cells in sheet.iter_rows())
    assert "under 0.1 % of the pairs need a missing fact" in text


def test_what_a_remedy_raises_is_told_by_kind_of_change(tmp_path: Path) -> None:
    one = sample()
    up = "visibility: unknown -> achievable"
    raised = {"T1": f"detection: not achievable -> achievable; {up}", "T2": up}
    many = replace(one.remedies[0], raised=raised)
    write_workbook(replace(one, remedies=(many,)), tmp_path / "a.xlsx")
    (row,) = rows_of(load_workbook(tmp_path / "a.xlsx"), "Remedies")
    assert row["Verdicts raised"].splitlines() == [
        f"{up}: T1, T2",
        "detection: not achievable -> achievable: T1",
    ]
    assert row["Fact"] == "audit subcategory Process Creation"
    assert row["Key"] == str(many.remedy.key)


def test_a_fault_is_counted_once(tmp_path: Path) -> None:
    one = sample()
    write_workbook(replace(one, faults=one.profiles[0].faults), tmp_path / "a.xlsx")
    made = load_workbook(tmp_path / "a.xlsx")
    assert "have 1 fault (" in on_cover(made)["Gaps"]
    assert len(rows_of(made, "Faults")) == 1


def test_pairs_and_profiles_of_the_first_sheet_add_up(
    book: Workbook, assessment: Assessment
) -> None:
    verdicts = rows_of(book, "Verdicts")
    hosts = sum(profile.count for profile in assessment.profiles)
    techniques = rows_of(book, "Techniques")
    for column in QUESTIONS.values():
        assert sum(row[column] for row in verdicts) == hosts * len(assessment.fleet)
        for row in verdicts:
            counted = sum(one["Hosts"] for one in techniques if one[column] == row["Verdict"])
            assert row[column] == counted


def test_without_forwarding_there_is_no_column_for_it(tmp_path: Path) -> None:
    write_workbook(empty(), tmp_path / "empty.xlsx")
    assert "On the host" not in rows_of(load_workbook(tmp_path / "empty.xlsx"), "Events")[0]


def test_a_field_that_no_component_asks_for_is_left_to_the_json(book: Workbook) -> None:
    rows = rows_of(book, "Attributes")
    assert rows
    assert not [r for r in rows if r["Attribute"] == "ProcessId" and _id(r) == "P2"]
    assert all(r["Why"] for r in rows)


def test_rules_are_told_one_by_one_and_by_technique(book: Workbook) -> None:
    rule = rows_of(book, "Rules")[0]
    assert rule["Title"] == FORMULA
    assert rule["Dead branches"] == "selection_2"
    by_id = {row["Technique"]: row["Rules"] for row in rows_of(book, "Techniques")}
    assert by_id["T1543.003"] == "1 conditional"
    assert by_id["T1543"] is None


def test_facts_faults_conflicts_and_inputs_are_told(book: Workbook) -> None:
    words = {
        title: "\n".join(
            str(cell.value) for row in book[title].iter_rows() for cell in row if cell.value
        )
        for title in TABLES
    }
    assert "audit subcategory Process Creation" in words["Facts"]
    assert "the inventory does not say" in words["Facts"]
    assert "Process Creation,Success) is used" in words["Conflicts"]
    assert "unknown word 'Erfolk'" in words["Faults"]
    assert "file not found" in words["Faults"]
    assert "setting Command line" in words["Missing"]
    assert "Not parsed" in words["Method"]
    assert FORMULA in words["Inputs"]


@pytest.mark.parametrize("written", [True, False])
def test_no_change_is_offered_for_an_event_that_this_windows_does_not_write(
    written: bool, tmp_path: Path
) -> None:
    one = sample()
    first = one.profiles[0]
    remedy = one.remedies[0].remedy
    reasons = [Reason("audit policy", "Security:1", NO, "is off", remedy=remedy)]
    if not written:
        reasons.insert(0, Reason("os", "Security:1", NO, "Security:1 is not written here"))
    changed = replace(first, events={"Security:1": Judged(NO, tuple(reasons))})
    write_workbook(replace(one, profiles=(changed,)), tmp_path / "a.xlsx")
    rows = rows_of(load_workbook(tmp_path / "a.xlsx"), "Events")
    assert [row["Remedy"] for row in rows] == [remedy.text if written else None]
