"""The sheets of verdicts: techniques, data components, events, attributes and rules.

One row a profile and item: that is what filters and pivots need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Profile,
    RuleSummary,
    TechniqueResult,
)
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import Level
from logreach.reports.caveats import NOT_TOLD, forwarded
from logreach.reports.excel.model import Cell, Sheet, Table, columns
from logreach.reports.excel.places import (
    Places,
    by_attribute,
    by_component,
    by_event,
    by_technique,
    component_parts,
    reference_of,
)
from logreach.reports.words import look, signed, tally


def techniques(assessment: Assessment, places: Places) -> Sheet:
    """Each technique on each profile, by the three questions."""
    rows = [
        _technique_row(technique, profile, places)
        for _, profile, technique in by_technique(assessment)
    ]
    titles = columns(
        "Technique",
        "Name",
        "Tactics",
        "Profile",
        "Hosts :number",
        "Visibility :verdict",
        "Visibility: why",
        "Detection :verdict",
        "Detection: why",
        "With alternatives :verdict",
        "With alternatives: why",
        "Score, proven :decimal",
        "Score, possible :decimal",
        "Components",
        "Analytics",
        "Evidence",
        "Reference",
        "Chain",
        "Whole chain",
        *(["Rules"] if places.has_rules else []),
    )
    widths = (12, 26, 20, 14, 8, 17, 40, 17, 40, 17, 40, 9, 9, 36, 42, 44, 34, 10, 24, 24)
    return Sheet("Techniques", widths, (Table("Techniques", titles, rows),), "C2", printed=11)


def _technique_row(
    technique: TechniqueResult, profile: Profile, places: Places
) -> tuple[Cell, ...]:
    asked = (technique.visibility, technique.detection, technique.detection_with_alternatives)
    low, high = technique.score or (None, None)
    numbers, because = places.catalogue.numbers, places.catalogue.why
    verdicts: list[Cell] = []
    for judged in asked:
        verdicts += [signed(judged.verdict), because(judged)]
    return (
        _technique_link(technique, profile, places),
        technique.name,
        "\n".join(technique.tactics),
        places.profile(profile),
        profile.count,
        *verdicts,
        None if low is None else round(low, 4),
        None if high is None else round(high, 4),
        _components_text(technique),
        _analytics_text(technique),
        places.evidence([one for judged in asked for one in numbers(judged)[:1]]),
        reference_of(reason for judged in asked for reason in judged.reasons),
        *places.chain(*asked),
        *([_rules_text(technique, profile)] if places.has_rules else []),
    )


def _rules_text(technique: TechniqueResult, profile: Profile) -> str:
    rules = profile.rules_by_technique.get(technique.technique_id)
    return tally(rules.counts) if rules else ""


def _technique_link(technique: TechniqueResult, profile: Profile, places: Places) -> Cell:
    """From a technique to the rows of its best component on this profile."""
    best = max(technique.components.values(), key=_goodness, default=None)
    if best is None:
        return technique.technique_id
    return places.component(best.name, profile, technique.technique_id)


def _goodness(component: ComponentResult) -> int:
    """By what is proven, then by what is possible."""
    verdict = component.judged.verdict
    return 3 * verdict.proven + verdict.possible


def _components_text(technique: TechniqueResult) -> str:
    lines = [
        f"{look(one.judged.verdict).sign} {name}" for name, one in technique.components.items()
    ]
    return "\n".join(lines)


def _analytics_text(technique: TechniqueResult) -> str:
    """By sign, for a technique has up to a dozen: rows must stay low enough to scan."""
    lines = []
    for key, one in technique.analytics.items():
        detection, with_any = look(one.detection.verdict), look(one.with_alternatives.verdict)
        line = f"{key} {detection.sign}, with alternatives {with_any.sign}"
        if one.unparsed:
            line += f" (not judged: {len(one.unparsed)})"
        lines.append(line)
    return "\n".join(lines)


def components(assessment: Assessment, places: Places) -> Sheet:
    """Each data component on each profile: as a whole, by operation and by event."""
    rows = [
        (name, places.profile(profile), operation, _event(event, places), *_tail(judged, places))
        for name, profile, component in by_component(assessment)
        for operation, event, judged in component_parts(component)
    ]
    titles = columns("Data component", "Profile", "Operation", "Event", *_TAIL)
    table = Table("DataComponents", titles, rows)
    return Sheet(
        "Data components",
        (30, 14, 30, 24, *_TAIL_WIDTHS),
        (table,),
        "C2",
        printed=4 + _TAIL_PRINTED,
    )


def _event(key: str, places: Places) -> Cell:
    return key if key == "any" else places.event(key)


def events(assessment: Assessment, places: Places) -> Sheet:
    """Each event on each profile; where forwarding is judged, on the host as well."""
    shown = forwarded(assessment)
    rows = [
        (
            key,
            places.profile(profile),
            profile.count,
            *([_on_host(key, profile)] if shown else []),
            *_tail(judged, places, _fixable),
        )
        for key, profile, judged in by_event(assessment)
    ]
    on_host = ["On the host :verdict"] if shown else []
    titles = columns("Event", "Profile", "Hosts :number", *on_host, *_TAIL)
    widths = (24.0, 14.0, 8.0, *(17.0 for _ in on_host), *_TAIL_WIDTHS)
    printed = len(widths) - len(_TAIL) + _TAIL_PRINTED
    return Sheet("Events", widths, (Table("Events", titles, rows),), "C2", printed=printed)


def _on_host(key: str, profile: Profile) -> Cell:
    judged = profile.events_on_host.get(key)
    return signed(judged.verdict) if judged else NOT_TOLD


def attributes(assessment: Assessment, places: Places) -> Sheet:
    """Each field that some data component asks for, on each profile; the JSON has all fields."""
    rows = []
    for key, profile, judged in by_attribute(assessment):
        if judged.reasons:
            event, _, name = key.partition("/")
            rows.append(
                (
                    places.event(event),
                    name,
                    places.profile(profile),
                    *_tail(judged, places, _fixable),
                )
            )
    titles = columns("Event", "Attribute", "Profile", *_TAIL)
    table = Table("Attributes", titles, rows)
    return Sheet(
        "Attributes", (24, 26, 14, *_TAIL_WIDTHS), (table,), "C2", printed=3 + _TAIL_PRINTED
    )


def rules(assessment: Assessment, places: Places) -> Sheet:
    """Each detection rule on each profile."""
    rows = [
        _rule_row(rule, profile, places)
        for profile in assessment.profiles
        for rule in profile.rules.values()
    ]
    titles = columns(
        "Rule",
        "Title",
        "Level",
        "Profile",
        "State",
        *_TAIL[:_TAIL_PRINTED],
        "Log source",
        "Techniques",
        "Dead branches",
        "Missing fields",
        "Source",
        *_TAIL[_TAIL_PRINTED:],
    )
    first, last = _TAIL_WIDTHS[:_TAIL_PRINTED], _TAIL_WIDTHS[_TAIL_PRINTED:]
    widths = (38.0, 36.0, 10.0, 14.0, 18.0, *first, 26.0, 14.0, 30.0, 24.0, 34.0, *last)
    printed = 5 + _TAIL_PRINTED
    return Sheet("Rules", widths, (Table("Rules", titles, rows),), "C2", printed=printed)


def _rule_row(rule: RuleSummary, profile: Profile, places: Places) -> tuple[Cell, ...]:
    tail = _tail(rule.judged, places)
    return (
        rule.rule_id,
        rule.title,
        rule.level,
        places.profile(profile),
        ", ".join(rule.state),
        *tail[:_TAIL_PRINTED],
        rule.log_source,
        ", ".join(rule.techniques),
        "\n".join(rule.dead_branches),
        ", ".join(rule.missing_fields),
        rule.source,
        *tail[_TAIL_PRINTED:],
    )


# What stands behind every verdict.
_TAIL = ("Verdict :verdict", "Why", "Remedy", "Evidence", "Reference", "Chain", "Whole chain")
_TAIL_WIDTHS = (17.0, 52.0, 36.0, 42.0, 32.0, 10.0, 20.0)
# Verdict, reason and remedy; the rest is for the screen, where links lead on.
_TAIL_PRINTED = 3


def _tail(
    judged: Judged, places: Places, fixable: Callable[[Judged], bool] = lambda _: True
) -> tuple[Cell, ...]:
    return (
        signed(judged.verdict),
        places.catalogue.why(judged),
        _remedies(judged.reasons) if fixable(judged) else "",
        places.evidence(places.catalogue.numbers(judged)),
        reference_of(judged.reasons),
        *places.chain(judged),
    )


def _fixable(judged: Judged) -> bool:
    """Whether changes can help an event or a field, which need every link of their chain: not
    where the host's Windows does not write them."""
    return not any(
        reason.link == "os" and reason.verdict.possible is Level.NO for reason in judged.reasons
    )


def _remedies(reasons: Iterable[Reason]) -> str:
    return "\n".join(dict.fromkeys([one.remedy.text for one in reasons if one.remedy]))
