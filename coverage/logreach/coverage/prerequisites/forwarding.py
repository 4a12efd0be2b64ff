"""Link 7, forwarding: an event passes one of the subscriptions that take from this host."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.assessment import Reason
from logreach.coverage.patterns import EventPattern
from logreach.coverage.verdict import NOT_APPLICABLE
from logreach.inventories.facts import FactKey, FactKind, Facts

FORWARDING_KEY = FactKey(FactKind.FORWARDING)


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

    def check(self, facts: Facts) -> Reason:  # noqa: ARG002 - no subscription is read yet
        text = "forwarding is not judged: the inventory names no subscription"
        return Reason("forwarding", self.subject, NOT_APPLICABLE, text)
