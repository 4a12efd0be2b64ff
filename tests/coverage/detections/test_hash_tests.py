"""Tests on one hash among several in one text."""

from __future__ import annotations

import pytest

from logreach.coverage.detections.hash_tests import hash_test, hashes_needed
from logreach.coverage.events.patterns import Constraint, Test

HASHES = "SHA1=AABBCC,MD5=112233,SHA256=DDEEFF,IMPHASH=445566"


@pytest.mark.parametrize(
    ("test", "value", "algorithm", "holds"),
    [
        (Test.EQUALS, "aabbcc", "SHA1", True),
        (Test.EQUALS, "112233", "SHA1", False),
        (Test.BEGINS, "aabb", "SHA1", True),
        (Test.BEGINS, "bbcc", "SHA1", False),
        (Test.CONTAINS, "bb", "SHA1", True),
        (Test.CONTAINS, "1122", "SHA1", False),
        (Test.ENDS, "cc", "SHA1", True),
        (Test.ENDS, "66", "IMPHASH", True),
        (Test.ENDS, "33", "SHA1", False),
    ],
)
def test_a_test_on_one_hash_looks_at_that_hash_alone(
    test: Test, value: str, algorithm: str, holds: bool
) -> None:
    assert hash_test(Constraint(test, (value,)), algorithm).admits(HASHES) is holds


def test_whether_a_hash_is_there_is_told_by_its_name() -> None:
    exists = Constraint(Test.EXISTS)
    assert hash_test(exists, "MD5").admits(HASHES) is True
    assert hash_test(exists, "MD5").admits("SHA1=AABBCC") is False


def test_an_expression_on_one_hash_cannot_be_said() -> None:
    assert hash_test(Constraint(Test.MATCHES, ("^aa",)), "SHA1").admits(HASHES) is None


@pytest.mark.parametrize(
    ("values", "needed"),
    [
        (("MD5=11", "sha1=aa"), ("Hashes:MD5", "Hashes:SHA1")),
        (("aabb",), ("Hashes",)),
        ((), ("Hashes",)),
    ],
)
def test_a_test_on_all_hashes_needs_those_that_it_names(
    values: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    assert hashes_needed("Hashes", Constraint(Test.CONTAINS, values)) == needed
