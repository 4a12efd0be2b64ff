"""The first sheet: what to know first, and every technique against every profile."""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile
from logreach.reports.caveats import assumed_facts, faults_of, judged_where
from logreach.reports.excel.model import (
    Cell,
    Column,
    Link,
    Sheet,
    Table,
    columns,
    profile_columns,
)
from logreach.reports.excel.overview import missing_table
from logreach.reports.excel.places import Places
from logreach.reports.steps import STEPS_MEANING, gain_meaning, marked, out_of_reach, step_lines
from logreach.reports.words import (
    LABELS,
    LOOKS,
    QUESTION_MEANING,
    QUESTIONS,
    achieved,
    signed,
    signed_label,
    standing,
    technique_url,
    totals,
)

_TOP = 10
# Wider than this, a matrix is no help; every profile stands on the sheet Techniques.
_MATRIX_PROFILES = 60


def summary(assessment: Assessment, places: Places) -> Sheet:
    """What to know first, and every technique against every profile."""
    tables = (
        Table("About", columns("About", "Value"), _about(assessment)),
        _label_table(),
        _question_table(assessment),
        _profile_table(assessment, places),
        _step_table(assessment),
        _remedy_table(assessment),
        missing_table(assessment, "TopMissing", "Missing facts that matter most", _TOP),
        _matrix(assessment, places),
    )
    widths = (24.0, 42.0, *(16.0,) * (8 + min(len(assessment.profiles), _MATRIX_PROFILES)))
    heading = "Which ATT&CK detections these logs can support"
    return Sheet("Summary", widths, tables, heading=heading)


def _about(assessment: Assessment) -> list[tuple[Cell, ...]]:
    hosts = sum(profile.count for profile in assessment.profiles)
    applying = sum(
        standing(one.visibility) != "not applicable" for one in assessment.fleet.values()
    )
    return [
        ("Inventory", assessment.inventory),
        ("Restricted to", assessment.scope or "nothing; all Windows techniques"),
        ("Hosts", str(hosts)),
        ("Profiles", str(len(assessment.profiles))),
        ("Techniques", str(len(assessment.fleet))),
        ("Techniques that apply", str(applying)),
        ("Faults in the input", str(len(faults_of(assessment)))),
        ("ATT&CK version", assessment.attack_version),
        ("logreach version", assessment.version),
    ]


def _label_table() -> Table:
    rows = [(signed_label(label), look.meaning) for label, look in LOOKS.items()]
    titles = (Column("Verdict", "verdict"), Column("Meaning"))
    return Table("Labels", titles, rows, "What the verdicts mean")


def _question_table(assessment: Assessment) -> Table:
    titles = columns("Question", "Asks", *(f"{signed_label(label)} :number" for label in LABELS))
    rows: list[tuple[Cell, ...]] = [
        (QUESTIONS[one], QUESTION_MEANING[one], *totals(assessment, one).values())
        for one in assessment.questions
    ]
    remark = "Pairs of a host and a technique, by verdict."
    return Table("Questions", titles, rows, "How much can be seen", remark)


def _profile_table(assessment: Assessment, places: Places) -> Table:
    titles = columns(
        "Profile",
        "Hosts",
        "Count :number",
        "OS",
        "Role",
        *QUESTIONS.values(),
        "Facts assumed :number",
        "Verdicts tell",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            places.profile(profile),
            ", ".join(profile.hosts),
            profile.count,
            profile.os,
            profile.role,
            *(achieved(profile, question) for question in QUESTIONS),
            assumed_facts(profile),
            judged_where(profile),
        )
        for profile in assessment.profiles
    ]
    remark = "Achievable techniques of those that apply; hosts alike in every fact are one profile."
    return Table("Profiles", titles, rows, "Profiles", remark)


def _step_table(assessment: Assessment) -> Table:
    """A row a change; what the whole step gains stands beside its first, so that sums are right."""
    titles = columns(
        "Step",
        "Change",
        "Pairs gained :number",
        "Hosts :number",
        "Techniques :number",
        "Achievable then :share",
        "Profiles",
    )
    rows: list[tuple[Cell, ...]] = []
    for one in step_lines(assessment):
        whole = (one.gain, one.hosts, len(one.techniques), one.after, ", ".join(one.profiles))
        for place, change in enumerate(one.changes):
            rows.append((f"Step {one.number}", change, *(whole if not place else (None,) * 5)))
    remark = f"{STEPS_MEANING} {out_of_reach(assessment)}".strip()
    return Table("Steps", titles, rows, "What to change, in steps", remark)


def _remedy_table(assessment: Assessment) -> Table:
    titles = columns(
        "Fact", "Remedy", "Gain :number", "Hosts :number", "Techniques :number", "Cost"
    )
    rows: list[tuple[Cell, ...]] = [
        (
            # The short cell is the link: some programs cut a link of several lines.
            Link(str(one.remedy.key.family), "Remedies", row),
            marked(one.remedy.text, one),
            one.gain,
            one.hosts,
            len(one.raised),
            one.remedy.cost,
        )
        for row, one in enumerate(assessment.remedies[:_TOP], start=2)
        if one.gain
    ]
    remark = gain_meaning(assessment.remedies[:_TOP])
    return Table("TopRemedies", titles, rows, "What to change first, each change alone", remark)


def _matrix(assessment: Assessment, places: Places) -> Table:
    shown = assessment.profiles[:_MATRIX_PROFILES]
    fixed = columns(
        "Technique",
        "Name",
        "Tactics",
        "Alternatives, share of hosts :share",
        "Visibility, best :verdict",
        "Detection, best :verdict",
        "Alternatives, best :verdict",
        "ATT&CK",
    )
    taken = [column.title for column in fixed]
    titles = fixed + profile_columns([profile.profile_id for profile in shown], taken)
    rows = [_matrix_row(one, shown, places) for one in assessment.fleet.values()]
    remark = "By profile: detection with alternatives. Best: on the hosts where it is best."
    if len(assessment.profiles) > len(shown):
        remark += f" The first {len(shown)} of {len(assessment.profiles)} profiles."
    return Table("Matrix", titles, rows, "Techniques by profile", remark)


def _matrix_row(
    technique: FleetTechnique, profiles: Iterable[Profile], places: Places
) -> tuple[Cell, ...]:
    key = technique.technique_id
    verdicts: list[Cell] = []
    for profile in profiles:
        found = profile.techniques.get(key)
        verdicts.append(signed(found.detection_with_alternatives.verdict) if found else None)
    best = (
        signed_label(standing(counts))
        for counts in (
            technique.visibility,
            technique.detection,
            technique.detection_with_alternatives,
        )
    )
    return (
        places.technique(key),
        technique.name,
        "\n".join(technique.tactics),
        technique.achievable_share,
        *best,
        Link(key, url=technique_url(key)),
        *verdicts,
    )
