"""The sheets to check the others with: evidence, method, files that were read, references."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.engine.judged import Reason
from logreach.reports.caveats import ASSUMED_MEANING, ON_HOST_MEANING, forwarded
from logreach.reports.excel.row_links import RowLinks, number_text
from logreach.reports.excel.tables import Cell, CellLink, Sheet, Table, columns
from logreach.reports.labels import QUESTION_MEANING, QUESTIONS, signed
from logreach.reports.other_ids import all_other_ids
from logreach.reports.plan_steps import GAIN_MEANING, NEEDLESS_MEANING, RULE_GAIN_MEANING
from logreach.reports.reason_text import evidence_text
from logreach.reports.safe_text import is_link

_SUFFICIENT = (
    "Changes that together make the technique achievable on these hosts; others may do so too. "
    "Empty where none is needed, or none was found: then a fact is missing, or what is lacking is "
    "a change that no remedy offers."
)
_PRINTING = (
    "A sheet is printed one page wide; columns that serve the screen (links, keys, hashes) are not "
    "printed, nor are rows that a filter hides. Filter first: the sheets of verdicts take hundreds "
    "of pages."
)


def evidence(links: RowLinks) -> Sheet:
    """Every distinct reason with its evidence."""
    catalogue = links.catalogue
    rows = [
        _reason_row(number, reason, profiles, links)
        for number, (reason, profiles) in enumerate(
            zip(catalogue.reasons, catalogue.profiles, strict=True)
        )
    ]
    titles = columns(
        "No.",
        "Link",
        "Subject",
        "Allows :verdict",
        "Reason",
        "Evidence",
        "SHA-256",
        "Remedy",
        "Missing fact",
        "Reference",
        "Profiles",
    )
    return Sheet(
        "Evidence",
        "Why is a verdict what it is, link by link? Column Whole chain of other sheets names the "
        "numbers.",
        (9, 16, 28, 17, 52, 46, 24, 36, 30, 34, 20),
        (Table("Evidence", titles, rows),),
        printed=6,
    )


def _reason_row(
    number: int, reason: Reason, profiles: list[str], links: RowLinks
) -> tuple[Cell, ...]:
    hashes = dict.fromkeys(evidence.sha256 for evidence in reason.evidence if evidence.sha256)
    return (
        number_text(number),
        reason.link,
        links.event(reason.subject),
        signed(reason.verdict),
        reason.text,
        evidence_text(reason.evidence),
        "\n".join(hashes),
        reason.remedy.text if reason.remedy else None,
        str(reason.missing) if reason.missing else None,
        CellLink(reason.reference, url=reason.reference) if reason.reference else None,
        links.names(profiles),
    )


def method(assessment: Assessment) -> Sheet:
    """How the verdicts came about, and what could not be judged."""
    return Sheet(
        "Method",
        "How were the verdicts reached, and what could not be judged?",
        (34, 140),
        (
            Table(
                "Method",
                columns("Subject", "How"),
                [*_reading(assessment), *assessment.notes],
            ),
        ),
    )


def _reading(assessment: Assessment) -> list[tuple[Cell, ...]]:
    """How to read the verdicts."""
    rows: list[tuple[Cell, ...]] = [
        (QUESTIONS[question], QUESTION_MEANING[question]) for question in assessment.questions
    ]
    rows += [
        ("Gain of a change", GAIN_MEANING),
        ("Rules that a change raises", RULE_GAIN_MEANING),
        ("Needless changes", NEEDLESS_MEANING),
        ("Change that suffices", _SUFFICIENT),
        ("Assumed facts", ASSUMED_MEANING),
    ]
    if forwarded(assessment):
        rows.append(("On the host", ON_HOST_MEANING))
    if other_ids := all_other_ids(assessment):
        rows.append(("Ids that differ", other_ids))
    return [*rows, ("Printing", _PRINTING)]


def inputs(assessment: Assessment) -> Sheet:
    """Every file that was read, with its hash."""
    rows = [(file.path, file.sha256) for file in assessment.inputs]
    return Sheet(
        "Inputs",
        "Which files does all this rest on, and are they still the same?",
        (90, 70),
        (Table("Inputs", columns("File", "SHA-256"), rows),),
    )


def references(assessment: Assessment) -> Sheet:
    """Every published source that the verdicts on events name."""
    sources = sorted(
        {
            reason.reference
            for profile in assessment.profiles
            for judged in profile.events.values()
            for reason in judged.reasons
        }
        - {""}
    )
    rows = [
        (source, CellLink("open", url=source) if is_link(source) else None) for source in sources
    ]
    return Sheet(
        "References",
        "Which published sources do the verdicts on events rest on?",
        (150, 12),
        (Table("References", columns("Reference", "Link"), rows),),
    )
