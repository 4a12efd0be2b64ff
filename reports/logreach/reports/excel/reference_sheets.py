"""The sheets around the verdicts: hosts, remedies, evidence and method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

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
from logreach.reports.excel.row_links import RowLinks, number_text
from logreach.reports.excel.tables import Cell, CellLink, Sheet, Table, columns
from logreach.reports.labels import QUESTION_MEANING, QUESTIONS, signed
from logreach.reports.plan_steps import (
    GAIN_MEANING,
    NEEDLESS,
    NEEDLESS_MEANING,
    RULE_GAIN_MEANING,
    rules_raised,
)
from logreach.reports.profile_names import ProfileNames, profile_name
from logreach.reports.reason_text import conflict_text, evidence_text, fact_name, value_text
from logreach.reports.safe_text import is_link

_PRINTING = (
    "A sheet is printed one page wide, up to the column Remedy (sheet Evidence: up to the column "
    "Evidence). Rows that a filter hides are not printed. Filter first: unfiltered sheets take "
    "hundreds of pages."
)


def hosts(assessment: Assessment) -> Sheet:
    """Profiles with their hosts, facts, conflicts and faults."""
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
        "Verdicts about",
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
            profile_name(profile),
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
        (profile_name(profile), conflict_text(conflict))
        for profile in assessment.profiles
        for conflict in profile.conflicts
    ]
    return Table("Conflicts", columns("Profile", "Conflict"), rows, "Sources that disagree")


def _fault_table(assessment: Assessment) -> Table:
    names = ProfileNames(assessment.profiles)
    rows = [
        (
            names(profile_ids) or "all",
            f"{fault.message}. {fault.hint}".strip(),
            fault.where,
            fault.source,
        )
        for fault, profile_ids in faults_of(assessment).items()
    ]
    titles = columns("Profile", "Fault and remedy", "Where", "Source")
    return Table("Faults", titles, rows, "Faults in the input")


def remedies(assessment: Assessment) -> Sheet:
    """Every change that would mend a link, and every missing fact."""
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
        "Rules raised :number",
        "Weighted :decimal",
        "Needless",
        "Verdicts raised",
        "Verdicts of rules raised",
    )
    titles_by_fact = {
        view.key: view.title for profile in assessment.profiles for view in profile.facts
    }
    widths = (52, 34, 26, 20, 34, 9, 9, 20, 12, 10, 11, 11, 70, 70)
    names = ProfileNames(assessment.profiles)
    rows = [_remedy_row(planned, titles_by_fact, names) for planned in assessment.remedies]
    tables = (
        Table("Remedies", titles, rows),
        missing_table(assessment, "Missing", "Facts missing from the inventory", None),
    )
    return Sheet("Remedies", widths, tables, "B2", printed=12)


def _remedy_row(
    planned: PlannedRemedy, titles: Mapping[FactKey[object], str], names: ProfileNames
) -> tuple[Cell, ...]:
    remedy = planned.remedy
    return (
        remedy.text,
        fact_name(remedy.key, titles.get(remedy.key, "")),
        str(remedy.key),
        value_text(remedy.value),
        remedy.cost,
        planned.hosts,
        planned.gain,
        names(planned.profiles),
        len(planned.raised),
        rules_raised(planned),
        planned.rule_gain,
        NEEDLESS if planned.needless else None,
        _raised_text(planned.raised),
        _lines_by_size(planned.rules_raised),
    )


def _raised_text(raised: Mapping[str, str]) -> str:
    """Techniques under the change of their verdict: a remedy may raise hundreds, in a dozen
    ways."""
    by_change: dict[str, list[str]] = {}
    for technique, changes in raised.items():
        for change in changes.split("; "):
            by_change.setdefault(change, []).append(technique)
    return _lines_by_size(by_change)


def _lines_by_size(by_change: Mapping[str, Sequence[str]]) -> str:
    most_first = sorted(by_change.items(), key=lambda entry: -len(entry[1]))
    return "\n".join(f"{change}: {', '.join(ids)}" for change, ids in most_first)


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
    widths = (9, 16, 28, 17, 52, 46, 24, 36, 30, 34, 20)
    return Sheet("Evidence", widths, (Table("Evidence", titles, rows),), "B2", printed=6)


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
    """The method, the files that were read, and the references."""
    references = sorted(_references(assessment))
    tables = (
        Table("Method", columns("Subject", "How"), [*_reading(assessment), *assessment.notes]),
        Table(
            "Inputs",
            columns("File", "SHA-256"),
            [(file.path, file.sha256) for file in assessment.inputs],
            "Files that were read",
        ),
        Table(
            "References",
            columns("Reference", "Link"),
            [
                (reference, CellLink("open", url=reference) if is_link(reference) else None)
                for reference in references
            ],
            "References",
        ),
    )
    return Sheet("Method", (48, 110), tables, "A2")


def _reading(assessment: Assessment) -> list[tuple[Cell, ...]]:
    """How to read the verdicts."""
    rows: list[tuple[Cell, ...]] = [
        (QUESTIONS[question], QUESTION_MEANING[question]) for question in assessment.questions
    ]
    rows += [
        ("Gain of a change", GAIN_MEANING),
        ("Rules that a change raises", RULE_GAIN_MEANING),
        ("Needless changes", NEEDLESS_MEANING),
        ("Assumed facts", ASSUMED_MEANING),
    ]
    if forwarded(assessment):
        rows.append(("On the host", ON_HOST_MEANING))
    return [*rows, ("Printing", _PRINTING)]


def _references(assessment: Assessment) -> set[str]:
    references = {
        reason.reference
        for profile in assessment.profiles
        for judged in profile.events.values()
        for reason in judged.reasons
    }
    return references - {""}


def missing_table(assessment: Assessment, name: str, heading: str, top: int | None) -> Table:
    """Facts missing from the inventory, those on which most verdicts depend first."""
    with_rules = any(missing.rules for missing in assessment.missing)
    names = ProfileNames(assessment.profiles)
    titles = columns(
        "Fact",
        "Why it is unknown",
        "Verdicts that depend on it :number",
        *(["Verdicts of rules :number"] if with_rules else []),
        "Profiles",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            fact_name(missing.key, missing.title),
            missing.reason,
            missing.verdicts,
            *([missing.rules] if with_rules else []),
            names(missing.profiles),
        )
        for missing in assessment.missing[:top]
    ]
    return Table(name, titles, rows, heading)
