"""What a user may get wrong ends with a code and a sentence, never with a traceback."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from logreach.cli import app
from logreach.cli.report_folder import check_writable, whole_files
from logreach.inventories.files.faults import InputError

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "mistakes.yaml").read_text("utf-8")
)
RULE = """title: One
id: 00000000-0000-4000-8000-000000000001
logsource: {product: windows, category: process_creation}
detection: {a: {Image: 'a.exe'}, condition: a}
"""
CONFIG = """<Sysmon schemaversion="4.90"><EventFiltering>
<ProcessCreate onmatch="exclude"/></EventFiltering></Sysmon>"""
BINARY = bytes(range(255, 0, -1))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("ok", "rules", "empty", "taken/assessment.xlsx"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in {
        "ok/inventory.yaml": "hosts: [{name: WS1, os: Windows 11 23H2}]",
        "rules/rule.yml": RULE,
        "file": "text",
        "deep.json": "[" * 100_000,
        "config.xml": CONFIG,
        "taken/navigator": "",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "bin").write_bytes(BINARY)
    return tmp_path


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, ["x" * 50_000 if word == "LONG" else word for word in words])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_mistake(case: dict[str, Any], folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    result = _run(*case["words"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == case["code"]
    told = " ".join(result.output.split())
    assert case["said"] in told
    assert len(told) < 2_000
    assert [one for one in sorted(folder.rglob("*")) if "cache" not in one.parts] == before


def test_the_version_and_the_help_are_told() -> None:
    assert _run("--version").stdout.startswith("logreach 0.")
    assert _run("-h").stdout == _run("--help").stdout
    assert "Exit codes: 0 done" in _run("--help").stdout


def _write_half(out: Path, error: OSError) -> None:
    with whole_files(out) as part:
        (part / "assessment.json").write_text("half", "utf-8")
        raise error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "cannot write out: No space left"),
        (PermissionError(errno.EACCES, "Permission denied", "part/x"), "open in another program"),
    ],
    ids=["a full disk", "a locked file"],
)
def test_reports_that_cannot_be_written_leave_the_earlier_ones(error: OSError, said: str) -> None:
    out = Path("out")
    out.mkdir()
    (out / "assessment.json").write_text("earlier", "utf-8")
    with pytest.raises(InputError, match=said):
        _write_half(out, error)
    assert [one.name for one in out.iterdir()] == ["assessment.json"]
    assert (out / "assessment.json").read_text("utf-8") == "earlier"


def test_reports_take_their_place_when_all_are_whole() -> None:
    out = Path("new/out")
    with whole_files(out) as part:
        (part / "navigator").mkdir()
        (part / "navigator" / "fleet.json").write_text("{}", "utf-8")
        assert not (out / "navigator").exists()
    assert [one for one in out.rglob("*") if one.is_file()] == [out / "navigator" / "fleet.json"]


@pytest.mark.parametrize("out", ["a/b/c", "ok", "ok/out", "empty-too"])
def test_a_folder_that_does_not_exist_yet_is_fine(out: str) -> None:
    check_writable(Path(out), Path("ok"))


@pytest.mark.parametrize("out", ["empty", "empty/out", "empty/../empty/a/b"])
def test_reports_do_not_go_where_each_folder_is_a_host(out: str) -> None:
    with pytest.raises(InputError, match="read it as a host"):
        check_writable(Path(out), Path("empty"))


def test_layers_of_an_earlier_run_are_told_and_left() -> None:
    old = Path("out/navigator/profile-p7.json")
    old.parent.mkdir(parents=True)
    old.write_text("{}", "utf-8")
    words = ("--technique", "T1543.003", "--format", "navigator", "--out", "out")
    result = _run("assess", "ok", *words)
    assert result.exit_code == 0
    assert "layers of an earlier run: profile-p7.json" in result.stderr
    assert old.exists()
