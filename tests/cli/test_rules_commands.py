"""`logreach rules`, `logreach sysmon rules` and `logreach explain --rules`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from logreach.cli import app

CONTOSO = Path(__file__).resolve().parents[2] / "examples" / "contoso"
RULES = r"""
title: Service tool
id: 4f0a6b3c-31e6-4cd9-8b0b-6d7e2f3a9c01
level: high
tags: [attack.t1543.003]
logsource: {product: windows, category: process_creation}
detection:
  a: [{Image|endswith: '\sc.exe'}, {OriginalFileName: sc.exe}]
  condition: a
---
title: Kernel pipe
id: 4f0a6b3c-31e6-4cd9-8b0b-6d7e2f3a9c02
level: critical
tags: [attack.t1055]
logsource: {product: windows, category: pipe_created}
detection: {a: {PipeName: '\x'}, condition: a}
---
title: Unix shell
id: 4f0a6b3c-31e6-4cd9-8b0b-6d7e2f3a9c03
level: low
logsource: {product: linux, category: process_creation}
detection: {a: {Image: /bin/sh}, condition: a}
---
title: Counts
id: 4f0a6b3c-31e6-4cd9-8b0b-6d7e2f3a9c04
level: low
correlation:
  type: event_count
  rules: [4f0a6b3c-31e6-4cd9-8b0b-6d7e2f3a9c01]
  timespan: 5m
  condition: {gte: 3}
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "rules.yml"
    path.write_text(RULES, encoding="utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def listed(rules: Path, *words: str, inventory: Path = CONTOSO) -> list[dict[str, Any]]:
    return rows(run("rules", inventory, "--rules", rules, "--format", "json", *words))


def test_every_rule_is_listed_with_all_hosts_and_the_largest_gain_first(rules: Path) -> None:
    found = listed(rules)
    assert len(found) == 4
    assert {sum(row["hosts"].values()) for row in found} == {922}
    gains = [row["gain"] for row in found]
    assert gains == sorted(gains, reverse=True)
    assert found[0]["title"] == "Kernel pipe"
    assert found[0]["remedy"]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (("--level", "high"), {"Service tool"}),
        (("--level", "high", "--level", "critical"), {"Service tool", "Kernel pipe"}),
        (("--verdict", "not applicable"), {"Unix shell"}),
        (("--technique", "T1543"), {"Service tool"}),
        (("--technique", "t1543.003"), {"Service tool"}),
        (("--technique", "T154"), set()),
        (("--limit", "1"), {"Kernel pipe"}),
    ],
)
def test_the_table_is_narrowed(words: tuple[str, ...], titles: set[str], rules: Path) -> None:
    assert {row["title"] for row in listed(rules, *words)} == titles


@pytest.mark.parametrize(
    ("version", "technique", "note"),
    [("19.1", "t1070.001", "t1070.001 is T1685.005 in ATT&CK 19.1"), ("18.1", "T1543", "")],
)
def test_an_id_of_another_version_is_understood_and_said(
    version: str, technique: str, note: str, rules: Path
) -> None:
    rules.write_text(RULES.replace("attack.t1543.003", "attack.t1070.001, attack.t1543"), "utf-8")
    words = ("--technique", technique, "--attack", version)
    result = run("rules", CONTOSO, "--rules", rules, "--format", "json", *words)
    assert {row["title"] for row in rows(result)} == {"Service tool"}
    assert (f"note: {note}" in result.stderr) if note else ("note:" not in result.stderr)


def test_the_table_is_printed_for_people(rules: Path) -> None:
    result = run("rules", CONTOSO, "--rules", rules)
    assert result.exit_code == 0
    assert "Kernel pipe" in result.stdout
    assert "4 of 4 rules" in result.stderr


