"""The workbook: every verdict beside its reason, evidence and reference, to filter and to print."""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.assessment.result import Assessment
from logreach.reports.excel import reference_sheets, verdict_sheets
from logreach.reports.excel.row_links import RowLinks
from logreach.reports.excel.summary_sheet import summary
from logreach.reports.excel.workbook import workbook_bytes
from logreach.reports.reason_catalogue import ReasonCatalogue


def write_workbook(
    assessment: Assessment, path: Path, catalogue: ReasonCatalogue | None = None
) -> None:
    """Write the workbook; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    links = RowLinks(assessment, catalogue or ReasonCatalogue(assessment))
    sheets = [
        summary(assessment, links),
        verdict_sheets.techniques(assessment, links),
        verdict_sheets.components(assessment, links),
        verdict_sheets.events(assessment, links),
        verdict_sheets.attributes(assessment, links),
        *([verdict_sheets.rules(assessment, links)] if links.has_rules else []),
        reference_sheets.hosts(assessment),
        reference_sheets.remedies(assessment),
        reference_sheets.evidence(links),
        reference_sheets.method(assessment),
    ]
    path.write_bytes(workbook_bytes(sheets))
