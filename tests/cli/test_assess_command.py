"""The commands `assess`, `explain` and `schema`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import ROOT
from typer.testing import CliRunner, Result

from logreach.cli import app

CONTOSO = str(ROOT / "examples" / "contoso")
T1543 = ["--technique", "T1543"]


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that a run writes for T1543."""
    out = tmp_path_factory.mktemp("out")
    assert run("assess", CONTOSO, "--out", str(out), *T1543).exit_code == 0
    return out


@pytest.fixture(scope="module")
def document(whole: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((whole / "assessment.json").read_text("utf-8"))
    return found


def test_it_writes_every_report(whole: Path) -> None:
    names = {path.name for path in whole.iterdir()}
    assert names == {"assessment.json", "assessment.xlsx", "assessment.html", "navigator"}


def test_the_same_input_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    run("assess", CONTOSO, "--out", str(tmp_path), *T1543)
    files = [path.relative_to(whole) for path in whole.rglob("*") if path.is_file()]
    assert len(files) > 4
    for name in files:
        assert (whole / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_the_document_meets_the_schema_that_is_printed(document: dict[str, Any]) -> None:
    schema = json.loads(run("schema").stdout)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


def test_a_technique_brings_its_sub_techniques_and_nothing_else(document: dict[str, Any]) -> None:
    for profile in document["profiles"]:
        assert set(profile["techniques"]) == {
            "T1543",
            "T1543.001",
            "T1543.002",
            "T1543.003",
            "T1543.004",
            "T1543.005",
        }


def test_each_group_of_hosts_stands_with_its_count(document: dict[str, Any]) -> None:
    counts = {name: p["count"] for p in document["profiles"] for name in p["hosts"]}
    assert counts == {"WS": 850, "DC": 4, "FS": 12, "APP-OLD": 1, "KIOSK": 30, "BRANCH": 25}


def test_a_host_without_its_file_stays_and_its_policy_is_unknown(document: dict[str, Any]) -> None:
    branch = next(p for p in document["profiles"] if p["hosts"] == ["BRANCH"])
    verdict = branch["events"]["Security:4688"]["verdict"]
    assert verdict == {"proven": "no", "possible": "yes", "label": "unknown"}
    assert any("branch/auditpol.csv" in json.dumps(fault) for fault in document["faults"])


def test_every_file_read_is_listed_with_its_hash(document: dict[str, Any]) -> None:
    listed = {one["path"]: one["sha256"] for one in document["inputs"]}
    assert {"inventory.yaml", "ws/auditpol.csv", "ws/sysmon.xml"} <= set(listed)
    assert all(len(digest) == 64 for digest in listed.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("assess", "no-such-folder"), "no-such-folder"),
        (("assess", CONTOSO, "--technique", "T9999"), "T9999"),
        (("assess", CONTOSO, "--tactic", "nonsense"), "persistence"),
        (("assess", CONTOSO, "--group", "No Such Group"), "No Such Group"),
        (("assess", CONTOSO, "--host", "WZ"), "WS"),
        (("assess", CONTOSO, "--technique", "T1543.003", "--tactic", "impact"), "lies within"),
        (("assess", ""), "empty word after 'assess'"),
        (("inventory", "show", ""), "empty word"),
        (("assess", CONTOSO, "--out="), "empty word after '--out'"),
        (("assess", CONTOSO, "--attack", "3.0"), "3.0"),
        (("assess", CONTOSO, "--rules", "no-such-rules"), "no-such-rules"),
        (("explain", "Security:46888", CONTOSO), "Security:4688"),
        (("explain", "T9999", CONTOSO), "T9999"),
    ],
    ids=lambda value: " ".join(value[2:] or value[:2]) if isinstance(value, tuple) else None,
)
def test_a_mistake_ends_with_2_and_says_what_is_wrong(words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_file_in_place_of_the_output_folder_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way", "utf-8")
    result = run("assess", CONTOSO, "--out", str(tmp_path / "out"), *T1543)
    assert result.exit_code == 2
    assert "out" in result.output


def test_what_cannot_be_true_together_is_told_among_the_faults(tmp_path: Path) -> None:
    host = "{name: A, os: Windows 7 SP1, role: workstation, sysmon: {version: '15.15'}}"
    (tmp_path / "inventory.yaml").write_text(f"hosts: [{host}]")
    out = ("--out", str(tmp_path.parent / "told"), "--format", "json")
    result = run("assess", str(tmp_path), *out, *T1543)
    assert "Sysmon 15.15 is documented to run on Windows 10 and later" in result.stderr


def test_fail_under_does_not_fail_where_nothing_applies(tmp_path: Path) -> None:
    words = ("--out", str(tmp_path), "--format", "json", "--fail-under", "1")
    result = run("assess", CONTOSO, "--technique", "T1543.001", *words)
    assert result.exit_code == 0
    assert "nothing to judge" in result.output


@pytest.mark.parametrize(("threshold", "code"), [("0", 0), ("100", 1)])
def test_fail_under_is_told_by_the_exit_code(threshold: str, code: int, tmp_path: Path) -> None:
    words = ("--format", "json", "--fail-under", threshold)
    result = run("assess", CONTOSO, "--out", str(tmp_path), "--technique", "T1112", *words)
    assert result.exit_code == code
    assert [path.name for path in tmp_path.iterdir()] == ["assessment.json"]


def test_fail_under_counts_evidence_of_other_hosts(tmp_path: Path) -> None:
    words = ("--technique", "T1558.003", "--format", "json", "--fail-under", "100")
    result = run("assess", CONTOSO, "--out", str(tmp_path), *words)
    assert result.exit_code == 0
    told = json.loads((tmp_path / "assessment.json").read_text("utf-8"))
    assert told["summary"]["verdicts"]["detection"]["achievable elsewhere"] > 0


def test_layers_of_groups_and_profiles_are_written_where_they_are_asked_for(
    tmp_path: Path,
) -> None:
    words = ("--group", "APT29", "--group", "G0032", "--format", "navigator", *T1543)
    names = {
        path.name
        for folder, more in (("fleet", ()), ("profiles", ("--layers", "profiles")))
        if run("assess", CONTOSO, "--out", str(tmp_path / folder), *words, *more).exit_code == 0
        for path in (tmp_path / folder / "navigator").iterdir()
        if folder == "profiles" or path.name.startswith("profile")
    }
    assert {"group-apt29.json", "group-lazarus-group.json", "detection.json"} <= names
    assert {f"profile-p{number}.json" for number in range(1, 7)} <= names
    assert not list((tmp_path / "fleet" / "navigator").glob("profile*"))


def test_csv_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    result = run("assess", CONTOSO, "--out", str(tmp_path), *T1543, "--format", "csv")
    assert result.exit_code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert {"attributes.csv", "events.csv", "techniques.csv", "hosts.csv"} <= set(names)
    assert all(name.endswith(".csv") for name in names)


def test_explain_shows_the_chain_for_one_host() -> None:
    result = run("explain", "T1543.003", CONTOSO, "--host", "KIOSK", "--full")
    assert result.exit_code == 0
    assert "set to Failure" in " ".join(result.stdout.split())
    assert "auditpol /set" in " ".join(result.stdout.replace("│", "").split())


def test_explain_in_full_begins_with_the_asked_question_then_the_picture() -> None:
    told = run("explain", "T1543.003", CONTOSO, "--host", "APP-OLD", "--full").stdout
    assert told.startswith("T1543.003 Windows Service on APP-OLD: achievable, ways to detect it:")
    assert "* Security:4696: a process was given a primary token" in told
    assert told.index("ways to detect it:") < told.index("what shows it: ")
    _, chain = told.split("T1543.003 on APP-OLD: achievable\n")
    assert chain.startswith("├── detection: achievable")


def test_explain_of_a_host_counts_what_the_rest_of_the_fleet_records() -> None:
    told = " ".join(run("explain", "T1558.003", CONTOSO, "--host", "WS", "--full").stdout.split())
    assert "✓ Security:4769: service ticket asked for │ recorded by: DC" in told


def test_explain_of_an_event_for_other_roles_tells_the_role_and_nothing_else() -> None:
    result = run("explain", "Security:4768", CONTOSO, "--host", "FS", "--full")
    told = " ".join(result.stdout.replace("│", " ").split())
    assert "recorded by domain controllers only" in told
    assert "Security:4768 on FS: not applicable └── Security:4768: not applicable" in told
    assert "role: not applicable: only hosts of this role write Security:4768" in told
    assert "auditpol" not in told
    assert "Credential Request" not in told


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("Security:4696", "no longer written"),
        ("Security:4688/CommandLine", "setting"),
        ("Process Creation", "Sysmon:1"),
        ("security:4697", "Security System Extension"),
        ("Security:5379", "User Account Management"),
        ("sysmon:29/hashes", "Sysmon"),
    ],
)
def test_explain_takes_events_fields_and_components(what: str, said: str) -> None:
    result = run("explain", what, CONTOSO, "--host", "FS", "--full")
    assert result.exit_code == 0
    told = " ".join(result.stdout.replace("│", " ").split())
    assert said in told
