"""What a host says of a branch as one event would show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from logreach.coverage.assessment import Judged, Reason
from logreach.coverage.rules.asked import Asked, HostView, Link
from logreach.coverage.rules.model import Sight
from logreach.coverage.verdict import NO, UNKNOWN, YES, Level, Verdict, all_of


class SightResult(NamedTuple):
    """What a host says of one sight, link by link in the order in which an event travels.

    `first` is the first broken link of those that decide, `missing` are fields that the branch
    needs and does not get, `noise` those without which something never keeps the rule from
    firing, `lost` those without which an exclusion takes out too much.
    """

    sight: Sight
    judged: Judged
    links: tuple[Link, ...] = ()
    first: Link | None = None
    missing: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def _broken(links: Iterable[Link]) -> list[Link]:
    return [one for one in links if one.judged.verdict != YES and one.judged.verdict.applicable]


def _ends(verdict: Verdict) -> tuple[int, int]:
    return (verdict.possible, verdict.proven)


class _Base(NamedTuple):
    """All links of a sight but the filters: many sights share them."""

    judged: Judged
    links: tuple[Link, ...] = ()
    first: Link | None = None
    missing: tuple[str, ...] = ()


class Seen:
    """Judges sights on one host; what many have in common is worked out once."""

    def __init__(self, view: HostView) -> None:
        self.asked = Asked(view)
        # By identity of what equal sights share (see `sights`), which is kept alive here.
        self._bases: dict[tuple[str, int, int], tuple[Sight, _Base]] = {}
        self._noise: dict[tuple[str, int], tuple[Sight, tuple[str, ...]]] = {}

    def sight(self, sight: Sight) -> SightResult:
        """Judge one sight."""
        base = self._base(sight)
        verdict = base.judged.verdict
        if not verdict.applicable or verdict.possible is Level.NO:
            return SightResult(sight, base.judged, base.links, base.first, base.missing)
        link = Link("filter", "", self._through(sight))
        judged, links, first = base.judged, (*base.links, link), base.first
        if link.judged.verdict.applicable and link.judged.verdict != YES:
            judged = Judged(all_of((verdict, link.judged.verdict)), _reasons(links))
            first = _first(links)
        return SightResult(
            sight, judged, links, first, base.missing, self._noisy(sight), self._lost(sight)
        )

    def _base(self, sight: Sight) -> _Base:
        # The limit of an event comes with the same words wherever it is.
        key = (sight.event, id(sight.demand.needs), id(sight.demand.limit))
        if key not in self._bases:
            self._bases[key] = (sight, self._made(sight))
        return self._bases[key][1]

    def _made(self, sight: Sight) -> _Base:
        event = self.asked.event(sight.event)
        if not event.verdict.applicable:
            return _Base(event)
        fields = self.asked.fields(sight.event, sight.demand.needs)
        links = [Link("event", "", event), *fields.links]
        verdict = all_of((event.verdict, fields.verdict, sight.demand.limit))
        if sight.demand.limit != YES:
            reason = Reason("knowledge", sight.event, sight.demand.limit, sight.demand.why)
            links.append(Link("limit", "", Judged(sight.demand.limit, (reason,))))
        missing = tuple(one.name for one in fields.links if one.judged.verdict.possible is Level.NO)
        judged = Judged(verdict, _reasons(links) or event.reasons)
        return _Base(judged, tuple(links), _first(links), missing)

    def _noisy(self, sight: Sight) -> tuple[str, ...]:
        if not sight.demand.vetoes:
            return ()
        key = (sight.event, id(sight.demand.vetoes))
        if key not in self._noise:
            needs = (need for veto in sight.demand.vetoes for need in veto)
            gone = tuple(dict.fromkeys(self.asked.gone(sight.event, needs)))
            self._noise[key] = (sight, gone)
        return self._noise[key][1]

    def _lost(self, sight: Sight) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._overdone(sight))) if sight.demand.eager else ()

    def _overdone(self, sight: Sight) -> Iterator[str]:
        for need, others in sight.demand.eager:
            gone = next(self.asked.gone(sight.event, (need,)), None)
            if gone is not None and not any(self.asked.gone(sight.event, others)):
                yield gone

    def _through(self, sight: Sight) -> Judged:
        """What the filters say of exactly the branch's events.

        The pattern may hold more events than the branch. That all or none of them pass is true
        of the branch too; that only some do is not. Then the narrowed pattern tells, all of
        whose events are in the branch.
        """
        answer = self.asked.passes(sight.pattern)
        verdict = answer.verdict
        if sight.exact or not verdict.applicable or verdict in (YES, NO):
            return answer
        if sight.narrowed is None:
            return _of_exactly(sight, UNKNOWN, answer)
        inside = self.asked.passes(sight.narrowed).verdict
        proven = Level.PARTIAL if inside.proven > Level.NO else Level.NO
        possible = Level.YES if inside.possible is Level.YES else Level.PARTIAL
        return _of_exactly(sight, Verdict(proven, possible), answer)


def _of_exactly(sight: Sight, verdict: Verdict, answer: Judged) -> Judged:
    """A filter's verdict on a branch alone; where it is another than on the wider pattern, the
    reason says so."""
    if verdict == answer.verdict or not answer.verdict.settled:
        return Judged(verdict, answer.reasons)
    text = "which of the rule's own events the filter lets through could not be decided"
    return Judged(verdict, (Reason("filter", sight.event, verdict, text), *answer.reasons))


def _first(links: Iterable[Link]) -> Link | None:
    return min(_broken(links), key=lambda one: _ends(one.judged.verdict), default=None)


def _reasons(links: Iterable[Link]) -> tuple[Reason, ...]:
    """The reasons of the links that are not whole, the worst first."""
    weak = sorted(_broken(links), key=lambda one: _ends(one.judged.verdict))
    return tuple(dict.fromkeys(reason for one in weak for reason in one.judged.reasons))
