"""The best verdict that an event allows a branch of a rule, and why it is no better."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from logreach.coverage.detections.constant_fields import provider_among_many
from logreach.coverage.detections.mapping import MappedEvent
from logreach.coverage.detections.reading import Reading
from logreach.coverage.engine.verdict import UNKNOWN, YES, Verdict, all_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test, fold

_PROVIDER = "Provider_Name"


def limit_of(
    mapped: MappedEvent, required: list[Reading], suppressors: list[list[Reading]], is_named: bool
) -> tuple[Verdict, str]:
    """The best that the event allows, and why.

    It is unknown whether an event comes without a field that an exclusion asks to exist, and what
    a placeholder stands for. Where the rule itself names the event (`is_named`), the limit of its
    log source's mapping does not count.
    """
    event, reasons = mapped.event, [mapped.why] if mapped.why and not is_named else []
    best = YES if is_named else mapped.limit
    single = [
        suppressor[0]
        for suppressor in suppressors
        if len(suppressor) == 1 and not suppressor[0].lost
    ]
    absent = _named(single, Test.EXISTS)
    lacking = _lacking([*required, *chain.from_iterable(suppressors)])
    if absent:
        reasons.append(f"whether {event} comes without {absent} is not known")
    if lacking:
        reasons.append(f"the rule's placeholder {lacking} has no value")
    foreign = _foreign(event, required, suppressors)
    if foreign:
        reasons.append(
            f"it asks for {event} of another provider than {foreign}, which no source describes"
        )
    limit = all_of((best, UNKNOWN)) if absent or lacking or foreign else best
    return limit, "; ".join(reasons)


def _foreign(event: EventId, required: list[Reading], suppressors: list[list[Reading]]) -> str:
    """The provider of the event that is described, where a rule asks for one of another provider
    that has the same number in a log to which many write; '' otherwise."""
    provider = provider_among_many(event)
    requested = [
        reading.constraint
        for reading in required
        if reading.field == _PROVIDER and reading.constraint
    ]
    excluded = [
        reading.constraint
        for (reading, *further) in suppressors
        if not further and reading.field == _PROVIDER and reading.constraint
    ]
    is_foreign = any(
        constraint.admits(provider) is False and not _akin(provider, constraint)
        for constraint in requested
    )
    is_foreign = is_foreign or any(constraint.admits(provider) is True for constraint in excluded)
    return provider if provider and is_foreign else ""


def _akin(provider: str, constraint: Constraint) -> bool:
    """Whether a name that is asked for has the provider's in it, or the other way round: sources
    spell some with more words, and instances of a service have names of their own."""
    name = fold(provider)
    return not constraint.negated and any(
        name in fold(x) or fold(x) in name for x in constraint.values
    )


def _named(readings: Iterable[Reading], test: Test) -> str:
    names = (
        reading.literal.field for reading in readings if reading.literal.constraint.test is test
    )
    return ", ".join(dict.fromkeys(names))


def _lacking(readings: Iterable[Reading]) -> str:
    constraints = (reading.literal.constraint for reading in readings)
    names = (
        name
        for constraint in constraints
        if constraint.test is Test.UNKNOWN
        for name in constraint.values
    )
    return ", ".join(dict.fromkeys(names))
