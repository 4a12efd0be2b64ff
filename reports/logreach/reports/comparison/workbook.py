"""What differs between two assessments, as a workbook: all changes, to filter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from logreach.coverage.assessment.comparison import Comparison, Direction, Subject, labels_of
from logreach.reports.excel.tables import Cell, Sheet, Table, columns
from logreach.reports.excel.workbook import workbook_bytes
from logreach.reports.labels import LABELS, signed_label
from logreach.reports.profile_names import host_list

_SHEETS = {
    Subject.TECHNIQUE: "Techniques",
    Subject.RULE: "Rules",
    Subject.EVENT: "Events",
    Subject.ATTRIBUTE: "Fields",
}


def write_comparison_workbook(comparison: Comparison, path: Path) -> None:
    """Write the workbook: a summary, and a sheet of the changes of each subject that has some."""
    sheets = [_summary(comparison)]
    for subject, title in _SHEETS.items():
        rows = list(_rows(comparison, subject))
        if rows:
            sheets.append(_changes(title, rows))
    path.write_bytes(workbook_bytes(sheets))


def _summary(comparison: Comparison) -> Sheet:
    sides: list[tuple[Cell, ...]] = [
        ("before", comparison.before.title, comparison.before.attack_version),
        ("after", comparison.after.title, comparison.after.attack_version),
    ]
    totals: list[tuple[Cell, ...]] = [
        (title, *(comparison.counted(subject, direction) for direction in Direction))
        for subject, title in _SHEETS.items()
    ]
    labels: list[tuple[Cell, ...]] = []
    for subject, title in _SHEETS.items():
        before, after = (labels_of(side, subject) for side in (comparison.before, comparison.after))
        labels += [
            (title, signed_label(label), before.get(label, 0), after.get(label, 0))
            for label in LABELS
            if before.get(label) or after.get(label)
        ]
    hosts: list[tuple[Cell, ...]] = [
        (host, side)
        for names, side in (
            (comparison.only_before, "only before"),
            (comparison.only_after, "only after"),
        )
        for host in names
    ]
    numbers = (f"{direction.value.capitalize()} :number" for direction in Direction)
    tables = (
        Table("Sides", columns("Side", "Inventory or change", "ATT&CK"), sides),
        Table(
            "Totals",
            columns("Answers on", *numbers),
            totals,
            "What differs",
            "Pairs of a host and an answer, over the hosts that both sides have.",
        ),
        Table(
            "Labels",
            columns("Answers on", "Answer :verdict", "Before :number", "After :number"),
            labels,
            "All answers",
        ),
        *([Table("Hosts", columns("Host", "Where"), hosts, "Hosts of one side")] if hosts else []),
    )
    widths = (22, 44, 12, 12, 14, 14, 16)
    return Sheet("Summary", widths, tables, heading="logreach: comparison")


def _changes(title: str, rows: list[tuple[Cell, ...]]) -> Sheet:
    titles = columns(
        "Change", "Id", "Name", "Hosts", "Count :number", "Before :verdict", "After :verdict", "Why"
    )
    return Sheet(title, (14, 26, 34, 26, 9, 24, 24, 80), (Table(title, titles, rows),), "C2")


def _rows(comparison: Comparison, subject: Subject) -> Iterator[tuple[Cell, ...]]:
    for each, change in comparison.changes(subject):
        yield (
            change.direction.value,
            change.key,
            change.name,
            host_list(each.hosts, 20),
            each.count,
            signed_label(change.before),
            signed_label(change.after),
            change.reason,
        )
