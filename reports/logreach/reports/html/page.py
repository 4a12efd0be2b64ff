"""Everything that the HTML report shows, ready for its template.

Only the reasons that a row points to are listed; the workbook and assessment.json have every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.network.techniques import COMPLETENESS, DETECTION
from logreach.inventories.files.faults import Fault
from logreach.reports.caveats import (
    assumed_facts,
    events_cut_by_forwarding,
    faults_of,
    forwarded,
    judged_where,
)
from logreach.reports.counts import achieved, applying, percent, percent_text, totals
from logreach.reports.html.profile_groups import (
    NamedBlock,
    ProfileGrouping,
    RuleBlock,
    TechniqueBlock,
    applies,
)
from logreach.reports.labels import (
    LABEL_GROUPS,
    LABEL_STYLES,
    LABELS,
    QUESTION_MEANING,
    QUESTIONS,
    LabelStyle,
)
from logreach.reports.plan_steps import (
    StepLine,
    out_of_reach,
    raises_rules,
    rule_step_lines,
    step_lines,
)
from logreach.reports.reason_catalogue import ReasonCatalogue

# The classes v0 to v6 of the style sheet, in this order.
_FILLS = tuple(dict.fromkeys(style.fill for style in LABEL_STYLES.values()))


@dataclass(frozen=True, slots=True)
class BarSegment:
    """A label's segment of a bar; `begin` and `share` in percent of its length."""

    style: LabelStyle
    number: int
    begin: float
    share: float
    share_text: str


@dataclass(frozen=True, slots=True)
class QuestionBar:
    """One question over all hosts."""

    question: str
    meaning: str
    segments: tuple[BarSegment, ...]


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A profile in the table of profiles; `cut` counts events that forwarding drops in whole or
    in part."""

    profile: Profile
    achieved: tuple[str, ...]
    assumed: int
    judged_where: str
    cut: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows."""

    assessment: Assessment
    hosts: int
    styles: Sequence[LabelStyle]
    groups: Sequence[str]
    questions: Sequence[str]
    detection: QuestionBar
    completeness: tuple[QuestionBar, ...]
    steps: tuple[StepLine, ...]
    rule_steps: tuple[StepLine, ...]
    raises_rules: bool
    out_of_reach: str
    faults: tuple[Fault, ...]
    forwarded: bool
    assumed: bool
    profiles: tuple[ProfileLine, ...]
    columns: tuple[tuple[str, tuple[TechniqueBlock, ...]], ...]
    techniques: tuple[TechniqueBlock, ...]
    not_applying: tuple[FleetTechnique, ...]
    components: tuple[NamedBlock, ...]
    events: tuple[NamedBlock, ...]
    rules: tuple[RuleBlock, ...]
    reasons: tuple[tuple[int, Reason], ...]


def page_of(assessment: Assessment, catalogue: ReasonCatalogue) -> Page:
    """The page of an assessment."""
    profiles, fleet = assessment.profiles, assessment.fleet.values()
    grouping = ProfileGrouping(profiles, catalogue)
    techniques = tuple(grouping.technique(technique) for technique in fleet if applies(technique))
    return Page(
        assessment=assessment,
        hosts=sum(profile.count for profile in profiles),
        styles=tuple(LABEL_STYLES.values()),
        groups=LABEL_GROUPS,
        questions=tuple(QUESTIONS.values()),
        detection=_bar(assessment, DETECTION),
        completeness=tuple(_bar(assessment, question) for question in COMPLETENESS),
        steps=step_lines(assessment),
        rule_steps=rule_step_lines(assessment),
        raises_rules=raises_rules(assessment.remedies),
        out_of_reach=out_of_reach(assessment),
        faults=tuple(faults_of(assessment)),
        forwarded=forwarded(assessment),
        assumed=any(map(assumed_facts, profiles)),
        profiles=tuple(map(_profile_line, profiles)),
        columns=_columns(assessment, techniques),
        techniques=techniques,
        not_applying=tuple(technique for technique in fleet if not applies(technique)),
        components=grouping.by_name(_judged_components),
        events=grouping.by_name(
            lambda profile: profile.events, lambda profile: profile.events_on_host
        ),
        rules=grouping.rules(),
        # Last: the groups above decide which reasons are shown.
        reasons=grouping.shown_reasons(),
    )


def shade(style: LabelStyle) -> str:
    """The class of a colour in the style sheet; every kind of unknown has the same."""
    return f"v{_FILLS.index(style.fill)}"


def _judged_components(profile: Profile) -> dict[str, Judged]:
    return {name: component.judged for name, component in profile.components.items()}


def _profile_line(profile: Profile) -> ProfileLine:
    return ProfileLine(
        profile,
        tuple(achieved(profile, question) for question in QUESTIONS),
        assumed_facts(profile),
        judged_where(profile),
        events_cut_by_forwarding(profile),
    )


def _bar(assessment: Assessment, question: str) -> QuestionBar:
    counts = totals(assessment, question)
    pairs = applying(counts)
    segments: list[BarSegment] = []
    begin = 0.0
    for label in LABELS:
        number = counts[label]
        if number and label != "not applicable":
            share, share_text = percent(number, pairs), percent_text(number, pairs)
            segments.append(
                BarSegment(LABEL_STYLES[label], number, round(begin, 1), share, share_text)
            )
            begin += share
    return QuestionBar(QUESTIONS[question], QUESTION_MEANING[question], tuple(segments))


def _columns(
    assessment: Assessment, techniques: Iterable[TechniqueBlock]
) -> tuple[tuple[str, tuple[TechniqueBlock, ...]], ...]:
    """Techniques under each tactic in ATT&CK's order; tactics without any are left out."""
    by_tactic: dict[str, list[TechniqueBlock]] = {name: [] for name, _ in assessment.tactics}
    for technique in techniques:
        for tactic in technique.fleet.tactics:
            by_tactic.setdefault(tactic, []).append(technique)
    titles = dict(assessment.tactics)
    return tuple(
        (titles.get(tactic, tactic), tuple(blocks))
        for tactic, blocks in by_tactic.items()
        if blocks
    )
