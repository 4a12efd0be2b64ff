"""The sheets of what the verdicts rest on: profiles, hosts, facts, and what is wrong with them."""

from __future__ import annotations

from collections import Counter

from logreach.coverage.assessment.result import Assessment, FactView, Profile
from logreach.coverage.network.techniques import COMPLETENESS, DETECTION
from logreach.reports.caveats import faults_of, judged_where
from logreach.reports.counts import achievable, applying, counts_by_label
from logreach.reports.excel.coverage_sheets import PAIR_GROUPS, grouped
from logreach.reports.excel.row_links import RowLinks
from logreach.reports.excel.tables import Cell, Sheet, Table, columns
from logreach.reports.labels import QUESTION_MEANING, QUESTIONS, signed_label
from logreach.reports.profile_names import profile_name
from logreach.reports.reason_text import conflict_text, evidence_text, fact_name

PROFILES, HOSTS, FACTS, CONFLICTS, FAULTS = "Profiles", "Hosts", "Facts", "Conflicts", "Faults"
_STATES = ("known", "assumed", "unknown")


def facts_of(profile: Profile, assessment: Assessment) -> list[FactView]:
    """The facts of a profile: those that the inventory tells, and those that it should tell."""
    told = {view.key for view in profile.facts}
    return [
        *profile.facts,
        *(
            FactView(fact.key, "unknown", fact.reason, (), fact.title)
            for fact in assessment.missing
            if profile.profile_id in fact.profiles and fact.key not in told
        ),
    ]


def profiles(assessment: Assessment) -> Sheet:
    """Each profile with its verdicts, its facts and its faults, counted."""
    titles = columns(
        "Profile",
        "Hosts",
        "Count :number",
        "OS",
        "Role",
        "Verdicts about",
        "Techniques that apply :number",
        *(f"{signed_label(label)} :number" for label in PAIR_GROUPS),
        *(f"{QUESTIONS[question]} :share" for question in COMPLETENESS),
        *(f"Facts {state} :number" for state in _STATES),
        "Faults :number",
    )
    rows = [_profile_row(profile, assessment) for profile in assessment.profiles]
    remark = (
        "A profile is a group of hosts whose facts are the same. Techniques by their verdict on "
        f"detection. {QUESTION_MEANING[DETECTION]} Visibility and analytics: the share of the "
        "techniques that apply; they say how complete is what ATT&CK names. "
        "Facts known, assumed and unknown: rows of the sheet Facts."
    )
    widths = (18, 30, 9, 26, 18, 20, 12, *(13,) * len(PAIR_GROUPS), *(11,) * 3, *(10,) * 4)
    return Sheet(
        PROFILES,
        "How much can be detected on each group of hosts, and how much of it is known?",
        widths,
        (Table("Profiles", titles, rows, remark=remark),),
        heading="Detection by profile",
    )


def _profile_row(profile: Profile, assessment: Assessment) -> tuple[Cell, ...]:
    by_question = [counts_by_label(profile, question) for question in COMPLETENESS]
    counts = counts_by_label(profile, DETECTION)
    states = Counter(view.state for view in facts_of(profile, assessment))
    return (
        profile_name(profile),
        ", ".join(profile.hosts),
        profile.count,
        profile.os,
        profile.role,
        judged_where(profile),
        applying(counts),
        *grouped(counts).values(),
        *(achievable(x) / applying(x) if applying(x) else None for x in by_question),
        *(states[state] for state in _STATES),
        len(profile.faults),
    )


def hosts(assessment: Assessment, links: RowLinks) -> Sheet:
    """Every host by its name."""
    rows: list[tuple[Cell, ...]] = [
        (
            host,
            profile.host_counts.get(host, 1),
            links.profile(profile),
            profile.os,
            profile.role,
            judged_where(profile),
        )
        for profile in assessment.profiles
        for host in profile.hosts
    ]
    titles = columns("Host", "Machines :number", "Profile", "OS", "Role", "Verdicts about")
    return Sheet(
        HOSTS,
        "Which hosts were assessed, and to which profile does each belong?",
        (40, 13, 30, 44, 22, 22),
        (Table("Hosts", titles, rows),),
    )


def facts(assessment: Assessment, links: RowLinks) -> Sheet:
    """Every fact of every profile, with where it comes from."""
    rows = [
        (
            links.profile(profile),
            fact_name(view.key, view.title),
            view.state,
            view.value,
            evidence_text(view.evidence),
            str(view.key),
        )
        for profile in assessment.profiles
        for view in facts_of(profile, assessment)
    ]
    titles = columns("Profile", "Fact", "State", "Value", "Evidence", "Key")
    return Sheet(
        FACTS,
        "What is known of these hosts, from which line of which file, and what is not?",
        (18, 52, 11, 50, 70, 44),
        (Table("Facts", titles, rows),),
        fixed=2,
    )


def conflicts(assessment: Assessment, links: RowLinks) -> Sheet:
    """Sources that disagree."""
    rows = [
        (links.profile(profile), conflict_text(conflict))
        for profile in assessment.profiles
        for conflict in profile.conflicts
    ]
    return Sheet(
        CONFLICTS,
        "Where do two files say different things, and which is believed?",
        (24, 140),
        (Table("Conflicts", columns("Profile", "Conflict"), rows),),
    )


def faults(assessment: Assessment, links: RowLinks) -> Sheet:
    """Faults of the input; facts that are lost to them count as unknown."""
    rows = [
        (
            links.names(profile_ids) or "all",
            fault.message,
            fault.hint,
            fault.where,
            fault.source,
        )
        for fault, profile_ids in faults_of(assessment).items()
    ]
    titles = columns("Profile", "Fault", "How to mend it", "Where", "Source")
    return Sheet(
        FAULTS,
        "What in the input could not be read? Facts lost to it count as unknown.",
        (24, 60, 60, 26, 44),
        (Table("Faults", titles, rows),),
    )