def test_rules_are_counted_under_each_configuration(rules: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.xml"
    plain.write_text('<Sysmon schemaversion="4.90"/>', encoding="utf-8")
    narrow = tmp_path / "narrow.xml"
    narrow.write_text(
        '<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="include">'
        '<Image condition="end with">\\sc.exe</Image><User>x</User></ProcessCreate>'
        '<PipeEvent onmatch="exclude"/></EventFiltering></Sysmon>',
        encoding="utf-8",
    )
    result = run("sysmon", "rules", plain, narrow, "--rules", rules)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[2:] == [
        "| plain | 1 | 0 | 0 | 1 |",
        "| narrow | 1 | 1 | 0 | 0 |",
    ]


def test_configurations_that_sysmon_refuses_are_faults_of_the_input(
    rules: Path, tmp_path: Path
) -> None:
    broken, other = tmp_path / "broken.xml", tmp_path / "other.xml"
    broken.write_text("<Sysmon", encoding="utf-8")
    other.write_text('<Other schemaversion="4.90"/>', encoding="utf-8")
    result = run("sysmon", "rules", broken, other, "--rules", rules)
    assert result.exit_code == 2
    assert not result.stdout
    said = "".join(result.stderr.split())
    assert f"tokenin{broken}" in said
    assert f"{other}line1" in said


def test_a_configuration_in_utf_16_is_counted_like_any(rules: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.xml"
    plain.write_text('<Sysmon schemaversion="4.90"/>', encoding="utf-16")
    result = run("sysmon", "rules", plain, "--rules", rules)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[2:] == ["| plain | 1 | 0 | 0 | 1 |"]


def test_a_rule_is_explained_branch_by_branch(rules: Path) -> None:
    words = ("--rules", rules, "--host", "kiosk", "--full")
    result = run("explain", "service tool", CONTOSO, *words)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.replace("│", " ").split())
    assert "Image ends with \\sc.exe" in text
    assert "OriginalFileName is sc.exe" in text
    assert "Security:4688" in text
    assert "4688 tells nothing of the file's version resource" in text


def test_the_rules_of_a_file_are_explained_by_any_path_to_it(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run("explain", rules, CONTOSO, "--host", "kiosk")
    assert alone.exit_code == 0, alone.output
    titles = ("Service tool", "Kernel pipe", "Unix shell", "Counts")
    assert all(title in alone.stdout for title in titles)
    monkeypatch.chdir(rules.parent)
    for words in (("--rules", rules), ("--rules", rules.parent)):
        other = run("explain", f"./{rules.name}", CONTOSO, "--host", "kiosk", *words)
        assert other.stdout == alone.stdout


def test_a_file_without_rules_cannot_be_explained(rules: Path) -> None:
    rules.write_text("# nothing yet", encoding="utf-8")
    result = run("explain", rules, CONTOSO)
    assert result.exit_code == 2
    assert f"no readable Sigma rule in {rules}" in result.stderr


def test_a_rule_that_was_not_given_is_a_fault(rules: Path) -> None:
    result = run("explain", "nothing", CONTOSO, "--rules", rules)
    assert result.exit_code == 2
    assert "no rule that was given is called 'nothing'" in result.stderr


def test_rules_that_are_not_there_are_a_fault(rules: Path) -> None:
    result = run("rules", CONTOSO, "--rules", rules.with_name("absent"))
    assert result.exit_code == 2
    assert "no such rule file or folder" in result.stderr


OWN_NAMES = r"""
title: In our own words
id: 4f0a6b3c-31e6-4cd9-8b0b-6d7e2f3a9c05
level: low
taxonomy: ours
logsource: {product: windows, category: process_creation}
detection: {a: {prog|endswith: '\sc.exe', who: '%admins%'}, condition: a}
"""
PIPELINE = """
name: ours
priority: 1
transformations:
  - {type: field_name_mapping, mapping: {Image: prog}}
"""


def test_what_a_site_makes_of_rules_is_asked_of_every_command(rules: Path, tmp_path: Path) -> None:
    rules.write_text(OWN_NAMES, encoding="utf-8")
    small = tmp_path / "small"
    small.mkdir()
    (small / "inventory.yaml").write_text("hosts: [{name: W, os: Windows 11 23H2}]\n", "utf-8")
    files = {
        "--field-names": ("names.yaml", "who: SubjectUserName\n"),
        "--placeholders": ("values.yaml", "admins: [root]\n"),
        "--pipeline": ("pipeline.yml", PIPELINE),
    }
    options: list[str] = []
    for option, (name, text) in files.items():
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        options += [option, str(file)]
    (plain,) = listed(rules, inventory=small)
    assert plain["reason"] == "its taxonomy is ours, not sigma, and nothing maps its prog, who"
    (converted,) = listed(rules, *options, inventory=small)
    assert converted["state"] != ["not judged"]
    explained = run("explain", rules, small, *options)
    assert explained.exit_code == 0
    assert "its taxonomy" not in explained.stdout
    out = tmp_path / "out"
    assessed = run("assess", small, "--out", out, "--format", "json", "--rules", rules, *options)
    assert assessed.exit_code == 0
    assert "its taxonomy" not in (out / "assessment.json").read_text(encoding="utf-8")


def test_a_pipeline_that_is_not_there_cannot_be_used(rules: Path) -> None:
    result = run("rules", CONTOSO, "--rules", rules, "--pipeline", "nothing-of-the-kind")
    assert result.exit_code == 2
    assert "no such pipeline" in result.stderr
