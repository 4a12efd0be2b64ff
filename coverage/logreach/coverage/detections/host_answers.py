"""What a host says of events and fields, each question asked once however many rules put it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from logreach.coverage.detections.model import Need
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.verdict import NO, YES, Level, Verdict, all_of, any_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE, Sense


class HostView(Protocol):
    """What a host has to say of events; a key such as 'System:*' stands for any of a channel.

    What the knowledge does not tell is UNKNOWN, with a reason.
    """

    def event(self, key: EventId, sense: Sense = ANY_SENSE) -> Judged:
        """Whether the event, in this sense, can be there at all: role, system, audit policy,
        sensor, channel."""
        ...

    def attribute(self, key: EventId, field: str) -> Judged:
        """Whether a field of that event is filled; 'Hashes:SHA256' asks for one hash of it."""
        ...

    def passes(self, pattern: EventPattern) -> Judged:
        """Whether the sensor's filter and the forwarding let such events through.

        PARTIAL: some for certain, and some for certain not. What they cannot decide lies between
        NO and YES. Not applicable: nothing filters.
        """
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """One link between a branch and the host: `kind` is 'event', 'field', 'limit' or 'filter',
    `name` for a field the rule's own name of it."""

    kind: str
    name: str
    judged: Judged

    @property
    def broken(self) -> bool:
        """Whether it keeps the branch from being seen whole."""
        verdict = self.judged.verdict
        return verdict.applicable and verdict != YES


class Asked:
    """A host's answers, remembered: the same question is answered by the same link."""

    def __init__(self, view: HostView) -> None:
        self._view = view
        self._events: dict[tuple[str, Sense], Link] = {}
        self._fields: dict[tuple[str, int], tuple[Link, Need]] = {}
        self._limits: dict[tuple[str, Verdict, str], Link] = {}

    def event(self, key: EventId, sense: Sense = ANY_SENSE) -> Link:
        """Whether the event can be there at all."""
        found = self._events.get((key, sense))
        if found is None:
            found = self._events[key, sense] = Link("event", "", self._view.event(key, sense))
        return found

    def passes(self, pattern: EventPattern) -> Judged:
        """Whether filters let such events through."""
        return self._view.passes(pattern)

    def field(self, event: EventId, need: Need) -> Link:
        """Whether a field is filled; one that does not apply is not."""
        # By identity: rules share their needs, and to hash one costs more than to answer.
        key = (event, id(need))
        found = self._fields.get(key)
        if found is None:
            link = Link("field", need.sigma, self._answer(event, need))
            found = self._fields[key] = (link, need)
        return found[0]

    def limit(self, event: EventId, limit: Verdict, why: str) -> Link:
        """What an event allows at best, whatever the host says of it."""
        key = (event, limit, why)
        if key not in self._limits:
            reason = Reason("knowledge", event, limit, why)
            self._limits[key] = Link("limit", "", Judged(limit, (reason,)))
        return self._limits[key]

    def _answer(self, event: EventId, need: Need) -> Judged:
        subject = f"{event}/{need.sigma}"
        if not need.fields:
            text = need.why or f"{event} has no {need.sigma}"
            return Judged(NO, (Reason("knowledge", subject, NO, text),))
        found = [self._view.attribute(event, name) for name in need.fields]
        best = max(found, key=lambda one: (one.verdict.proven, one.verdict.possible))
        verdict = any_of(one.verdict for one in found)
        verdict = verdict if verdict.applicable else NO
        if need.limit == YES:
            return Judged(verdict, best.reasons)
        limit = Reason("knowledge", subject, need.limit, need.why)
        # That the field is there is no reason for falling short.
        weak = () if verdict == YES else best.reasons
        return Judged(all_of((verdict, need.limit)), (*weak, limit))

    def gone(self, event: EventId, needs: Iterable[Need]) -> Iterator[str]:
        """The fields among some that are surely not filled, by the rule's names."""
        for need in needs:
            if self.field(event, need).judged.verdict.possible is Level.NO:
                yield need.sigma
