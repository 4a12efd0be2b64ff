"""Folders of an inventory that the system refuses to list: told, and never taken for empty."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from logreach.inventories import load
from logreach.inventories.facts.facts import Missing
from logreach.inventories.files.faults import InputError
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.reading.recognise import FAMILIES
from logreach.inventories.windows.facts import AUDIT, OS, SETTING

Refuse = Callable[[Path], None]
PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Have the system refuse to list a folder; permissions would not stop the tests' root."""
    refused: set[str] = set()

    def guarded(listing: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def guard(path: Any = ".") -> Any:
            if str(path) in refused:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return listing(path)

        return guard

    for name in ("scandir", "listdir"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name)))
    return lambda path: refused.add(str(path))


def test_a_hosts_own_folder(tmp_path: Path, refuse: Refuse) -> None:
    for name in ("A", "B"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "os.yaml").write_text("os: Windows 11 23H2\n")
    refuse(tmp_path / "A")
    inventory = load(tmp_path)
    told = "folder cannot be read (Permission denied) in A"
    assert [str(fault) for fault in inventory.faults] == [told]
    first, second = inventory.hosts
    assert {key.family for key in first.facts.missing} == set(FAMILIES)
    assert {one.reason for one in first.facts.missing.values()} == {told}
    assert isinstance(first.facts.get(OS), Missing)
    assert not isinstance(second.facts.get(OS), Missing)


def test_a_folder_below_a_hosts_own(tmp_path: Path, refuse: Refuse) -> None:
    """What was read stays known; nothing is taken for a default of Windows."""
    (tmp_path / "H" / "policy").mkdir(parents=True)
    (tmp_path / "H" / "os.yaml").write_text("os: Windows 11 23H2\n")
    (tmp_path / "inventory.yaml").write_text(
        "assume: windows-default\nhosts: [{name: H, folder: H}]"
    )
    assert not isinstance(load(tmp_path).hosts[0].facts.get(AUDIT(PROCESS_CREATION)), Missing)
    refuse(tmp_path / "H" / "policy")
    facts = load(tmp_path).hosts[0].facts
    assert not isinstance(facts.get(OS), Missing)
    audit = facts.get(AUDIT(PROCESS_CREATION))
    assert isinstance(audit, Missing)
    assert "cannot be read" in audit.reason


def test_a_gpo_may_hold_anything_where_a_folder_of_it_is_closed(
    tmp_path: Path, refuse: Refuse
) -> None:
    below = tmp_path / "gpo" / "{1}" / "DomainSysvol"
    below.mkdir(parents=True)
    (below.parent / "bkupInfo.xml").write_text("<BackupInst/>")
    text = "hosts: [{name: H, os: Windows 11 23H2, gpo: gpo, assume: windows-default}]"
    (tmp_path / "inventory.yaml").write_text(text)
    refuse(below)
    inventory = load(tmp_path)
    assert [str(fault) for fault in inventory.faults] == [
        "folder cannot be read (Permission denied) in gpo/{1}/DomainSysvol"
    ]
    assert isinstance(inventory.hosts[0].facts.get(AUDIT(PROCESS_CREATION)), Missing)
    setting = inventory.hosts[0].facts.get(SETTING("process_creation_command_line"))
    assert "cannot be read" in getattr(setting, "reason", "")


def test_a_closed_folder_beside_gpos_may_hold_another(tmp_path: Path, refuse: Refuse) -> None:
    for name in ("{1}", "{2}"):
        (tmp_path / "gpo" / name).mkdir(parents=True)
    (tmp_path / "gpo" / "{1}" / "bkupInfo.xml").write_text("<BackupInst/>")
    machine = tmp_path / "gpo" / "{1}" / "Machine"
    machine.mkdir()
    (machine / "registry.pol").write_bytes(b"PReg\x01\x00\x00\x00")
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, gpo: gpo}]")
    refuse(tmp_path / "gpo" / "{2}")
    inventory = load(tmp_path)
    assert [str(fault) for fault in inventory.faults] == [
        "folder cannot be read (Permission denied) in gpo/{2}"
    ]
    setting = inventory.hosts[0].facts.get(SETTING("process_creation_command_line"))
    assert "cannot be read" in getattr(setting, "reason", "")


def test_a_folder_of_subscriptions(tmp_path: Path, refuse: Refuse) -> None:
    (tmp_path / "wef").mkdir()
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, subscriptions: wef}]")
    refuse(tmp_path / "wef")
    inventory = load(tmp_path)
    assert len(inventory.faults) == 1
    forwarding = inventory.hosts[0].facts.get(FORWARDING)
    assert isinstance(forwarding, Missing)
    assert forwarding.fault


def test_the_inventory_itself(tmp_path: Path, refuse: Refuse) -> None:
    (tmp_path / "WS").mkdir()
    refuse(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)
