"""What the values of facts say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from logreach.inventories.facts.keys import FactFamily, FactKey, single_fact
from logreach.inventories.facts.values import StructuredValue, added_to, for_grouping, in_words


class Colour(StructuredValue):
    """Nothing special holds of it."""

    def __str__(self) -> str:
        return "red"


@pytest.mark.parametrize(
    ("value", "words"), [(True, "on"), (False, "off"), (7, "7"), ("*", "*"), (Colour(), "red")]
)
def test_words(value: object, words: str) -> None:
    assert in_words(value) == words


@pytest.mark.parametrize("value", [True, 7, "*", Colour()])
@pytest.mark.parametrize("current", [None, False, Colour()])
def test_a_plain_value_replaces_what_is_there_and_is_alike_as_it_is(
    value: object, current: object
) -> None:
    assert added_to(current, value) is value
    assert for_grouping(value) is value


def test_a_plain_value_exceeds_nothing() -> None:
    assert Colour().exceeds(Colour()) is False
    assert Colour().exceeds(None) is False


def test_a_value_may_answer_for_itself() -> None:
    class Count(StructuredValue):
        def __init__(self, number: int) -> None:
            self.number = number

        def added_to(self, current: object) -> Count:
            return Count(self.number + (current.number if isinstance(current, Count) else 0))

        def for_grouping(self) -> int:
            return self.number % 2

        def in_words(self) -> str:
            return f"{self.number} of them"

    changed: Any = added_to(Count(2), Count(3))
    assert changed.number == 5
    assert for_grouping(Count(3)) == 1
    assert in_words(Count(3)) == "3 of them"


def test_keys_of_facts() -> None:
    family = FactFamily("colour", str, int)
    assert family("sky") == FactKey(family, "sky")
    assert (str(family("sky")), str(family.every)) == ("colour:sky", "colour")
    assert family.types == (str, int)
    single = single_fact("mood", str)
    assert single == single.family.every
    assert (single.name, single.family.types) == ("", (str,))
