"""`logreach resilience`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from format_samples import AUDITPOL
from openpyxl import load_workbook
from support import ROOT
from typer.testing import CliRunner

from logreach.cli import app

CONTOSO = ROOT / "examples" / "contoso"
ONLY = ("--technique", "T1543.003")
RULE = """title: A service is made with sc.exe
id: 00000000-0000-4000-8000-000000000001
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\\sc.exe', CommandLine|contains: create}, condition: a}
level: high
tags: [attack.t1543.003]
"""


def run(*arguments: object) -> Result:
    runner = CliRunner(env={"COLUMNS": "80"})
    return runner.invoke(app, [str(argument) for argument in arguments])


def document(*arguments: object) -> dict:  # type: ignore[type-arg]
    result = run("resilience", *arguments, *ONLY, "--out", "-", "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_a_page_names_the_costs_the_switches_and_whether_that_is_seen() -> None:
    result = run("resilience", CONTOSO, *ONLY)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "contoso: what an adversary must switch off, ATT&CK 19.1"
    assert len(lines) <= 30
    words = " ".join(result.stdout.split())
    assert "P1 (WS), achievable: 2 switches for 2 ways (channel Security; channel System)" in words
    assert "-v" in words


def test_all_of_it_lists_every_technique_and_what_sees_each_act() -> None:
    result = run("resilience", CONTOSO, *ONLY, "-v")
    words = " ".join(result.stdout.split())
    for profile in ("P1 (WS)", "P2 (DC)", "P3 (FS)", "P4 (APP-OLD)", "P5 (KIOSK)", "P6 (BRANCH)"):
        assert f"T1543.003 Windows Service, {profile}" in words
    assert "service that forwards stopped, or its address changed: unknown, no source" in words
    assert "key MiniNt made, which stops the log at the next start: not seen (Sysmon:12)" in words
    assert "more: -v" not in words


def test_json_names_switches_by_their_place() -> None:
    told = document(CONTOSO)
    (first, *_) = told["profiles"]
    technique = first["techniques"]["T1543.003"]
    assert technique["verdict"] == "achievable"
    whole = technique["whole"]
    assert (whole["cost"], whole["exact"], whole["ways"]) == (2, True, 2)
    named = [told["switches"][place] for place in whole["switches"]]
    assert {each["title"] for each in named} == {"Security", "System"}
    assert {each["profile"] for each in named} == {"P1"}
    assert "event log service" in whole["host_acts"]
    fleet = told["fleet"]["T1543.003"]["whole"]
    assert fleet == {"cost": 1, "hosts": {"1": 30, "2": 892}, "weakest": ["P2", "P4", "P6"]}


def test_hosts_that_are_left_out_still_record_for_the_others() -> None:
    words = ("--technique", "T1558.003", "--host", "WS", "--out", "-", "--format", "json")
    told = json.loads(run("resilience", CONTOSO, *words).stdout)
    assert [profile["id"] for profile in told["profiles"]] == ["P1"]
    assert told["hosts_beside"] == 72
    whole = told["profiles"][0]["techniques"]["T1558.003"]["whole"]
    owners = {told["switches"][place]["profile"] for place in whole["sole_sources"]}
    assert len(owners) == 1
    assert owners.pop().startswith("beside ")


def test_rules_stand_in_for_published_ones(tmp_path: Path) -> None:
    (tmp_path / "rule.yml").write_text(RULE)
    told = document(CONTOSO, "--rules", tmp_path)
    assert told["rules"] == 1
    assert document(CONTOSO)["rules"] == 0


def test_files_are_written_and_agree(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("resilience", CONTOSO, *ONLY, "--out", out, "--as-of", "2026-11-30")
    assert result.exit_code == 0, result.stderr
    told = json.loads((out / "resilience.json").read_text("utf-8"))
    assert told["as_of"] == ["2026-11-30", "2026-11-30"]
    book = load_workbook(out / "resilience.xlsx")
    assert book.sheetnames == ["Cover", "Profiles", "Fleet", "Techniques", "Switches", "One act"]
    costs = [row[7].value for row in book["Techniques"].iter_rows(min_row=4) if row[0].value]
    expected = [
        blinding["cost"]
        for profile in told["profiles"]
        for blinding in (
            profile["techniques"]["T1543.003"]["whole"],
            profile["techniques"]["T1543.003"]["part"],
        )
    ]
    assert [cost for cost in costs if isinstance(cost, int)] == expected
    layer = json.loads((out / "resilience-layer.json").read_text("utf-8"))
    (entry,) = layer["techniques"]
    assert (entry["techniqueID"], entry["score"]) == ("T1543.003", min(expected[::2]))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "-"), "--format json"),
        (("--technique", "T9999"), "T9999"),
        (("--host", "gone"), "gone"),
    ],
)
def test_wrong_words_are_named(words: tuple[str, ...], message: str) -> None:
    result = run("resilience", CONTOSO, *words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_host_of_which_nothing_is_proven_has_nothing_to_turn_off(tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: WS, os: Windows 11 23H2}]\n")
    technique = document(tmp_path)["profiles"][0]["techniques"]["T1543.003"]
    assert technique["whole"] is None or technique["whole"]["cost"] == 1


def test_an_inventory_of_many_profiles_is_a_page(tmp_path: Path) -> None:
    hosts = "".join(
        f"  - {{name: H{n}, os: Windows 11 23H2, audit_policy: a.csv, channels: {{C{n}: true}}}}\n"
        for n in range(12)
    )
    (tmp_path / "inventory.yaml").write_text(f"hosts:\n{hosts}")
    (tmp_path / "a.csv").write_text(AUDITPOL)
    result = run("resilience", tmp_path, *ONLY)
    assert result.exit_code == 0, result.stderr
    assert "and 6 more: -v" in result.stdout
    assert len(result.stdout.splitlines()) <= 32
