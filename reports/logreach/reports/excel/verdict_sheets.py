"""The sheets of verdicts: techniques, data components, events, attributes and rules.

One row a profile and technique (event, rule ...): that is what filters and pivots need.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Detection,
    Profile,
    RuleSummary,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import Level
from logreach.coverage.network.techniques import QUESTIONS
from logreach.reports.caveats import FORWARDING_UNKNOWN, forwarded
from logreach.reports.counts import tally
from logreach.reports.excel.row_links import (
    RowLinks,
    by_attribute,
    by_component,
    by_event,
    by_technique,
    component_rows,
    reference_of,
)
from logreach.reports.excel.tables import Cell, Sheet, Table, columns
from logreach.reports.labels import signed, signed_label, style_of
from logreach.reports.other_ids import other_id
from logreach.reports.profile_names import host_list
from logreach.reports.reason_text import costs_text, remedy_title
from logreach.reports.ways_text import recorded_on, why_detected


def techniques(assessment: Assessment, links: RowLinks) -> Sheet:
    """Each technique on each profile: how it is detected, then how complete ATT&CK's terms are."""
    other_version = assessment.counterparts.version
    rows = [
        _technique_row(
            technique,
            profile,
            assessment,
            links,
            other_id(assessment, technique.technique_id) if other_version else None,
        )
        for _, profile, technique in by_technique(assessment)
    ]
    titles = columns(
        "Technique",
        "Name",
        *([f"Id in {other_version}"] if other_version else []),
        "Tactics",
        "Profile",
        "Hosts :number",
        "Detection :verdict",
        "Why",
        "Holds",
        "Lacks",
        "Where",
        "Change that suffices",
        "Cost",
        "Depth :number",
        "Sensors",
        "Direct",
        "Visibility :verdict",
        "Analytic as named :verdict",
        "Analytic by any event :verdict",
        "Score, proven :decimal",
        "Score, possible :decimal",
        "Components",
        "Analytics",
        "Evidence",
        "Reference",
        "Chain",
        "Whole chain",
        *(["Rules"] if links.has_rules else []),
    )
    other_width = (12,) if other_version else ()
    detection_widths = (12, 26, *other_width, 20, 16, 8, 19, 52, 26, 30, 16, 30, 24, 8)
    widths = (*detection_widths, 14, 11, 17, 17, 17, 9, 9, 36, 42, 44, 34, 10, 24, 24)
    return Sheet(
        "Techniques",
        "Can this technique be detected on these hosts, how, what is lacking, and which change "
        "would suffice?",
        widths,
        (Table("Techniques", titles, rows),),
        fixed=2,
        printed=len(detection_widths),
    )


def _technique_row(
    technique: TechniqueResult,
    profile: Profile,
    assessment: Assessment,
    links: RowLinks,
    other: str | None,
) -> tuple[Cell, ...]:
    answers = [technique.judged(question) for question in QUESTIONS]
    numbers = [links.catalogue.numbers(judged) for judged in answers]
    low, high = technique.score or (None, None)
    detection = technique.detection
    return (
        _best_component_link(technique, profile, links),
        technique.name,
        *([] if other is None else [other]),
        links.tactics(technique.tactics),
        links.profile(profile),
        profile.count,
        signed_label(detection.label),
        why_detected(detection, links.catalogue.beside_ways(detection.judged)),
        ", ".join(detection.holds),
        ", ".join(detection.lacks),
        host_list(recorded_on(detection), 20),
        *_sufficient_change(technique, profile, assessment),
        detection.depth,
        ", ".join(detection.sensors),
        _direct(detection),
        *(signed(judged.verdict) for judged in answers[1:]),
        None if low is None else round(low, 4),
        None if high is None else round(high, 4),
        _components_text(technique),
        _analytics_text(technique),
        links.evidence([number for chain_numbers in numbers for number in chain_numbers[:1]]),
        reference_of(reason for judged in answers for reason in judged.reasons),
        *links.chain(chain.from_iterable(numbers)),
        *([_rules_text(technique, profile)] if links.has_rules else []),
    )


