"""What differs between two versions of ATT&CK, against the bundles themselves."""

from __future__ import annotations

from logreach.coverage.attack import load_attack
from logreach.coverage.attack.differences import differences


def test_19_against_18() -> None:
    found = differences(load_attack("18.1"), load_attack("19.1"))
    assert {heading: len(lines) for heading, lines in found.lines.items()} == {
        "techniques with other ids": 17,
        "techniques that are new": 7,
        "techniques that are gone": 0,
        "techniques with other names": 4,
        "tactics": 2,
        "analytics that are new": 19,
        "analytics that name other log sources or platforms": 5,
        "analytics of no technique any more": 13,
        "data components with other log sources": 26,
    }
    assert found.changed_analytics == {"AN0551", "AN1374", "AN1452", "AN1612", "AN1614"}
    assert found.lines["tactics"] == (
        "TA0005 Defense Evasion -> Stealth",
        "TA0112 none -> Defense Impairment",
    )
    assert (
        "Group Enumeration: 1 new, 0 gone; Security:4798, Security:4799"
        in found.lines["data components with other log sources"]
    )


def test_a_version_does_not_differ_from_itself() -> None:
    found = differences(load_attack("19.1"), load_attack("19.1"))
    assert not any(found.lines.values())
