"""A pattern of events as rules of a Sysmon configuration: what includes it, what spares it.

An include may keep more than the pattern and never less: a constraint that Sysmon cannot compare
is left out, and so is the one with most values where too many rules would come of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product
from math import prod

from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import Condition, Filter, RuleElement
from logreach.coverage.platforms.sysmon.engine.manifest import Schema

_MOST_RULES = 64
_FIRST_WITH_RULES = Schema(4, 22)
"""<Rule> came with Sysmon 10.4, schema 4.22."""

_MATCHING = {
    Test.EQUALS: Condition.IS,
    Test.BEGINS: Condition.BEGIN_WITH,
    Test.ENDS: Condition.END_WITH,
    Test.CONTAINS: Condition.CONTAINS,
}
_OPPOSITE = {
    Test.EQUALS: Condition.IS_NOT,
    Test.BEGINS: Condition.NOT_BEGIN_WITH,
    Test.ENDS: Condition.NOT_END_WITH,
    Test.CONTAINS: Condition.EXCLUDES,
}
_ANY = {Test.EQUALS: Condition.IS_ANY, Test.CONTAINS: Condition.CONTAINS_ANY}
_SINGLE_LINE = frozenset("\r\n\t")

Alternatives = tuple[tuple[Filter, ...], ...]
"""Filters that must match together, in one of several ways."""


def has_rules(schema: Schema) -> bool:
    """Whether a Sysmon of this schema knows <RuleGroup> and <Rule>."""
    return schema >= _FIRST_WITH_RULES


def including(
    pattern: EventPattern, schema: Schema, fields: Collection[str]
) -> tuple[Filter | RuleElement, ...]:
    """Filters and rules, any of which includes events, that together include the pattern.

    `fields` are those that may be named. () where no field of the pattern can be compared.
    """
    conditions = frozenset(map(Condition, manifest.conditions(schema)))
    ways = [
        alternatives
        for name, constraint in _compared(pattern, fields)
        if (alternatives := tuple(_alternatives(name, constraint, conditions)))
    ]
    while prod(map(len, ways)) > _MOST_RULES:
        ways.remove(max(ways, key=len))
    if not ways:
        return ()
    return tuple(all_of(sum(chosen, ())) for chosen in product(*ways))


def sparing(pattern: EventPattern, schema: Schema, fields: Collection[str]) -> tuple[Filter, ...]:
    """Filters that all match every event outside the pattern that an exclusion may still take.

    They are the opposite of one constraint, the one with fewest values: then no event of the
    pattern meets them all. () where that cannot be said.
    """
    conditions = frozenset(map(Condition, manifest.conditions(schema)))
    candidates = [
        tuple(Filter(name, _OPPOSITE[constraint.test], value, "", 0) for value in constraint.values)
        for name, constraint in _compared(pattern, fields)
        if not constraint.negated and _OPPOSITE[constraint.test] in conditions
    ]
    return min(candidates, key=lambda x: (x[0].field == "EventType", len(x)), default=())


def _compared(pattern: EventPattern, fields: Collection[str]) -> Iterator[tuple[str, Constraint]]:
    """The constraints that a filter of Sysmon can compare and that the event id leaves open."""
    number = int(pattern.event.number)
    for name, constraints in pattern.fields.items():
        implied = frozenset(manifest.values_of(number, name))
        for constraint in constraints:
            if name not in fields or constraint.test not in _MATCHING or not constraint.values:
                continue
            if not all(value and not _SINGLE_LINE & set(value) for value in constraint.values):
                continue
            settled = constraint.test is Test.EQUALS and not constraint.negated
            if not (settled and implied and implied <= set(constraint.values)):
                yield name, constraint


def _alternatives(
    name: str, constraint: Constraint, conditions: frozenset[Condition]
) -> Iterator[tuple[Filter, ...]]:
    """Filters on one field for one constraint."""
    values = constraint.values
    if constraint.negated:
        condition = _OPPOSITE[constraint.test]
        if condition in conditions:
            yield tuple(Filter(name, condition, value, "", 0) for value in values)
        return
    several = _ANY.get(constraint.test)
    if several in conditions and len(values) > 1 and not any(";" in value for value in values):
        assert several is not None  # noqa: S101 - only a condition is among those known
        yield (Filter(name, several, ";".join(values), "", 0),)
        return
    for value in values:
        yield (Filter(name, _MATCHING[constraint.test], value, "", 0),)


def all_of(filters: tuple[Filter, ...]) -> Filter | RuleElement:
    """What matches where all filters match."""
    if len(filters) == 1:
        return filters[0]
    return RuleElement(filters, match_all=True, name="", line=0, relation="and")
