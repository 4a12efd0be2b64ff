"""What every text that matches an expression has as a part."""

from __future__ import annotations

import re

from logreach.coverage.events.patterns import Constraint, Test

_PLAIN = re.compile(r"(?:\(\?i\))?\^?(?:\.\*)?((?:\\[^\w\s]|[\w ,:%/@&=<>;!#\"'-])+)(?:\.\*)?\$?")
_ESCAPED = re.compile(r"\\([^\w\s])")


def with_parts(constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    """The constraints, with the parts that expressions among them ask for.

    Only expressions that are one plain text, with '.*' or anchors around it, are read.
    """
    implied = (_parts(constraint) for constraint in constraints)
    return (*constraints, *(constraint for constraint in implied if constraint is not None))


def _parts(constraint: Constraint) -> Constraint | None:
    if constraint.test is not Test.MATCHES or constraint.negated:
        return None
    plain = [_PLAIN.fullmatch(value) for value in constraint.values]
    texts = [_ESCAPED.sub(r"\1", match[1]) for match in plain if match]
    return Constraint(Test.CONTAINS, tuple(texts)) if texts and len(texts) == len(plain) else None
