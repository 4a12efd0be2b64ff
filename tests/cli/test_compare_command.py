"""`logreach compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from format_samples import AUDITPOL
from openpyxl import load_workbook
from typer.testing import CliRunner

from logreach.cli import app

HOST = """hosts:
  - {{name: WS, count: 850, os: Windows 11 23H2, role: workstation, sysmon: {sysmon},
     audit_policy: a.csv, settings: {{process_creation_command_line: {line}}}}}
"""
KEEPS = '<Sysmon schemaversion="4.90"><EventFiltering><{tag} onmatch="{how}"/></EventFiltering></Sysmon>'
ONLY = ("--technique", "T1543.003")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, tag, how in (
        ("all", "RegistryEvent", "exclude"),
        ("none", "RegistryEvent", "include"),
    ):
        (tmp_path / f"{name}.xml").write_text(KEEPS.format(tag=tag, how=how))
    for name, line in (("before", "false"), ("after", "true")):
        (tmp_path / name).mkdir()
        sysmon = "{version: '15.15', config: all.xml}"
        (tmp_path / name / "inventory.yaml").write_text(HOST.format(sysmon=sysmon, line=line))
        (tmp_path / name / "a.csv").write_text(AUDITPOL)
        (tmp_path / name / "all.xml").write_text(KEEPS.format(tag="RegistryEvent", how="exclude"))
    return tmp_path


def test_a_loss_ends_with_one_and_names_its_reason(folder: Path) -> None:
    result = run("compare", folder / "before", "--with", f"sysmon={folder / 'none.xml'}", *ONLY)
    assert result.exit_code == 1, result.stderr
    assert "WS (850 hosts)" in result.stdout
    assert "lost" in result.stdout


def test_a_gain_ends_with_zero(folder: Path) -> None:
    result = run("compare", folder / "before", folder / "after", *ONLY)
    assert result.exit_code == 0, result.stdout
    assert "gained" in result.stdout
    same = run("compare", folder / "after", folder / "after", *ONLY)
    assert "Nothing differs" in same.stdout


def test_assessments_compare_as_their_inventories_do(folder: Path) -> None:
    sides = []
    for name in ("before", "after"):
        out = folder / f"out-{name}"
        assessed = run("assess", folder / name, "--out", out, "--format", "json", *ONLY)
        assert assessed.exit_code == 0
        sides.append(out / "assessment.json")
    of_files, of_folders = (
        json.loads(run("compare", *pair, "--format", "json", *ONLY).stdout)
        for pair in (sides, (folder / "before", folder / "after"))
    )
    for key in ("hosts", "totals", "labels", "fleet", "lost"):
        assert of_files[key] == of_folders[key], key


def test_configurations_are_ranked(folder: Path) -> None:
    changes = [
        word for name in ("none", "all") for word in ("--with", f"sysmon={folder / name}.xml")
    ]
    result = run("compare", folder / "before", *changes, "--format", "json", *ONLY)
    ranking = json.loads(result.stdout)["ranking"]
    assert [Path(each["title"]).name for each in ranking] == ["all.xml", "none.xml"]
    assert "1. sysmon=" in run("compare", folder / "before", *changes, *ONLY).stdout


def test_reports_are_written(folder: Path) -> None:
    out = folder / "out"
    change = f"sysmon={folder / 'none.xml'}"
    run("compare", folder / "before", "--with", change, "--out", out)
    document = json.loads((out / "comparison.json").read_text("utf-8"))
    assert document["lost"] is True
    layer = json.loads((out / "comparison-layer.json").read_text("utf-8"))
    lost = {key for key, ways in document["fleet"]["technique"].items() if "lost" in ways}
    assert lost
    scores = {each["techniqueID"]: each.get("score", 0) for each in layer["techniques"]}
    assert lost == {technique for technique, score in scores.items() if score < 0}
    # Programs disagree on which of the two counts, so no entry has both.
    assert all(("score" in each) != ("color" in each) for each in layer["techniques"])
    assert (layer["name"], layer["gradient"]["minValue"]) == ("Differences", -1)
    book = load_workbook(out / "comparison.xlsx")
    sheet = book["Techniques"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {row[1] for row in rows if row[0] == "lost"} == lost
    assert len(rows) == sum(
        change["subject"] == "technique" for each in document["hosts"] for change in each["changes"]
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["before"], "Give AFTER"),
        (["before", "after", "--with", "baseline=asd"], "Give AFTER"),
        (["gone", "after"], "no such inventory folder"),
        (["old.json", "after"], "schema version 2.0"),
        (["torn.json", "after"], "no whole assessment.json"),
        (["old.json", "--with", "baseline=asd"], "holds answers, not facts"),
    ],
)
def test_what_cannot_be_compared_is_refused(folder: Path, arguments: list[str], told: str) -> None:
    (folder / "old.json").write_text('{"schema_version": "2.0"}')
    (folder / "torn.json").write_text('{"schema_version": "2.1", "profiles": [')
    named = [
        str(folder / word) if word in ("before", "after", "gone") or word.endswith("json") else word
        for word in arguments
    ]
    result = run("compare", *named)
    assert result.exit_code == 2, result.stdout
    assert told in " ".join(result.stderr.split())
