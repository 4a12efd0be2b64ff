"""How long each report of the example organisation takes and how large it is; and what a cell of
the workbook costs beside openpyxl's own.

Run: python tests/benchmarks/reports.py [PROFILES [REPORT...]], with so many differing profiles in
place of its six, and only these reports. The page's own limits (bytes, elements, time until it is
drawn) are held by tests/reports/html/test_page_in_browser.py.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from many_profiles import with_many_profiles

from logreach.coverage.assessment.assess import assess
from logreach.coverage.assessment.result import Assessment
from logreach.coverage.attack import load_attack
from logreach.inventories import load

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


def compare_cells(rows: int = 4_000, columns: int = 15) -> None:
    """Print microseconds a cell: openpyxl's own, and those of the workbook."""
    from openpyxl import Workbook

    from logreach.reports.excel.row_xml import SharedStrings, sheet_xml
    from logreach.reports.excel.tables import Sheet, Table
    from logreach.reports.excel.tables import columns as titled

    table_rows = [
        (f"T{row}", *(f"reason {(row * column) % 500}" for column in range(1, columns)))
        for row in range(rows)
    ]
    start = time.process_time()
    sheet = Workbook().create_sheet("Rows")
    for cells in table_rows:
        sheet.append(cells)
    with tempfile.TemporaryDirectory() as name:
        sheet.parent.save(Path(name) / "a.xlsx")
    openpyxl_seconds = time.process_time() - start
    styles = dict.fromkeys(("text", "header", "link"), 1)
    titles = titled(*(f"Column {column}" for column in range(columns)))
    start = time.process_time()
    strings = SharedStrings()
    sheet_xml(
        Sheet("Rows", (20.0,) * columns, (Table("Rows", titles, table_rows),)), styles, strings
    )
    strings.xml()
    own_seconds = time.process_time() - start
    cells_written = rows * columns
    for label, seconds in (("openpyxl", openpyxl_seconds), ("row_xml", own_seconds)):
        print(f"{label:10} {1e6 * seconds / cells_written:6.2f} microseconds a cell")


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
        compare_cells()


if __name__ == "__main__":
    main()
