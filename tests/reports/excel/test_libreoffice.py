"""A spreadsheet program opens the workbook: every sheet, number and chart; no formula comes alive.

Skipped where LibreOffice is absent. A conversion takes seconds, so a test has one.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from resilience_fleets import fleet
from sample_assessment import planned
from workbooks import SHEETS, charts, rows_of

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.assessment.comparison import compare, side_of
from logreach.coverage.attack import load_attack
from logreach.coverage.resilience.assess import assess_resilience
from logreach.reports.comparison.workbook import write_comparison_workbook
from logreach.reports.excel import write_workbook
from logreach.reports.resilience.workbook import write_resilience_workbook

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
NAMES = ("assessment", "comparison", "resilience")
# Separator, quote, UTF-8, first line; cells as they are, not as they are shown; every sheet.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
SECONDS = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the workbooks."""
    write_workbook(planned(), tmp_path / "assessment.xlsx")
    before = side_of(planned(), "=before")
    write_comparison_workbook(compare(before, before), "0", tmp_path / "comparison.xlsx")
    named = replace(fleet(), name="=before")
    resilience = assess_resilience(named, load_attack(), Scope(("T1543.003",)), version="0")
    write_resilience_workbook(resilience, tmp_path / "resilience.xlsx")
    return tmp_path


def converted(folder: Path, kind: str) -> Path:
    """The folder of what LibreOffice makes of the workbooks."""
    out = folder / "converted"
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        kind,
        "--outdir",
        str(out),
        *(str(folder / f"{name}.xlsx") for name in NAMES),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_every_value_table_and_chart_survives_and_no_formula_is_alive(folder: Path) -> None:
    out = converted(folder, "xlsx")
    for name in NAMES:
        written, saved = (load_workbook(where / f"{name}.xlsx") for where in (folder, out))
        assert saved.sheetnames == written.sheetnames
        assert _different_cells(written, saved) == {}
        kinds = {cell.data_type for sheet in saved for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "inlineStr"}
        for sheet in written:
            kept = saved[sheet.title]
            assert len(kept.tables) == len(sheet.tables)
            assert len(kept._charts) == len(sheet._charts)
            assert kept.print_title_rows == sheet.print_title_rows
            assert _checked(kept) == _checked(sheet)
    # LibreOffice stores beside each reference of a chart what it read there.
    assert "numCache" not in charts(folder / "assessment.xlsx")
    drawn = charts(out / "assessment.xlsx")
    for text in ("Persistence", "● achievable", "Process Creation", ">104<"):
        assert text in drawn


def _different_cells(written: Workbook, saved: Workbook) -> dict[str, tuple[object, object]]:
    return {
        f"{sheet.title}!{cell.coordinate}": (cell.value, kept)
        for sheet in written
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
        and not _same(cell.value, kept := saved[sheet.title][cell.coordinate].value)
    }


def _same(written: object, saved: object) -> bool:
    if isinstance(written, float) and isinstance(saved, int | float):
        return saved == pytest.approx(written)
    return written == saved


def _checked(sheet: object) -> set[str]:
    """The cells of which a program checks what people enter."""
    checks = sheet.data_validations.dataValidation  # type: ignore[attr-defined]
    return {str(check.sqref) for check in checks}


def test_every_sheet_is_printed(folder: Path) -> None:
    out = converted(folder, "pdf")
    for name in NAMES:
        data = (out / f"{name}.pdf").read_bytes()
        pages = re.findall(rb"/Type/Pages\b.*?/Count (\d+)", data, re.DOTALL)
        assert int(pages[-1]) >= len(load_workbook(folder / f"{name}.xlsx").sheetnames)


def test_every_sheet_can_be_exported_with_its_figures(folder: Path) -> None:
    out = converted(folder, EVERY_SHEET)
    files = {path.stem.partition("-")[2]: path for path in out.glob("assessment-*.csv")}
    assert set(files) == set(SHEETS)
    with files["Verdicts"].open(encoding="utf-8", newline="") as opened:
        lines = list(csv.reader(opened))
    expected = rows_of(load_workbook(folder / "assessment.xlsx"), "Verdicts")
    first = next(number for number, line in enumerate(lines) if line[0] == "Verdict") + 1
    assert [line[2] for line in lines[first:]] == [str(row["Detection"]) for row in expected]
