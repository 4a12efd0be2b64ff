"""What a host says of a branch as its events would show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from logreach.coverage.detections.explanations import loss
from logreach.coverage.detections.host_answers import Asked, HostView, Link
from logreach.coverage.detections.model import Demand, Sight
from logreach.coverage.detections.results import RuleResult, SightResult, WayResult, rank
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.reasons import each_once
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Level, Verdict, all_of, any_of
from logreach.coverage.events.event_id import EventId


class _Base(NamedTuple):
    """What a host says of a demand, and the links that are broken; `open`: filters decide."""

    told: SightResult
    broken: tuple[Link, ...]
    open: bool


class Seen:
    """Judges branches on one host; what many have in common is worked out once.

    Rules share what they ask (see `records`), and most of it comes to the same: equal results
    are one object, so that they are told apart by identity. Whatever is remembered by identity
    is kept alive by what is remembered.
    """

    def __init__(self, view: HostView) -> None:
        self.asked = Asked(view)
        self._demands: dict[int, tuple[_Base, Demand]] = {}
        self._bases: dict[object, _Base] = {}
        self._filtered: dict[tuple[int, int], tuple[SightResult, Judged]] = {}
        self._ways: dict[tuple[int, ...], WayResult] = {}
        self.lost: dict[object, tuple[int, ...]] = {}
        """Which of the same ways cannot fire, by their places, for who judges rules."""
        self.outcomes: dict[object, RuleResult] = {}
        """What comes of the same ways, for who judges rules."""

    def way(self, happening: Iterable[Sight]) -> WayResult:
        """Judge a branch on one happening."""
        sights = [self.sight(sight) for sight in happening]
        key = tuple(map(id, sights))
        found = self._ways.get(key)
        if found is None:
            found = self._ways[key] = _way(tuple(sights))
        return found

    def sight(self, sight: Sight) -> SightResult:
        """Judge one sight."""
        base = self._base(sight.demand)
        if not base.open:
            return base.told
        passed = self._through(sight)
        key = (id(base), id(passed))
        found = self._filtered.get(key)
        if found is None:
            found = self._filtered[key] = (_filtered(base, passed), passed)
        return found[0]

    def links(self, sight: Sight) -> list[Link]:
        """What a host says of a sight link by link, in the order in which an event travels."""
        demand = sight.demand
        event = self.asked.event(demand.event, demand.sense)
        if not event.judged.verdict.applicable:
            return []
        links = [event, *(self.asked.field(demand.event, need) for need in demand.needs)]
        if demand.limit != YES:
            links.append(self._limit(demand))
        if self._base(demand).open:
            links.append(Link("filter", "", self._through(sight)))
        return links

    def _limit(self, demand: Demand) -> Link:
        return self.asked.limit(demand.event, demand.limit, demand.why)

    def _base(self, demand: Demand) -> _Base:
        known = self._demands.get(id(demand))
        if known is None:
            known = self._demands[id(demand)] = (self._answered(demand), demand)
        return known[0]

    def _answered(self, demand: Demand) -> _Base:
        event = self.asked.event(demand.event, demand.sense)
        if not event.judged.verdict.applicable:
            return self._shared(demand.event, event.judged, ())
        links = [event, *(self.asked.field(demand.event, need) for need in demand.needs)]
        if demand.limit != YES:
            links.append(self._limit(demand))
        broken = tuple([one for one in links if one.broken])
        if any(one.judged.verdict.possible is Level.NO for one in broken):
            return self._shared(demand.event, event.judged, broken)
        noise = tuple(dict.fromkeys(self._noise(demand)))
        return self._shared(demand.event, event.judged, broken, noise, self._lost(demand))

    def _shared(
        self, event: EventId, whole: Judged, broken: tuple[Link, ...], *gone: tuple[str, ...]
    ) -> _Base:
        """The first of all that come to the same."""
        key = (event, id(whole), tuple(map(id, broken)), gone)
        found = self._bases.get(key)
        if found is None:
            found = self._bases[key] = _base(event, whole, broken, *gone)
        return found

    def _noise(self, demand: Demand) -> Iterator[str]:
        for veto in demand.vetoes:
            yield from self.asked.gone(demand.event, veto)

    def _lost(self, demand: Demand) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._overdone(demand))) if demand.eager else ()

    def _overdone(self, demand: Demand) -> Iterator[str]:
        for need, others in demand.eager:
            gone = next(self.asked.gone(demand.event, (need,)), None)
            if gone is not None and not any(self.asked.gone(demand.event, others)):
                yield gone

    def _through(self, sight: Sight) -> Judged:
        """What the filters say of exactly the branch's events.

        The pattern may hold more events than the branch. That all or none of them pass is true
        of the branch too; that only some do is not. Then the narrowed pattern tells, all of
        whose events are in the branch.
        """
        answer = self.asked.passes(sight.pattern)
        if sight.exact:
            return answer
        verdict = answer.verdict
        if not verdict.applicable or verdict in (YES, NO):
            return answer
        if sight.narrowed is None:
            return _of_exactly(sight, UNKNOWN, answer)
        inside = self.asked.passes(sight.narrowed).verdict
        proven = Level.PARTIAL if inside.proven > Level.NO else Level.NO
        possible = Level.YES if inside.possible is Level.YES else Level.PARTIAL
        return _of_exactly(sight, Verdict.of(proven, possible), answer)


def _of_exactly(sight: Sight, verdict: Verdict, answer: Judged) -> Judged:
    """A filter's verdict on a branch alone; where it is another than on the wider pattern, the
    reason says so."""
    if verdict == answer.verdict or not answer.verdict.settled:
        return Judged(verdict, answer.reasons)
    text = "which of the rule's own events the filter lets through could not be decided"
    return Judged(verdict, (Reason("filter", sight.event, verdict, text), *answer.reasons))


def _base(
    event: EventId,
    whole: Judged,
    broken: tuple[Link, ...],
    noise: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
) -> _Base:
    """What comes of an event and of the links that are broken there."""
    if not broken:
        told = SightResult(event, whole, None, (), noise, lost)
        return _Base(told, (), whole.verdict.applicable)
    missing = tuple(
        one.name
        for one in broken
        if one.kind == "field" and one.judged.verdict.possible is Level.NO
    )
    verdict = all_of(one.judged.verdict for one in broken)
    judged = Judged(verdict, _reasons(broken) or whole.reasons)
    told = SightResult(event, judged, _first(broken), missing, noise, lost)
    return _Base(told, broken, verdict.possible > Level.NO)


def _filtered(base: _Base, passed: Judged) -> SightResult:
    """The same with what the filters say."""
    if not passed.verdict.applicable or passed.verdict is YES:
        return base.told
    link = Link("filter", "", passed)
    if not base.broken:
        return base.told._replace(judged=passed, first=link)
    links = (*base.broken, link)
    verdict = all_of((base.told.judged.verdict, passed.verdict))
    return base.told._replace(judged=Judged(verdict, _reasons(links)), first=_first(links))


def _way(sights: tuple[SightResult, ...]) -> WayResult:
    applying = [one for one in sights if one.judged.verdict.applicable]
    best = applying[0] if len(applying) == 1 else max(applying, key=rank, default=None)
    verdict = any_of([one.judged.verdict for one in applying])
    if best is None or verdict.possible > Level.NO:
        return WayResult(sights, verdict, best)
    return WayResult(sights, verdict, best, *loss(applying))


def _ends(link: Link) -> tuple[int, int]:
    return (link.judged.verdict.possible, link.judged.verdict.proven)


def _first(broken: Sequence[Link]) -> Link:
    return min(broken, key=_ends)


def _reasons(broken: Sequence[Link]) -> tuple[Reason, ...]:
    """The reasons of broken links, the worst first."""
    weak = sorted(broken, key=_ends) if len(broken) > 1 else broken
    return each_once([one.judged.reasons for one in weak])
