"""The values that a field may hold in the events of a pattern, as sets that the engine sees.

The sets never leave out a value that the pattern admits. They may hold more, since comparisons do
not express every constraint (regular expressions, numbers, letter case); an example therefore
counts only after the pattern itself has admitted it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, product

from logreach.coverage.events import patterns
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.decision import field_value
from logreach.coverage.platforms.sysmon.engine.expressions import example
from logreach.coverage.platforms.sysmon.engine.value_sets import (
    ANY_VALUE,
    Comparison,
    Kind,
    ValueSet,
    ValueSets,
)

MAX_SETS = 400  # a constraint that would split a domain into more is not multiplied out
_MAX_SPELLINGS = 16
_MAX_HINTS = 8
# Capitals that share their small letter with another capital, so that .upper() never yields them.
_SECOND_CAPITALS = "\u212b\u1e9e\u03f4\u2126"
_KINDS = {
    Test.EQUALS: Kind.EQUALS,
    Test.BEGINS: Kind.BEGINS,
    Test.ENDS: Kind.ENDS,
    Test.CONTAINS: Kind.CONTAINS,
}


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that one field may hold.

    `value_sets` are the values that the engine may see. The value also lies in each of
    `further_sets`, which are too many to be multiplied out with `value_sets`. `may_fail`: the field
    may lack a number, boolean or GUID, so that its filters fail. `may_be_empty`: the field may be
    absent or empty. `spellings` are values of the pattern in its own letter case, `hints` further
    values worth trying as examples.
    """

    value_sets: ValueSets
    may_fail: bool = False
    may_be_empty: bool = False
    spellings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    further_sets: tuple[ValueSets, ...] = ()

    @property
    def size(self) -> int:
        """The number of comparisons in all value sets together; a measure of work."""
        return sum(len(values.contains) + values.exclusions.size for values in self.value_sets)

    @property
    def possible(self) -> bool:
        """Whether the field can hold, or lack, any value at all."""
        return bool(self.value_sets) or self.may_fail


def domain(event_id: int, name: str, constraints: tuple[Constraint, ...]) -> Domain:
    """The values of a field under constraints that must all hold.

    Sysmon writes every number, boolean and GUID of an event, and for some text fields the event id
    determines the values. A domain leaves out what Sysmon never writes, unless the pattern demands
    it.
    """
    empty_value = field_value(event_id, name, None)
    value_sets, further_sets = _value_sets(_written(event_id, name), constraints)
    may_be_empty = _may_be_empty(constraints)
    spellings = manifest.values_of(event_id, name) + tuple(
        value
        for constraint in constraints
        if not constraint.negated
        for value in constraint.values
        if value
    )
    hints = tuple(dict.fromkeys(_all_hints(constraints)))
    if name == "RuleName" and empty_value:
        only = (ValueSet(equals=empty_value),)
        return Domain(only, may_be_empty=may_be_empty, spellings=spellings)
    if empty_value is None:
        may_fail = may_be_empty and not value_sets
        return Domain(value_sets, may_fail, may_fail, spellings, hints, further_sets)
    if may_be_empty and (name != "EventType" or not value_sets):
        value_sets = (*value_sets, ValueSet(equals=empty_value))
        further_sets = tuple((*sets, ValueSet(equals=empty_value)) for sets in further_sets)
    else:
        may_be_empty = False
    return Domain(
        value_sets,
        may_be_empty=may_be_empty,
        spellings=spellings,
        hints=hints,
        further_sets=further_sets,
    )


@lru_cache(maxsize=16384)
def may_meet(constraints: tuple[Constraint, ...]) -> bool:
    """Whether some value, or a missing field, may meet all constraints; False is certain."""
    return _may_be_empty(constraints) or bool(_value_sets((ANY_VALUE,), constraints)[0])


def _written(event_id: int, name: str) -> ValueSets:
    """The values that Sysmon writes into a field, if they are a closed list."""
    listed = manifest.values_of(event_id, name)
    return tuple(ValueSet(equals=conditions.fold(value)) for value in listed) or (ANY_VALUE,)


def _may_be_empty(constraints: tuple[Constraint, ...]) -> bool:
    return any(
        all(constraint.admits(content) is not False for constraint in constraints)
        for content in (None, "")
    )


def _value_sets(
    start: ValueSets, constraints: tuple[Constraint, ...]
) -> tuple[ValueSets, tuple[ValueSets, ...]]:
    """The non-empty values that meet every constraint, and further sets in which they lie."""
    value_sets = start
    further_sets: list[ValueSets] = []
    for constraint in constraints:
        if constraint.test in (Test.EMPTY, Test.EXISTS):
            admits_value = (constraint.test is Test.EXISTS) is not constraint.negated
            value_sets = value_sets if admits_value else ()
            continue
        alternatives = _alternatives(constraint)
        if alternatives is None:
            continue
        narrowed = _narrowed(value_sets, alternatives, not constraint.negated)
        if narrowed is None:
            alone = (ANY_VALUE.narrowed(each, satisfied=True) for each in alternatives)
            further_sets.append(tuple(values for values in alone if values))
        else:
            value_sets = narrowed
    return value_sets, tuple(further_sets)


