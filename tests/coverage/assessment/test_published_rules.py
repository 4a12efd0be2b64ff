"""Rules as a table of what they read: what is summed up, what is left out, and the shipped one."""

from __future__ import annotations

from pathlib import Path

import yaml
from support import shared

from logreach.coverage.assessment.published_rules import RulesTable, rules_table
from logreach.coverage.assessment.rules import RuleWork
from logreach.coverage.attack import load_attack
from logreach.coverage.detections import published
from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.published import published_origin
from logreach.coverage.network.rule_nodes import RuleEvents

FILE_RULE = """
title: {title}
id: {title}
level: {level}
tags: [{tags}]
logsource: {{product: windows, category: file_event}}
detection: {{a: {{TargetFilename: {title}}}, condition: a}}
"""


def table_of(folder: Path, version: str = "18.1") -> RulesTable:
    work = RuleWork(load_rules([folder]), load_attack(version), RuleEvents.alone())
    return rules_table(work, "own", "abc")


def table_of_texts(folder: Path, *texts: str) -> RulesTable:
    (folder / "rules.yml").write_text("---".join(texts), "utf-8")
    return table_of(folder)


def rule(title: str, tags: str, level: str = "high") -> str:
    return FILE_RULE.format(title=title, tags=tags, level=level)


def rows(table: RulesTable) -> list[str]:
    return table.csv_text().splitlines()[1:]


def test_rules_that_read_the_same_for_a_technique_are_summed_up_by_level(tmp_path: Path) -> None:
    table = table_of_texts(
        tmp_path,
        rule("one", "attack.t1105"),
        rule("two", "attack.t1105"),
        rule("three", "attack.t1105", "low"),
        rule("four", "attack.t1105", "''"),
    )
    assert rows(table) == ["T1105,Sysmon:11 TargetFilename,,2,,1,,1"]
    assert table.origin.rules == 4


def test_a_rule_stands_under_each_of_its_techniques(tmp_path: Path) -> None:
    table = table_of_texts(tmp_path, rule("one", "attack.t1105, attack.t1059.001"))
    assert [row.partition(",")[0] for row in rows(table)] == ["T1059.001", "T1105"]
    assert table.origin.rules == 1


def test_a_rule_of_a_technique_and_its_sub_technique_is_of_the_latter(tmp_path: Path) -> None:
    table = table_of_texts(tmp_path, rule("one", "attack.t1059, attack.t1059.001"))
    assert [row.partition(",")[0] for row in rows(table)] == ["T1059.001"]


def test_tags_of_a_later_attack_are_carried(tmp_path: Path) -> None:
    table = table_of_texts(tmp_path, rule("one", "attack.t1685.005"))
    assert [row.partition(",")[0] for row in rows(table)] == ["T1070.001"]


def test_what_is_left_out_is_counted_by_reason(tmp_path: Path) -> None:
    tagged = "tags: [attack.t1105]\n"
    windows = f"{tagged}logsource: {{product: windows, service: security}}\n"
    table = table_of_texts(
        tmp_path,
        rule("one", "attack.t1105"),
        rule("two", "attack.execution"),
        f"\ntitle: a\n{tagged}logsource: {{product: linux, category: process_creation}}\n"
        "detection: {a: {Image: x}, condition: a}\n",
        f"\ntitle: b\n{tagged}logsource: {{product: windows, category: none}}\n"
        "detection: {a: {Image: x}, condition: a}\n",
        f"\ntitle: c\n{windows}detection: {{a: {{EventID: 517}}, condition: a}}\n",
        f"\ntitle: d\n{windows}detection: {{a: {{EventID: 64000}}, condition: a}}\n",
        f"\ntitle: f\n{tagged}logsource: {{product: windows, category: file_event}}\n"
        "detection: {a: {CommandLine: x}, condition: a}\n",
        f"\ntitle: e\n{tagged}correlation: {{type: event_count, rules: [one], timespan: 5m, "
        "condition: {gte: 3}}\n",
    )
    assert table.origin.rules == 1
    assert table.origin.left_out == {
        "can never fire": 2,
        "cannot be judged": 1,
        "correlates other rules": 1,
        "for other systems than Windows": 1,
        "no event that a sensor is known to write": 1,
        "no technique": 1,
    }


def test_a_rule_of_which_branches_were_cut_off_is_left_out(tmp_path: Path) -> None:
    either = {
        f"s{n}": [{"Image|contains": f"i{n}"}, {"TargetFilename|contains": f"t{n}"}]
        for n in range(10)
    }
    text = yaml.safe_dump(
        {
            "title": "a",
            "tags": ["attack.t1105"],
            "logsource": {"product": "windows", "category": "file_event"},
            "detection": {**either, "condition": "all of s*"},
        }
    )
    table = table_of_texts(tmp_path, text)
    assert table.origin.left_out == {"more branches than are kept": 1}


def test_the_shipped_table_is_what_the_rules_make_of_it() -> None:
    table = table_of(shared("sigma/rules/windows"), "19.1")
    shipped = published._TABLE.read_text("utf-8")
    assert table.csv_text() == shipped
    assert table.origin.rules == published_origin().rules
    assert table.origin.left_out == published_origin().left_out
