"""`logreach attack` at the command line: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from logreach.cli import app as logreach
from logreach.cli.attack import app
from logreach.coverage.attack import load_attack
from logreach.coverage.attack.shipped import DEFAULT_VERSION
from logreach.inventories.files.faults import InputError

BUNDLE = {
    "type": "bundle",
    "id": "bundle--00000000-0000-4000-8000-000000000000",
    "spec_version": "2.0",
    "objects": [
        {
            "type": "attack-pattern",
            "id": "attack-pattern--00000000-0000-4000-8000-000000000001",
            "created": "2025-01-01T00:00:00.000Z",
            "modified": "2025-01-01T00:00:00.000Z",
            "name": "Made Up",
            "external_references": [{"source_name": "mitre-attack", "external_id": "T1001"}],
            "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "impact"}],
        }
    ],
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(BUNDLE), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_import_tells_what_it_found_and_keeps_it(bundle: Path) -> None:
    result = run("import", bundle, "--as", "17.1")
    assert result.exit_code == 0
    assert "ATT&CK                  17.1" in result.stdout
    assert "techniques              1\n" in result.stdout
    assert load_attack("17.1").techniques[0].name == "Made Up"
    assert "was imported before" in run("import", bundle).stderr


def test_import_writes_what_load_attack_reads(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "compact.json"
    assert run("import", bundle, "--as", "17.1", "--out", out).exit_code == 0
    assert load_attack(out).version == "17.1"
    assert sorted(path.name for path in out.parent.iterdir()) == ["compact.json"]


def test_import_that_cannot_write_says_so(bundle: Path, tmp_path: Path) -> None:
    result = run("import", bundle, "--as", "17.1", "--out", tmp_path)
    assert isinstance(result.exception, InputError)
    assert "cannot be written" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "no-such-file.json"], "cannot be read: No such file"),
        (["import", "99.9"], "no release 99.9"),
        (["import", "17.1", "--as", "17.1"], "--as is for files"),
        (["show", "16.1"], "neither shipped nor imported"),
    ],
)
def test_refuses_with_a_fault(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert all(fault.hint for fault in result.exception.faults)


def test_import_without_a_version_asks_for_it(bundle: Path) -> None:
    result = run("import", bundle)
    assert "--as 18.1" in str(result.exception)


def test_compare_lists_what_differs_between_the_included_versions() -> None:
    result = CliRunner().invoke(app, ["compare"])
    assert result.exit_code == 0
    assert "analytics that are new: 19\n  AN2033 for T1684 (Office Suite)\n" in result.stdout
    assert "analytics that name other log sources or platforms: 5\n" in result.stdout
    assert "  T1562.006 Indicator Blocking -> T1685 Disable or Modify Tools\n" in result.stdout


def test_show_tells_the_shipped_version_and_what_cannot_be_parsed() -> None:
    assert f"ATT&CK                  {DEFAULT_VERSION}" in run("show").stdout
    result = run("show", "18.1")
    assert "ATT&CK                  18.1" in result.stdout
    assert "component links         2116 from ATT&CK 17.1, 0 not carried" in result.stdout
    assert "  not parsed            197 (13.4%)" in result.stdout


def test_show_lists_every_reference_that_cannot_be_parsed() -> None:
    listed = [line.split("\t") for line in run("show", "--unparsed").stdout.splitlines()]
    rows = [line for line in listed if len(line) == 4]
    assert len(rows) == 197
    assert ["AN0030", "Network Traffic Content", "NSM:Flow", "TCP/UDP"] in rows


def test_a_version_newer_than_any_tried_is_read_with_a_note(bundle: Path) -> None:
    document = json.loads(bundle.read_text(encoding="utf-8"))
    first = document["objects"][0]["id"].replace("attack-pattern", "x-mitre-detection-strategy")
    document["objects"].append(
        {
            "type": "x-mitre-detection-strategy",
            "id": first,
            "name": "S",
            "external_references": [{"source_name": "mitre-attack", "external_id": "DET0001"}],
        }
    )
    bundle.write_text(json.dumps(document), encoding="utf-8")
    result = run("import", bundle, "--as", "21.0")
    assert result.exit_code == 0
    assert "up to 20; this version is newer" in result.stderr


RULE = """title: {title}
level: {level}
tags: [{tag}]
logsource: {{product: windows, category: process_creation}}
detection: {{a: {{Image|endswith: secret.exe, CommandLine|contains: y}}, condition: a}}
"""


def test_published_rules_writes_what_rules_read_and_the_source(tmp_path: Path) -> None:
    rules, out = tmp_path / "rules", tmp_path / "new" / "table.csv"
    rules.mkdir()
    for title, level, tag in (
        ("one", "high", "attack.t1105"),
        ("two", "low", "attack.t1105"),
        ("three", "low", "attack.execution"),
    ):
        text = RULE.format(title=title, level=level, tag=tag)
        (rules / f"{title}.yml").write_text(text, encoding="utf-8")
    (rules / "none.yml").write_text("", encoding="utf-8")
    result = run("published-rules", rules, "--source", "Own", "--commit", "abc", "--out", out)
    assert result.exit_code == 0, result.output
    assert out.read_text("utf-8").splitlines() == [
        "technique,reads,critical,high,medium,low,informational,none",
        "T1105,Security:4688 CommandLine;NewProcessName | Sysmon:1 CommandLine;Image,,1,,1,,",
    ]
    assert yaml.safe_load(out.with_suffix(".yaml").read_text("utf-8")) == {
        "source": "Own",
        "commit": "abc",
        "attack": DEFAULT_VERSION,
        "rules": 2,
        "left_out": {"cannot be judged": 1, "no technique": 1},
    }
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Faults of the rules:",
        "  holds no rule in rules/none.yml. It is empty, or all of it are comments.",
        "2 rules in 1 row",
        "left out, cannot be judged: 1 rule",
        "left out, no technique: 1 rule",
    ]


def test_published_rules_carries_tags_to_the_version_asked_for(
    bundle: Path, tmp_path: Path
) -> None:
    rules, out = tmp_path / "rule.yml", tmp_path / "table.csv"
    text = "---\n".join(
        RULE.format(title=tag, level="low", tag=tag) for tag in ("attack.t1105", "attack.t1001")
    )
    rules.write_text(text, encoding="utf-8")
    assert run("import", bundle, "--as", "17.1").exit_code == 0
    result = run("published-rules", rules, "--source", "Own", "--attack", "17.1", "--out", out)
    assert result.exit_code == 0, result.output
    assert [line.split(",")[0] for line in out.read_text("utf-8").splitlines()[1:]] == ["T1001"]
    assert "attack: '17.1'" in out.with_suffix(".yaml").read_text("utf-8")


def test_under_logreach_a_fault_ends_with_its_exit_code_and_no_traceback() -> None:
    result = CliRunner().invoke(logreach, ["attack", "import", "no-such-file.json"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: cannot be read")
    assert "Traceback" not in result.output
