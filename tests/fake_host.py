"""A host for tests of rules: what it has is listed, all else it has not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.inventories.windows.facts import SYSMON

MISSING = SYSMON
WORDS = {"yes": YES, "partial": PARTIAL, "no": NO, "unknown": UNKNOWN}


def _judged(verdict: Verdict, text: str) -> Judged:
    """With a reason; what is unknown lacks a fact, as on real hosts."""
    missing = None if verdict.settled else MISSING
    told = Reason("test", text, verdict, f"{text}: {verdict.label}", missing=missing)
    return Judged(verdict, (told,))


@dataclass(frozen=True)
class FakeHost:
    """`events` None: every event; `gone` and `unsure` name fields as 'Sysmon:1/Image'."""

    events: Collection[str] | None = None
    gone: Collection[str] = ()
    unsure: Collection[str] = ()
    inapplicable: Collection[str] = ()
    filter: Callable[[EventPattern], Verdict] = lambda _: YES

    def event(self, key: str, sense: Sense = ANY_SENSE) -> Judged:  # noqa: ARG002 - the protocol's
        if key in self.inapplicable:
            return _judged(NOT_APPLICABLE, key)
        if key in self.unsure:
            return _judged(UNKNOWN, key)
        return _judged(YES if self.events is None or key in self.events else NO, key)

    def attribute(self, key: str, field: str) -> Judged:
        name = f"{key}/{field}"
        return _judged(NO if name in self.gone else UNKNOWN if name in self.unsure else YES, name)

    def passes(self, pattern: EventPattern) -> Judged:
        return _judged(self.filter(pattern), f"filter on {pattern.event}")
