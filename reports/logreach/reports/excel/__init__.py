"""The workbook: every verdict beside its reason, evidence and reference, to filter and to print."""

from __future__ import annotations

import sys
from pathlib import Path

from logreach.coverage.assessment.result import Assessment
from logreach.reports.catalogue import Catalogue

# openpyxl imports them only to know their numbers and pictures, of which we write none; they take
# longer to import (0.12 s) than the rest of it.
_NOT_NEEDED = ("numpy", "PIL")


def import_alone() -> None:
    """Import openpyxl without the large packages that it uses where they are there.

    For a program that writes a workbook and ends; others may want openpyxl to know numpy.
    """
    hidden = [name for name in _NOT_NEEDED if name not in sys.modules]
    # None is Python's own sign for 'not to be imported'.
    sys.modules |= dict.fromkeys(hidden)  # type: ignore[arg-type]
    try:
        import openpyxl  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


def write_workbook(assessment: Assessment, path: Path, catalogue: Catalogue | None = None) -> None:
    """Write the workbook; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    # openpyxl costs 0.2 s to import, and most commands never write a workbook.
    from logreach.reports.excel import book, overview, results, summary
    from logreach.reports.excel.places import Places

    places = Places(assessment, catalogue or Catalogue(assessment))
    sheets = [
        summary.summary(assessment, places),
        results.techniques(assessment, places),
        results.components(assessment, places),
        results.events(assessment, places),
        results.attributes(assessment, places),
        *([results.rules(assessment, places)] if places.has_rules else []),
        overview.hosts(assessment),
        overview.remedies(assessment),
        overview.evidence(places),
        overview.method(assessment),
    ]
    path.write_bytes(book.packed(sheets))