def _narrowed(
    value_sets: ValueSets, alternatives: tuple[Comparison, ...], satisfied: bool
) -> ValueSets | None:
    """The values that meet any of the comparisons, or none of them; None: more than MAX_SETS."""
    if not satisfied:
        excluding = (_excluding(values, alternatives) for values in value_sets)
        return tuple(values for values in excluding if values)
    distinct: dict[ValueSet, None] = {}
    for values, comparison in product(value_sets, alternatives):
        narrow = values.narrowed(comparison, satisfied=True)
        if narrow:
            distinct[narrow] = None
        if len(distinct) > MAX_SETS:
            return None
    return tuple(distinct)


def _excluding(values: ValueSet, comparisons: Iterable[Comparison]) -> ValueSet | None:
    narrow: ValueSet | None = values
    for comparison in comparisons:
        narrow = narrow.narrowed(comparison, satisfied=False) if narrow else None
    return narrow


def _alternatives(constraint: Constraint) -> tuple[Comparison, ...] | None:
    """A constraint as 'any of these comparisons'; None if comparisons cannot express it.

    A value that the constraint admits meets one of them; if the constraint is negated, none. The
    reverse need not hold.
    """
    if constraint.test is Test.CIDR:
        return _networks(constraint)
    kind = _KINDS.get(constraint.test)
    if kind is None:
        return None
    if constraint.cased:
        # The engine ignores letter case: to it, a value that is not 'SC' may still equal 'sc'.
        if constraint.negated and not all(_is_caseless(value) for value in constraint.values):
            return None
        return tuple(Comparison(kind, conditions.fold(value)) for value in constraint.values)
    folded: dict[str, None] = {}
    for value in constraint.values:
        spellings = _folded_spellings(value)
        if len(spellings) > _MAX_SPELLINGS:
            return None
        folded.update(dict.fromkeys(spellings))
    return tuple(Comparison(kind, spelling) for spelling in folded)


def _is_caseless(value: str) -> bool:
    return len(_folded_spellings(value)) == 1 and value.swapcase() == value


@lru_cache(maxsize=4096)
def _folded_spellings(value: str) -> tuple[str, ...]:
    """Every folded value that a pattern equates with this one.

    Patterns ignore the letter case of all letters, the engine only that of ASCII letters. If there
    are more than _MAX_SPELLINGS, they are not made: that many empty strings and one stand for them.
    """
    if value.isascii():
        return (value.lower(),)
    letters = [_variants(letter) for letter in value]
    count = 1
    for variants in letters:
        count *= len(variants)
        if count > _MAX_SPELLINGS:
            return ("",) * (_MAX_SPELLINGS + 1)
    return tuple("".join(spelling) for spelling in product(*letters))


def _variants(letter: str) -> tuple[str, ...]:
    """The letters that patterns equate with this one, as the engine folds them."""
    folded = patterns.fold(letter)
    variants = {letter, folded}
    for _ in range(2):
        variants |= {
            candidate
            for variant in tuple(variants)
            for candidate in (variant.lower(), variant.upper(), variant.title(), *_SECOND_CAPITALS)
            if len(candidate) == 1 and patterns.fold(candidate) == folded
        }
    return tuple(sorted({conditions.fold(variant) for variant in variants}))


def _networks(constraint: Constraint) -> tuple[Comparison, ...] | None:
    """IPv4 networks of whole octets as beginnings of the address; None for any other network."""
    if constraint.negated:
        return None
    comparisons = []
    for value in constraint.values:
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            continue  # such a value admits no address
        octets = network.prefixlen // 8
        if network.version != 4 or not octets:
            return None
        address = ".".join(str(network.network_address).split(".")[:octets])
        if octets == 4:
            comparisons.append(Comparison(Kind.EQUALS, address))
        else:
            comparisons.append(Comparison(Kind.BEGINS, address + "."))
    return tuple(comparisons)


def _all_hints(constraints: tuple[Constraint, ...]) -> Iterator[str]:
    """A value for all constraints that give hints, if several do, then the hints of each."""
    by_constraint = [tuple(islice(_hints(constraint), _MAX_HINTS)) for constraint in constraints]
    nonempty = [hints for hints in by_constraint if hints]
    if len(nonempty) > 1:
        yield " ".join(hints[0] for hints in nonempty)
    yield from chain.from_iterable(nonempty)


def _hints(constraint: Constraint) -> Iterator[str]:
    """Values that may meet a constraint which comparisons cannot express."""
    if constraint.negated:
        return
    for value in constraint.values:
        match constraint.test:
            case Test.CIDR:
                try:
                    network = ipaddress.ip_network(value, strict=False)
                except ValueError:
                    continue
                yield str(network[min(1, network.num_addresses - 1)])
            case Test.MATCHES:
                matching = example(value)
                yield "".join(_plain_letters(value)) if matching is None else matching
            case Test.LESS | Test.LESS_EQUAL | Test.GREATER | Test.GREATER_EQUAL:
                yield from _neighbours(value)
            case _:
                return


def _plain_letters(expression: str) -> Iterator[str]:
    """The letters of a regular expression that stand for themselves; a guess at a match."""
    escaped = False
    for letter in expression:
        if escaped:
            escaped = False
            if not letter.isalnum():
                yield letter
        elif letter == "\\":
            escaped = True
        elif letter not in "^$.*+?()[]{}|":
            yield letter


def _neighbours(value: str) -> Iterator[str]:
    """A number and its two neighbours."""
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        return
    yield from (str(number + step) for step in (-1, 0, 1))


def filler(used: frozenset[str]) -> str:
    """A letter that is not among the used ones, a readable one if there is any."""
    readable = (letter for letter in "~^\u00a7\u00a4\u00ac\u00b7_" if letter not in used)
    private = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in used)
    return next(readable, None) or next(private)
