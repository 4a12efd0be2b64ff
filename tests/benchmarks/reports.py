"""How long each report takes on a fleet of usual size: 470 techniques, 6 profiles; and what a
cell of the workbook costs beside openpyxl's own.

Run: python tests/benchmarks/reports.py [PROFILES]
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_assessment import ALL_VERDICTS, AUDIT_REMEDY, EVIDENCE, fleet_of

from logreach.coverage.assessment.result import (
    AnalyticResult,
    Assessment,
    ComponentResult,
    FactView,
    PlannedRemedy,
    Profile,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.inventories.windows.facts import AUDIT

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
    compare_cells()


if __name__ == "__main__":
    main()
