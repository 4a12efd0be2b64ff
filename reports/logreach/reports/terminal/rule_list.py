"""Rules by gain, a few rows each: where they fire, what breaks them, and what to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from logreach.reports.labels import LABEL_GROUPS, LABELS, best_label, group_of
from logreach.reports.printing import safe
from logreach.reports.reason_text import remedy_title
from logreach.reports.rule_table import RuleRow
from logreach.reports.terminal.layout import Row, fitted, listed, number_of, page_rows, wrapped
from logreach.reports.terminal.styles import STYLES

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 4
"""The rules that are listed unless more are asked for."""
_INDENT = 4


def rule_list(
    rows: Sequence[RuleRow], console: Console, most: int | None, *, whole: bool
) -> Iterator[Row]:
    """The rules counted by answer, then the first of them; `whole`, without cutting a reason."""
    yield from map(Row, wrapped(_counts(rows), console))
    room = 1_000 if whole else page_rows(console.width, 1)
    for number, row in enumerate(rows[:most], start=1):
        yield from map(Row, _rule(number, row, console, room))


def _counts(rows: Sequence[RuleRow]) -> Text:
    """'2,407 rules, by the best host: 812 achievable, 1,100 conditional, ...'."""
    text = safe(number_of(len(rows), "rule"), style="bold")
    best = [group_of(best_label(row.hosts)) for row in rows]
    parts = [
        Text(f"{best.count(label):,} {label}", style=STYLES.get(label, ""))
        for label in LABEL_GROUPS
        if label in best
    ]
    if parts:
        text.append(", by the best host: ").append_text(Text(", ").join(parts))
    return text


def _rule(number: int, row: RuleRow, console: Console, room: int) -> Iterator[Text]:
    rule = row.summary
    names = " ".join(filter(None, (rule.title, f"[{', '.join(rule.techniques)}]")))
    lead = f"gain {row.gain:g}, {rule.level or 'no level'}: "
    yield from fitted(
        safe(lead + names.removesuffix(" []"), 20_000, style="bold"),
        console,
        room,
        _INDENT,
        f"{number:>2}. ",
    )
    hosts = [
        f"{label} on {number_of(row.hosts[label], 'host')}"
        for label in LABELS
        if label in row.hosts
    ]
    source = f"; {rule.log_source}" if rule.log_source else ""
    yield from wrapped(safe("; ".join(hosts) + source), console, _INDENT)
    if breaks := _breaks(row):
        yield from fitted(safe(f"breaks: {breaks}", 20_000), console, room, _INDENT)
    if row.remedies:
        titles = [remedy_title(remedy) for remedy in row.remedies]
        yield from listed("change: ", titles, console, room, _INDENT)


def _breaks(row: RuleRow) -> str:
    """The fields that are missing and the first reason; '' for a rule that fires as written."""
    rule = row.summary
    complete = rule.judged.verdict.label == "achievable" and "noisier" not in rule.state
    fields = f"no field {', '.join(rule.missing_fields)}" if rule.missing_fields else ""
    return "; ".join(filter(None, (fields, "" if complete else rule.judged.reason)))
