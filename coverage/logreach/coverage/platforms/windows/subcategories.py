"""Which audit subcategories may write the events of a pattern, as far as its fields tell."""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.expression_parts import with_parts
from logreach.coverage.events.patterns import Constraint, EventPattern, Test, fold
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
    """The cases that an event on this kind of object ('': any kind) may fall under; () if neither
    fields nor kind decide, so that any of the event's subcategories counts."""
    by_fields = possible_cases(pattern) if pattern else ()
    if by_fields and kind == DIRECTORY:
        # The directory is an assumption: the pattern may leave the kind of object open.
        return by_fields
    cases = by_fields or (subcategory_cases().get(event, ()) if kind else ())
    return tuple(case for case in cases if not kind or case.kind == kind) or by_fields


def possible_cases(pattern: EventPattern) -> tuple[SubcategoryCase, ...]:
    """The cases that events of a pattern may fall under; () if its fields do not decide."""
    cases = subcategory_cases().get(pattern.event, ())
    if not any(field in case.fields for case in cases for field in pattern.fields):
        return ()
    return tuple(case for case in cases if _may_be_in(pattern, case))


def _may_be_in(pattern: EventPattern, case: SubcategoryCase) -> bool:
    return all(
        _may_meet_both(
            with_parts(pattern.fields.get(field, ())), case_constraints, case.words.get(field, ())
        )
        for field, case_constraints in case.fields.items()
    )


def _may_meet_both(
    pattern_constraints: tuple[Constraint, ...],
    case_constraints: tuple[Constraint, ...],
    words: tuple[str, ...],
) -> bool:
    """Whether one value may meet the constraints of a pattern and of a case; False is certain.

    `words` are those that such values are or consist of, () where that is not known.
    """
    both = (*pattern_constraints, *case_constraints)
    for constraint in both:
        if constraint.test is Test.EQUALS and not constraint.negated:
            return any(
                all(each.admits(value) is not False for each in both) for value in constraint.values
            )
    if any(_contradicts(constraint, case_constraints, words) for constraint in pattern_constraints):
        return False
    return may_meet(both)


def _contradicts(
    from_pattern: Constraint, case_constraints: tuple[Constraint, ...], words: tuple[str, ...]
) -> bool:
    """Whether the case excludes every text that the pattern's constraint names as a part."""
    if from_pattern.negated or from_pattern.test not in _FRAGMENTS:
        return False
    excluding = [constraint for constraint in case_constraints if constraint.negated]
    return all(_excluded(part, excluding, words) for part in from_pattern.values)


def _excluded(part: str, excluding: Iterable[Constraint], words: tuple[str, ...]) -> bool:
    """Whether the constraints in `excluding` rule out every text that contains `part`.

    Where words contain it, each of them must be ruled out; where none does, `part` itself, by
    what rules out every text around it too (contains, not equals)."""
    matching = [word for word in words if fold(part) in fold(word)]
    if matching:
        return all(any(each.admits(word) is False for each in excluding) for word in matching)
    return any(each.test is not Test.EQUALS and each.admits(part) is False for each in excluding)
