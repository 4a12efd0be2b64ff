"""Keys of facts: families that any platform may declare, looked up by type."""

from __future__ import annotations

import pytest

from logreach.inventories.facts.facts import Facts, Known, Missing, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey, single_fact
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.reading.recognise import FAMILIES

LEVEL = FactFamily("level", int)
KERNEL = single_fact("kernel", str)


def known(key: FactKey[object], value: object) -> Facts:
    return Facts.of([Statement(key, value, Evidence("a"))])


def test_a_fact_is_looked_up_by_its_key() -> None:
    fact = known(LEVEL("a"), 3).get(LEVEL("a"))
    assert isinstance(fact, Known)
    assert fact.value == 3
    assert isinstance(known(LEVEL("a"), 3).get(LEVEL("b")), Missing)


@pytest.mark.parametrize("key", [LEVEL("a"), LEVEL.every])
def test_what_an_input_could_not_tell_is_missing_with_its_reason(key: FactKey[int]) -> None:
    reason = Missing("the file is cut short")
    facts = Facts.of([], [(key, reason)])
    assert facts.get(LEVEL("a")) is reason


def test_the_reason_of_one_fact_goes_before_that_of_its_family() -> None:
    one, family = Missing("the line cannot be read"), Missing("the file is cut short")
    facts = Facts.of([], [(LEVEL.every, family), (LEVEL("a"), one)])
    assert facts.get(LEVEL("a")) is one
    assert facts.get(LEVEL("b")) is family


def test_a_value_of_another_type_is_an_error() -> None:
    with pytest.raises(TypeError, match="fact level:a holds str, not int"):
        known(LEVEL("a"), "high").get(LEVEL("a"))
    with pytest.raises(TypeError, match="fact level holds str, not int"):
        list(known(LEVEL("a"), "high").of_family(LEVEL))


def test_keys_are_written_as_family_and_name() -> None:
    assert [str(key) for key in sorted([LEVEL("b"), KERNEL, LEVEL("a"), LEVEL.every])] == [
        "kernel",
        "level",
        "level:a",
        "level:b",
    ]


def test_no_two_families_that_files_state_share_a_name() -> None:
    assert len(set(FAMILIES)) == len(FAMILIES)
