"""How long each report of the example organisation takes and how large it is; and what a cell of
the workbook costs beside the same in openpyxl's write-only mode and in XlsxWriter.

Run: python tests/benchmarks/reports.py [PROFILES [REPORT...]], with so many differing profiles in
place of its six, and only these reports. The page's own limits (bytes, elements, time until it is
drawn) are held by tests/reports/html/test_page_in_browser.py.
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

from many_profiles import with_many_profiles

from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.result import Assessment
from logreach.coverage.attack import load_attack
from logreach.inventories import load
from logreach.reports.excel.cell_text import excel_text
from logreach.reports.excel.tables import Cell, CellLink, PlainCell, Sheet

CONTOSO = Path(__file__).resolve().parents[2] / "examples" / "contoso"


def fleet(profiles: int) -> Assessment:
    """The example organisation, or so many differing profiles made out of its own."""
    assessment = assess(load(CONTOSO), load_attack(None), version="0")
    own = len(assessment.profiles)
    return assessment if profiles == own else with_many_profiles(assessment, profiles)


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
        reports = {
            "json": (
                lambda: json.write_json(assessment, json_file),
                lambda: json_file.stat().st_size,
            ),
            "workbook": (
                lambda: write_workbook(assessment, book),
                lambda: book.stat().st_size,
            ),
            "navigator": (
                lambda: navigator.write_layers(assessment, out),
                lambda: sum(p.stat().st_size for p in out.glob("*.json")),
            ),
            "html": (lambda: html.write_html(assessment, page), lambda: page.stat().st_size),
        }
        for report in sys.argv[2:] or reports:
            timed(report, *reports[report])
    if len(sys.argv) <= 2:
        compare_cells(assessment)


if __name__ == "__main__":
    main()
