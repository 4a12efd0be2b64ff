"""The first sheet: key figures, the plan, and every technique against every profile."""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile
from logreach.coverage.network.techniques import COMPLETENESS, DETECTION
from logreach.reports.caveats import assumed_facts, faults_of, judged_where
from logreach.reports.counts import achieved, counts_by_label, totals
from logreach.reports.excel.reference_sheets import missing_table
from logreach.reports.excel.row_links import RowLinks
from logreach.reports.excel.tables import (
    Cell,
    CellLink,
    Column,
    Sheet,
    Table,
    columns,
    profile_columns,
)
from logreach.reports.labels import (
    LABEL_GROUPS,
    LABEL_STYLES,
    LABELS,
    QUESTION_MEANING,
    QUESTIONS,
    best_label,
    group_of,
    signed_label,
)
from logreach.reports.other_ids import all_other_ids
from logreach.reports.plan_steps import (
    RULE_STEPS_MEANING,
    STEPS_MEANING,
    StepLine,
    gain_meaning,
    marked,
    out_of_reach,
    raises_rules,
    rule_step_lines,
    rules_raised,
    step_lines,
)
from logreach.reports.profile_names import profile_name
from logreach.reports.safe_text import technique_url

_TOP = 10
_COUNTED = tuple(label for label in LABEL_GROUPS if label != "not applicable")
# Wider than this, a matrix is no help; every profile stands on the sheet Techniques.
_MATRIX_PROFILES = 60


def summary(assessment: Assessment, links: RowLinks) -> Sheet:
    """Key figures, the plan, and every technique against every profile."""
    tables = (
        Table("About", columns("About", "Value"), _about(assessment)),
        _profile_table(assessment, links),
        _question_table(assessment),
        _label_table(),
        _step_table(assessment, links),
        *([_rule_step_table(assessment, links)] if assessment.rule_plan.steps else []),
        _remedy_table(assessment),
        missing_table(assessment, "TopMissing", "Missing facts that matter most", _TOP),
        _matrix(assessment, links),
    )
    further_columns = 8 + max(6, min(len(assessment.profiles), _MATRIX_PROFILES))
    widths = (24.0, 42.0, *(16.0,) * further_columns)
    heading = "Which ATT&CK detections these logs can support"
    return Sheet("Summary", widths, tables, heading=heading)


def _about(assessment: Assessment) -> list[tuple[Cell, ...]]:
    hosts = sum(profile.count for profile in assessment.profiles)
    applying = sum(
        best_label(technique.visibility) != "not applicable"
        for technique in assessment.fleet.values()
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
        *(
            [("Techniques with other ids", other_ids)]
            if (other_ids := all_other_ids(assessment))
            else []
        ),
        ("logreach version", assessment.version),
    ]


def _label_table() -> Table:
    rows = [(signed_label(label), style.meaning) for label, style in LABEL_STYLES.items()]
    titles = (Column("Verdict", "verdict"), Column("Meaning"))
    return Table("Labels", titles, rows, "What the verdicts mean")


def _question_table(assessment: Assessment) -> Table:
    titles = columns("Question", "Asks", *(f"{signed_label(label)} :number" for label in LABELS))
    rows: list[tuple[Cell, ...]] = [
        (
            QUESTIONS[question],
            QUESTION_MEANING[question],
            *totals(assessment, question).values(),
        )
        for question in assessment.questions
    ]
    remark = "Numbers are pairs of a host and a technique."
    return Table("Questions", titles, rows, "Verdicts by question", remark)


def _profile_table(assessment: Assessment, links: RowLinks) -> Table:
    titles = columns(
        "Profile",
        "Hosts",
        "Count :number",
        "OS",
        "Role",
        *(f"{signed_label(label)} :number" for label in _COUNTED),
        *(QUESTIONS[question] for question in COMPLETENESS),
        "Facts assumed :number",
        "Verdicts about",
    )
    rows = [_profile_row(profile, links) for profile in assessment.profiles]
    remark = (
        f"Techniques by their verdict on detection. {QUESTION_MEANING[DETECTION]} Visibility and "
        "analytics: achievable techniques of those that apply; they say how complete is what "
        "ATT&CK names. A profile is a group of hosts whose facts are the same."
    )
    return Table("Profiles", titles, rows, "Detection by profile", remark)


