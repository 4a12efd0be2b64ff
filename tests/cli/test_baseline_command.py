"""`logreach baseline`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from format_samples import AUDITPOL
from typer.testing import CliRunner

from logreach.cli import app

OWN = """name: own
title: Ours
source: us
requirements:
  - {id: A, title: a, audit: Process Creation, records: Success}
  - {id: B, title: b, audit: Credential Validation, records: Success}
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["baseline", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    rows = AUDITPOL.splitlines()
    off = [row.replace("Success and", "No") if "{0CCE923F" in row else row for row in rows]
    (inventory / "a.csv").write_text("\n".join(off).replace("No Failure", "No Auditing"))
    (inventory / "inventory.yaml").write_text(
        "hosts:\n  - {name: WS, os: Windows 11 23H2, role: workstation, audit_policy: a.csv}\n"
        "  - {name: SRV, os: Windows Server 2022, role: server}\n"
    )
    (tmp_path / "own.yaml").write_text(OWN)
    return tmp_path


def test_every_report_is_written(folder: Path) -> None:
    result = run(
        folder / "inventory",
        "--against",
        folder / "own.yaml",
        "--technique",
        "T1036",
        "--out",
        folder / "out",
        "--as-of",
        "2026-11-30",
    )
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "baseline-answers.csv",
        "baseline-requirements.csv",
        "baseline.html",
        "baseline.json",
        "baseline.sarif",
        "baseline.xlsx",
        "oscal-assessment-results.json",
    ]
    entry = json.loads((folder / "out" / "baseline.json").read_text())
    assert entry["baseline"]["file"] == "own.yaml"


def test_without_a_day_all_but_oscal_is_written(folder: Path) -> None:
    words = (folder / "inventory", "--against", folder / "own.yaml", "--technique", "T1036")
    result = run(*words, "--out", folder / "out")
    assert result.exit_code == 0
    assert "no OSCAL is written" in result.stderr
    assert not (folder / "out" / "oscal-assessment-results.json").exists()
    refused = run(*words, "--out", folder / "out2", "--format", "oscal")
    assert refused.exit_code == 2
    assert "--as-of DATE" in refused.stderr


@pytest.mark.parametrize(
    ("fail_on", "host", "code"),
    [
        ("not-met", "SRV", 0),
        ("unknown", "SRV", 1),
        ("not-met", "WS", 1),
        ("unknown", "WS", 1),
        (None, "WS", 0),
    ],
)
def test_pipelines_fail_on_what_they_ask(
    folder: Path, fail_on: str | None, host: str, code: int
) -> None:
    options = ("--fail-on", fail_on) if fail_on else ()
    result = run(
        folder / "inventory",
        "--against",
        folder / "own.yaml",
        "--technique",
        "T1036",
        "--host",
        host,
        *options,
    )
    assert result.exit_code == code, result.stdout


def test_one_format_goes_to_standard_output(folder: Path) -> None:
    words = (folder / "inventory", "--against", "asd", "--technique", "T1036", "--out", "-")
    result = run(*words, "--format", "sarif")
    assert json.loads(result.stdout)["version"] == "2.1.0"
    refused = run(*words)
    assert refused.exit_code == 2
    assert "one format" in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--against", "asdd"), "Did you mean 'asd'"),
        (("--against", "cis"), "need a file of your own"),
        (("--against", "gone.yaml"), "no such file"),
        (("--against", "asd", "--format", "json"), "nothing where"),
        (("--against", "asd", "--host", "WSS"), "has no host 'WSS'"),
    ],
)
def test_mistakes_are_told(folder: Path, words: tuple[str, ...], message: str) -> None:
    result = run(folder / "inventory", *words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_included_baselines_are_listed() -> None:
    result = run("--list")
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == [
        "asd",
        "ism",
        "microsoft-client",
        "microsoft-server",
        "nist-800-53",
        "yamato",
    ]
    assert json.loads(run("--schema").stdout)["title"] == "logreach baseline"


def test_each_host_shows_its_own_evidence(folder: Path) -> None:
    inventory = folder / "inventory"
    (inventory / "b.csv").write_bytes((inventory / "a.csv").read_bytes())
    (inventory / "inventory.yaml").write_text(
        "hosts:\n  - {name: A, os: Windows 11 23H2, role: workstation, audit_policy: a.csv}\n"
        "  - {name: B, os: Windows 11 23H2, role: workstation, audit_policy: b.csv}\n"
    )
    words = (inventory, "--against", folder / "own.yaml", "--technique", "T1036", "--out", "-")
    entry = json.loads(run(*words, "--format", "json").stdout)
    (profile,) = entry["profiles"]
    evidence = profile["answers"]["A"]["evidence"]
    assert {host: each[0]["source"] for host, each in evidence.items()} == {
        "A": "a.csv",
        "B": "b.csv",
    }


def test_rules_are_weighed(folder: Path) -> None:
    rule = folder / "rule.yml"
    rule.write_text(
        "title: A process\nid: 00000000-0000-4000-8000-000000000009\nlevel: high\n"
        "logsource: {product: windows, service: security}\n"
        "detection: {a: {EventID: 4776}, condition: a}\ntags: [attack.t1036]\n"
    )
    result = run(
        folder / "inventory",
        "--against",
        folder / "own.yaml",
        "--rules",
        rule,
        "--host",
        "WS",
        "--out",
        "-",
        "--format",
        "json",
    )
    assert result.exit_code == 0, result.stderr
    entry = json.loads(result.stdout)
    (profile,) = entry["profiles"]
    answer = profile["answers"]["B"]
    assert answer["label"] == "not met"
    gained = answer["gain"]["rules"] + answer["gain"]["rules_in_part"]
    assert gained == ["00000000-0000-4000-8000-000000000009"]
