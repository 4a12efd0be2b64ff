"""Link 7, forwarding: an event passes one of the subscriptions that take from this host."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    YES,
    Level,
    Verdict,
)
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.filters import (
    drops_all,
    evidence_of,
    verdict_of,
)
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import EventPattern, FilterAnswer
from logreach.coverage.events.sensor import Sensor
from logreach.coverage.forwarding import ForwardingFilter
from logreach.coverage.forwarding.membership import COLLECTOR, Membership, Who, membership
from logreach.coverage.forwarding.queries import DIRECT, doubts_of
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding
from logreach.inventories.windows.facts import ROLE

_READS = (FORWARDING, ROLE, COLLECTOR)
_OUT = (False,)
_NOT_SURE = (False, None)


class _Taking:
    """Subscriptions that remember what they answered: many hosts share them."""

    def __init__(self, forwarding: Forwarding) -> None:
        self._filter = ForwardingFilter(forwarding)
        self._whole: dict[tuple[EventId, EventMetadata | None], FilterAnswer] = {}
        self._parts: dict[tuple[str, EventMetadata | None], FilterAnswer] = {}
        # Where fields change on the way, it matters which of them a pattern asks for.
        self.alters = any(subscription.altered for subscription in forwarding.subscriptions)

    def answer(self, pattern: EventPattern, event: EventMetadata | None) -> FilterAnswer:
        """What is done with all events of an id, or none, is done with those of any pattern."""
        for_event = self._whole.get((pattern.event, event))
        if for_event is None:
            any_such_event = EventPattern(pattern.event)
            for_event = self._whole[pattern.event, event] = self._filter.answer_for(
                event, any_such_event
            )
        decided = for_event.exact and for_event.level is not Level.PARTIAL and not self.alters
        if not pattern.fields or decided:
            return for_event
        key = (pattern.key, event)
        for_pattern = self._parts.get(key)
        if for_pattern is None:
            for_pattern = self._parts[key] = self._filter.answer_for(event, pattern)
        return for_pattern


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
    subscriptions = forwarding.subscriptions
    memberships = [
        membership(subscription, who) if subscription.enabled else Membership(takes=True)
        for subscription in subscriptions
    ]

    def without(*excluded: bool | None) -> _Taking:
        chosen = tuple(
            subscription
            for subscription, member in zip(subscriptions, memberships, strict=True)
            if member.takes not in excluded
        )
        return _taking(replace(forwarding, subscriptions=chosen))

    taking = [
        subscription
        for subscription, member in zip(subscriptions, memberships, strict=True)
        if subscription.enabled and member.takes
    ]
    return _Sieves(
        without(*_NOT_SURE),
        without(*_OUT),
        without(),
        tuple(member for member in memberships if member.takes is None),
        tuple(member for member in memberships if member.takes is False),
        firm=any(not any(doubts_of(subscription)) for subscription in taking),
        collected=bool(taking) and all(entry.dialect != "windows" for entry in taking),
    )


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Where the inventory names no subscription, nobody asks for central events: not applicable.

    `sensor` knows the header of such events; None: nothing is known of it.
    """

    pattern: EventPattern
    sensor: Sensor | None

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return _READS if self.sensor is None else (*_READS, *self.sensor.header_reads)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(FORWARDING)
        if isinstance(fact, Missing):
            return _untold(self.pattern.event, fact)
        return Arriving(facts).check(self.pattern, self.sensor)

    @property
    def topic(self) -> Hashable:
        return None

    @staticmethod
    def on_host(facts: Facts) -> Callable[[Forwarded], Reason]:
        """The check of many patterns on one host."""
        arriving = Arriving(facts)
        return lambda leaf: arriving.check(leaf.pattern, leaf.sensor)

    def state(self, facts: Facts) -> Hashable:
        """The subscriptions and who is asked; where none are known, nothing else matters."""
        forwarding = facts.get(FORWARDING)
        if isinstance(forwarding, Missing):
            return forwarding
        return tuple(map(facts.get, self.reads))


