"""What differs between two assessments, as a workbook: a cover, figures, and all changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from logreach.coverage.assessment.comparison import (
    Comparison,
    Direction,
    Side,
    Subject,
    labels_of,
)
from logreach.inventories.files.wording import counted
from logreach.reports.excel.cover_sheet import contents, cover_block, cover_sheet, signing
from logreach.reports.excel.tables import Cell, Sheet, Table, columns
from logreach.reports.excel.workbook import workbook_bytes
from logreach.reports.labels import ACHIEVABLE, LABELS, signed_label
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, shortened
from logreach.reports.scope import as_of_text

_SHEETS = {
    Subject.TECHNIQUE: "Techniques",
    Subject.RULE: "Rules",
    Subject.EVENT: "Events",
    Subject.ATTRIBUTE: "Fields",
}
_TITLE = 60


def write_comparison_workbook(comparison: Comparison, version: str, path: Path) -> None:
    """Write the workbook: a cover, all figures, the hosts, and a sheet of the changes of each
    subject that has some."""
    sheets = [_totals(comparison), _answers(comparison), _hosts(comparison)]
    for subject, title in _SHEETS.items():
        rows = list(_rows(comparison, subject))
        if rows:
            sheets.append(_changes(title, rows))
    sheets.append(_not_compared(comparison))
    before, after = (
        shortened(one_line(side.title), _TITLE) for side in (comparison.before, comparison.after)
    )
    book = [_cover(comparison, version, sheets), *sheets]
    path.write_bytes(workbook_bytes(book, f"{after} against {before}"))


def _cover(comparison: Comparison, version: str, sheets: list[Sheet]) -> Sheet:
    sides = ("Before", comparison.before), ("After", comparison.after)
    figures: list[tuple[Cell, ...]] = []
    for name, side in sides:
        labels = labels_of(side, Subject.TECHNIQUE)
        pairs = sum(count for label, count in labels.items() if label != "not applicable")
        number = sum(labels.get(label, 0) for label in ACHIEVABLE)
        what = "pairs of a host and a technique that are achievable"
        figures.append((name, what, number, pairs, number / pairs if pairs else None))
    blocks = (
        cover_block("In short", ("Subject", "What"), _in_short(comparison)),
        *(
            cover_block(f"{name}: scope", ("Of", "What"), _scope(side, comparison))
            for name, side in sides
        ),
        cover_block(
            "Figures", ("Side", "Counted", "Number :number", "Of :number", "Share :share"), figures
        ),
        cover_block("Version", ("Of", "What"), [("logreach", version)]),
        signing(),
        contents(sheets),
    )
    return cover_sheet("What two assessments answer otherwise", blocks)


def _in_short(comparison: Comparison) -> Iterator[tuple[Cell, ...]]:
    for subject in (Subject.TECHNIQUE, Subject.RULE):
        gained, lost = (
            comparison.counted(subject, direction)
            for direction in (Direction.GAINED, Direction.LOST)
        )
        if subject is Subject.TECHNIQUE or gained or lost:
            yield (
                _SHEETS[subject],
                f"{gained:,} pairs with a host gain, {lost:,} lose: more or less is proven than "
                "before.",
            )
    both = sum(each.count for each in comparison.hosts)
    yield (
        "Hosts",
        f"{both:,} that both sides have; {counted(len(comparison.only_before), 'name')} only "
        f"before, {counted(len(comparison.only_after), 'name')} only after.",
    )


def _scope(side: Side, comparison: Comparison) -> Iterator[tuple[Cell, ...]]:
    total = side.machines + side.hosts_beside
    shown = f"{side.machines:,} of {total:,}" if side.hosts_beside else f"all {total:,}"
    rules = {key for profile in side.profiles for key in profile.answers[Subject.RULE]}
    techniques = {key for profile in side.profiles for key in profile.answers[Subject.TECHNIQUE]}
    what = "Inventory" if side is comparison.before else "Inventory or change"
    yield (what, side.title)
    yield ("Hosts", f"{shown} hosts, in {counted(len(side.profiles), 'profile')}")
    restricted = f", restricted to {side.scope}" if side.scope else ""
    yield ("Techniques", f"{len(techniques):,} of ATT&CK {side.attack_version}{restricted}")
    yield ("Rules", f"{len(rules):,} given" if rules else "none given")
    yield ("Facts as of", as_of_text(side.as_of, side.machines) if side.as_of else "not told")


def _totals(comparison: Comparison) -> Sheet:
    numbers = (f"{direction.value.capitalize()} :number" for direction in Direction)
    rows: list[tuple[Cell, ...]] = [
        (title, *(comparison.counted(subject, direction) for direction in Direction))
        for subject, title in _SHEETS.items()
    ]
    remark = (
        "Pairs of a host and an answer, over the hosts that both sides have. Gained and lost: more "
        "or less is proven than before, be it in part. Ruled out and possible now: what is proven "
        "stays, what missing facts leave open changes."
    )
    return Sheet(
        "Totals",
        "How much is gained and lost?",
        (26, *(18,) * len(Direction)),
        (Table("Totals", columns("Answers on", *numbers), rows, remark=remark),),
        heading="What differs",
    )


def _answers(comparison: Comparison) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for subject, title in _SHEETS.items():
        before, after = (labels_of(side, subject) for side in (comparison.before, comparison.after))
        rows += [
            (title, signed_label(label), before.get(label, 0), after.get(label, 0))
            for label in LABELS
            if before.get(label) or after.get(label)
        ]
    titles = columns("Answers on", "Answer :verdict", "Before :number", "After :number")
    remark = "Pairs of a host and an answer, over all hosts of each side."
    return Sheet(
        "Answers",
        "How often is each verdict the answer, before and after?",
        (30, 40, 18, 18),
        (Table("Answers", titles, rows, remark=remark),),
        heading="All answers",
    )


def _hosts(comparison: Comparison) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (host, "both", *each.profiles, len(each.changes))
        for each in comparison.hosts
        for host in each.hosts
    ]
    rows += [(host, "only before", None, None, None) for host in comparison.only_before]
    rows += [(host, "only after", None, None, None) for host in comparison.only_after]
    titles = columns(
        "Host", "On which side", "Profile before", "Profile after", "Answers that differ :number"
    )
    return Sheet(
        "Hosts",
        "Which hosts were compared, and which are on one side alone?",
        (50, 18, 18, 18, 18),
        (Table("Hosts", titles, rows),),
    )


def _not_compared(comparison: Comparison) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (_SHEETS[subject], key) for subject, keys in comparison.not_compared.items() for key in keys
    ]
    return Sheet(
        "Not compared",
        "Which answers does one side alone ask?",
        (30, 90),
        (Table("NotCompared", columns("Answers on", "Id"), rows),),
    )


def _changes(title: str, rows: list[tuple[Cell, ...]]) -> Sheet:
    titles = columns(
        "Change", "Id", "Name", "Hosts", "Count :number", "Before :verdict", "After :verdict", "Why"
    )
    return Sheet(
        title,
        "Which answer changes on which hosts, and why?",
        (18, 26, 34, 30, 9, 24, 24, 80),
        (Table(title, titles, rows),),
        fixed=2,
    )


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
