"""Why a rule stands on a host as it does: reasons, what is lost, missing fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from logreach.coverage.detections.mapping import knowledge
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.results import SightResult, WayResult, rank
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.reasons import each_once
from logreach.coverage.engine.verdict import UNKNOWN, YES, Level, Verdict
from logreach.coverage.events.event_id import EventId


def carrying(verdict: Verdict, used: list[SightResult]) -> Iterator[EventId]:
    """The events that are known to carry the rule; where none is, those that may."""
    for one in used:
        if verdict.proven is Level.NO or one.judged.verdict.proven > Level.NO:
            yield one.event


def telling(verdict: Verdict, ways: list[WayResult], rule: Rule) -> tuple[Reason, ...]:
    """The reasons of the way that decides: of each of its events the first broken link."""
    best = max(ways, key=lambda way: (way.verdict.proven, way.verdict.possible), default=None)
    sights = [one for one in best.sights if one.judged.verdict.applicable] if best else []
    if len(sights) > 1:
        sights.sort(key=lambda one: (rank(one)[:2], _reached(one)), reverse=True)
    if verdict.proven > Level.NO:
        sights = sights[:1]
    found = each_once([one.judged.reasons[:2] for one in sights])
    if not verdict.settled and all(reason.missing is None for reason in found):
        found = each_once([found, tuple(_missing_fact(ways))])
    if rule.truncated and verdict != YES:
        text = f"it has more branches than are looked at ({len(rule.branches)})"
        found = (*found, Reason("knowledge", rule.title, UNKNOWN, text))
    return found


def with_exclusions(
    verdict: Verdict, told: tuple[Reason, ...], used: list[SightResult]
) -> tuple[Reason, ...]:
    """Reasons with what becomes of the rule's exclusions; first where nothing else falls short."""
    gone = tuple(dict.fromkeys(_on_exclusions(used)))
    return (*gone, *told) if verdict == YES else (*told, *gone)


def _on_exclusions(used: list[SightResult]) -> Iterator[Reason]:
    for one in used:
        event = one.event
        if one.noise:
            text = f"noisier: {', '.join(one.noise)} not filled, what it excludes is found too"
            yield Reason("knowledge", event, YES, text)
        if one.lost:
            text = f"an empty {', '.join(one.lost)} excludes too much"
            yield Reason("knowledge", event, YES, text)


def _missing_fact(ways: list[WayResult]) -> Iterator[Reason]:
    """Of the events that may turn out best, the first reason that names what is missing."""
    may = [one for way in ways for one in way.sights if one.judged.verdict.applicable]
    most = max((one.judged.verdict.possible for one in may), default=Level.NO)
    for one in may:
        if one.judged.verdict.possible is most:
            for reason in one.judged.reasons:
                if reason.missing is not None:
                    yield reason
                    return


_LINKS = ("event", "limit", "field", "filter")


def _reached(result: SightResult) -> int:
    """How far it came before the first broken link: an event that lacks a field tells more than
    one that is not written."""
    first = result.first
    return len(_LINKS) if first is None else _LINKS.index(first.kind)


def loss(sights: Sequence[SightResult]) -> tuple[str, str]:
    """Of sights that show nothing: why, by the event that came furthest, and what an attacker
    gains by that."""
    gains = knowledge().gains
    told = max(sights, key=_reached)
    first = told.first
    if first is not None and first.kind == "field":
        return told.judged.reason, gains.of_field(first.name)
    words = gains.filter if first is not None and first.kind == "filter" else gains.event
    return told.judged.reason, words.format(event=told.event)


def missing_fields(used: list[SightResult], dead: list[WayResult]) -> Iterator[str]:
    """What a rule reads and does not get, each once: 'Security:4688/OriginalFileName'."""
    seen: dict[str, None] = {}
    for one in [*used, *(sight for way in dead for sight in way.sights)]:
        for name in (*one.missing, *one.noise, *one.lost):
            seen.setdefault(f"{one.event}/{name}")
    yield from seen
