"""Sets of field values, described by comparisons: begins with this, contains that, is not that.

Every filter condition is 'any of' or 'all of' some comparisons, or the negation of that. A
`ValueSet` is a conjunction of comparisons that some value meets; a tuple of value sets is their
union. All values are folded and have at least one character, as the engine sees fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from logreach.coverage.platforms.sysmon.engine import conditions
from logreach.coverage.platforms.sysmon.engine.config import Condition


class Kind(IntEnum):
    """How a comparison relates a field value to its operand."""

    EQUALS = 0
    BEGINS = 1
    ENDS = 2
    CONTAINS = 3
    BEFORE = 4  # sorts before the operand, by UTF-16 code units
    AFTER = 5


class Comparison(NamedTuple):
    """A property that a field value may have, such as 'ends with \\cmd.exe'."""

    kind: Kind
    operand: str

    def holds(self, value: str) -> bool:
        """Whether a value has the property."""
        match self.kind:
            case Kind.EQUALS:
                return value == self.operand
            case Kind.BEGINS:
                return value.startswith(self.operand)
            case Kind.ENDS:
                return value.endswith(self.operand)
            case Kind.CONTAINS:
                return self.operand in value
            case Kind.BEFORE:
                return conditions.sort_key(value) < conditions.sort_key(self.operand)
            case Kind.AFTER:
                return conditions.sort_key(value) > conditions.sort_key(self.operand)


class Exclusions(NamedTuple):
    """Comparisons that no value of a set meets: operands by kind.

    Kept apart by kind because a set may have hundreds of them and each is tested very often.
    """

    equals: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()

    def admits(self, value: str) -> bool:
        """Whether a value meets none of the comparisons."""
        return not (
            value in self.equals
            or value.startswith(self.begins)
            or value.endswith(self.ends)
            or any(map(value.__contains__, self.contains))
        )

    def forbid(self, operand: str, kind: Kind) -> bool:
        """Whether every value that begins with, ends with or contains the operand is excluded."""
        return (
            any(map(operand.__contains__, self.contains))
            or (kind is Kind.BEGINS and operand.startswith(self.begins))
            or (kind is Kind.ENDS and operand.endswith(self.ends))
        )

    def adding(self, comparison: Comparison) -> Exclusions:
        """These exclusions and one more, which is neither BEFORE nor AFTER."""
        kind, operand = comparison
        equals, begins, ends, contains = self
        if kind is Kind.CONTAINS:
            return Exclusions(equals, begins, ends, (*contains, operand))
        if kind is Kind.ENDS:
            return Exclusions(equals, begins, (*ends, operand), contains)
        if kind is Kind.BEGINS:
            return Exclusions(equals, (*begins, operand), ends, contains)
        return Exclusions((*equals, operand), begins, ends, contains)

    @property
    def size(self) -> int:
        """The number of comparisons."""
        return sum(map(len, self))


NO_EXCLUSIONS = Exclusions()


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The field values that meet all of some comparisons; `equals` is the only one, if one is left.

    A ValueSet is never empty unless it has `bounds` (BEFORE and AFTER comparisons, with whether
    they hold): whether a value meets these and the others at once is only tried, not proven.
    """

    equals: str | None = None
    begins: str = ""
    ends: str = ""
    contains: tuple[str, ...] = ()
    exclusions: Exclusions = NO_EXCLUSIONS
    bounds: tuple[tuple[Comparison, bool], ...] = ()

    def admits(self, value: str) -> bool:
        """Whether a value is in the set."""
        return (
            bool(value)
            and (self.equals is None or value == self.equals)
            and value.startswith(self.begins)
            and value.endswith(self.ends)
            and all(map(value.__contains__, self.contains))
            and (self.exclusions is NO_EXCLUSIONS or self.exclusions.admits(value))
            and (
                not self.bounds
                or all(bound.holds(value) is satisfied for bound, satisfied in self.bounds)
            )
        )

    def truth(self, comparison: Comparison) -> bool | None:
        """Whether all values of the set meet the comparison (True), none (False), or some (None).

        Values may have any length and hold letters that no operand has. Operands can therefore be
        joined without forming another operand; only an operand that itself contains another
        decides it.
        """
        if self.equals is not None:
            return comparison.holds(self.equals)
        kind, operand = comparison
        if kind is Kind.CONTAINS:
            implied = (
                operand in self.begins
                or operand in self.ends
                or any(operand in contained for contained in self.contains)
            )
            allowed = implied or not self.exclusions.forbid(operand, kind)
        elif kind is Kind.EQUALS:
            implied, allowed = False, self.admits(operand)
        elif kind is Kind.BEGINS:
            implied = self.begins.startswith(operand)
            allowed = implied or (
                operand.startswith(self.begins) and not self.exclusions.forbid(operand, kind)
            )
        elif kind is Kind.ENDS:
            implied = self.ends.endswith(operand)
            allowed = implied or (
                operand.endswith(self.ends) and not self.exclusions.forbid(operand, kind)
            )
        else:
            return self._truth_of_bound(comparison)
        return True if implied else None if allowed else False

    def narrowed(self, comparison: Comparison, satisfied: bool) -> ValueSet | None:
        """The values of the set that meet the comparison, or those that do not; None: none do."""
        truth = self.truth(comparison)
        if truth is not None:
            return self if truth is satisfied else None
        begins, ends, contains = self.begins, self.ends, self.contains
        if comparison.kind >= Kind.BEFORE:
            bounds = (*self.bounds, (comparison, satisfied))
            return ValueSet(None, begins, ends, contains, self.exclusions, bounds)
        if not satisfied:
            exclusions = self.exclusions.adding(comparison)
            return ValueSet(None, begins, ends, contains, exclusions, self.bounds)
        match comparison.kind:
            case Kind.EQUALS:
                return ValueSet(equals=comparison.operand)
            case Kind.BEGINS:
                begins = comparison.operand
            case Kind.ENDS:
                ends = comparison.operand
            case _:
                contains = (*contains, comparison.operand)
        return ValueSet(None, begins, ends, contains, self.exclusions, self.bounds)

    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons that every value of the set meets, without bounds and exclusions."""
        met = [Comparison(Kind.CONTAINS, operand) for operand in self.contains]
        if self.equals is not None:
            met.append(Comparison(Kind.EQUALS, self.equals))
        met += [Comparison(Kind.BEGINS, self.begins), Comparison(Kind.ENDS, self.ends)]
        return tuple(comparison for comparison in met if comparison.operand)

    def _truth_of_bound(self, bound: Comparison) -> bool | None:
        """`truth` of a BEFORE or AFTER comparison, by how all values begin and by `bounds`."""
        begins, limit = conditions.sort_key(self.begins), conditions.sort_key(bound.operand)
        if limit.startswith(begins):
            return dict(self.bounds).get(bound)
        if begins.startswith(limit):
            return bound.kind is Kind.AFTER
        return (begins < limit) is (bound.kind is Kind.BEFORE)

    def example(self, filler: str) -> str:
        """A value of the set, given a letter that no operand has; may miss `bounds`."""
        if self.equals is not None:
            return self.equals
        separate = [
            operand
            for position, operand in enumerate(self.contains)
            if operand not in self.begins
            and operand not in self.ends
            and not any(operand in later for later in self.contains[position + 1 :])
        ]
        return self.begins + filler + "".join(part + filler for part in separate) + self.ends

    def examples_with(self, filler: str, hint: str) -> Iterator[str]:
        """Values with a hint in them: apart, after the beginning, before the end.

        The hint may hold an excluded operand, so that the value may lie outside of the set.
        """
        example = self.example(filler)
        if self.equals is None:
            tail, end = example[len(self.begins) :], len(example) - len(self.ends)
            yield self.begins + filler + hint + tail
            yield self.begins + hint + tail
            yield example[:end] + hint + self.ends


ANY_VALUE = ValueSet()
ValueSets = tuple[ValueSet, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A condition as a formula: any of the comparisons, or all, or (`negated`) not so."""

    comparisons: tuple[Comparison, ...]
    need_all: bool = False
    negated: bool = False

    def truth(self, values: ValueSet) -> bool | None:
        """Whether all values of a set meet the condition (True), none (False), or some (None)."""
        single = len(self.comparisons) == 1
        met = values.truth(self.comparisons[0]) if single else self._inner_truth(values)
        return met if met is None else met is not self.negated

    def _inner_truth(self, values: ValueSet) -> bool | None:
        undecided = False
        for comparison in self.comparisons:
            truth = values.truth(comparison)
            if truth is None:
                undecided = True
            elif truth is not self.need_all:
                return truth
        return None if undecided else self.need_all

    def narrowed(self, values: ValueSet, satisfied: bool) -> list[ValueSet]:
        """The values of a set that meet the condition, or those that do not, as value sets."""
        inner = satisfied is not self.negated
        if inner is self.need_all:
            narrow: ValueSet | None = values
            for comparison in self.comparisons:
                narrow = narrow.narrowed(comparison, inner) if narrow else None
            return [narrow] if narrow else []
        alternatives = (values.narrowed(comparison, inner) for comparison in self.comparisons)
        return [narrow for narrow in alternatives if narrow]


