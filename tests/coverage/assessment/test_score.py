"""The score of a technique: the mean level of its components that apply."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.assessment.assess import score
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    YES,
    Verdict,
)

verdicts = st.lists(st.sampled_from(list(Verdict)), max_size=12)
_SHARE = {"NO": Fraction(0), "PARTIAL": Fraction(1, 2), "YES": Fraction(1)}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([NOT_APPLICABLE], None),
        ([YES], (1.0, 1.0)),
        ([NO], (0.0, 0.0)),
        ([PARTIAL], (0.5, 0.5)),
        ([UNKNOWN], (0.0, 1.0)),
        ([PARTIAL, NO], (0.25, 0.25)),
        ([YES, PARTIAL], (0.75, 0.75)),
        ([YES, PARTIAL, NO, UNKNOWN], (0.375, 0.625)),
        ([PARTIAL, NOT_APPLICABLE], (0.5, 0.5)),
        ([YES, NO, NO], (0.3333, 0.3333)),
    ],
)
def test_score(found: list[Verdict], expected: tuple[float, float] | None) -> None:
    assert score(found) == expected


@given(verdicts)
@settings(deadline=None)
def test_the_score_is_the_mean_in_which_partial_counts_half(found: list[Verdict]) -> None:
    applying = [verdict for verdict in found if verdict.applicable]
    scored = score(found)
    if not applying:
        assert scored is None
        return
    assert scored is not None
    for end, value in zip(("proven", "possible"), scored, strict=True):
        mean = sum(_SHARE[getattr(one, end).name] for one in applying) / len(applying)
        assert abs(value - mean) <= Fraction(1, 20000)


@given(verdicts, st.sampled_from(list(Verdict)), st.sampled_from(list(Verdict)))
@settings(deadline=None)
def test_a_better_component_never_lowers_the_score(
    others: list[Verdict], one: Verdict, two: Verdict
) -> None:
    if not (one.applicable and two.applicable):
        return
    low, high = score([*others, one]), score([*others, two])
    assert low is not None
    assert high is not None
    if one.proven < two.proven:
        assert low[0] < high[0]
    if one.possible < two.possible:
        assert low[1] < high[1]
