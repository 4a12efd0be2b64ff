"""Tests on one hash, where an event holds several in one text: 'MD5=...,SHA256=...'."""

from __future__ import annotations

import re
from collections.abc import Iterable

from logreach.coverage.events.patterns import Constraint, Test

_ALGORITHM = re.compile(r"^([A-Za-z0-9]+)=")


def hashes_needed(field: str, constraint: Constraint) -> tuple[str, ...]:
    """The hashes that a test on a whole field names ('Hashes:SHA256'), or the field itself."""
    algorithms = {_ALGORITHM.match(value) for value in constraint.values}
    names = {f"{field}:{algorithm[1].upper()}" if algorithm else field for algorithm in algorithms}
    return tuple(sorted(names)) or (field,)


def hash_test(constraint: Constraint, algorithm: str) -> Constraint:
    """A test on one hash as a test on the text that holds it; UNKNOWN where that cannot be said."""
    values = constraint.values
    match constraint.test:
        case Test.EQUALS | Test.BEGINS:
            # A hash has a fixed length: what begins with all of its digits is the hash.
            return Constraint(Test.CONTAINS, tuple(f"{algorithm}={value}" for value in values))
        case Test.CONTAINS:
            return _expressions(f"{algorithm}=[^,]*{re.escape(value)}" for value in values)
        case Test.ENDS:
            return _expressions(f"{algorithm}=[^,]*{re.escape(value)}(,|$)" for value in values)
        case Test.EXISTS:
            return Constraint(Test.CONTAINS, (f"{algorithm}=",))
        case _:
            return Constraint(Test.UNKNOWN)


def _expressions(expressions: Iterable[str]) -> Constraint:
    return Constraint(Test.MATCHES, tuple(expressions))