_KINDS = {
    Condition.IS: Kind.EQUALS,
    Condition.IS_NOT: Kind.EQUALS,
    Condition.CONTAINS: Kind.CONTAINS,
    Condition.EXCLUDES: Kind.CONTAINS,
    Condition.BEGIN_WITH: Kind.BEGINS,
    Condition.NOT_BEGIN_WITH: Kind.BEGINS,
    Condition.END_WITH: Kind.ENDS,
    Condition.NOT_END_WITH: Kind.ENDS,
    Condition.LESS_THAN: Kind.BEFORE,
    Condition.MORE_THAN: Kind.AFTER,
}
_NEGATED = frozenset(
    (
        Condition.IS_NOT,
        Condition.EXCLUDES,
        Condition.EXCLUDES_ANY,
        Condition.EXCLUDES_ALL,
        Condition.NOT_BEGIN_WITH,
        Condition.NOT_END_WITH,
    )
)
_ALL = frozenset((Condition.CONTAINS_ALL, Condition.EXCLUDES_ALL))
NEVER = Formula(())


def formula(condition: Condition, value: str) -> Formula | None:
    """The formula of a filter's condition and value; None if the value differs between hosts."""
    if not conditions.is_certain(value):
        return None
    operand = conditions.expand(conditions.fold(value))
    if operand is None:
        return NEVER
    return Formula(_comparisons(condition, operand), condition in _ALL, condition in _NEGATED)


def _comparisons(condition: Condition, operand: str) -> tuple[Comparison, ...]:
    if condition in _KINDS:
        return (Comparison(_KINDS[condition], operand),)
    if condition is Condition.IS_ANY:
        return tuple(Comparison(Kind.EQUALS, part) for part in operand.split(";"))
    if condition is Condition.IMAGE:
        path = Comparison(Kind.EQUALS, operand)
        return (path,) if "\\" in operand else (path, Comparison(Kind.ENDS, "\\" + operand))
    return tuple(Comparison(Kind.CONTAINS, part) for part in conditions.searched_parts(operand))
