"""Audit policy CSV: numbers, words, rows of users and damaged lines."""

from __future__ import annotations

from typing import Any

import pytest

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy import auditpol
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, SACL

GUID = "0CCE922B-69AE-11D9-BED3-505054503030"
HEADING = (
    "Machine Name,Policy Target,Subcategory,Subcategory GUID,"
    "Inclusion Setting,Exclusion Setting,Setting Value"
)


def read(*rows: str, strength: Strength = Strength.OBSERVED) -> Reading:
    csv_text = "\r\n".join([HEADING, *rows, ""])
    return auditpol.read(Source.of("a.csv", csv_text.encode()), strength)


def row(word: str, number: str, target: str = "System", guid: str = GUID) -> str:
    return f"H,{target},Process Creation,{{{guid}}},{word},,{number}"


def setting(reading: Reading) -> Any:
    values = {statement.key: statement.value for statement in reading.statements}
    return str(values[AUDIT(GUID)]) if AUDIT(GUID) in values else None


@pytest.mark.parametrize(
    ("word", "number", "expected"),
    [
        ("Success", "1", "Success"),
        ("Frabjous", "2", "Failure"),
        ("Success", "", "Success"),
        ("Success", "3", None),
        ("Success", "9", None),
        ("Frabjous", "", None),
    ],
)
def test_the_number_decides_before_the_word(word: str, number: str, expected: str | None) -> None:
    assert setting(read(row(word, number))) == expected


@pytest.mark.parametrize(
    ("strength", "expected"), [(Strength.POLICY, None), (Strength.OBSERVED, "No Auditing")]
)
def test_0_without_a_word_sets_nothing_in_a_gpo(strength: Strength, expected: str | None) -> None:
    assert setting(read(row("", "0"), strength=strength)) == expected


@pytest.mark.parametrize("target", ["S-1-5-21-1-2-3-1001", "CORP\\anna", "anna@corp"])
def test_a_row_of_one_user_sets_nothing_for_the_system(target: str) -> None:
    reading = read(row("Success", "1", target))
    assert setting(reading) is None
    assert "per-user audit rows are not assessed" in str(reading.faults[0])


def test_an_unparseable_line_of_a_gpo_makes_every_subcategory_unknown() -> None:
    other = "00000000-0000-0000-0000-000000000000"
    reading = read(row("Success", "1"), row("Success", "1", guid=other), strength=Strength.POLICY)
    assert setting(reading) == "Success"
    assert AUDIT.every in dict(reading.missing)


def test_a_host_s_own_list_should_have_every_subcategory() -> None:
    reading = read(row("Success", "1"))
    reasons = [missing.reason for key, missing in reading.missing if key.family is AUDIT]
    assert len(reasons) == len(subcategories()) - 1
    assert set(reasons) == {"a.csv does not list this subcategory"}
    assert "lacks the rows CrashOnAuditFail" in str(reading.faults[0])
    assert {str(key) for key, _ in reading.missing if key.family is SACL} == {
        "sacl:global:file",
        "sacl:global:key",
    }
    assert read(row("Success", "1"), strength=Strength.POLICY) == Reading(
        read(row("Success", "1"), strength=Strength.POLICY).statements
    )
