"""The sheet of charts: by tactic, by data component, and what each change gains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil

from logreach.reports.excel.coverage_sheets import (
    COMPONENT,
    COMPONENTS,
    EVENTS,
    HOST_GROUPS,
    PAIR_GROUPS,
    PAIRS,
    TACTIC,
    TACTICS,
)
from logreach.reports.excel.plan_sheets import CHANGE, GAIN, REMEDIES
from logreach.reports.excel.tables import BarSeries, Chart, Pattern, Sheet
from logreach.reports.labels import LABEL_STYLES, signed_label

CHARTS = "Charts"
_MOST_CHANGES = 10
# Bars that a printed page has room for.
_PAGE_OF_BARS = 26
# Patterns tell from one another what greyscale does not.
_PATTERNS: Mapping[str, Pattern] = {
    "achievable elsewhere": "ltUpDiag",
    "conditional elsewhere": "ltUpDiag",
    "unknown": "pct10",
    "not achievable": "wdDnDiag",
}


def chart_sheet(sheets: Iterable[Sheet]) -> Sheet | None:
    """Charts of these sheets; None where there is nothing to draw."""
    by_title = {sheet.title: sheet for sheet in sheets}
    charts = tuple(_charts(by_title))
    if not charts:
        return None
    tells = "How much of each tactic and data component is covered, and what does a change gain?"
    return Sheet(CHARTS, tells, (), heading="Coverage and gain", charts=charts)


def _charts(sheets: dict[str, Sheet]) -> Iterator[Chart]:
    if tactics := _rows(sheets[TACTICS], PAIRS):
        yield Chart(
            "Detection by tactic: pairs of a host and a technique",
            TACTICS,
            tactics,
            TACTIC,
            _by_label(PAIR_GROUPS),
            "share of the pairs that apply",
            shares=True,
        )
    if changes := min(_rows(sheets[REMEDIES], GAIN), _MOST_CHANGES):
        yield Chart(
            "What each change alone gains",
            REMEDIES,
            changes,
            CHANGE,
            (BarSeries(GAIN, LABEL_STYLES["achievable"].fill[1:]),),
            "verdicts of a host and a technique that rise",
        )
    components = _rows(sheets[COMPONENTS], EVENTS)
    pages = ceil(components / _PAGE_OF_BARS)
    for page in range(pages):
        begin, end = (components * place // pages for place in (page, page + 1))
        number = f" ({page + 1} of {pages})" if pages > 1 else ""
        yield Chart(
            f"Data components that some event shows: hosts that log them{number}",
            COMPONENTS,
            end - begin,
            COMPONENT,
            _by_label(HOST_GROUPS),
            "share of the hosts that the data component applies to",
            shares=True,
            first=begin,
        )


def _rows(sheet: Sheet, title: str) -> int:
    """How many rows of a sheet's table have more than 0 in a column; they come first."""
    if sheet.table is None:
        return 0
    at = [column.title for column in sheet.table.columns].index(title)
    return sum(bool(row[at]) for row in sheet.table.rows)


def _by_label(labels: Iterable[str]) -> tuple[BarSeries, ...]:
    return tuple(
        BarSeries(signed_label(label), LABEL_STYLES[label].fill[1:], _PATTERNS.get(label))
        for label in labels
    )
