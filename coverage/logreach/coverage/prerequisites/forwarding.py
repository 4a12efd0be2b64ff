"""Link 7, forwarding: an event passes one of the subscriptions that take from this host."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial

from logreach.coverage.assessment import Reason, Remedy
from logreach.coverage.forwarding import EventMetadata, ForwardingFilter
from logreach.coverage.forwarding.membership import COLLECTOR, Membership, Who, membership
from logreach.coverage.forwarding.queries import doubts_of
from logreach.coverage.headers import metadata
from logreach.coverage.patterns import EventPattern, FilterAnswer
from logreach.coverage.prerequisites.filters import asked_for, evidence_of, verdict_of
from logreach.coverage.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Level, Verdict
from logreach.inventories.facts import (
    Evidence,
    FactKey,
    FactKind,
    Facts,
    Known,
    Missing,
    OperatingSystem,
)
from logreach.inventories.subscriptions import Forwarding

FORWARDING_KEY = FactKey(FactKind.FORWARDING)
_READS = (
    FORWARDING_KEY,
    FactKey(FactKind.OS),
    FactKey(FactKind.ROLE),
    FactKey(FactKind.SYSMON),
    COLLECTOR,
)


_DIRECT = ("/analytic", "/analytical", "/debug", "/diagnostic")
"""Ends of channels that Windows lets nobody subscribe to: they are read from the disk only."""
_OUT = (False,)
_NOT_SURE = (False, None)


class _Taking:
    """Subscriptions that remember what they answered: many hosts share them."""

    def __init__(self, forwarding: Forwarding) -> None:
        self._filter = ForwardingFilter(forwarding, metadata)
        self._answers: dict[tuple[str, EventMetadata | None], FilterAnswer] = {}

    def answer(self, pattern: EventPattern, event: EventMetadata | None) -> FilterAnswer:
        """What is done with all events of an id, or none, is done with those of any pattern."""
        if pattern.fields:
            whole = self.answer(EventPattern(pattern.event), event)
            if whole.exact and whole.level is not Level.PARTIAL:
                return whole
        key = (asked_for(pattern), event)
        if key not in self._answers:
            self._answers[key] = self._filter.answer_for(event, pattern)
        return self._answers[key]


@dataclass(frozen=True, slots=True)
class _Sieves:
    """The subscriptions of one kind of host: those that take from it, and those that may as well.

    `open_` and `out` say of each subscription why it may not, or does not, take from the host;
    `all_` holds every subscription, as if none asked who sends. `firm` says whether one surely
    takes from the host and is surely accepted by Windows, so that what is added to it arrives;
    `collected` that it is a collector's configuration which takes, no subscription of Windows.
    """

    sure: _Taking
    maybe: _Taking
    all_: _Taking
    open_: tuple[Membership, ...] = ()
    out: tuple[Membership, ...] = ()
    firm: bool = False
    collected: bool = False


_taking = lru_cache(maxsize=64)(_Taking)


@lru_cache(maxsize=64)
def _sieves(forwarding: Forwarding, who: Who) -> _Sieves:
    judged = [
        (one, membership(one, who) if one.enabled else Membership(takes=True))
        for one in forwarding.subscriptions
    ]

    def without(*left_out: bool | None) -> _Taking:
        chosen = tuple(one for one, found in judged if found.takes not in left_out)
        return _taking(replace(forwarding, subscriptions=chosen))

    found = [one for _, one in judged]
    open_ = tuple(one for one in found if one.takes is None)
    out = tuple(one for one in found if one.takes is False)
    sure = [one for one, found in judged if one.enabled and found.takes]
    return _Sieves(
        without(*_NOT_SURE),
        without(*_OUT),
        without(),
        open_,
        out,
        firm=any(not any(doubts_of(one)) for one in sure),
        collected=bool(sure) and all(one.dialect != "windows" for one in sure),
    )


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Where the inventory names no subscription, nobody asks for central events: not applicable."""

    pattern: EventPattern

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return _READS

    def check(self, facts: Facts) -> Reason:
        fact = facts.forwarding()
        if isinstance(fact, Missing):
            if fact.fault is None:
                text = "forwarding is not judged: the inventory names no subscription"
                return self._reason(NOT_APPLICABLE, text)
            text = f"what is forwarded is unknown ({fact.reason})"
            return self._reason(UNKNOWN, text, missing=FORWARDING_KEY)
        sieves = _sieves(fact.value, Who.of(facts))
        event = metadata(self.pattern.event, *_system(facts))
        answer = sieves.sure.answer(self.pattern, event)
        verdict = verdict_of(answer)
        if verdict is not YES and sieves.open_:
            most = sieves.maybe.answer(self.pattern, event)
            return self._open(sieves, most, verdict, fact, event)
        if verdict is NO and sieves.out:
            elsewhere = sieves.all_.answer(self.pattern, event)
            if verdict_of(elsewhere) is not NO:
                return self._excluded(sieves, elsewhere, fact, event)
        where = _places(answer, fact)
        remedy = self._remedy(verdict, sieves, event)
        return self._reason(verdict, _told(answer, verdict), where or fact.evidence, remedy)

    def _remedy(
        self, verdict: Verdict, sieves: _Sieves, event: EventMetadata | None
    ) -> Remedy | None:
        """What else to select; of an open verdict only where that would surely settle it."""
        if verdict is YES or event is None or not (verdict.settled or sieves.firm):
            return None
        if event.channel.casefold().endswith(_DIRECT):
            return None
        return _select(self.subject, event.channel, event.event_id, collected=sieves.collected)

    def _excluded(
        self,
        sieves: _Sieves,
        answer: FilterAnswer,
        fact: Known[Forwarding],
        event: EventMetadata | None,
    ) -> Reason:
        """Subscriptions would take such events, but not from this host."""
        text = "the subscriptions that take such events do not take them from this host"
        where = _places(answer, fact)
        why = "; ".join(one.why for one in sieves.out[:2])
        remedy = self._remedy(NO, sieves, event)
        return self._reason(NO, f"{text}: {why}", where or fact.evidence, remedy)

    def _open(
        self,
        sieves: _Sieves,
        answer: FilterAnswer,
        least: Verdict,
        fact: Known[Forwarding],
        event: EventMetadata | None,
    ) -> Reason:
        """Some subscriptions may take from this host or not: both bounds, and what would settle."""
        most = verdict_of(answer)
        where = _places(answer, fact)
        if most == least:
            remedy = self._remedy(least, sieves, event)
            return self._reason(least, _told(answer, least), where or fact.evidence, remedy)
        verdict = Verdict(least.proven, max(least.proven, most.possible))
        told = sieves.open_[:2]
        text = f"{'; '.join(one.why for one in told)}; if so, {_told(answer, most)}"
        remedy = self._remedy(verdict, sieves, event)
        return self._reason(verdict, text, where or fact.evidence, remedy, missing=told[0].missing)

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "forwarding", self.subject)


