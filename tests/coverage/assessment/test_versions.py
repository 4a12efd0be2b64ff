"""The answers under ATT&CK 19.1 against those under 18.1: equal, but for what 19.1 itself changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from detected_on import detected_on, model
from support import ROOT

from logreach.coverage.attack import load_attack, load_crosswalk
from logreach.coverage.attack.differences import differences
from logreach.inventories import load

DIFFER = {
    (
        "T1082",
        "T1082",
    ): "AN1452 names two more references, one of which is not a start of a process",
    ("T1087", "T1087"): "AN1612 names two more references, one of which is Group Enumeration",
    ("T1562.004", "T1686.003"): "the part has an analytic of its own, AN2043, for AN0406",
    ("T1562.006", "T1685"): "its analytic AN0667 is for no technique any more",
}
INVENTORIES = (
    ROOT / "examples" / "contoso",
    Path(__file__).parent / "answers" / "inv",
    Path(__file__).parent / "answers" / "inv-no-dc",
)


@pytest.mark.parametrize("inventory", INVENTORIES, ids=lambda path: path.name)
def test_an_answer_differs_only_where_19_changed_what_it_rests_on(inventory: Path) -> None:
    crosswalk, read = load_crosswalk(), load(inventory)
    older, newer = detected_on(read, "18.1"), detected_on(read, "19.1")
    differing = {
        (technique, now)
        for host, found in older.items()
        for technique, detection in found.items()
        for now in crosswalk.to_19(technique).ids
        if (detection.label, detection.depth) != (newer[host][now].label, newer[host][now].depth)
    }
    assert differing <= DIFFER.keys()


def test_the_analytics_that_are_named_are_those_that_19_changed() -> None:
    changed = differences(load_attack("18.1"), load_attack("19.1"))
    assert {"AN1452", "AN1612"} <= changed.changed_analytics
    assert "AN2043" in changed.new_analytics
    assert "AN0667" in changed.lines["analytics of no technique any more"]


def test_published_rules_stand_under_what_a_technique_was_and_became() -> None:
    older, newer = (
        {
            technique: sum(rule.count for rule in ways.rules)
            for technique, ways in model(version).detection_part.ways.items()
        }
        for version in ("18.1", "19.1")
    )
    assert newer["T1685"] > 100
    assert older["T1562.001"] == older["T1562.006"] == newer["T1685"]
    assert older["T1562"] == 0  # its sub-techniques have them
    assert older["T1562.004"] == newer["T1686"] + newer["T1686.003"] > 0
    assert older["T1070.001"] == newer["T1685.005"] > 0
