"""What shells offer on the Tab key, and the program under `python -m`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

from logreach.cli.exits import Exit, exit_code_of

PROGRAM = [sys.executable, "-m", "logreach"]
CONTOSO = str(ROOT / "examples" / "contoso")


def run(*words: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )


def offered(line: str, cwd: Path = ROOT) -> list[str]:
    """What bash is offered for the last word of a command line."""
    words = line.split(" ")
    environment = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = run(cwd=cwd, _LOGREACH_COMPLETE="complete_bash", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_python_dash_m_is_the_command() -> None:
    done = run("--version")
    assert done.stdout.startswith("logreach 0.")
    assert run("no-such-command").returncode == Exit.INPUT
    assert run("--help").stdout.startswith("Usage: logreach [OPTIONS]")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_each_shell_has_a_script(shell: str) -> None:
    done = run(_LOGREACH_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert "_LOGREACH_COMPLETE" in done.stdout
    assert "python" not in done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_takes_the_script() -> None:
    script = run(_LOGREACH_COMPLETE="source_bash").stdout
    checked = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p logreach"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "_logreach_completion logreach" in checked.stdout


def test_technique_ids_are_offered() -> None:
    assert offered("logreach explain T1543.00") == [f"T1543.00{last}" for last in range(1, 6)]
    assert "T1059.001" in offered(f"logreach assess {CONTOSO} --technique T1059.")
    assert offered("logreach explain Security:4688") == []


@pytest.mark.parametrize(
    "line",
    [
        f"logreach assess {CONTOSO} --host ",
        f"logreach explain T1543 {CONTOSO} --host ",
        f"logreach inventory show {CONTOSO} --host ",
        f"logreach rules {CONTOSO} --technique T1543 --host ",
    ],
)
def test_the_hosts_of_the_inventory_are_offered(line: str) -> None:
    assert offered(line) == ["WS", "DC", "FS", "APP-OLD", "KIOSK", "BRANCH"]


def test_hosts_are_offered_by_their_begin() -> None:
    assert offered(f"logreach assess {CONTOSO} --host B") == ["BRANCH"]


def test_folders_are_hosts_where_no_inventory_yaml_is(tmp_path: Path) -> None:
    (tmp_path / "hosts" / "WS-1").mkdir(parents=True)
    assert offered("logreach assess hosts --host ", tmp_path) == ["WS-1"]
    # Nothing says that the current folder is an inventory.
    assert offered("logreach explain T1543 --host ", tmp_path) == []


@pytest.mark.parametrize(
    "document",
    [
        "hosts: [",
        "hosts: 7",
        "\x00",
        "hosts: [{name: '$(touch x)'}, {name: \"a'; b\"}, {name: '`c`'}]",
    ],
    ids=["torn", "no list", "no YAML", "names that a shell would obey"],
)
def test_what_is_unreadable_or_harmful_is_not_offered(document: str, tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text(document, "utf-8")
    assert offered(f"logreach assess {tmp_path} --host ") == []
    assert offered("logreach assess gone --host ", tmp_path) == []


@pytest.mark.parametrize("code", [0, 1])
def test_the_code_with_which_completion_ends_is_passed_on(code: int) -> None:
    assert exit_code_of(lambda: sys.exit(code)) == code
