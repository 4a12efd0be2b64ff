"""Rules' tests in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from logreach.coverage.detections.model import KEYWORD, Literal
from logreach.coverage.events.patterns import Constraint, Test

_MOST_VALUES = 3
_MOST_LETTERS = 60
_WORDS = {
    Test.EQUALS: "is",
    Test.BEGINS: "begins with",
    Test.ENDS: "ends with",
    Test.CONTAINS: "contains",
    Test.MATCHES: "matches",
    Test.CIDR: "is in",
    Test.LESS: "is less than",
    Test.LESS_EQUAL: "is at most",
    Test.GREATER: "is more than",
    Test.GREATER_EQUAL: "is at least",
    Test.EMPTY: "is empty",
    Test.EXISTS: "is there",
    Test.UNKNOWN: "meets a test that no pattern can say",
}


def literal_text(literal: Literal) -> str:
    """One test: 'Image ends with \\sc.exe or \\net.exe (+3)'."""
    name = "the event's text" if literal.field == KEYWORD else literal.field
    return f"{name} {_constraint_text(literal.constraint)}"


def _constraint_text(constraint: Constraint) -> str:
    word = _WORDS[constraint.test]
    if not constraint.values:
        return word
    if constraint.test is Test.UNKNOWN:
        return f"{word}: {', '.join(constraint.values)}"
    shown = [_short(value) for value in constraint.values[:_MOST_VALUES]]
    more = len(constraint.values) - len(shown)
    return f"{word} {' or '.join(shown)}{f' (+{more})' if more else ''}"


def _short(value: str) -> str:
    return value if len(value) <= _MOST_LETTERS else f"{value[: _MOST_LETTERS - 3]}..."


def needs_text(needs: Sequence[Literal]) -> str:
    """What a branch asks for."""
    return _joined(needs) or "any event"


def _joined(literals: Sequence[Literal]) -> str:
    # What an expression with wildcards implies says nothing new.
    matched = {literal.field for literal in literals if literal.constraint.test is Test.MATCHES}
    implied = (Test.BEGINS, Test.ENDS, Test.CONTAINS)
    expressions = {
        value
        for literal in literals
        if literal.constraint.test is Test.MATCHES
        for value in literal.constraint.values
    }
    shown = [
        literal_text(literal)
        for literal in literals
        if not (
            literal.field in matched
            and literal.constraint.test in implied
            and len(literal.constraint.values) == 1
            and any(
                _in_expression(literal.constraint.values[0], expression)
                for expression in expressions
            )
        )
    ]
    return "; ".join(shown)


def _in_expression(word: str, expression: str) -> bool:
    return re.escape(word) in expression


def exclusion_text(exclusion: Sequence[Literal]) -> str:
    """What an exclusion takes out."""
    return f"not ({_joined(exclusion)})"
