"""`logreach init`, and what an inventory that tells next to nothing is told to run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from logreach.cli import app
from logreach.inventories import load
from logreach.inventories.reading.manifest import read


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_what_it_writes_is_an_inventory(tmp_path: Path) -> None:
    result = run("init", tmp_path / "new")
    assert result.exit_code == 0
    inventory = load(tmp_path / "new")
    assert [host.name for host in inventory.hosts] == ["EXAMPLE"]
    assert inventory.faults == ()


def test_every_key_that_it_comments_out_is_allowed(tmp_path: Path) -> None:
    run("init", tmp_path)
    text = (tmp_path / "inventory.yaml").read_text("utf-8")
    commented = [line for line in text.splitlines() if re.match(r"\s*#\s+[a-z_]+: ?\S", line)]
    of_all = ("# name:", "# subscriptions:")
    for_all = [line.removeprefix("# ") for line in commented if line.startswith(of_all)]
    of_host = [
        f"    {line.lstrip(' #')}" for line in commented if not line.startswith((*of_all, "# exp"))
    ]
    assert len(of_host) > 11
    assert len(for_all) == 2
    manifest = read("\n".join([*for_all, "hosts:", "  - name: WS", *of_host]))
    (host,) = manifest.hosts
    assert host.count == 850
    assert host.folder is not None
    assert host.features == {"ad-cs": (False, host.features["ad-cs"][1])}
    assert manifest.name == "Contoso"


@pytest.mark.parametrize("name", ["DC 1", "O'Brien", 'a"b', "#1", "yes", "x: y", "Büro"])
def test_a_folder_that_is_there_becomes_a_host(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / ".git").mkdir()
    assert run("init", tmp_path).exit_code == 0
    assert [host.name for host in load(tmp_path).hosts] == [name]


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: MINE}]\n")
    result = run("init", tmp_path)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert (tmp_path / "inventory.yaml").read_text() == "hosts: [{name: MINE}]\n"
    (tmp_path / "file").write_text("")
    assert run("init", tmp_path / "file").exit_code == 2


def test_it_says_what_to_run_where(tmp_path: Path) -> None:
    said = run("init", tmp_path).stdout
    for command in ("logreach collect > collect.ps1", "wecutil gs NAME /f:xml", "Backup-GPO -All"):
        assert command in said


def test_an_inventory_that_tells_nothing_ends_with_three_commands(tmp_path: Path) -> None:
    run("init", tmp_path)
    lines = run("inventory", "show", tmp_path).stdout.rstrip().splitlines()
    assert "What " in lines[-4]
    assert [line.split()[0] for line in lines[-3:]] == ["auditpol", "sysmon", "systeminfo"]


def test_its_assessment_names_the_same_commands(tmp_path: Path) -> None:
    run("init", tmp_path)
    told = run("assess", tmp_path, "--out", tmp_path / "out", "--format", "csv").stdout
    _, _, below = told.partition("Run:\n")
    commands = [line.split()[0] for line in below.splitlines() if re.match("   [a-z]", line)]
    assert commands[:3] == ["auditpol", "sysmon", "systeminfo"]


def test_check_names_file_and_line_as_compilers_do(tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text("hosts:\n  - {name: A, audit_policy: gone.csv}\n")
    result = run("inventory", "check", tmp_path)
    assert result.exit_code == 1
    where = f"{tmp_path / 'inventory.yaml'}:2: fault: no such file or folder: gone.csv. "
    assert result.stdout.startswith(where)
    found = json.loads(run("inventory", "check", tmp_path, "--format", "json").stdout)
    assert [(each["path"], each["line"]) for each in found["faults"]] == [("inventory.yaml", 2)]
    assert found["disagreements"] == found["notes"] == []
