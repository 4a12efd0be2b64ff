"""Files of many equal parts: the work grows with their number, not with its square."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from counted_calls import calls
from format_samples import DEVICES
from many_parts import MANY

from logreach.inventories import load


@pytest.mark.parametrize("name", MANY)
def test_four_times_the_parts_are_about_four_times_the_work(name: str, tmp_path: Path) -> None:
    def loading(count: int) -> Callable[[], object]:
        host = tmp_path / str(count) / "H"
        host.mkdir(parents=True)
        (host / "file").write_bytes(MANY[name](count).encode())
        return lambda: load(tmp_path / str(count))

    loading(50)()  # whatever is made once is made here
    few, many = calls(loading(1_000)), calls(loading(4_000))
    assert many < 5 * few, (few, many)


def test_so_is_a_list_of_devices(tmp_path: Path) -> None:
    def loading(count: int) -> Callable[[], object]:
        head, row = DEVICES.split("\n", 1)
        folder = tmp_path / str(count)
        folder.mkdir()
        rows = "".join(row.replace("A,", f"A{number},", 1) for number in range(count))
        (folder / "list.csv").write_text(f"{head}\n{rows}")
        return lambda: load(folder)

    loading(50)()
    assert calls(loading(2_000)) < 5 * calls(loading(500))


def test_so_is_a_list_of_devices_as_json(tmp_path: Path) -> None:
    def loading(count: int) -> Callable[[], object]:
        folder = tmp_path / str(count)
        folder.mkdir()
        device = {"OperatingSystem": "Windows 11 Pro", "OperatingSystemVersion": "10.0 (22631)"}
        rows = [{"Name": f"A{number}", **device} for number in range(count)]
        (folder / "list.json").write_text(json.dumps(rows))
        return lambda: load(folder)

    loading(50)()
    assert calls(loading(2_000)) < 5 * calls(loading(500))
