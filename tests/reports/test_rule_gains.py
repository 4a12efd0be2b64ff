"""Every report shows the rules that a change raises, and the plan for rules."""

from __future__ import annotations

from io import StringIO

import jsonschema
import openpyxl
import pytest
from page_reading import ReadPage
from rich.console import Console
from sample_assessment import planned, with_rule_gains
from workbooks import rows_of

from logreach.reports.excel import write_workbook
from logreach.reports.html import rendered
from logreach.reports.json import document, schema
from logreach.reports.plan_steps import RULE_GAIN_MEANING, rules_raised
from logreach.reports.terminal.details import print_details


def _terminal(gains: bool) -> str:
    screen = StringIO()
    print_details(with_rule_gains() if gains else planned(), Console(file=screen, width=200))
    return screen.getvalue()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("gains") / "a.xlsx"
    write_workbook(with_rule_gains(), path)
    return openpyxl.load_workbook(path)


def test_a_rule_that_rises_in_two_ways_counts_once() -> None:
    assert [rules_raised(change) for change in with_rule_gains().remedies] == [2, 0]


def test_the_document_has_them_and_keeps_to_the_schema() -> None:
    values = document(with_rule_gains())
    jsonschema.Draft202012Validator(schema()).validate(values)
    first, second = values["remedies"]
    assert first["rule_gain"] == 156.5
    assert first["rules_raised"]["unknown -> achievable"] == ["r-1"]
    assert (second["rule_gain"], second["rules_raised"]) == (0, {})
    (step,) = values["rule_plan"]["steps"]
    assert (step["rules"], step["rule_gain"]) == (["r-1", "r-2"], 156.5)
    assert [missing["rules"] for missing in values["missing"]] == [902, 0]


def test_the_sheet_of_remedies_has_them_as_numbers(book: openpyxl.Workbook) -> None:
    first, second = rows_of(book, "Remedies")
    assert (first["Rules raised"], first["Weighted"]) == (2, 156.5)
    assert first["Verdicts of rules raised"].startswith("not achievable -> achievable: r-1, r-2")
    assert (second["Rules raised"], second["Weighted"]) == (0, 0)


@pytest.mark.parametrize(
    ("title", "column", "values"),
    [
        ("Rule steps", "Weight gained", [156.5]),
        ("Rule steps", "Achievable after", [0.5]),
        ("Remedies", "Rules raised", [2, 0]),
        ("Missing", "Verdicts of rules", [902, 0]),
    ],
)
def test_the_sheets_of_what_to_do_have_them(
    book: openpyxl.Workbook, title: str, column: str, values: list[float]
) -> None:
    assert [row[column] for row in rows_of(book, title)] == values


def test_the_page_has_them() -> None:
    page = rendered(with_rule_gains())
    remedies = ReadPage(page).data.remedies
    assert [(remedy.rules, remedy.rule_gain) for remedy in remedies] == [(2, 156.5), (0, 0)]
    assert "The plan for rules, in steps" in page
    assert RULE_GAIN_MEANING in page


def test_the_terminal_has_them() -> None:
    shown = _terminal(gains=True)
    assert "What to change for rules, in steps" in shown
    assert "156.5" in shown
    assert "Weighted" in shown


def test_without_rules_no_report_speaks_of_them() -> None:
    page = rendered(planned())
    assert RULE_GAIN_MEANING not in page
    assert "The plan for rules" not in page
    assert "Weighted" not in _terminal(gains=False)
