"""Constraints whose regular expressions come from others' rules."""

from __future__ import annotations

import pytest

from logreach.coverage.events.patterns import Constraint, Test


@pytest.mark.parametrize("expression", ["[[a]", "[a~~b]", "[a&&b]", "[a||b]"])
def test_sets_that_a_later_python_may_read_otherwise_are_no_warning(expression: str) -> None:
    assert Constraint(Test.MATCHES, (expression,)).admits("xay") is True
    assert Constraint(Test.MATCHES, (expression,)).admits("") is False


@pytest.mark.parametrize(
    "expression", ["(", "a{1001}", "(?!a)a", r"(a)\1", "(a{900}){900}", "a" * 40_000]
)
def test_an_expression_that_cannot_be_read_leaves_the_answer_open(expression: str) -> None:
    constraint = Constraint(Test.MATCHES, (expression,))
    assert constraint.admits("a") is None
    assert constraint.admits(None) is False
