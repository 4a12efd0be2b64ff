"""Constraints whose regular expressions come from others' rules."""

from __future__ import annotations

import pytest

from logreach.coverage.events.patterns import Constraint, Test


@pytest.mark.parametrize("expression", ["[[a]", "[a~~b]", "[a&&b]", "[a||b]"])
def test_sets_that_a_later_python_may_read_otherwise_are_no_warning(expression: str) -> None:
    assert Constraint(Test.MATCHES, (expression,)).admits("xay") is True
    assert Constraint(Test.MATCHES, (expression,)).admits("") is False


@pytest.mark.parametrize("expression", ["(", "(" * 3000 + ")" * 3000, "a{99999999999}", r"\p{L}"])
def test_an_expression_that_cannot_be_read_leaves_the_answer_open(expression: str) -> None:
    constraint = Constraint(Test.MATCHES, (expression,))
    assert constraint.admits("a") is None
    assert constraint.admits(None) is False
