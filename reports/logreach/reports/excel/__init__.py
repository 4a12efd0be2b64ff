"""The workbook: every verdict beside its reason, evidence and reference, to filter and to print."""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.assessment.result import Assessment
from logreach.reports.excel import (
    coverage_sheets,
    fact_sheets,
    plan_sheets,
    reference_sheets,
    verdict_sheets,
)
from logreach.reports.excel.chart_sheet import chart_sheet
from logreach.reports.excel.cover_sheet import cover, page_head
from logreach.reports.excel.row_links import RowLinks
from logreach.reports.excel.tables import Sheet
from logreach.reports.excel.workbook import workbook_bytes
from logreach.reports.reason_catalogue import ReasonCatalogue


def write_workbook(
    assessment: Assessment, path: Path, catalogue: ReasonCatalogue | None = None
) -> None:
    """Write the workbook; the same assessment gives the same bytes.

    `catalogue` is the assessment's own, for callers that write several reports.
    """
    sheets = workbook_sheets(assessment, catalogue)
    path.write_bytes(workbook_bytes(sheets, page_head(assessment)))


def workbook_sheets(
    assessment: Assessment, catalogue: ReasonCatalogue | None = None
) -> list[Sheet]:
    """The sheets of the workbook: a cover, charts where there is something to draw, the tables."""
    sheets = _tables(RowLinks(assessment, catalogue or ReasonCatalogue(assessment)), assessment)
    if charts := chart_sheet(sheets):
        sheets.insert(0, charts)
    return [cover(assessment, sheets), *sheets]


def _tables(links: RowLinks, assessment: Assessment) -> list[Sheet]:
    """What to do, what can be seen, and what it rests on, a table a sheet."""
    return [
        plan_sheets.steps(assessment, links),
        *([plan_sheets.rule_steps(assessment, links)] if assessment.rule_plan.steps else []),
        plan_sheets.remedies(assessment, links),
        plan_sheets.missing(assessment, links),
        coverage_sheets.tactics(assessment),
        coverage_sheets.components(assessment, links),
        coverage_sheets.tactic_matrix(assessment),
        coverage_sheets.matrix(assessment, links),
        coverage_sheets.verdicts(assessment),
        fact_sheets.profiles(assessment),
        fact_sheets.hosts(assessment, links),
        verdict_sheets.techniques(assessment, links),
        verdict_sheets.components(assessment, links),
        verdict_sheets.events(assessment, links),
        verdict_sheets.attributes(assessment, links),
        *([verdict_sheets.rules(assessment, links)] if links.has_rules else []),
        fact_sheets.facts(assessment, links),
        fact_sheets.conflicts(assessment, links),
        fact_sheets.faults(assessment, links),
        reference_sheets.evidence(links),
        reference_sheets.method(assessment),
        reference_sheets.inputs(assessment),
        reference_sheets.references(assessment),
    ]
