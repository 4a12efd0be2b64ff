"""Where files of ours go, and that none is ever there by half."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from logreach.coverage.attack import store
from logreach.coverage.attack.files import cache_folder, write_whole


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