class Arriving:
    """Answers for many patterns which events of one host are forwarded."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._fact = fact = facts.get(FORWARDING)
        if not isinstance(fact, Missing):
            self._sieves = _sieves(fact.value, Who.of(facts))
        self._alters = not isinstance(fact, Missing) and self._sieves.all_.alters
        self._whole: dict[str, Reason] = {}

    def check(self, pattern: EventPattern, sensor: Sensor | None) -> Reason:
        """Whether all events of a pattern, which are the sensor's, are forwarded, some, or none."""
        for_event = self._whole.get(pattern.event)
        if for_event is None:
            for_event = self._whole[pattern.event] = self._asked(
                EventPattern(pattern.event), sensor
            )
        decided = drops_all(for_event) or for_event.verdict is YES
        if not pattern.fields or (decided and not self._alters):
            return for_event
        return self._asked(pattern, sensor)

    def _asked(self, pattern: EventPattern, sensor: Sensor | None) -> Reason:
        fact = self._fact
        if isinstance(fact, Missing):
            return _untold(pattern.event, fact)
        event = sensor.header(pattern.event, self._facts) if sensor else None
        answer = self._sieves.sure.answer(pattern, event)
        if verdict_of(answer) is not YES and (self._sieves.open_ or self._sieves.out):
            reason = self._beyond(pattern, event, answer, fact)
        else:
            reason = self._told(pattern.event, event, answer, fact)
        if reason.remedy and sensor and sensor.absent(pattern.event, self._facts):
            return reason._replace(remedy=None)
        return reason

    def _beyond(
        self,
        pattern: EventPattern,
        event: EventMetadata | None,
        answer: FilterAnswer,
        fact: Known[Forwarding],
    ) -> Reason:
        """The answer if the subscriptions that surely take from the host do not take every event:
        others may, or take them from other hosts only."""
        sieves, verdict = self._sieves, verdict_of(answer)
        if sieves.open_:
            most = sieves.maybe.answer(pattern, event)
            if verdict_of(most) == verdict:
                return self._told(pattern.event, event, most, fact)
            return self._open(pattern.event, event, (verdict, most), fact)
        if verdict is NO:
            elsewhere = sieves.all_.answer(pattern, event)
            if verdict_of(elsewhere) is not NO:
                return self._excluded(pattern.event, event, elsewhere, fact)
        return self._told(pattern.event, event, answer, fact)

    def _told(
        self,
        key: EventId,
        event: EventMetadata | None,
        answer: FilterAnswer,
        fact: Known[Forwarding],
    ) -> Reason:
        verdict = verdict_of(answer)
        evidence = _places(answer, fact) or fact.evidence
        remedy = self._remedy(key, verdict, event)
        return _reason(key, verdict, _words(answer, verdict), evidence, remedy)

    def _remedy(self, key: EventId, verdict: Verdict, event: EventMetadata | None) -> Remedy | None:
        """What else to select; of an open verdict only where that would surely settle it."""
        if verdict is YES or event is None or not (verdict.settled or self._sieves.firm):
            return None
        if event.channel.casefold().endswith(DIRECT):
            return None
        return _select(key, event.channel, event.event_id, collected=self._sieves.collected)

    def _excluded(
        self,
        key: EventId,
        event: EventMetadata | None,
        answer: FilterAnswer,
        fact: Known[Forwarding],
    ) -> Reason:
        """Subscriptions would take such events, but not from this host."""
        explanation = "the subscriptions that take such events do not take them from this host"
        evidence = _places(answer, fact) or fact.evidence
        reasons = "; ".join(subscription.why for subscription in self._sieves.out[:2])
        return _reason(key, NO, f"{explanation}: {reasons}", evidence, self._remedy(key, NO, event))

    def _open(
        self,
        key: EventId,
        event: EventMetadata | None,
        ends: tuple[Verdict, FilterAnswer],
        fact: Known[Forwarding],
    ) -> Reason:
        """Some subscriptions may take from this host or not: both bounds, and what would settle."""
        least, answer = ends
        most = verdict_of(answer)
        verdict = Verdict.of(least.proven, max(least.proven, most.possible))
        undecided = self._sieves.open_[:2]
        doubts = "; ".join(subscription.why for subscription in undecided)
        explanation = f"{doubts}; if so, {_words(answer, most)}"
        evidence = _places(answer, fact) or fact.evidence
        remedy = self._remedy(key, verdict, event)
        return _reason(key, verdict, explanation, evidence, remedy, missing=undecided[0].missing)


_reason = partial(Reason, "forwarding")


def _untold(key: EventId, fact: Missing) -> Reason:
    if fact.fault is None:
        explanation = "forwarding is not judged: the inventory names no subscription"
        return _reason(key, NOT_APPLICABLE, explanation)
    explanation = f"what is forwarded is unknown ({fact.reason})"
    return _reason(key, UNKNOWN, explanation, missing=FORWARDING)


@lru_cache(maxsize=2048)
def _select(key: EventId, channel: str, event_id: int, *, collected: bool) -> Remedy:
    """Take an event by its number: the provider's name is left out, since queries compare it to
    the letter. A Suppress counts within its own Query only."""
    instruction = (
        f"Have what collects from this host take event {event_id} of the channel {channel}"
    )
    if not collected:
        select = f'<Select Path="{channel}">*[System[(EventID={event_id})]]</Select>'
        instruction = (
            f"Have a subscription that takes from this host select {key} in a Query of its own: "
            f"{select}"
        )
    title = f"Subscription: take {key}"
    return Remedy(FORWARDING, None, instruction, "more events forwarded", title, "forwarding")


def _places(answer: FilterAnswer, fact: Known[Forwarding]) -> tuple[Evidence, ...]:
    """The queries that decide, with the digests of their files."""
    digests = {place.source: place.sha256 for place in fact.evidence}
    places = [evidence_of(place) for place in answer.deciders[:2]]
    return tuple(replace(place, sha256=digests.get(place.source, "")) for place in places)


def _words(answer: FilterAnswer, verdict: Verdict) -> str:
    words = {
        YES: "a subscription takes every such event",
        NO: "no subscription takes such an event",
        PARTIAL: "the subscriptions take some of such events and leave others",
    }.get(verdict, "whether a subscription takes such events could not be decided")
    if answer.deciders and verdict in (YES, PARTIAL):
        words = f"{words} ({answer.deciders[0].name})"
    return f"{words}: {answer.reason}" if answer.reason else words
