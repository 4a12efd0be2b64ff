"""Minimum hitting sets, against a search through all sets of things."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.engine.hitting_sets import TooManyChoicesError, fewest_hitting

_THINGS = 7
_EVERY = (1 << _THINGS) - 1
_SETS = st.lists(st.integers(0, _EVERY), max_size=8)


def _smallest(sets: list[int], among: int) -> int | None:
    """The number of things in the smallest of all sets that hit every set; None where none does."""
    sizes = [
        things.bit_count()
        for things in range(1 << _THINGS)
        if not things & ~among and all(each & things for each in sets)
    ]
    return min(sizes, default=None)


@settings(deadline=None, max_examples=300)
@given(_SETS, st.integers(0, _EVERY))
def test_no_smaller_set_hits_every_set(sets: list[int], among: int) -> None:
    hitting = fewest_hitting(sets, among)
    assert (None if hitting is None else hitting.bit_count()) == _smallest(sets, among)
    if hitting is not None:
        assert not hitting & ~among
        assert all(each & hitting for each in sets)


@settings(deadline=None)
@given(_SETS.flatmap(lambda sets: st.tuples(st.just(sets), st.permutations(sets))))
def test_the_order_of_the_sets_does_not_matter(pair: tuple[list[int], list[int]]) -> None:
    assert fewest_hitting(pair[0]) == fewest_hitting(pair[1])


def test_a_search_that_is_given_up_says_how_many_are_needed_at_least() -> None:
    pairs = [1 << left | 1 << right for left in range(12) for right in range(left)]
    assert fewest_hitting(pairs) == (1 << 11) - 1
    with pytest.raises(TooManyChoicesError) as given_up:
        fewest_hitting(pairs, effort=20)
    assert 1 <= given_up.value.least < 11
