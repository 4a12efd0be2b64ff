"""Where files of ours go, and that none is ever there by half."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from logreach.coverage.attack import files, store
from logreach.coverage.attack.files import cache_folder, read_checked, write_checked, write_whole


@pytest.mark.parametrize(
    ("platform", "variable", "value", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "/var/x", "/var/x/logreach"),
        ("linux", "XDG_CACHE_HOME", "relative", "HOME/.cache/logreach"),
        ("linux", "XDG_CACHE_HOME", "", "HOME/.cache/logreach"),
        ("win32", "LOCALAPPDATA", "/var/y", "/var/y/logreach"),
        ("win32", "LOCALAPPDATA", "y", "HOME/AppData/Local/logreach"),
        ("win32", "LOCALAPPDATA", "", "HOME/AppData/Local/logreach"),
        ("darwin", "XDG_CACHE_HOME", "/var/x", "HOME/Library/Caches/logreach"),
    ],
)
def test_the_cache_is_where_the_platform_has_such(
    monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, value)
    folder = Path(expected.replace("HOME", str(Path.home())))
    assert cache_folder() == folder
    assert store._path_of_version("17.1") == folder / "attack" / "attack-17.1.json"


def test_a_variable_that_is_not_there_counts_as_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == Path.home() / ".cache" / "logreach"


def test_a_file_is_written_whole_with_its_folder_and_nothing_is_left_beside_it(
    tmp_path: Path,
) -> None:
    target = tmp_path / "new" / "a.txt"
    write_whole(target, "one\ntwo\n")
    write_whole(target, "three\n")
    assert target.read_bytes() == b"three\n"
    assert list(target.parent.iterdir()) == [target]


def test_what_cannot_be_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    write_whole(target, "old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(target, "new")
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_kept_is_the_users_alone_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "below" / "kept.json"
    write_checked(path, "key", "é\n\udc80".replace("\udc80", ""))
    assert read_checked(path, "key") == "é\n"
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.parent.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_comes_back_that_was_kept_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cache" / "kept.json"
    write_checked(path, "key", "one")
    assert read_checked(path, "another key") is None
    path.write_bytes(path.read_bytes().replace(b"one", b"two"))
    assert read_checked(path, "key") is None
    write_checked(path, "key", "one")
    monkeypatch.setattr(files, "version", lambda _name: "99")
    assert read_checked(path, "key") is None


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of POSIX")
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "kept.json"
    write_checked(path, "key", "one")
    path.parent.chmod(0o777)
    assert read_checked(path, "key") is None
    with pytest.raises(PermissionError):
        write_checked(path, "key", "two")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_neither_a_pipe_nor_a_link_is_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    os.mkfifo(tmp_path / "pipe")
    assert read_checked(tmp_path / "pipe", "pipe") is None
    write_checked(tmp_path / "kept", "link", "one")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    assert read_checked(tmp_path / "link", "link") is None
    assert read_checked(tmp_path / "absent", "key") is None


def test_what_killed_runs_left_is_cleared_and_nothing_is_written_through_it(
    tmp_path: Path,
) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / f".a.txt.{int(dead.stdout)}.part").write_text("half")
    (tmp_path / f".a.txt.{os.getpid()}.part").symlink_to(victim)
    (tmp_path / f".a.txt.{os.getppid()}.part").write_text("another run's")
    write_whole(tmp_path / "a.txt", "whole")
    assert victim.read_text() == "mine"
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"a.txt", "victim", f".a.txt.{os.getppid()}.part"}