@lru_cache(maxsize=2048)
def _select(key: str, channel: str, event_id: int, *, collected: bool) -> Remedy:
    """Take an event by its number: the provider's name is left out, since queries compare it to
    the letter. A Suppress counts within its own Query only."""
    text = f"Have what collects from this host take event {event_id} of the channel {channel}"
    if not collected:
        select = f'<Select Path="{channel}">*[System[(EventID={event_id})]]</Select>'
        text = (
            f"Have a subscription that takes from this host select {key} in a Query of its own: "
            f"{select}"
        )
    title = f"Subscription: take {key}"
    return Remedy(FORWARDING_KEY, None, text, "more events forwarded", title)


def _system(facts: Facts) -> tuple[OperatingSystem | None, str | None]:
    """What decides which fields events have: the system, and the version of Sysmon."""
    os, sysmon = facts.os(), facts.sysmon()
    return (
        os.value if isinstance(os, Known) else None,
        sysmon.value.version if isinstance(sysmon, Known) else None,
    )


def _places(answer: FilterAnswer, fact: Known[Forwarding]) -> tuple[Evidence, ...]:
    """The queries that decide, with the digests of their files."""
    digests = {one.source: one.sha256 for one in fact.evidence}
    found = [evidence_of(one) for one in answer.deciders[:2]]
    return tuple(replace(one, sha256=digests.get(one.source, "")) for one in found)


def _told(answer: FilterAnswer, verdict: Verdict) -> str:
    text = {
        YES: "a subscription takes every such event",
        NO: "no subscription takes such an event",
        PARTIAL: "the subscriptions take some of such events and leave others",
    }.get(verdict, "whether a subscription takes such events could not be decided")
    if answer.deciders and verdict in (YES, PARTIAL):
        text = f"{text} ({answer.deciders[0].name})"
    return f"{text}: {answer.reason}" if answer.reason else text
