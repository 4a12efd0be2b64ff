"""Link 7, forwarding: an event passes one of the subscriptions that take from this host."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

from logreach.coverage.assessment import Reason
from logreach.coverage.forwarding import ForwardingFilter
from logreach.coverage.headers import metadata
from logreach.coverage.patterns import EventPattern, FilterAnswer
from logreach.coverage.prerequisites.filters import Remembering, evidence_of, verdict_of
from logreach.coverage.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.inventories.facts import FactKey, FactKind, Facts, Forwarding, Missing

FORWARDING_KEY = FactKey(FactKind.FORWARDING)


@lru_cache(maxsize=64)
def _sieve(forwarding: Forwarding) -> Remembering:
    return Remembering(ForwardingFilter(forwarding, metadata))


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Where the inventory names no subscription, nobody asks for central events: not applicable."""

    pattern: EventPattern

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (FORWARDING_KEY,)

    def check(self, facts: Facts) -> Reason:
        fact = facts.forwarding()
        if isinstance(fact, Missing):
            if fact.fault is None:
                text = "forwarding is not judged: the inventory names no subscription"
                return self._reason(NOT_APPLICABLE, text)
            text = f"what is forwarded is unknown ({fact.reason})"
            return self._reason(UNKNOWN, text, missing=FORWARDING_KEY)
        answer = _sieve(fact.value).answer(self.pattern)
        verdict = verdict_of(answer)
        where = tuple(evidence_of(one) for one in answer.deciders[:2])
        return self._reason(verdict, _told(answer, verdict), where or fact.evidence)

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "forwarding", self.subject)


def _told(answer: FilterAnswer, verdict: Verdict) -> str:
    text = {
        YES: "a subscription takes every such event",
        NO: "no subscription takes such an event",
        PARTIAL: "the subscriptions take some of such events and leave others",
    }.get(verdict, "whether a subscription takes such events could not be decided")
    if answer.deciders and verdict in (YES, PARTIAL):
        text = f"{text} ({answer.deciders[0].name})"
    return f"{text}: {answer.reason}" if answer.reason else text
