"""Ids of the other ATT&CK version stand beside those that differ, in every report."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from page_reading import ReadPage
from rich.console import Console
from sample_assessment import sample

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.attack import Counterparts
from logreach.reports.csv import write_csv
from logreach.reports.excel import write_workbook
from logreach.reports.html import rendered
from logreach.reports.json import document
from logreach.reports.navigator import ALL_LAYERS, write_layers
from logreach.reports.terminal.details import print_details

OTHERS = {"T1543": ("T1901", "T1902.001"), "T1543.003": ()}


@pytest.fixture(scope="module")
def moved() -> Assessment:
    return replace(sample(), counterparts=Counterparts("19.1", OTHERS))


def test_the_summary_lists_them(moved: Assessment) -> None:
    out = StringIO()
    print_details(moved, Console(file=out, width=160))
    assert "Other ids in ATT&CK 19.1: T1543 = T1901, T1902.001; T1543.003 = none" in out.getvalue()


def test_the_summary_says_nothing_where_none_differs() -> None:
    out = StringIO()
    print_details(sample(), Console(file=out, width=160))
    assert "Other ids" not in out.getvalue()


def test_the_document_has_them_by_id(moved: Assessment) -> None:
    assert document(moved)["counterparts"] == {
        "version": "19.1",
        "ids": {"T1543": ["T1901", "T1902.001"], "T1543.003": []},
    }


def test_the_table_has_columns_for_them(moved: Assessment, tmp_path: Path) -> None:
    write_csv(moved, tmp_path)
    with (tmp_path / "techniques.csv").open(encoding="utf-8", newline="") as file:
        told = {row["technique"]: row for row in csv.DictReader(file)}
    assert told["T1543"]["other_id"] == "T1901; T1902.001"
    assert told["T1543.003"]["other_id"] == "none"
    assert {row["other_id"] for key, row in told.items() if key not in OTHERS} == {""}
    assert {row["other_version"] for row in told.values()} == {"19.1"}


def test_the_workbook_has_a_column_for_them(moved: Assessment, tmp_path: Path) -> None:
    write_workbook(moved, tmp_path / "a.xlsx")
    rows = load_workbook(tmp_path / "a.xlsx")["Techniques"].iter_rows(max_col=3, values_only=True)
    told = {str(row[0]): row[2] for row in rows}
    assert told["Technique"] == "Id in 19.1"
    assert told["T1543"] == "T1901, T1902.001"
    assert told["T1543.003"] == "none"


def test_the_layers_have_the_ids_of_their_version_and_the_others_as_metadata(
    moved: Assessment, tmp_path: Path
) -> None:
    for path in write_layers(moved, tmp_path, profiles=True):
        if path.name in ("rules.json", ALL_LAYERS):
            continue
        layer = json.loads(path.read_text("utf-8"))
        assert layer["versions"]["attack"] == "18"
        told = {entry["techniqueID"]: _metadata(entry) for entry in layer["techniques"]}
        assert told["T1543"]["id in ATT&CK 19.1"] == "T1901, T1902.001"
        assert told["T1543.003"]["id in ATT&CK 19.1"] == "none"
        assert not any("id in ATT&CK 19.1" in told[key] for key in told.keys() - OTHERS.keys())


def _metadata(entry: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in entry["metadata"]}


def test_the_page_shows_them_beside_the_ids(moved: Assessment) -> None:
    page = rendered(moved)
    read = ReadPage(page)
    assert read.text(read.techniques["T1543"].other) == "19.1: T1901, T1902.001"
    assert read.text(read.techniques["T1543.003"].other) == "19.1: none"
    assert "<td>T1543.003 (19.1: none)</td>" in page
    assert "(19.1: " not in rendered(sample())