def _sufficient_change(
    technique: TechniqueResult, profile: Profile, assessment: Assessment
) -> tuple[str, str]:
    """A set of changes that suffices for detection, where the plan has one, and its cost."""
    places = assessment.plan.least.get(profile.profile_id, {}).get(technique.technique_id, ())
    changes = [assessment.remedies[place].remedy for place in places]
    return "\n".join(map(remedy_title, changes)), costs_text(changes)


def _direct(detection: Detection) -> str:
    """A word to filter by: whether what holds records the act itself."""
    if detection.direct:
        return "direct"
    return "indirect" if detection.holds else ""


def _rules_text(technique: TechniqueResult, profile: Profile) -> str:
    rollup = profile.rules_by_technique.get(technique.technique_id)
    return tally(rollup.counts) if rollup else ""


def _best_component_link(technique: TechniqueResult, profile: Profile, links: RowLinks) -> Cell:
    """From a technique to the rows of its best component on this profile."""
    best = max(technique.components.values(), key=_by_verdict, default=None)
    if best is None:
        return technique.technique_id
    return links.component(best.name, profile, technique.technique_id)


def _by_verdict(component: ComponentResult) -> tuple[Level, Level]:
    """By what is proven, then by what is possible."""
    verdict = component.judged.verdict
    return verdict.proven, verdict.possible


def _components_text(technique: TechniqueResult) -> str:
    return "\n".join(
        [
            f"{style_of(component.judged.verdict).sign} {name}"
            for name, component in technique.components.items()
        ]
    )


def _analytics_text(technique: TechniqueResult) -> str:
    """By sign, for a technique has up to a dozen: rows must stay low enough to scan."""
    lines = []
    for analytic_id, analytic in technique.analytics.items():
        as_named = style_of(analytic.detection.verdict).sign
        by_any_event = style_of(analytic.with_alternatives.verdict).sign
        line = f"{analytic_id} as named {as_named}, by any event {by_any_event}"
        if analytic.unparsed:
            line += f" (not judged: {len(analytic.unparsed)})"
        lines.append(line)
    return "\n".join(lines)


def components(assessment: Assessment, links: RowLinks) -> Sheet:
    """Each data component on each profile: over all events, by operation and by event."""
    rows = [
        (
            name,
            links.profile(profile),
            operation,
            event if event == "any" else links.event(event),
            *_verdict_cells(judged, links),
        )
        for name, profile, component in by_component(assessment)
        for operation, event, judged in component_rows(component)
    ]
    titles = columns("Data component", "Profile", "Operation", "Event", *_VERDICT_TITLES)
    return Sheet(
        "Data components",
        "Is this data component logged on these hosts, by which operation and event, and why not?",
        (30, 14, 26, 20, *_VERDICT_WIDTHS),
        (Table("DataComponents", titles, rows),),
        fixed=2,
        printed=4 + _VERDICT_PRINTED,
    )


def events(assessment: Assessment, links: RowLinks) -> Sheet:
    """Each event on each profile; where forwarding is judged, on the host as well."""
    with_host = forwarded(assessment)
    rows = [
        (
            event,
            links.profile(profile),
            profile.count,
            *([_on_host(event, profile)] if with_host else []),
            *_verdict_cells(judged, links, mendable=_written_by_system(judged)),
        )
        for event, profile, judged in by_event(assessment)
    ]
    on_host = ["On the host :verdict"] if with_host else []
    titles = columns("Event", "Profile", "Hosts :number", *on_host, *_VERDICT_TITLES)
    widths = (24.0, 14.0, 8.0, *(17.0 for _ in on_host), *_VERDICT_WIDTHS)
    printed = len(widths) - len(_VERDICT_TITLES) + _VERDICT_PRINTED
    tells = "Is this event written, kept and forwarded on these hosts, and which link breaks?"
    tables = (Table("Events", titles, rows),)
    return Sheet("Events", tells, widths, tables, fixed=2, printed=printed)


def _on_host(event: str, profile: Profile) -> Cell:
    judged = profile.events_on_host.get(event)
    return signed(judged.verdict) if judged else FORWARDING_UNKNOWN


