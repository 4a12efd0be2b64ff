"""The sheets of how much can be seen: by tactic, by data component, by technique and profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile
from logreach.coverage.engine.judged import Remedy, RemedyName
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.coverage.network.techniques import DETECTION
from logreach.reports.counts import achievable, applying, totals
from logreach.reports.excel.row_links import RowLinks
from logreach.reports.excel.tables import Cell, CellLink, Sheet, Table, columns, profile_columns
from logreach.reports.labels import (
    LABEL_GROUPS,
    LABEL_STYLES,
    QUESTIONS,
    VERDICT_LABELS,
    best_label,
    group_of,
    signed_label,
)
from logreach.reports.profile_names import profile_name
from logreach.reports.reason_text import costs_text, remedy_title
from logreach.reports.safe_text import technique_url

TACTIC_MATRIX = "Tactic matrix"
TACTICS, COMPONENTS, MATRIX, VERDICTS = "Tactics", "Component coverage", "Matrix", "Verdicts"
TACTIC, COMPONENT, PAIRS, EVENTS = "Tactic", "Data component", "Pairs", "Events mapped"
PAIR_GROUPS = tuple(label for label in LABEL_GROUPS if label != NOT_APPLICABLE.label)
"""The labels by which pairs of a host and a technique are counted."""
HOST_GROUPS = tuple(label for label in PAIR_GROUPS if label in VERDICT_LABELS)
"""The same for what is asked of a host by itself."""
# Wider than this, a matrix is no help; every profile stands on the sheet Techniques.
_MATRIX_PROFILES = 60
# The narrowest column that holds a technique's name, and what a page shows in any case.
_NARROWEST, _PAGE = 21, 110


def grouped(counts: Mapping[str, int], groups: Iterable[str] = PAIR_GROUPS) -> dict[str, int]:
    """Counts by label, every kind of unknown as one; what does not apply is left out."""
    numbers = dict.fromkeys(groups, 0)
    for label, number in counts.items():
        if group_of(label) in numbers:
            numbers[group_of(label)] += number
    return numbers


def tactics(assessment: Assessment) -> Sheet:
    """Pairs of a host and a technique by verdict on detection, a row a tactic."""
    titles = columns(
        TACTIC,
        "Techniques that apply :number",
        f"{PAIRS} :number",
        *(f"{signed_label(label)} :number" for label in PAIR_GROUPS),
        "Achievable :share",
    )
    rows = [
        _tactic_row(name, [x for x in assessment.fleet.values() if tactic in x.tactics])
        for tactic, name in assessment.tactics
    ]
    remark = (
        "Pairs: a host and a technique that applies to it. Achievable: the share of them that is "
        "achievable, here or elsewhere in the fleet. A technique of several tactics counts in "
        "each, a sub-technique as a technique."
    )
    return Sheet(
        TACTICS,
        "How much of each tactic can be detected?",
        (26, 14, 12, *(14,) * len(PAIR_GROUPS), 13),
        (Table("Tactics", titles, [row for row in rows if row[1]], remark=remark),),
        heading="Detection by tactic",
    )


def _tactic_row(name: str, techniques: list[FleetTechnique]) -> tuple[Cell, ...]:
    counts: dict[str, int] = {}
    for technique in techniques:
        for label, number in technique.detection.items():
            counts[label] = counts.get(label, 0) + number
    pairs = applying(counts)
    return (
        name,
        sum(applying(technique.detection) > 0 for technique in techniques),
        pairs,
        *grouped(counts).values(),
        achievable(counts) / pairs if pairs else None,
    )


def components(assessment: Assessment, links: RowLinks) -> Sheet:
    """Hosts by verdict, a row a data component: those that some event shows first."""
    titles = columns(
        COMPONENT,
        f"{EVENTS} :number",
        "Hosts :number",
        *(f"{signed_label(label)} :number" for label in HOST_GROUPS),
        "Achievable :share",
        "Hosts that fall short, and why",
        "First change offered",
        "Cost",
    )
    names = dict.fromkeys(name for profile in assessment.profiles for name in profile.components)
    rows = [_component_row(name, assessment, links) for name in sorted(names)]
    rows.sort(key=lambda row: not row[1])
    remark = (
        "Events mapped: those that show the data component on some host; without any, nothing can "
        "be said of it. Hosts: those that it applies to. First change offered: what mends the "
        "first broken link that a change can mend, by profile; others may be needed too: see the "
        "sheet Data components for the chain, Techniques for changes that suffice."
    )
    return Sheet(
        COMPONENTS,
        "Which hosts cannot see a data component, and what would it cost to mend?",
        (36, 9, 8, *(13,) * len(HOST_GROUPS), 12, 64, 46, 36),
        (Table("ComponentCoverage", titles, rows, remark=remark),),
        heading="Hosts by data component",
    )


def _component_row(name: str, assessment: Assessment, links: RowLinks) -> tuple[Cell, ...]:
    counts: dict[str, int] = {}
    short: dict[tuple[str, str], list[str]] = {}
    events: set[str] = set()
    changes: dict[RemedyName, tuple[Remedy, list[str]]] = {}
    none_offered: list[str] = []
    first: Profile | None = None
    for profile in assessment.profiles:
        component = profile.components.get(name)
        if component is None:
            continue
        first = first or profile
        events.update(component.via)
        label = component.judged.verdict.label
        counts[label] = counts.get(label, 0) + profile.count
        if label in (HOST_GROUPS[0], NOT_APPLICABLE.label):
            continue
        why = links.catalogue.why(component.judged)
        short.setdefault((signed_label(label), why), []).append(profile_name(profile))
        offered = (reason.remedy for reason in component.judged.reasons if reason.remedy)
        if remedy := next(offered, None):
            changes.setdefault(remedy.name, (remedy, []))[1].append(profile_name(profile))
        else:
            none_offered.append(profile_name(profile))
    hosts = applying(counts)
    by_label = grouped(counts, HOST_GROUPS)
    return (
        links.component(name, first, name) if first else name,
        len(events),
        hosts,
        *by_label.values(),
        by_label[HOST_GROUPS[0]] / hosts if hosts else None,
        "\n".join(f"{label}: {', '.join(on)}: {why}" for (label, why), on in short.items()),
        "\n".join(
            [f"{remedy_title(remedy)}: {', '.join(on)}" for remedy, on in changes.values()]
            + ([f"none offered: {', '.join(none_offered)}"] if none_offered else [])
        ),
        costs_text(remedy for remedy, _ in changes.values()),
    )


def matrix(assessment: Assessment, links: RowLinks) -> Sheet:
    """Every technique against every profile."""
    shown = assessment.profiles[:_MATRIX_PROFILES]
    fixed = columns(
        "Technique",
        "Name",
        "Tactics",
        "Achievable, share of hosts :share",
        *(f"{name}, best :verdict" for name in QUESTIONS.values()),
        "ATT&CK",
    )
    taken = [column.title for column in fixed]
    titles = fixed + profile_columns([profile_name(profile) for profile in shown], taken)
    rows = [_matrix_row(technique, shown, links) for technique in assessment.fleet.values()]
    remark = (
        "By profile: detection, here or elsewhere in the fleet. Best: the best verdict of any "
        "host; Achievable: of the hosts that the technique applies to."
    )
    if len(assessment.profiles) > len(shown):
        remark += f" The first {len(shown)} of {len(assessment.profiles)} profiles."
    return Sheet(
        MATRIX,
        "On which hosts can each technique be detected, at a glance?",
        (12, 40, 24, 12, *(17,) * len(QUESTIONS), 12, *(18,) * len(shown)),
        (Table("Matrix", titles, rows, remark=remark),),
        fixed=2,
        heading="Techniques by profile",
    )


def _matrix_row(
    technique: FleetTechnique,
    profiles: Iterable[Profile],
    links: RowLinks,
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
        links.tactics(technique.tactics),
        technique.achievable_share,
        *best,
        CellLink(technique_id, url=technique_url(technique_id)),
        *verdicts,
    )


def tactic_matrix(assessment: Assessment) -> Sheet:
    """The techniques that apply below their tactics, as ATT&CK shows them."""
    by_tactic = {
        name: [_in_matrix(x) for x in assessment.fleet.values() if tactic in x.tactics]
        for tactic, name in assessment.tactics
    }
    shown = {name: cells for name, found in by_tactic.items() if (cells := [*filter(None, found)])}
    titles = columns(*(f"{name} :verdict" for name in shown)) or columns("Tactic")
    remark = (
        "Sign: the best verdict on detection of any host. Behind the name: hosts on which "
        "detection is achievable, here or elsewhere in the fleet, of those that the technique "
        "applies to."
    )
    return Sheet(
        TACTIC_MATRIX,
        "Which techniques of each tactic can be detected, on how many hosts?",
        (max(_NARROWEST, _PAGE // len(titles)),) * len(titles),
        (Table("TacticMatrix", titles, [*zip_longest(*shown.values())], remark=remark),),
        fixed=0,
        heading="Techniques by tactic",
    )


def _in_matrix(technique: FleetTechnique) -> str:
    """A technique of the matrix; '' where it applies to no host."""
    hosts = applying(technique.detection)
    if not hosts:
        return ""
    sign = LABEL_STYLES[best_label(technique.detection)].sign
    share = f"{achievable(technique.detection):,} of {hosts:,}"
    return f"{sign} {technique.technique_id} {technique.name} ({share})"


def verdicts(assessment: Assessment) -> Sheet:
    """What each verdict means, and how many pairs have it, by question."""
    titles = columns(
        "Verdict :verdict", "Meaning", *(f"{QUESTIONS[x]} :number" for x in assessment.questions)
    )
    counts = [totals(assessment, question) for question in assessment.questions]
    rows: list[tuple[Cell, ...]] = [
        (signed_label(label), style.meaning, *(by_label[label] for by_label in counts))
        for label, style in LABEL_STYLES.items()
    ]
    remark = (
        "Numbers are pairs of a host and a technique. Detection is the answer; the other questions "
        "say how complete is what ATT&CK names (sheet Method)."
    )
    return Sheet(
        VERDICTS,
        "What does each sign mean, and how often is it the answer?",
        (32, 80, *(16,) * len(counts)),
        (Table("Verdicts", titles, rows, remark=remark),),
        heading="Verdicts by question",
    )


def detection_share(assessment: Assessment) -> tuple[int, int]:
    """The pairs on which detection is achievable, and those that apply."""
    counts = totals(assessment, DETECTION)
    return achievable(counts), applying(counts)
