"""Three-valued logic, by its truth tables."""

from __future__ import annotations

from itertools import product

import pytest

from logreach.coverage.engine.three_valued import Truth, all_true, any_true, negated

TRUTHS: tuple[Truth, ...] = (True, False, None)


def known_ways(truths: tuple[Truth, ...]) -> list[tuple[bool, ...]]:
    """Every way in which what is unknown may turn out."""
    return list(product(*((True, False) if each is None else (each,) for each in truths)))


def agreed(answers: set[bool]) -> Truth:
    return answers.pop() if len(answers) == 1 else None


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_an_answer_is_known_where_it_is_the_same_however_things_turn_out(count: int) -> None:
    for truths in product(TRUTHS, repeat=count):
        assert any_true(truths) is agreed({any(way) for way in known_ways(truths)}), truths
        assert all_true(truths) is agreed({all(way) for way in known_ways(truths)}), truths


def test_the_opposite_of_the_unknown_is_unknown() -> None:
    assert [negated(truth) for truth in TRUTHS] == [False, True, None]
