"""How a technique is detected on a profile, as the HTML report shows it: the ways first, then how
complete is what ATT&CK names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from logreach.coverage.assessment.result import Detection, TechniqueResult, Way, WayKind
from logreach.coverage.network.techniques import COMPLETENESS
from logreach.reports.counts import score_text
from logreach.reports.labels import LABEL_STYLES, LabelStyle, style_of
from logreach.reports.profile_names import first_few, host_list
from logreach.reports.ways_text import best_first, recorded_on, strength, way_line

_EVENTS, _HOSTS = 6, 12


class WayItem(NamedTuple):
    """A way in a line, or all of a kind that lack the same: with the events that it rests on and
    those that it lacks."""

    style: LabelStyle
    line: str
    holds: str = ""
    lacks: str = ""


class TechniqueAnswer(NamedTuple):
    """The answer on a profile. `where` names the other hosts that record the evidence; `numbers`
    are those of reasons; `components` are names of data components by label."""

    style: LabelStyle
    strength: str
    where: str
    ways: tuple[WayItem, ...]
    reason: str
    numbers: tuple[int, ...]
    completeness: tuple[LabelStyle, ...]
    components: tuple[tuple[LabelStyle, str], ...]
    score: str
    rules: str


def technique_answer(
    technique: TechniqueResult, reason: str, numbers: tuple[int, ...], rules: str
) -> TechniqueAnswer:
    """The answer on a technique."""
    detection = technique.detection
    return TechniqueAnswer(
        LABEL_STYLES[detection.label],
        strength(detection),
        host_list(recorded_on(detection), _HOSTS),
        tuple(_ways(detection)),
        reason,
        numbers,
        tuple(style_of(technique.judged(question).verdict) for question in COMPLETENESS),
        tuple(_components(technique)),
        score_text(technique.score),
        rules,
    )


def _ways(detection: Detection) -> Iterator[WayItem]:
    """The ways of which something holds, a line each; then the events of the others, by verdict."""
    ways = best_first(detection)
    yield from (_item(way) for way in ways if way.present)
    idle: dict[tuple[LabelStyle, WayKind], list[str]] = {}
    for way in ways:
        if not way.present:
            idle.setdefault((style_of(way.verdict), way.kind), []).append(way.name)
    for (style, kind), names in idle.items():
        single = kind in (WayKind.RULES, WayKind.SUBTECHNIQUES)
        listed = first_few([*dict.fromkeys(names)], 2 * _EVENTS)
        yield WayItem(style, str(kind) if single else f"{kind} {listed}")


def _item(way: Way) -> WayItem:
    """An event is named in its line already, and sub-techniques have entries of their own."""
    if way.kind in (WayKind.ANALYTIC, WayKind.RULES):
        holds, lacks = first_few(way.holds, _EVENTS), first_few(way.lacks, _EVENTS)
        return WayItem(style_of(way.verdict), way_line(way), holds, lacks)
    return WayItem(style_of(way.verdict), way_line(way))


def _components(technique: TechniqueResult) -> Iterator[tuple[LabelStyle, str]]:
    names: dict[LabelStyle, list[str]] = {}
    for name, component in technique.components.items():
        names.setdefault(style_of(component.judged.verdict), []).append(name)
    for style in LABEL_STYLES.values():
        if style in names:
            yield style, ", ".join(names[style])
