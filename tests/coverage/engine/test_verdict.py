"""Laws of verdicts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    YES,
    Level,
    Verdict,
    all_of,
    any_of,
)

levels = st.sampled_from(list(Level))
pairs = st.tuples(levels, levels).map(lambda pair: Verdict.of(min(pair), max(pair)))
verdicts = st.one_of(pairs, st.just(NOT_APPLICABLE))
many = st.lists(verdicts, max_size=6)


@given(many)
def test_any_is_at_least_as_good_as_all(found: list[Verdict]) -> None:
    best, worst = any_of(found), all_of(found)
    assert best.proven >= worst.proven
    assert best.possible >= worst.possible


@given(many)
def test_what_does_not_apply_changes_nothing(found: list[Verdict]) -> None:
    without = [verdict for verdict in found if verdict.applicable]
    assert any_of(found) == any_of(without)
    assert all_of(found) == all_of(without)


@given(many)
def test_only_what_never_applies_does_not_apply(found: list[Verdict]) -> None:
    expected = any(verdict.applicable for verdict in found)
    assert any_of(found).applicable is expected
    assert all_of(found).applicable is expected


@given(pairs, pairs)
def test_a_limit_never_raises(verdict: Verdict, limit: Verdict) -> None:
    limited = verdict.limited(limit)
    assert limited.proven <= verdict.proven
    assert limited.possible <= verdict.possible


@given(pairs, pairs, st.lists(pairs, max_size=4))
def test_knowing_more_narrows_and_never_widens(
    known: Verdict, before: Verdict, others: list[Verdict]
) -> None:
    """A verdict within the ends of another keeps every combination within the other's ends."""
    within = before.proven <= known.proven and known.possible <= before.possible
    if not within:
        return
    for combine in (any_of, all_of):
        wide, narrow = combine([before, *others]), combine([known, *others])
        assert wide.proven <= narrow.proven
        assert narrow.possible <= wide.possible


def test_proven_may_not_exceed_possible() -> None:
    with pytest.raises(ValueError, match="exceeds"):
        Verdict.of(Level.YES, Level.NO)


@pytest.mark.parametrize(
    ("verdict", "label"),
    [
        (YES, "achievable"),
        (PARTIAL, "conditional"),
        (NO, "not achievable"),
        (UNKNOWN, "unknown"),
        (Verdict.of(Level.NO, Level.PARTIAL), "unknown, at best conditional"),
        (Verdict.of(Level.PARTIAL, Level.YES), "unknown, at least conditional"),
        (NOT_APPLICABLE, "not applicable"),
    ],
)
def test_labels_for_people(verdict: Verdict, label: str) -> None:
    assert verdict.label == label


def test_what_does_not_apply_proves_nothing_and_lets_nothing_be() -> None:
    assert (NOT_APPLICABLE.proven, NOT_APPLICABLE.possible) == (Level.NO, Level.NO)
    assert not NOT_APPLICABLE.applicable
    assert NOT_APPLICABLE != NO
