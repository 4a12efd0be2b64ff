"""Every behaviour of reading an inventory folder that a small folder can show: cases/*.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.inventories import load
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.reading.recognise import FAMILIES

CASES = Path(__file__).parent / "cases"
KEYS = {
    "name",
    "files",
    "hosts",
    "encodings",
    "hex",
    "facts",
    "missing",
    "faults",
    "notes",
    "conflicts",
    "error",
}


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            assert case.keys() <= KEYS, case["name"]
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


def write(folder: Path, case: dict[str, Any]) -> None:
    for name, text in case.get("files", {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        encoding = case.get("encodings", {}).get(name, "utf-8")
        path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    for name, digits in case.get("hex", {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(digits))


def key(text: str) -> FactKey[object]:
    family, _, name = text.partition(":")
    return FactKey(next(each for each in FAMILIES if each == family), name)


def host(inventory: Inventory, name: str) -> Host:
    return next(host for host in inventory.hosts if host.name == name)


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "inv"
    folder.mkdir()
    write(folder, case)
    if "error" in case:
        with pytest.raises(InputError) as caught:
            load(folder)
        assert len(caught.value.faults) == len(case["error"]), str(caught.value)
        for fault, wanted in zip(caught.value.faults, case["error"], strict=True):
            assert wanted in str(fault)
        return
    inventory = load(folder)
    if "hosts" in case:
        assert [one.name for one in inventory.hosts] == case["hosts"]
    for name, facts in case.get("facts", {}).items():
        for text, wanted in facts.items():
            fact = host(inventory, name).facts.known.get(key(text))
            assert (str(fact.value) if fact else None) == str(wanted), (name, text)
    for name, facts in case.get("missing", {}).items():
        for text, wanted in facts.items():
            known = host(inventory, name).facts
            assert key(text) not in known.known, (name, text)
            reason = getattr(known.get(key(text)), "reason", "")
            assert wanted in reason
    told = [str(fault) for fault in inventory.faults]
    assert len(told) == len(case.get("faults", ())), told
    for fault, wanted in zip(told, case.get("faults", ()), strict=True):
        assert wanted in fault
    notes = [str(note) for note in inventory.notes]
    assert notes == case.get("notes", [])
    for name, wanted in case.get("conflicts", {}).items():
        assert [str(one.key) for one in host(inventory, name).facts.conflicts] == wanted
    assert all(not fault.startswith("/") for fault in told)


def test_the_package_goes_on_being_callable_after_a_first_load(tmp_path: Path) -> None:
    """No module of the package may shadow its one function."""
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: WS}]\n", "utf-8")
    for _ in range(2):
        from logreach.inventories import load as again

        assert again(tmp_path).hosts[0].name == "WS"
