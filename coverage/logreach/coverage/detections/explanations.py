"""Why a rule stands on a host as it does: reasons, what is lost, missing fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from logreach.coverage.detections.mapping import knowledge
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.results import CandidateResult, LinkKind, WayResult, rank
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.reasons import each_once
from logreach.coverage.engine.verdict import UNKNOWN, YES, Level, Verdict
from logreach.coverage.events.event_id import EventId

_ORDER = tuple(LinkKind)


def carrying(verdict: Verdict, used: Iterable[CandidateResult]) -> Iterator[EventId]:
    """The events that are known to carry the rule; where none is, those that may."""
    for candidate in used:
        if verdict.proven is Level.NO or candidate.judged.verdict.proven > Level.NO:
            yield candidate.event


def telling(verdict: Verdict, ways: Sequence[WayResult], rule: Rule) -> tuple[Reason, ...]:
    """The reasons of the way that decides: of each of its events the first broken links."""
    best = max(ways, key=lambda way: (way.verdict.proven, way.verdict.possible), default=None)
    candidates = [x for x in best.candidates if x.judged.verdict.applicable] if best else []
    if len(candidates) > 1:
        candidates.sort(key=lambda x: (rank(x)[:2], _reached(x)), reverse=True)
    if verdict.proven > Level.NO:
        candidates = candidates[:1]
    reasons = each_once([_first_two(candidate.judged.reasons) for candidate in candidates])
    if not verdict.settled and all(reason.missing is None for reason in reasons):
        reasons = each_once([reasons, tuple(_missing_fact(ways))])
    if rule.truncated and verdict != YES:
        explanation = f"it has more branches than are looked at ({len(rule.branches)})"
        reasons = (*reasons, Reason("knowledge", rule.title, UNKNOWN, explanation))
    if rule.beside and verdict != YES:
        reasons = (Reason("knowledge", rule.title, UNKNOWN, rule.beside), *reasons)
    return reasons


def _first_two(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The first two reasons; a role that is unknown is the second, as all else hangs on it."""
    first, further = reasons[:1], reasons[1:]
    roles = [reason for reason in further if reason.link == "role" and not reason.verdict.settled]
    return (*first, *(roles or further)[:1])


def with_exclusions(
    verdict: Verdict, reasons: tuple[Reason, ...], used: Iterable[CandidateResult]
) -> tuple[Reason, ...]:
    """Reasons with what becomes of the rule's exclusions; first where nothing else falls short."""
    exclusions = tuple(dict.fromkeys(_on_exclusions(used)))
    return (*exclusions, *reasons) if verdict == YES else (*reasons, *exclusions)


def _on_exclusions(used: Iterable[CandidateResult]) -> Iterator[Reason]:
    for candidate in used:
        for note in exclusion_notes(candidate):
            yield Reason("knowledge", candidate.event, YES, note)


def exclusion_notes(candidate: CandidateResult) -> Iterator[str]:
    """What becomes of the rule's exclusions where fields are not filled."""
    if candidate.noise:
        names = ", ".join(candidate.noise)
        yield f"noisier: {names} not filled, what it excludes is found too"
    if candidate.lost:
        yield f"an empty {', '.join(candidate.lost)} excludes too much"


def _missing_fact(ways: Iterable[WayResult]) -> Iterator[Reason]:
    """Of the events that may turn out best, the first reason that names what is missing."""
    may = [x for way in ways for x in way.candidates if x.judged.verdict.applicable]
    most = max((candidate.judged.verdict.possible for candidate in may), default=Level.NO)
    for candidate in may:
        if candidate.judged.verdict.possible is most:
            for reason in candidate.judged.reasons:
                if reason.missing is not None:
                    yield reason
                    return


def _reached(result: CandidateResult) -> int:
    """How far it came before the first broken link: an event that lacks a field tells more than
    one that is not written."""
    return len(_ORDER) if result.first is None else _ORDER.index(result.first.kind)


def loss(candidates: Sequence[CandidateResult]) -> tuple[str, str]:
    """Of candidates that show nothing: why, by the event that came furthest, and what an attacker
    gains by that."""
    gains = knowledge().gains
    furthest = max(candidates, key=_reached)
    reason, first = furthest.judged.reason, furthest.first
    if first is not None and first.kind is LinkKind.FIELD:
        return reason, gains.of_field(first.name)
    filtered = first is not None and first.kind is LinkKind.FILTER
    words = gains.filter if filtered else gains.event
    return reason, words.format(event=furthest.event)


def missing_fields(used: Iterable[CandidateResult], dead: Iterable[WayResult]) -> Iterator[str]:
    """What a rule reads and does not get, each once: 'Security:4688/OriginalFileName'."""
    names: dict[str, None] = {}
    for candidate in [*used, *(candidate for way in dead for candidate in way.candidates)]:
        for name in (*candidate.missing, *candidate.noise, *candidate.lost):
            names.setdefault(f"{candidate.event}/{name}")
    yield from names