def _profile_row(profile: Profile, links: RowLinks) -> tuple[Cell, ...]:
    by_label = counts_by_label(profile, DETECTION)
    counts = dict.fromkeys(_COUNTED, 0)
    for label, number in by_label.items():
        if group_of(label) in counts:
            counts[group_of(label)] += number
    return (
        links.profile(profile),
        ", ".join(profile.hosts),
        profile.count,
        profile.os,
        profile.role,
        *counts.values(),
        *(achieved(profile, question) for question in COMPLETENESS),
        assumed_facts(profile),
        judged_where(profile),
    )


def _step_table(assessment: Assessment, links: RowLinks) -> Table:
    titles = columns(
        "Step",
        "Change",
        "Pairs gained :number",
        "Hosts :number",
        "Techniques :number",
        "Achievable after :share",
        "Volume",
        "Kinds of change",
        "Profiles",
    )
    rows = _step_rows(((step, len(step.techniques)) for step in step_lines(assessment)), links)
    remark = f"{STEPS_MEANING} {out_of_reach(assessment)}".strip()
    return Table("Steps", titles, rows, "What to change, in steps", remark)


def _rule_step_table(assessment: Assessment, links: RowLinks) -> Table:
    titles = columns(
        "Step",
        "Change",
        "Weight gained :decimal",
        "Hosts :number",
        "Rules :number",
        "Achievable after :share",
        "Volume",
        "Kinds of change",
        "Profiles",
    )
    rows = _step_rows(((step, len(step.rules)) for step in rule_step_lines(assessment)), links)
    return Table(
        "RuleSteps", titles, rows, "What to change for rules, in steps", RULE_STEPS_MEANING
    )


def _step_rows(steps: Iterable[tuple[StepLine, int]], links: RowLinks) -> list[tuple[Cell, ...]]:
    """A row a change; the step's gain stands beside its first change, so that sums are right."""
    rows: list[tuple[Cell, ...]] = []
    for step, raised in steps:
        gains: tuple[Cell, ...] = (
            step.gain,
            step.hosts,
            raised,
            step.share,
            step.volume,
            step.kinds,
            links.names(step.profiles),
        )
        for change in step.changes:
            rows.append((f"Step {step.number}", change, *gains))
            gains = (None,) * len(gains)
    return rows


def _remedy_table(assessment: Assessment) -> Table:
    shown = assessment.remedies[:_TOP]
    with_rules = raises_rules(shown)
    titles = columns(
        "Fact",
        "Remedy",
        "Gain :number",
        "Hosts :number",
        "Techniques :number",
        *(["Rules raised :number", "Weighted :decimal"] if with_rules else []),
        "Cost",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            # The short cell is the link: some programs cut a link of several lines.
            CellLink(str(planned.remedy.key.family), "Remedies", row),
            marked(planned.remedy.text, planned),
            planned.gain,
            planned.hosts,
            len(planned.raised),
            *([rules_raised(planned), planned.rule_gain] if with_rules else []),
            planned.remedy.cost,
        )
        for row, planned in enumerate(shown, start=2)
        if planned.gain or planned.rule_gain
    ]
    remark = gain_meaning(shown)
    return Table("TopRemedies", titles, rows, "What to change first, each change alone", remark)


def _matrix(assessment: Assessment, links: RowLinks) -> Table:
    shown = assessment.profiles[:_MATRIX_PROFILES]
    fixed = columns(
        "Technique",
        "Name",
        "Tactics",
        "Detection, share of hosts :share",
        *(f"{name}, best :verdict" for name in QUESTIONS.values()),
        "ATT&CK",
    )
    taken = [column.title for column in fixed]
    titles = fixed + profile_columns([profile_name(profile) for profile in shown], taken)
    rows = [_matrix_row(technique, shown, links) for technique in assessment.fleet.values()]
    remark = (
        "By profile: detection, here or elsewhere in the fleet. Best: the best verdict of any host."
    )
    if len(assessment.profiles) > len(shown):
        remark += f" The first {len(shown)} of {len(assessment.profiles)} profiles."
    return Table("Matrix", titles, rows, "Techniques by profile", remark)


def _matrix_row(
    technique: FleetTechnique, profiles: Iterable[Profile], links: RowLinks
) -> tuple[Cell, ...]:
    technique_id = technique.technique_id
    verdicts: list[Cell] = []
    for profile in profiles:
        result = profile.techniques.get(technique_id)
        verdicts.append(signed_label(result.detection.label) if result else None)
    best = (signed_label(best_label(getattr(technique, question))) for question in QUESTIONS)
    return (
        links.technique(technique_id),
        technique.name,
        "\n".join(technique.tactics),
        technique.achievable_share,
        *best,
        CellLink(technique_id, url=technique_url(technique_id)),
        *verdicts,
    )
