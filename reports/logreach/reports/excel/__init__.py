"""The workbook: every verdict beside its reason, evidence and reference, to filter and to print."""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.assessment import Assessment
from logreach.reports.catalogue import Catalogue


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
