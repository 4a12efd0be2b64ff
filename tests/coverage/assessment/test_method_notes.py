"""What a report says of how it was made: numbers agree with their nouns, and nothing is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.assessment.method_notes import SYSMON_GAIN, method_notes, rule_notes
from logreach.coverage.assessment.rules import RuleWork
from logreach.coverage.attack import load_attack
from logreach.coverage.detections.load import load_rules
from logreach.coverage.network.model import build
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.inventories import load

RULE = """title: {0}
id: 00000000-0000-4000-8000-00000000000{0}
logsource: {{product: windows, category: process_creation}}
detection: {{a: {{Image: 'a.exe'}}, condition: a}}
tags: [attack.t9999]
"""


def _of_rules(folder: Path, *texts: str) -> dict[str, str]:
    for number, text in enumerate(texts):
        (folder / f"{number}.yml").write_text(text, "utf-8")
    return dict(rule_notes(RuleWork(load_rules([folder]), load_attack(), RuleEvents.alone())))


def test_one_rule_is_a_rule(tmp_path: Path) -> None:
    told = _of_rules(tmp_path, RULE.format(1))
    assert told["Rules"] == "1 rule"
    assert told["Rules not judged"] == "none"
    assert told["Rule tags"].endswith("this version has no technique for T9999 (1 rule)")


def test_rules_are_counted_by_kind_and_those_not_judged_by_reason(tmp_path: Path) -> None:
    broken = RULE.format(3).replace("condition: a", "condition: b")
    told = _of_rules(tmp_path, RULE.format(1), RULE.format(2), broken)
    assert told["Rules"] == "2 rules, 1 unreadable"
    assert told["Rules not judged"].startswith("cannot be read: ")
    assert told["Rules not judged"].endswith(" (1)")
    assert told["Rule tags"].endswith("this version has no technique for T9999 (3 rules)")


def test_the_weights_of_levels_are_told(tmp_path: Path) -> None:
    told = _of_rules(tmp_path, RULE.format(1))["Rule weights"]
    assert told.endswith("critical 4, high 3, medium 2, low 1, informational 0.5, none 1")


@pytest.mark.parametrize(
    ("hosts", "told"),
    [
        ("[{name: A, os: Windows 10}]", "1 entry of the inventory stands for 1 host;"),
        (
            "[{name: A, os: Windows 10, count: 3}, {name: B, os: Windows 11}]",
            "2 entries of the inventory stand for 4 hosts;",
        ),
    ],
)
def test_the_entries_of_an_inventory_are_counted(hosts: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text(f"hosts: {hosts}", "utf-8")
    model = build(load_attack(), ["T1543.003"])
    notes = dict(method_notes(model, load(tmp_path)))
    assert notes["Hosts"].startswith(told)
    assert notes["Changes to Sysmon"] == SYSMON_GAIN


@pytest.mark.parametrize(("version", "other"), [("18.1", "19.1"), ("19.1", "18.1")])
def test_the_analytics_that_differ_in_the_other_version_are_listed(
    version: str, other: str, tmp_path: Path
) -> None:
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: A, os: Windows 10}]", "utf-8")
    model = build(load_attack(version), ["T1543.003"])
    told = dict(method_notes(model, load(tmp_path)))[f"ATT&CK {other}"]
    assert "new in 19.1: AN2035, AN2038, AN2043, AN2063;" in told
    assert "than in 18.1: AN0551, AN1452, AN1612" in told


def test_what_a_list_of_devices_leaves_out_is_told(tmp_path: Path) -> None:
    rows = "WS,True,Windows 11 23H2\nNAS,True,Samba\nOLD,False,Windows 11 23H2\n"
    (tmp_path / "ad.csv").write_text(f"Name,Enabled,OperatingSystem\n{rows}", "utf-8")
    told = method_notes(build(load_attack(), ["T1543.003"]), load(tmp_path))
    assert [text for heading, text in told if heading == "Left out"] == [
        "1 device without Windows is not judged in ad.csv",
        "1 computer account that is disabled is not judged in ad.csv",
    ]
