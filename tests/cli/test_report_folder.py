"""What lies in the folder for reports already: leftovers are cleared, links are not followed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from logreach.cli.report_folder import whole_files
from logreach.inventories.files.faults import InputError


def _ended_process() -> int:
    command = [sys.executable, "-c", "import os; print(os.getpid())"]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def _write(out: Path) -> None:
    with whole_files(out) as part:
        (part / "navigator").mkdir()
        (part / "navigator" / "fleet.json").write_text("{}")
        (part / "assessment.json").write_text("{}")


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    for number in (_ended_process(), os.getpid(), 2**40):
        left = tmp_path / f".logreach-{number}.part" / "navigator"
        left.mkdir(parents=True)
        (left / "old.json").write_text("half")
    (tmp_path / ".logreach-notes.part").mkdir()
    _write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "assessment.json",
        "navigator",
        ".logreach-notes.part",
    }
    assert [path.name for path in (tmp_path / "navigator").iterdir()] == ["fleet.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="whether it runs is asked on POSIX only")
def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    other = tmp_path / f".logreach-{os.getppid()}.part"
    other.mkdir()
    _write(tmp_path)
    assert other.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_in_place_of_a_leftover_is_removed_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    for number in (os.getpid(), _ended_process()):
        (out / f".logreach-{number}.part").symlink_to(elsewhere)
    _write(out)
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]
    assert {path.name for path in out.iterdir()} == {"assessment.json", "navigator"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_no_report_is_written_through_a_link(tmp_path: Path) -> None:
    victim, elsewhere, out = tmp_path / "victim", tmp_path / "elsewhere", tmp_path / "out"
    victim.write_text("mine")
    elsewhere.mkdir()
    out.mkdir()
    (out / "assessment.json").symlink_to(victim)
    _write(out)
    assert victim.read_text() == "mine"
    assert not (out / "assessment.json").is_symlink()
    (out / "navigator" / "fleet.json").unlink()
    (out / "navigator").rmdir()
    (out / "navigator").symlink_to(elsewhere)
    with pytest.raises(InputError, match="navigator: it is a link"):
        _write(out)
    assert list(elsewhere.iterdir()) == []
