"""What stands in place of a host's folder and is none: the host stays, with a fault."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from logreach.inventories import load
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.files import sources
from logreach.inventories.files.faults import InputError
from logreach.inventories.reading.recognise import FAMILIES
from logreach.inventories.windows.facts import OS


def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("gone"))


def _itself(path: Path) -> None:
    path.symlink_to(path)


def _pair(path: Path) -> None:
    other = path.parent / ".other"
    path.symlink_to(other)
    other.symlink_to(path)


def _absolute(path: Path) -> None:
    path.symlink_to("/nowhere/at/all")


def _above(path: Path) -> None:
    path.symlink_to(path.parent, target_is_directory=True)


def _deep(path: Path) -> None:
    path.mkdir()
    here = os.open(path, os.O_RDONLY)
    for _ in range(1000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def _remove_deep(path: Path) -> None:
    """pytest's own clean-up would recurse too deep."""
    while (path / "d").is_dir():
        (path / "d").rename(path.with_name("below"))
        path.rmdir()
        path.with_name("below").rename(path)


@pytest.fixture(autouse=True)
def _shallow(tmp_path: Path) -> Iterator[None]:
    yield
    _remove_deep(tmp_path / "A")


STANDS_THERE: dict[str, Callable[[Path], None]] = {
    "a dangling link": _dangling,
    "a link to itself": _itself,
    "two links to each other": _pair,
    "a link out of the inventory": _absolute,
    "a link to the folder above": _above,
    "a pipe": os.mkfifo,
    "a thousand nested folders": _deep,
}


@pytest.mark.parametrize("alone", [False, True], ids=["beside another", "alone"])
@pytest.mark.parametrize("name", STANDS_THERE)
def test_it_is_a_fault_of_that_host_alone(name: str, alone: bool, tmp_path: Path) -> None:
    if not alone:
        (tmp_path / "B").mkdir()
        (tmp_path / "B" / "ver.txt").write_text("Microsoft Windows [Version 10.0.22631.1]\n")
    STANDS_THERE[name](tmp_path / "A")
    inventory = load(tmp_path)
    assert [host.name for host in inventory.hosts] == (["A"] if alone else ["A", "B"])
    first = inventory.hosts[0]
    assert first.faults
    assert any("A" in str(fault) for fault in inventory.faults)
    assert {key.family for key in first.facts.missing} >= set(FAMILIES)
    assert isinstance(first.facts.get(OS), Missing)
    assert alone or isinstance(inventory.hosts[1].facts.get(OS), Known)


@pytest.mark.parametrize("name", STANDS_THERE)
def test_so_it_is_where_the_manifest_names_the_folder(name: str, tmp_path: Path) -> None:
    STANDS_THERE[name](tmp_path / "A")
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: A, folder: A}, {name: B}]")
    inventory = load(tmp_path)
    assert [host.name for host in inventory.hosts] == ["A", "B"]
    assert inventory.hosts[0].faults
    assert not inventory.hosts[1].faults


@pytest.mark.parametrize("name", ["a dangling link", "a link to itself", "a pipe"])
def test_a_manifest_of_that_kind_is_not_taken_for_an_absent_one(name: str, tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    STANDS_THERE[name](tmp_path / "inventory.yaml")
    with pytest.raises(InputError, match="must be a file"):
        load(tmp_path)


def test_too_many_files_are_a_fault_of_that_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 3)
    for host, files in (("A", 9), ("B", 1)):
        (tmp_path / host).mkdir()
        for number in range(files):
            text = "Microsoft Windows [Version 10.0.22631.1]\n"
            (tmp_path / host / f"{number}.txt").write_text(text)
    inventory = load(tmp_path)
    assert [str(fault) for fault in inventory.faults] == [
        "holds more than 3 files; the rest was not read in A"
    ]
    assert isinstance(inventory.hosts[1].facts.get(OS), Known)
