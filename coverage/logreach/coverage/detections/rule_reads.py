"""What a rule reads: the events that it may fire on, each with the fields that must be filled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from logreach.coverage.detections.constant_fields import retired
from logreach.coverage.detections.model import CandidateEvent, Need, Rule
from logreach.coverage.detections.published import EventFields
from logreach.coverage.engine.verdict import UNKNOWN, Verdict, all_of
from logreach.coverage.platforms.registry import sensors


def reads_of(rule: Rule) -> tuple[EventFields, ...]:
    """What a rule reads, any of which is enough for it to fire; sorted, none twice.

    Events that no sensor knows, that have not all the fields or that nothing writes today are
    left out, and so is what asks more of an event than another alternative does.
    """
    alternatives = {reads for candidate in able_candidates(rule) for reads in _reads(candidate)}
    recorded = [reads for reads in alternatives if sensors().knows(reads.event)]
    least = [reads for reads in recorded if not any(_is_easier(other, reads) for other in recorded)]
    return tuple(sorted(least, key=str))


def able_candidates(rule: Rule) -> list[CandidateEvent]:
    """The events on which a rule can fire at all; none: it is dead."""
    return [
        candidate
        for branch in rule.branches
        for alternatives in branch.alternatives
        for candidate in alternatives
        if not candidate.lost and not retired(candidate.event)
    ]


def _reads(candidate: CandidateEvent) -> Iterator[EventFields]:
    """A candidate event with its fields; several where one field may stand for another."""
    demand = candidate.demand
    for choices in product(*map(_choices, demand.needs)):
        limit = all_of((demand.limit, *(limit for _, limit in choices)))
        yield EventFields(demand.event, tuple(sorted({x for x, _ in choices if x})), limit)


def _choices(need: Need) -> Iterator[tuple[str, Verdict]]:
    """The fields that meet a need, each with the best that it allows; '' for none of them."""
    for name in need.fields:
        yield name, need.limit
    if need.doubt:
        yield "", UNKNOWN


def _is_easier(easier: EventFields, harder: EventFields) -> bool:
    """Whether the second asks more of the same event and gives no more."""
    return (
        easier != harder
        and easier.event == harder.event
        and set(easier.fields) <= set(harder.fields)
        and all_of((easier.limit, harder.limit)) == harder.limit
    )
