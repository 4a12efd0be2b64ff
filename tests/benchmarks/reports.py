"""How long each report takes on a fleet of usual size: 470 techniques, 6 profiles; and what a
cell of the workbook costs beside the same in openpyxl's write-only mode and in XlsxWriter.

Run: python tests/benchmarks/reports.py [PROFILES]
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_assessment import ALL_VERDICTS, AUDIT_REMEDY, EVIDENCE, fleet_of

from logreach.coverage.assessment.result import (
    AnalyticResult,
    Assessment,
    ComponentResult,
    Detection,
    FactView,
    PlannedRemedy,
    Profile,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.inventories.windows.facts import AUDIT
from logreach.reports.excel.cell_text import excel_text
from logreach.reports.excel.tables import Cell, CellLink, PlainCell, Sheet

EVENTS, FIELDS, COMPONENTS, TECHNIQUES = 400, 8, 100, 470
TACTICS = tuple((f"tactic-{n}", f"Tactic {n}") for n in range(14))


def _judged(number: int, profile: int) -> Judged:
    verdict = ALL_VERDICTS[(number + profile * (number % 3)) % len(ALL_VERDICTS)]
    reasons = tuple(
        Reason(
            "audit policy",
            f"Security:{4000 + number}",
            verdict,
            f"Subcategory {number} is not audited for Success on profile {profile}, link {link}",
            (EVIDENCE,),
            AUDIT_REMEDY if link else None,
            f"https://learn.microsoft.com/windows/security/event-{4000 + number}",
        )
        for link in range(3)
    )
    return Judged(verdict, reasons)


def _profile(number: int) -> Profile:
    events = {f"Security:{4000 + n}": _judged(n, number) for n in range(EVENTS)}
    keys = list(events)
    attributes = {
        f"{key}/Field{n}": events[key] if n else _judged(9000 + place, number)
        for place, key in enumerate(keys)
        for n in range(FIELDS)
    }
    components = {}
    for n in range(COMPONENTS):
        via = {key: events[key] for key in keys[n * 4 : n * 4 + 6]}
        whole = _judged(7000 + n, number)
        components[f"Component {n}"] = ComponentResult(
            f"Component {n}", whole, {"default": whole, "other": whole}, via
        )
    techniques = {}
    for n in range(TECHNIQUES):
        own = {f"Component {c % COMPONENTS}": None for c in range(n, n + 4)}
        one = _judged(n, number)
        techniques[f"T{1000 + n}"] = TechniqueResult(
            f"T{1000 + n}",
            f"Technique number {n}",
            (f"tactic-{n % 14}",),
            Detection(one, one.verdict),
            one,
            one,
            one,
            (0.25, 0.75),
            {name: components[name] for name in own},
            {f"AN{n:04}": AnalyticResult(f"AN{n:04}", one, one)},
        )
    return Profile(
        f"P{number}",
        (f"HOST-{number}",),
        100 + number,
        "Windows 11 23H2 (build 22631)",
        "workstation",
        tuple(FactView(AUDIT(f"GUID-{n}"), "known", "Success", (EVIDENCE,)) for n in range(60)),
        events,
        attributes,
        components,
        techniques,
    )


def fleet(profiles: int) -> Assessment:
    """A made-up fleet of the usual size."""
    made = tuple(_profile(n) for n in range(profiles))
    raised = {f"T{1000 + n}": "detection: not achievable -> achievable" for n in range(200)}
    return Assessment(
        "0",
        "18.1",
        "benchmark",
        "",
        (),
        made,
        fleet_of(made),
        tuple(PlannedRemedy(AUDIT_REMEDY, ("P0",), 100, n, raised) for n in range(60)),
        (),
        TACTICS,
    )


def timed(name: str, write: Callable[[], object], size: Callable[[], int]) -> None:
    """Print CPU seconds, peak memory of the call and bytes written."""
    write()
    start = time.process_time()
    write()
    seconds = time.process_time() - start
    tracemalloc.start()
    write()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{name:10} {seconds:6.2f} s {peak / 2**20:7.1f} MiB peak {size() / 1e6:7.2f} MB")


def compare_cells(assessment: Assessment) -> None:
    """Print CPU seconds for the rows of a real workbook: ours, openpyxl's write-only mode,
    XlsxWriter's, and the ratios. All write cells with the style of their column; openpyxl's has no
    links and no heights of rows yet, so it is told too fast."""
    from logreach.reports.excel import workbook_sheets
    from logreach.reports.excel.workbook import workbook_bytes

    sheets = workbook_sheets(assessment)
    cells = sum(len(table.rows) * len(table.columns) for each in sheets for table in each.tables)
    ours = 0.0
    for name, write in (
        ("row_xml", lambda: workbook_bytes(sheets)),
        ("openpyxl", lambda: _by_openpyxl(sheets)),
        ("xlsxwriter", lambda: _by_xlsxwriter(sheets)),
    ):
        try:
            write()
            start = time.process_time()
            write()
        except ImportError:
            print(f"{name:10} is not installed")
            continue
        seconds = time.process_time() - start
        ours = ours or seconds
        print(
            f"{name:10} {seconds:6.2f} s for {cells} cells, {1e6 * seconds / cells:5.2f} "
            f"microseconds a cell, {seconds / ours:4.1f} times ours"
        )


def _text(cell: Cell) -> PlainCell:
    value = cell.text if isinstance(cell, CellLink) else cell
    return excel_text(value) if isinstance(value, str) else value


def _by_openpyxl(sheets: Sequence[Sheet]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    book = Workbook(write_only=True)
    for sheet in sheets:
        made = book.create_sheet(sheet.title)
        like = WriteOnlyCell(made, value="x")
        like.alignment = Alignment(vertical="top", wrap_text=True)
        for table in sheet.tables:
            for row in table.rows:
                cells = []
                for value in map(_text, row):
                    cell = WriteOnlyCell(made, value=value)
                    cell._style = like._style
                    if isinstance(value, str):
                        cell.data_type = "s"
                    cells.append(cell)
                made.append(cells)
    book.save(BytesIO())


def _by_xlsxwriter(sheets: Sequence[Sheet]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(BytesIO(), {"in_memory": True})
    look = book.add_format({"text_wrap": True, "valign": "top", "bottom": 4})
    for sheet in sheets:
        made = book.add_worksheet(sheet.title)
        rows = (row for table in sheet.tables for row in table.rows)
        for at, row in enumerate(rows):
            for column, (cell, value) in enumerate(zip(row, map(_text, row), strict=True)):
                if isinstance(cell, CellLink) and cell.sheet:
                    place = f"internal:'{cell.sheet}'!A{cell.row or 1}"
                    made.write_url(at, column, place, look, str(value))
                elif isinstance(value, str):
                    made.write_string(at, column, value, look)
                elif value is None:
                    made.write_blank(at, column, "", look)
                else:
                    made.write_number(at, column, value, look)
    book.close()


def main() -> None:
    from logreach.reports import html, json, navigator
    from logreach.reports.excel import write_workbook

    assessment = fleet(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        book, page, json_file = out / "a.xlsx", out / "a.html", out / "a.json"
        timed(
            "json",
            lambda: json.write_json(assessment, json_file),
            lambda: json_file.stat().st_size,
        )
        timed("workbook", lambda: write_workbook(assessment, book), lambda: book.stat().st_size)
        timed(
            "navigator",
            lambda: navigator.write_layers(assessment, out),
            lambda: sum(p.stat().st_size for p in out.glob("*.json")),
        )
        timed("html", lambda: html.write_html(assessment, page), lambda: page.stat().st_size)
    compare_cells(assessment)


if __name__ == "__main__":
    main()
