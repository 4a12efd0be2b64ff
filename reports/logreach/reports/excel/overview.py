"""The sheets around the verdicts: hosts, remedies, evidence and method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from logreach.coverage.assessment.result import Assessment, PlannedRemedy, Profile
from logreach.coverage.engine.judged import Reason
from logreach.inventories.facts.keys import FactKey
from logreach.reports.caveats import (
    ASSUMED_MEANING,
    ON_HOST_MEANING,
    faults_of,
    forwarded,
    judged_where,
)
from logreach.reports.excel.model import Cell, Link, Sheet, Table, columns
from logreach.reports.excel.places import Places, number_text
from logreach.reports.steps import GAIN_MEANING, NEEDLESS, NEEDLESS_MEANING
from logreach.reports.words import (
    QUESTION_MEANING,
    QUESTIONS,
    conflict_text,
    evidence_text,
    fact_name,
    is_link,
    signed,
    value_text,
)

_PRINTING = (
    "A sheet is printed one page wide, with the columns that are for reading: up to the remedy, on "
    "the sheet Evidence up to the evidence. Rows that a filter hides are not printed, so filter "
    "first: whole sheets take hundreds of pages."
)


def hosts(assessment: Assessment) -> Sheet:
    """Profiles with their hosts, the facts about them, and what was wrong or in conflict."""
    tables = (
        _host_table(assessment),
        _fact_table(assessment),
        _conflict_table(assessment),
        _fault_table(assessment),
    )
    widths = (20.0, 56.0, 14.0, 34.0, 46.0, 46.0, *(10.0,) * 4)
    return Sheet("Hosts", widths, tables, "A2")


def _host_table(assessment: Assessment) -> Table:
    titles = columns(
        "Profile",
        "Hosts",
        "Count :number",
        "OS",
        "Role",
        "Verdicts tell",
        "Facts known :number",
        "Facts assumed :number",
        "Facts unknown :number",
        "Faults :number",
    )
    return Table("Hosts", titles, [_host_row(profile) for profile in assessment.profiles])


def _host_row(profile: Profile) -> tuple[Cell, ...]:
    states = Counter(view.state for view in profile.facts)
    return (
        profile.profile_id,
        ", ".join(profile.hosts),
        profile.count,
        profile.os,
        profile.role,
        judged_where(profile),
        *(states[state] for state in ("known", "assumed", "unknown")),
        len(profile.faults),
    )


def _fact_table(assessment: Assessment) -> Table:
    rows = [
        (
            profile.profile_id,
            fact_name(view.key, view.title),
            view.state,
            view.value,
            evidence_text(view.evidence),
            str(view.key),
        )
        for profile in assessment.profiles
        for view in profile.facts
    ]
    titles = columns("Profile", "Fact", "State", "Value", "Evidence", "Key")
    return Table("Facts", titles, rows, "Facts")


def _conflict_table(assessment: Assessment) -> Table:
    rows = [
        (profile.profile_id, conflict_text(one))
        for profile in assessment.profiles
        for one in profile.conflicts
    ]
    return Table("Conflicts", columns("Profile", "Conflict"), rows, "Sources that disagree")


def _fault_table(assessment: Assessment) -> Table:
    rows = [
        (", ".join(ids) or "all", f"{one.message}. {one.hint}".strip(), one.where, one.source)
        for one, ids in faults_of(assessment).items()
    ]
    titles = columns("Profile", "What is wrong, and what to do", "Where", "Source")
    return Table("Faults", titles, rows, "Faults in the input")


def remedies(assessment: Assessment) -> Sheet:
    """Every change that would mend a link, and every fact to find out."""
    titles = columns(
        "Remedy",
        "Fact",
        "Key",
        "Becomes",
        "Cost",
        "Hosts :number",
        "Gain :number",
        "Profiles",
        "Techniques raised :number",
        "Needless",
        "Which",
    )
    names = {view.key: view.title for one in assessment.profiles for view in one.facts}
    rows = [_remedy_row(one, names) for one in assessment.remedies]
    tables = (
        Table("Remedies", titles, rows),
        missing_table(assessment, "Missing", "Facts that the inventory does not tell", None),
    )
    return Sheet("Remedies", (52, 34, 26, 20, 34, 9, 9, 20, 12, 11, 70), tables, "B2", printed=10)


def _remedy_row(one: PlannedRemedy, names: Mapping[FactKey[object], str]) -> tuple[Cell, ...]:
    return (
        one.remedy.text,
        fact_name(one.remedy.key, names.get(one.remedy.key, "")),
        str(one.remedy.key),
        value_text(one.remedy.value),
        one.remedy.cost,
        one.hosts,
        one.gain,
        ", ".join(one.profiles),
        len(one.raised),
        NEEDLESS if one.needless else None,
        _raised_text(one.raised),
    )


def _raised_text(raised: Mapping[str, str]) -> str:
    """Techniques under what they rise by: a remedy may raise hundreds, in a dozen ways."""
    found: dict[str, list[str]] = {}
    for technique, words in raised.items():
        for change in words.split("; "):
            found.setdefault(change, []).append(technique)
    most_first = sorted(found.items(), key=lambda one: -len(one[1]))
    return "\n".join(f"{change}: {', '.join(ids)}" for change, ids in most_first)


def evidence(places: Places) -> Sheet:
    """Every distinct reason with where it was read."""
    catalogue = places.catalogue
    rows = [
        _reason_row(number, reason, profiles, places)
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
    widths = (9, 16, 28, 17, 52, 46, 24, 36, 30, 34, 20)
    return Sheet("Evidence", widths, (Table("Evidence", titles, rows),), "B2", printed=6)


def _reason_row(
    number: int, reason: Reason, profiles: list[str], places: Places
) -> tuple[Cell, ...]:
    hashes = dict.fromkeys(one.sha256 for one in reason.evidence if one.sha256)
    return (
        number_text(number),
        reason.link,
        places.event(reason.subject),
        signed(reason.verdict),
        reason.text,
        evidence_text(reason.evidence),
        "\n".join(hashes),
        reason.remedy.text if reason.remedy else None,
        str(reason.missing) if reason.missing else None,
        Link(reason.reference, url=reason.reference) if reason.reference else None,
        ", ".join(profiles),
    )


def method(assessment: Assessment) -> Sheet:
    """How it was done, what was read, and where the rules come from."""
    references = sorted(_references(assessment))
    tables = (
        Table("Method", columns("Subject", "How"), [*_reading(assessment), *assessment.notes]),
        Table(
            "Inputs",
            columns("File", "SHA-256"),
            [(one.path, one.sha256) for one in assessment.inputs],
            "Files that were read",
        ),
        Table(
            "References",
            columns("Reference", "Link"),
            [(one, Link("open", url=one) if is_link(one) else None) for one in references],
            "References",
        ),
    )
    return Sheet("Method", (48, 110), tables, "A2")


def _reading(assessment: Assessment) -> list[tuple[Cell, ...]]:
    """How the verdicts are to be read."""
    told: list[tuple[Cell, ...]] = [
        (QUESTIONS[one], QUESTION_MEANING[one]) for one in assessment.questions
    ]
    told += [
        ("Gain of a change", GAIN_MEANING),
        ("Needless changes", NEEDLESS_MEANING),
        ("Assumed facts", ASSUMED_MEANING),
    ]
    if forwarded(assessment):
        told.append(("On the host", ON_HOST_MEANING))
    return [*told, ("Printing", _PRINTING)]


def _references(assessment: Assessment) -> set[str]:
    found = set()
    for profile in assessment.profiles:
        for judged in profile.events.values():
            found |= {reason.reference for reason in judged.reasons}
    return found - {""}


def missing_table(assessment: Assessment, name: str, heading: str, top: int | None) -> Table:
    """Facts that the inventory does not tell, those that most hangs on first."""
    titles = columns("Fact", "Why it is unknown", "Verdicts that hang on it :number", "Profiles")
    rows = [
        (fact_name(one.key, one.title), one.reason, one.verdicts, ", ".join(one.profiles))
        for one in assessment.missing[:top]
    ]
    return Table(name, titles, rows, heading)
