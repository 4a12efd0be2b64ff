"""The first sheet: what was assessed, the figures, who signs, and what stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.engine.judged import Volume
from logreach.inventories.files.wording import counted, noun
from logreach.reports.caveats import faults_of
from logreach.reports.counts import achievable, applying, percent_text, totals
from logreach.reports.excel.coverage_sheets import detection_share
from logreach.reports.excel.tables import Cell, CellLink, Sheet, Table, columns
from logreach.reports.labels import QUESTIONS
from logreach.reports.plan_steps import StepLine, step_lines
from logreach.reports.safe_text import one_line, shortened
from logreach.reports.scope import NO_DAY, as_of_text, scope_lines, shown_hosts

COVER = "Cover"
_WIDTHS = (24.0, 76.0, 14.0, 28.0, 12.0)
_SIGNING = ("Prepared", "Reviewed", "Signed")
_ROOM_TO_SIGN = 26
_STEPS_TOLD = 3


def cover(assessment: Assessment, sheets: Sequence[Sheet]) -> Sheet:
    """The cover of an assessment's workbook; `sheets` are the others."""
    blocks = (
        _in_short(assessment),
        cover_block(
            "Scope", ("Of", "What"), [(line.heading, line.text) for line in scope_lines(assessment)]
        ),
        _figures(assessment),
        cover_block("Versions and input", ("Of", "What"), _versions(assessment)),
        signing(),
        contents(sheets),
    )
    heading = "Which ATT&CK detections these logs can support"
    return cover_sheet(heading, blocks)


def cover_sheet(heading: str, blocks: Sequence[Table]) -> Sheet:
    """Blocks below one another, to print and to sign."""
    return Sheet(
        COVER, "What was assessed, and who signs for it?", _WIDTHS, tuple(blocks), 0, heading
    )


def cover_block(heading: str, titles: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A block of a cover."""
    return Table("", columns(*titles), list(rows), heading, filtered=False)


def signing() -> Table:
    """Room for who prepared, reviewed and signed this."""
    titles = columns("As", "Name and function :entry", "Date :entry", "Signature :entry")
    rows = [(role, None, None, None) for role in _SIGNING]
    return Table("", titles, rows, "Responsibility", filtered=False, row_height=_ROOM_TO_SIGN)


def contents(sheets: Iterable[Sheet]) -> Table:
    """What each sheet answers, with a link to it."""
    rows = [
        (
            CellLink(sheet.title, sheet.title),
            sheet.tells,
            len(sheet.table.rows) if sheet.table else None,
        )
        for sheet in sheets
    ]
    return cover_block("What stands where", ("Sheet", "It answers", "Rows :number"), rows)


def page_head(assessment: Assessment) -> str:
    """What every printed page names: the inventory, ATT&CK and the day of the facts."""
    day = as_of_text(assessment.as_of, shown_hosts(assessment))
    told = "day of the facts not told" if day == NO_DAY else f"facts as of {day}"
    inventory = shortened(one_line(assessment.inventory), 60)
    return f"{inventory}, ATT&CK {assessment.attack_version}, {told}"


def _in_short(assessment: Assessment) -> Table:
    achieved, pairs = detection_share(assessment)
    share = percent_text(achieved, pairs)
    rows: list[tuple[Cell, ...]] = [
        (
            "Detection",
            f"{share} of the pairs of a host and a technique are achievable, here or elsewhere in "
            f"the fleet: {achieved:,} of {pairs:,}, on {_hosts(shown_hosts(assessment))}.",
        )
    ]
    if steps := step_lines(assessment)[:_STEPS_TOLD]:
        rows.append(("Changes", _steps_in_short(steps, assessment)))
    missing, faults = len(assessment.missing), len(faults_of(assessment))
    verb = "is" if missing == 1 else "are"
    gaps = (
        f"{counted(missing, 'fact')} that verdicts hang on {verb} missing from the inventory "
        f"(sheet Missing), and its files have {counted(faults, 'fault')} (sheet Faults)."
    )
    rows.append(("Gaps", gaps))
    return cover_block("In short", ("Subject", "What"), rows)


def _steps_in_short(steps: Sequence[StepLine], assessment: Assessment) -> str:
    """What the first steps reach, and what they cost."""
    changes = counted(sum(len(step.changes) for step in steps), "change")
    profiles = {profile_id for step in steps for profile_id in step.profiles}
    hosts = sum(each.count for each in assessment.profiles if each.profile_id in profiles)
    planned = assessment.plan.steps[: len(steps)]
    kinds = ", ".join(dict.fromkeys(kind for step in planned for kind in step.kinds))
    volume = Volume.together(step.volume for step in planned)
    return (
        f"{changes} in {counted(len(steps), 'step')} would make it {steps[-1].share_text}. Cost: "
        f"{kinds or 'changes'} on {_hosts(hosts)}, event volume {volume.value} (sheet "
        "Steps)."
    )


def _hosts(number: int) -> str:
    return f"{number:,} {noun(number, 'host')}"


def _figures(assessment: Assessment) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for question in assessment.questions:
        counts = totals(assessment, question)
        number, of = achievable(counts), applying(counts)
        rows.append(
            (
                QUESTIONS[question],
                "pairs that are achievable",
                number,
                of,
                number / of if of else None,
            )
        )
    return cover_block(
        "Figures",
        ("Question", "Counted", "Number :number", "Of :number", "Share :share"),
        rows,
    )


def _versions(assessment: Assessment) -> list[tuple[Cell, ...]]:
    return [
        ("Inventory", assessment.inventory),
        ("Files read", f"{len(assessment.inputs):,}, each with its SHA-256 on the sheet Inputs"),
        ("logreach", assessment.version),
        ("ATT&CK", assessment.attack_version),
    ]