def attributes(assessment: Assessment, links: RowLinks) -> Sheet:
    """Each field that some data component reads, on each profile; the JSON has all fields."""
    rows = []
    for attribute, profile, judged in by_attribute(assessment):
        if judged.reasons:
            event, _, name = attribute.partition("/")
            cells = _verdict_cells(judged, links, mendable=_written_by_system(judged))
            rows.append((links.event(event), name, links.profile(profile), *cells))
    titles = columns("Event", "Attribute", "Profile", *_VERDICT_TITLES)
    return Sheet(
        "Attributes",
        "Is this field of an event filled on these hosts, as data components ask for it?",
        (24, 26, 14, *_VERDICT_WIDTHS),
        (Table("Attributes", titles, rows),),
        fixed=2,
        printed=3 + _VERDICT_PRINTED,
    )


def rules(assessment: Assessment, links: RowLinks) -> Sheet:
    """Each detection rule on each profile."""
    rows = [
        _rule_row(rule, profile, links)
        for profile in assessment.profiles
        for rule in profile.rules.values()
    ]
    titles = columns(
        "Rule",
        "Title",
        "Level",
        "Profile",
        "State",
        *_VERDICT_TITLES[:_VERDICT_PRINTED],
        "Log source",
        "Techniques",
        "Dead branches",
        "Missing fields",
        "Source",
        *_VERDICT_TITLES[_VERDICT_PRINTED:],
    )
    first, last = _VERDICT_WIDTHS[:_VERDICT_PRINTED], _VERDICT_WIDTHS[_VERDICT_PRINTED:]
    widths = (38.0, 36.0, 10.0, 14.0, 18.0, *first, 26.0, 14.0, 30.0, 24.0, 34.0, *last)
    printed = 5 + _VERDICT_PRINTED
    tells = "Can this rule fire on these hosts, and what is dead in it?"
    return Sheet("Rules", tells, widths, (Table("Rules", titles, rows),), fixed=2, printed=printed)


def _rule_row(rule: RuleSummary, profile: Profile, links: RowLinks) -> tuple[Cell, ...]:
    verdict_cells = _verdict_cells(rule.judged, links)
    return (
        rule.rule_id,
        rule.title,
        rule.level,
        links.profile(profile),
        ", ".join(rule.state),
        *verdict_cells[:_VERDICT_PRINTED],
        rule.log_source,
        ", ".join(rule.techniques),
        "\n".join(rule.dead_branches),
        ", ".join(rule.missing_fields),
        rule.source,
        *verdict_cells[_VERDICT_PRINTED:],
    )


# The columns of a verdict with its reasons; the first few are printed, the others are for the
# screen, where links lead on.
_VERDICT_TITLES = (
    "Verdict :verdict",
    "Why",
    "Remedy",
    "Cost",
    "Evidence",
    "Reference",
    "Chain",
    "Whole chain",
)
_VERDICT_WIDTHS = (17.0, 52.0, 36.0, 24.0, 42.0, 32.0, 10.0, 20.0)
_VERDICT_PRINTED = 4


def _verdict_cells(judged: Judged, links: RowLinks, *, mendable: bool = True) -> tuple[Cell, ...]:
    # Half of 28,000 rows, with rules, say what another one says.
    key = (judged.verdict, id(judged.reasons), mendable)
    cells = links.verdict_cells.get(key)
    if cells is None:
        numbers = links.catalogue.numbers(judged)
        cells = links.verdict_cells[key] = (
            signed(judged.verdict),
            links.catalogue.why(judged),
            *(_remedies(judged.reasons) if mendable else ("", "")),
            links.evidence(numbers),
            reference_of(judged.reasons),
            *links.chain(numbers),
        )
    return cells


def _written_by_system(judged: Judged) -> bool:
    """False where the host's Windows does not write the event or field, which no change mends."""
    return not any(
        reason.link == "os" and reason.verdict.possible is Level.NO for reason in judged.reasons
    )


def _remedies(reasons: Iterable[Reason]) -> tuple[str, str]:
    """Every change that the chain offers, and what they cost."""
    changes = [reason.remedy for reason in reasons if reason.remedy]
    return "\n".join(dict.fromkeys([change.text for change in changes])), costs_text(changes)
