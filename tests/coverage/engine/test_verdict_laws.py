"""Laws of verdicts, over every verdict, pair and triple that there is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterable
from itertools import combinations_with_replacement, permutations, product

import pytest

from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    UNKNOWN_AT_BEST_PARTIAL,
    YES,
    Level,
    Verdict,
    all_of,
    any_of,
    hull,
    together,
)

VERDICTS = list(Verdict)
APPLYING = [verdict for verdict in VERDICTS if verdict.applicable]
PAIRS = list(product(VERDICTS, repeat=2))
COMBINING = {any_of: (max, max), all_of: (min, min), hull: (min, max)}
Combining = Callable[[Iterable[Verdict]], Verdict]


def ends(verdict: Verdict) -> tuple[int, int] | None:
    return (int(verdict.proven), int(verdict.possible)) if verdict.applicable else None


def test_there_are_seven_verdicts_the_best_first() -> None:
    every = [ends(verdict) for verdict in VERDICTS]
    assert every == [(2, 2), (1, 2), (1, 1), (0, 2), (0, 1), (0, 0), None]


def test_the_named_verdicts_are_what_their_names_say() -> None:
    named = (YES, PARTIAL, NO, UNKNOWN, UNKNOWN_AT_BEST_PARTIAL, NOT_APPLICABLE)
    assert [ends(verdict) for verdict in named] == [(2, 2), (1, 1), (0, 0), (0, 2), (0, 1), None]


def test_what_does_not_apply_proves_nothing_and_leaves_nothing_possible() -> None:
    assert (NOT_APPLICABLE.proven, NOT_APPLICABLE.possible) == (Level.NO, Level.NO)
    assert NOT_APPLICABLE != NO


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict.label)
def test_a_verdict_is_settled_where_its_ends_meet(verdict: Verdict) -> None:
    assert verdict.settled is (verdict.proven == verdict.possible)


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict.label)
def test_a_verdict_stays_one_object_when_it_is_copied_or_read_back(verdict: Verdict) -> None:
    assert copy.deepcopy(verdict) is verdict
    assert pickle.loads(pickle.dumps(verdict)) is verdict  # noqa: S301


@pytest.mark.parametrize("verdict", APPLYING, ids=lambda verdict: verdict.label)
def test_a_verdict_is_found_by_its_ends(verdict: Verdict) -> None:
    assert Verdict.of(verdict.proven, verdict.possible) is verdict


@pytest.mark.parametrize(
    "ends", [pair for pair in product(Level, repeat=2) if pair[0] > pair[1]], ids=str
)
def test_no_more_is_proven_than_is_possible(ends: tuple[Level, Level]) -> None:
    proven, possible = ends
    with pytest.raises(ValueError, match=f"proven {proven.name} exceeds possible {possible.name}"):
        Verdict.of(proven, possible)


def test_words_of_levels_from_the_lowest() -> None:
    assert [level.word for level in sorted(Level)] == ["no", "partial", "yes"]


@pytest.mark.parametrize("combine", COMBINING)
def test_each_end_is_chosen_among_those_that_apply(combine: Combining) -> None:
    for pair in PAIRS:
        applying = [verdict for verdict in pair if verdict.applicable]
        proven, possible = COMBINING[combine]
        expected = applying and (
            proven(int(verdict.proven) for verdict in applying),
            possible(int(verdict.possible) for verdict in applying),
        )
        assert ends(combine(pair)) == (expected or None), pair


@pytest.mark.parametrize("combine", COMBINING)
def test_of_nothing_nothing_applies(combine: Combining) -> None:
    assert combine(()) is NOT_APPLICABLE


@pytest.mark.parametrize("combine", COMBINING)
def test_order_and_repetition_do_not_matter_and_parts_may_be_combined_first(
    combine: Combining,
) -> None:
    for three in combinations_with_replacement(VERDICTS, 3):
        whole = combine(three)
        assert all(combine(order) is whole for order in permutations(three))
        assert combine((*three, *three)) is whole
        assert combine((combine(three[:2]), three[2])) is whole


def test_alternatives_and_needs_distribute_over_each_other() -> None:
    for first, *two in product(APPLYING, repeat=3):
        for outer, inner in ((any_of, all_of), (all_of, any_of)):
            spread = [outer((first, verdict)) for verdict in two]
            assert outer((first, inner(two))) is inner(spread)


def test_a_limit_is_a_need_of_what_applies() -> None:
    for verdict, limit in PAIRS:
        expected = all_of((verdict, limit)) if verdict.applicable else NOT_APPLICABLE
        assert verdict.limited(limit) is expected


def test_parts_of_one_thing_are_whole_where_all_that_apply_are_and_in_part_where_one_is() -> None:
    for size in range(4):
        for parts in combinations_with_replacement(VERDICTS, size):
            applying = [verdict for verdict in parts if verdict.applicable]
            whole, best = all_of(applying), any_of(applying)
            said = together(parts)
            assert said.applicable is bool(applying), parts
            assert said.proven is max(whole.proven, min(best.proven, Level.PARTIAL))
            assert said.possible is max(whole.possible, min(best.possible, Level.PARTIAL))


def test_knowing_more_narrows_every_combination() -> None:
    """A verdict within the ends of another keeps every combination within the other's."""
    for wide, narrow, third in product(APPLYING, repeat=3):
        if not (wide.proven <= narrow.proven and narrow.possible <= wide.possible):
            continue
        for combine in COMBINING:
            before, after = combine((wide, third)), combine((narrow, third))
            assert before.proven <= after.proven
            assert after.possible <= before.possible
