"""Which audit subcategories may write the events of a pattern, as far as its fields tell."""

from __future__ import annotations

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.engine.domains import may_meet
from logreach.coverage.platforms.windows.knowledge.subcategory_cases import (
    SubcategoryCase,
    subcategory_cases,
)

_FRAGMENTS = (Test.BEGINS, Test.ENDS, Test.CONTAINS)
DIRECTORY = "ad"


def cases_of(
    event: EventId, pattern: EventPattern | None, kind: str
) -> tuple[SubcategoryCase, ...]:
    """The cases in which an event on an object of this kind may be ('': any kind); () where
    nothing tells, so that any of the event's subcategories counts."""
    told = possible_cases(pattern) if pattern else ()
    if told and kind == DIRECTORY:
        # That objects are the directory's is supposed: the pattern may leave it open.
        return told
    cases = told or (subcategory_cases().get(event, ()) if kind else ())
    return tuple(case for case in cases if not kind or case.kind == kind) or told


def possible_cases(pattern: EventPattern) -> tuple[SubcategoryCase, ...]:
    """The cases in which events of a pattern may be; () where its fields tell nothing of that."""
    cases = subcategory_cases().get(pattern.event, ())
    if not any(field in case.fields for case in cases for field in pattern.fields):
        return ()
    return tuple(case for case in cases if _may_be_in(pattern, case))


def _may_be_in(pattern: EventPattern, case: SubcategoryCase) -> bool:
    return all(
        _may_meet_both(pattern.fields.get(field, ()), held) for field, held in case.fields.items()
    )


def _may_meet_both(asked: tuple[Constraint, ...], held: tuple[Constraint, ...]) -> bool:
    """Whether one value may meet what a pattern asks and what a case holds; False is certain."""
    both = (*asked, *held)
    for constraint in both:
        if constraint.test is Test.EQUALS and not constraint.negated:
            return any(
                all(one.admits(value) is not False for one in both) for value in constraint.values
            )
    if any(_contradicts(one, other) for one in asked for other in held):
        return False
    return may_meet(both)


def _contradicts(asked: Constraint, held: Constraint) -> bool:
    """Whether every text that a pattern asks for holds what a case excludes by an expression."""
    if asked.negated or asked.test not in _FRAGMENTS or held.test is not Test.MATCHES:
        return False
    return all(held.admits(value) is False for value in asked.values)
