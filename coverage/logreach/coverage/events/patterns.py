"""Event patterns: sets of events, as detections name them.

A pattern is an event and, for some of its fields, constraints that all must hold. A field that
is not constrained may hold anything, also nothing. Filters (a Sysmon configuration, the queries
of a subscription) answer for the whole set: see `FilterAnswer`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

from logreach.coverage.engine.three_valued import all_true, negated
from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.patterns import compiled


class Test(StrEnum):
    """How a constraint looks at a field's text."""

    __test__ = False

    EQUALS = "equals"
    BEGINS = "begins"
    ENDS = "ends"
    CONTAINS = "contains"
    MATCHES = "matches"  # regular expression, searched anywhere
    CIDR = "cidr"
    LESS = "less"  # numeric, as are the next three
    LESS_EQUAL = "less-equal"
    GREATER = "greater"
    GREATER_EQUAL = "greater-equal"
    EMPTY = "empty"  # absent, or no text; takes no values
    EXISTS = "exists"  # the field is there, with or without text; takes no values
    UNKNOWN = "unknown"  # nothing here can decide it; values name what is lacking, if anything


@dataclass(frozen=True, slots=True)
class Constraint:
    """One condition on one field: any of `values` passes `test`, or none if `negated`.

    Letter case counts only where `cased`.
    """

    test: Test
    values: tuple[str, ...] = ()
    negated: bool = False
    cased: bool = False

    def admits(self, field_text: str | None) -> bool | None:
        """Whether a field with this text (None: absent) meets the constraint; None: undecided."""
        outcome = _holds(self, field_text)
        return negated(outcome) if self.negated else outcome


def _holds(constraint: Constraint, field_text: str | None) -> bool | None:
    match constraint.test:
        case Test.UNKNOWN:
            return None
        case Test.EMPTY:
            return not field_text
        case Test.EXISTS:
            return field_text is not None
        case Test.MATCHES:
            patterns = [compiled(value, cased=constraint.cased) for value in constraint.values]
            if field_text is None:
                return False
            if any(pattern is not None and pattern.found_in(field_text) for pattern in patterns):
                return True
            return None if None in patterns else False
    if field_text is None:
        return False
    return any(
        _compare(constraint.test, value, field_text, constraint.cased)
        for value in constraint.values
    )


def fold(text: str) -> str:
    """Text without letter case, letter by letter.

    No other letter becomes an ASCII one, as casefolding would have it for the Kelvin sign, the
    long s and ligatures: no filter and no detection takes those for k, s or fi.
    """
    return text.lower() if text.isascii() else "".join(map(_fold_letter, text))


def _fold_letter(letter: str) -> str:
    lower = letter.lower()
    return lower if letter.isascii() or (len(lower) == 1 and not lower.isascii()) else letter


def _compare(test: Test, value: str, field_text: str, cased: bool) -> bool:
    if test in (Test.LESS, Test.LESS_EQUAL, Test.GREATER, Test.GREATER_EQUAL):
        return _compare_numbers(test, value, field_text)
    if test is Test.CIDR:
        return _in_network(value, field_text)
    if not cased:
        value, field_text = fold(value), fold(field_text)
    return {
        Test.EQUALS: field_text == value,
        Test.BEGINS: field_text.startswith(value),
        Test.ENDS: field_text.endswith(value),
        Test.CONTAINS: value in field_text,
    }[test]


def _compare_numbers(test: Test, bound: str, number: str) -> bool:
    try:
        left, right = float(int(number, 0)), float(bound)
    except ValueError:
        return False
    return {
        Test.LESS: left < right,
        Test.LESS_EQUAL: left <= right,
        Test.GREATER: left > right,
        Test.GREATER_EQUAL: left >= right,
    }[test]


def _in_network(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except (ValueError, TypeError):
        return False


@dataclass(frozen=True, slots=True)
class EventPattern:
    """A set of events: `event` is a key such as 'Sysmon:1' or 'Security:4688'.

    `fields` maps a field of that event, spelled as the event spells it, to constraints that all
    must hold. Field names are compared exactly.
    """

    event: EventId
    fields: Mapping[str, tuple[Constraint, ...]] = field(default_factory=dict)
    _key: str = field(default="", init=False, repr=False, compare=False)

    @property
    def key(self) -> str:
        """The pattern in few letters: its event and a hash of its fields.

        Made once: each of a thousand patterns is asked of every filter of every host, which took
        40 ms for six hosts.
        """
        if not self._key:
            # Plain values, for their text is made in C.
            plain = [
                (
                    name,
                    [
                        (each.test.value, each.values, each.negated, each.cased)
                        for each in constraints
                    ],
                )
                for name, constraints in self.fields.items()
            ]
            encoded = repr(plain).encode("utf-8", "surrogatepass")
            digest = blake2b(encoded, digest_size=16).hexdigest()
            object.__setattr__(self, "_key", f"{self.event} {digest}")
        return self._key

    def admits(self, event: EventId, fields: Mapping[str, str]) -> bool | None:
        """Whether a single event lies in the pattern; None where no constraint can tell."""
        if event != self.event:
            return False
        return all_true(
            constraint.admits(fields.get(name))
            for name, constraints in self.fields.items()
            for constraint in constraints
        )


@dataclass(frozen=True, slots=True)
class Decider:
    """A part of a filter that decided: its name, its line in `source`, what it says."""

    name: str
    line: int | None = None
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FilterAnswer:
    """What a filter does with a set of events.

    YES: it keeps every one. NO: it keeps none. PARTIAL with `exact`: it keeps some and drops
    some, `kept` and `dropped` are witnesses. PARTIAL without `exact`: not decided; anything from
    none to all. `deciders` are the parts of the filter that matter, most telling first.
    """

    level: Level
    exact: bool = True
    deciders: tuple[Decider, ...] = ()
    kept: Mapping[str, str] | None = None
    dropped: Mapping[str, str] | None = None
    reason: str = ""


class EventFilter(Protocol):
    """Anything that keeps some events and drops others."""

    def answer(self, pattern: EventPattern) -> FilterAnswer:
        """Answer for every event in the pattern."""
        ...
