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
from logreach.coverage.forwarding import ForwardingFilter, changes
from logreach.coverage.forwarding.access import Reader, accounts_keys
from logreach.coverage.forwarding.membership import COLLECTOR, Membership, Who, membership
from logreach.coverage.forwarding.queries import DIRECT, doubts_of, too_long, with_short_queries
from logreach.coverage.forwarding.readable import Aside, readers_aside
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding, Subscription
from logreach.inventories.windows.facts import ROLE

_READS = (FORWARDING, ROLE, COLLECTOR)
_OUT = (False,)
_NOT_SURE = (False, None)
_STOPS = dict.fromkeys(
    Verdict, "whether the collector's agent passes it on could not be decided"
) | {
    NO: "the collector's agent passes none of them on",
    PARTIAL: "the collector's agent passes only some of them on",
}


class _Taking:
    """Subscriptions that remember what they answered: many hosts share them."""

    def __init__(self, forwarding: Forwarding) -> None:
        self._filter = ForwardingFilter(forwarding)
        self._whole: dict[tuple[EventId, EventMetadata | None], FilterAnswer] = {}
        self._parts: dict[tuple[str, EventMetadata | None], FilterAnswer] = {}
        # Where fields change on the way, it matters which of them a pattern asks for.
        self.alters = any(
            each.altered for sub in forwarding.subscriptions for each in (sub, *(sub.then or ()))
        )

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
    `first_hop` are the sure ones as far as the collector, where its agent is told; else None.
    `shortened` are those that surely take, with no query too long; None where none is.
    """

    sure: _Taking
    maybe: _Taking
    all_: _Taking
    open_: tuple[Membership, ...]
    out: tuple[Membership, ...]
    firm: bool
    collected: bool
    first_hop: _Taking | None
    shortened: _Taking | None


_taking = lru_cache(maxsize=64)(_Taking)


@lru_cache(maxsize=64)
def _sieves(forwarding: Forwarding, who: Who, aside: Aside = ()) -> _Sieves:
    """`aside` are readers that may read the channel less surely than others, by why not."""
    subscriptions = forwarding.subscriptions
    kept_out = dict(aside)
    memberships = [
        _member(subscription, who, kept_out.get(Reader.of(subscription)))
        if subscription.enabled
        else Membership(takes=True)
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
    first_hop = tuple(replace(entry, then=None) for entry in taking)
    hops = any(entry.then is not None for entry in taking)
    return _Sieves(
        without(*_NOT_SURE),
        without(*_OUT),
        without(),
        tuple(member for member in memberships if member.takes is None),
        tuple(member for member in memberships if member.takes is False),
        firm=any(
            not any(doubts_of(subscription)) and not any(too_long(subscription))
            for subscription in taking
        ),
        collected=bool(taking) and all(entry.dialect != "windows" for entry in taking),
        first_hop=_taking(replace(forwarding, subscriptions=first_hop)) if hops else None,
        shortened=_shortened(forwarding, taking),
    )


def _member(subscription: Subscription, who: Who, kept_out: Membership | None) -> Membership:
    """Whether a subscription takes from the host and its reader may read the channel."""
    member = membership(subscription, who)
    if (
        kept_out is None
        or member.takes is False
        or (member.takes is None and kept_out.takes is None)
    ):
        return member
    return kept_out


def _shortened(forwarding: Forwarding, taking: list[Subscription]) -> _Taking | None:
    if not any(reason for subscription in taking for reason in too_long(subscription)):
        return None
    split = tuple(map(with_short_queries, taking))
    return _taking(replace(forwarding, subscriptions=split))


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
        if self.sensor is None:
            return _READS
        channel = self.sensor.channels.get(self.pattern.event.channel)
        access = accounts_keys(channel) if channel else ()
        return (*_READS, *access, *self.sensor.header_reads)

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
        """Every fact that the answer depends on; where no subscription is known, that alone."""
        forwarding = facts.get(FORWARDING)
        if isinstance(forwarding, Missing):
            return forwarding
        return tuple(map(facts.get, self.reads))


class Arriving:
    """Says for many patterns which of their events on one host are forwarded."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._fact = fact = facts.get(FORWARDING)
        self._who = Who.of(facts)
        if not isinstance(fact, Missing):
            self._sieves = _sieves(fact.value, self._who)
        self._alters = not isinstance(fact, Missing) and self._sieves.all_.alters
        self._whole: dict[str, Reason] = {}
        self._by_channel: dict[str, _Sieves] = {}

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
        sieves = self._sieves_for(pattern.event, sensor)
        answer = sieves.sure.answer(pattern, event)
        host_event = _HostEvent(pattern, event, sieves, fact)
        if verdict_of(answer) is not YES and (sieves.open_ or sieves.out):
            reason = _beyond(host_event, answer)
        else:
            reason = _told(host_event, answer)
        if reason.remedy and sensor and sensor.absent(pattern.event, self._facts):
            return reason._replace(remedy=None)
        return reason

    def _sieves_for(self, event: EventId, sensor: Sensor | None) -> _Sieves:
        """The subscriptions of the host, as far as they may read the event's channel."""
        if sensor is None or event.channel not in sensor.channels:
            return self._sieves
        channel = sensor.channels[event.channel]
        if channel not in self._by_channel:
            aside = readers_aside(self._facts, channel, sensor.default_access(event))
            self._by_channel[channel] = self._sieves
            if aside and not isinstance(self._fact, Missing):
                self._by_channel[channel] = _sieves(self._fact.value, self._who, aside)
        return self._by_channel[channel]


