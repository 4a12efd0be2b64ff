"""How verdicts of children fold into one, against a plain reading of what that means."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from logreach.coverage.engine.folding import (
    BEGIN,
    BEGIN_GATED,
    CODED,
    DOUBT,
    NEVER,
    PERHAPS_SHARED,
    RESULT,
    SHARED,
    table_of,
)
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    UNKNOWN_AT_BEST_PARTIAL,
    YES,
    Verdict,
    all_of,
    any_of,
    hull,
)

CODES = range(len(CODED))
RULES = {Combine.ANY: any_of, Combine.ALL: all_of, Combine.EITHER: hull}


def folded(combine: Combine, codes: tuple[int, ...], begin: int = BEGIN) -> int:
    state, table = begin, table_of(combine)
    for code in codes:
        state = table[state][code]
    return RESULT[state]


def plainly(combine: Combine, codes: tuple[int, ...]) -> tuple[Verdict, bool]:
    """The verdict over all ways in which children in doubt may turn out, and whether none is sure
    to apply."""
    sure = [CODED[code] for code in codes if code < NEVER]
    doubtful = [CODED[code] for code in codes if code > NEVER]
    turned_out = chain.from_iterable(
        combinations(doubtful, size) for size in range(len(doubtful) + 1)
    )
    verdicts = [RULES[combine]((*sure, *there)) for there in turned_out]
    return hull(verdicts), not sure and bool(doubtful)


@pytest.mark.parametrize("combine", RULES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_children_in_doubt_count_both_as_there_and_as_not(combine: Combine, count: int) -> None:
    for codes in product(CODES, repeat=count):
        code = folded(combine, codes)
        assert (CODED[code], code > NEVER) == plainly(combine, codes), codes


@pytest.mark.parametrize("combine", RULES)
def test_a_gate_that_does_not_apply_shuts_and_one_in_doubt_leaves_the_node_in_doubt(
    combine: Combine,
) -> None:
    for gate, child in product(CODES, CODES):
        code = folded(combine, (gate, child), BEGIN_GATED)
        if gate == NEVER:
            assert code == NEVER
        elif gate > NEVER:
            sure = folded(combine, (gate - DOUBT, child))
            assert CODED[code] is CODED[sure]
            assert code > NEVER
        else:
            assert code == folded(combine, (gate, child))


def test_of_no_children_nothing_applies() -> None:
    assert RESULT[BEGIN] == NEVER
    assert CODED[NEVER] is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("outer", "inner", "verdict"),
    [
        (YES, NO, YES),
        (NO, YES, NO),
        (UNKNOWN, YES, Verdict.UNKNOWN_AT_LEAST_PARTIAL),
        (PARTIAL, PARTIAL, PARTIAL),
        (PARTIAL, NO, UNKNOWN_AT_BEST_PARTIAL),
        (PARTIAL, UNKNOWN, UNKNOWN),
        (UNKNOWN, UNKNOWN_AT_BEST_PARTIAL, UNKNOWN_AT_BEST_PARTIAL),
    ],
)
def test_what_holds_for_a_set_lies_between_the_sets_around_it_and_inside_it(
    outer: Verdict, inner: Verdict, verdict: Verdict
) -> None:
    codes = CODED.index(outer), CODED.index(inner)
    assert CODED[folded(Combine.BRACKET, codes)] is verdict


@pytest.mark.parametrize("limit", [PARTIAL, UNKNOWN, NO])
def test_a_child_counts_for_no_more_than_its_limit_and_stays_in_doubt(limit: Verdict) -> None:
    table = table_of(Combine.ANY, limit)
    for code in CODES:
        result = RESULT[table[BEGIN][code]]
        wanted = CODED[code] if code == NEVER else CODED[code].limited(limit)
        assert CODED[result] is wanted
        assert (result > NEVER) == (code > NEVER)


def test_what_other_hosts_must_supply_leaves_a_part() -> None:
    for code in CODES:
        verdict = CODED[code]
        if code == NEVER:
            assert SHARED[code] == PERHAPS_SHARED[code] == NEVER
            continue
        assert CODED[SHARED[code]] is verdict.limited(PARTIAL)
        perhaps = CODED[PERHAPS_SHARED[code]]
        assert perhaps.proven is verdict.limited(PARTIAL).proven
        assert perhaps.possible is verdict.possible
        assert (SHARED[code] > NEVER) is (PERHAPS_SHARED[code] > NEVER) is (code > NEVER)


@pytest.mark.parametrize("table", [SHARED, PERHAPS_SHARED])
def test_what_another_host_supplies_leaves_doubt_as_it_was(table: list[int]) -> None:
    assert table[NEVER] == NEVER
    for code in range(NEVER):
        assert table[code] < NEVER
        assert table[code + DOUBT] == table[code] + DOUBT
