"""What several GPOs come to: one row a combination, told as settings of one subcategory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Fact, Known, Missing, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.audit_policy import effective
from logreach.inventories.windows.facts import (
    AUDIT,
    AUDIT_ORIGINS,
    LEGACY_AUDIT,
    AuditOrigins,
    AuditSetting,
    OperatingSystem,
    OsKind,
)
from logreach.inventories.windows.group_policy.gpo import Gpo

PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"
KEY = AUDIT(PROCESS_CREATION)
TABLE = yaml.safe_load((Path(__file__).parent / "effective_policy.yaml").read_text("utf-8"))
SETTINGS = {
    "none": AuditSetting(success=False, failure=False),
    "S": AuditSetting(success=True, failure=False),
    "F": AuditSetting(success=False, failure=True),
    "SF": AuditSetting(success=True, failure=True),
}


def statement(key: FactKey[object], word: str, name: str) -> Statement:
    return Statement(key, SETTINGS[word], Evidence(name), Strength.POLICY)


def gpo(told: dict[str, str]) -> Gpo:
    made = Gpo(told["name"], told["name"])
    lost = Missing(f"{told['name']} cannot be read")
    if told.get("subcategory") == "unreadable":
        made.unread[AUDIT] = lost
    elif "subcategory" in told:
        made.advanced[PROCESS_CREATION] = statement(KEY, told["subcategory"], told["name"])
    if told.get("category") == "unreadable":
        made.unread[LEGACY_AUDIT] = lost
    elif "category" in told:
        key = LEGACY_AUDIT("AuditProcessTracking")
        made.legacy[key.name] = statement(key, told["category"], told["name"])
    return made


def force(told: str) -> Fact[Scalar]:
    return Missing("nobody says") if told == "unknown" else Known(told == "on")


def system(told: int | str) -> Fact[OperatingSystem]:
    """By its build, or why it is unknown."""
    if isinstance(told, int):
        return Known(OperatingSystem("Windows", "", OsKind.CLIENT, "10.0", told))
    return Missing(f"system {told}", Fault("cannot be read") if told == "damaged" else None)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_row(row: dict[str, Any]) -> None:
    os = system(row.get("system", row.get("build", 22631)))
    found = effective.audit([gpo(one) for one in row["gpos"]], force(row["force"]), os)
    settled = {one.key: one for one in found.statements}
    missing = dict(found.missing)
    if "unknown" in row:
        assert KEY not in settled
        assert row["unknown"] in missing[KEY].reason
    elif row["result"] == "nothing":
        assert KEY not in settled
        assert KEY not in missing
    else:
        assert settled[KEY].value == SETTINGS[row["result"]]
        assert row["decides"] in settled[KEY].evidence.quote


def test_the_origins_of_the_settings_are_a_fact_that_the_last_policy_tells() -> None:
    gpos = [gpo({"name": name, "subcategory": "S"}) for name in ("A", "B")]
    os = system(22631)
    found = effective.audit([*gpos, gpo({"name": "C"})], force("on"), os)
    (told,) = [one for one in found.statements if one.key == AUDIT_ORIGINS]
    assert isinstance(told.value, AuditOrigins)
    origin = told.value.of(PROCESS_CREATION)
    assert origin is not None
    assert origin.gpo == "B"
    assert (told.evidence, told.strength) == (Evidence("B"), Strength.POLICY)
    for nothing in ([], [gpo({"name": "C"})]):
        assert effective.audit(nothing, force("on"), os) == effective.EffectivePolicy()