@dataclass(frozen=True, slots=True)
class _HostEvent:
    """An event of one host, with the subscriptions that may take it."""

    pattern: EventPattern
    event: EventMetadata | None
    sieves: _Sieves
    fact: Known[Forwarding]

    @property
    def key(self) -> EventId:
        return self.pattern.event

    @property
    def reaches_collector(self) -> bool:
        """Whether a subscription surely brings every such event to a collector whose own agent is
        told: what does not arrive is stopped there."""
        first_hop = self.sieves.first_hop
        return (
            first_hop is not None and verdict_of(first_hop.answer(self.pattern, self.event)) is YES
        )

    def split(self, verdict: Verdict) -> Remedy | None:
        """Split queries that may be too long, where that proves more."""
        shortened = self.sieves.shortened
        if shortened is None or verdict.settled:
            return None
        if verdict_of(shortened.answer(self.pattern, self.event)).proven <= verdict.proven:
            return None
        return changes.split(self.fact.value, collected=self.sieves.collected)

    def remedy(self, verdict: Verdict) -> Remedy | None:
        """What else to select; of an open verdict only where that would surely settle it."""
        event = self.event
        if verdict is YES or event is None or not (verdict.settled or self.sieves.firm):
            return None
        if event.channel.casefold().endswith(DIRECT):
            return None
        if self.sieves.first_hop is not None:
            return changes.pass_on(
                self.key, event.channel, event.event_id, select=not self.reaches_collector
            )
        return changes.take(
            self.key, event.channel, event.event_id, collected=self.sieves.collected
        )


def _beyond(host_event: _HostEvent, answer: FilterAnswer) -> Reason:
    """The answer if the subscriptions that surely take from the host do not take every event:
    others may, or take them from other hosts only."""
    sieves, verdict = host_event.sieves, verdict_of(answer)
    if sieves.open_:
        most = sieves.maybe.answer(host_event.pattern, host_event.event)
        if verdict_of(most) == verdict:
            return _told(host_event, most)
        return _open(host_event, verdict, most)
    if verdict is NO:
        elsewhere = sieves.all_.answer(host_event.pattern, host_event.event)
        if verdict_of(elsewhere) is not NO:
            return _excluded(host_event, elsewhere)
    return _told(host_event, answer)


def _told(host_event: _HostEvent, answer: FilterAnswer) -> Reason:
    verdict = verdict_of(answer)
    evidence = _places(answer, host_event.fact) or host_event.fact.evidence
    words = _words(answer, verdict)
    if verdict is not YES and host_event.reaches_collector:
        words = f"a subscription takes every such event, but {_STOPS[verdict]} ({answer.reason})"
    remedy = host_event.split(verdict) or host_event.remedy(verdict)
    return _reason(host_event.key, verdict, words, evidence, remedy)


def _excluded(host_event: _HostEvent, answer: FilterAnswer) -> Reason:
    """Subscriptions would take such events, but not from this host."""
    explanation = "the subscriptions that take such events do not take them from this host"
    evidence = _places(answer, host_event.fact) or host_event.fact.evidence
    reasons = "; ".join(subscription.why for subscription in host_event.sieves.out[:2])
    return _reason(host_event.key, NO, f"{explanation}: {reasons}", evidence, host_event.remedy(NO))


def _open(host_event: _HostEvent, least: Verdict, answer: FilterAnswer) -> Reason:
    """Some subscriptions may take from this host or not: both bounds, and what would settle."""
    most = verdict_of(answer)
    verdict = Verdict.of(least.proven, max(least.proven, most.possible))
    undecided = host_event.sieves.open_[:2]
    doubts = "; ".join(subscription.why for subscription in undecided)
    explanation = f"{doubts}; if so, {_words(answer, most)}"
    evidence = _places(answer, host_event.fact) or host_event.fact.evidence
    remedy, missing = host_event.remedy(verdict), undecided[0].missing
    return _reason(host_event.key, verdict, explanation, evidence, remedy, missing=missing)


_reason = partial(Reason, "forwarding")


def _untold(key: EventId, fact: Missing) -> Reason:
    if fact.fault is None:
        explanation = "forwarding is not judged: the inventory names no subscription"
        return _reason(key, NOT_APPLICABLE, explanation)
    explanation = f"what is forwarded is unknown ({fact.reason})"
    return _reason(key, UNKNOWN, explanation, missing=FORWARDING)


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
