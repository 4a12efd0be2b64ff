"""Links in an inventory: to folders of it they are followed, once; all others are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.inventories import load
from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.reading.recognise import FAMILIES
from logreach.inventories.windows.facts import AUDIT, OS

VER = "Microsoft Windows [Version 10.0.22631.1]\n"
SUBSCRIPTION = """<Subscription><SubscriptionId>S</SubscriptionId><Query><![CDATA[<QueryList>
<Query><Select Path="Security">*</Select></Query></QueryList>]]></Query></Subscription>
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An inventory with a host's folder, and a folder beside the inventory."""
    (tmp_path / "inv" / "hosts" / "H").mkdir(parents=True)
    (tmp_path / "inv" / "common").mkdir()
    (tmp_path / "inv" / "common" / "ver.txt").write_text(VER)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "ver.txt").write_text(VER)
    manifest = "assume: windows-default\nhosts: [{name: H, folder: hosts/H}]\n"
    (tmp_path / "inv" / "inventory.yaml").write_text(manifest)
    return tmp_path / "inv"


def link(place: Path, target: Path) -> None:
    place.symlink_to(target, target_is_directory=True)


def told(inventory: Inventory) -> list[str]:
    return [str(fault).partition(".")[0] for fault in inventory.faults]


def system(host: Host) -> str:
    fact = host.facts.get(OS)
    return str(fact.value) if isinstance(fact, Known) else f"unknown: {fact.reason}"


def test_a_link_to_a_folder_of_the_inventory_is_followed(root: Path) -> None:
    link(root / "hosts" / "H" / "link", root / "common")
    inventory = load(root)
    assert system(inventory.hosts[0]) == "Windows 11 23H2 (build 22631.1)"
    assert told(inventory) == []
    assert "hosts/H/link/ver.txt" in [file.path for file in inventory.files]


def test_links_that_lead_in_a_circle_are_followed_once(root: Path) -> None:
    link(root / "hosts" / "H" / "again", root / "hosts" / "H")
    link(root / "hosts" / "H" / "one", root / "common")
    link(root / "hosts" / "H" / "two", root / "common")
    link(root / "common" / "self", root / "common")
    link(root / "common" / "back", root / "hosts" / "H")
    inventory = load(root)
    assert told(inventory) == []
    assert [file.path for file in inventory.files] == ["hosts/H/one/ver.txt", "inventory.yaml"]


def test_a_link_to_a_folder_that_holds_the_host_is_told_and_brings_no_other_host(
    root: Path,
) -> None:
    (root / "hosts" / "OTHER").mkdir()
    (root / "hosts" / "OTHER" / "ver.txt").write_text(VER)
    link(root / "hosts" / "H" / "up", root / "hosts")
    inventory = load(root)
    (host,) = inventory.hosts
    said = "link leads to a folder that contains the link; it was not followed in hosts/H/up"
    assert told(inventory) == [said]
    assert system(host).startswith(f"unknown: {said}")
    assert {key.family for key in host.facts.missing} == set(FAMILIES)


@pytest.mark.parametrize("name", ["outside", "outside/ver.txt"])
def test_what_lies_behind_a_link_out_is_unknown_and_never_a_default(root: Path, name: str) -> None:
    (root / "hosts" / "H" / "os.yaml").write_text("os: Windows 11 23H2\n")
    link(root / "hosts" / "H" / "link", root.parent / name)
    inventory = load(root)
    (host,) = inventory.hosts
    assert told(inventory) == ["path leaves the inventory folder: 'hosts/H/link'"]
    assert [known.assumed for _, known in host.facts.of_family(AUDIT)] == []
    assert {key.family for key in host.facts.missing} == set(FAMILIES)


def test_a_folder_of_subscriptions_may_be_a_link(root: Path) -> None:
    (root / "common" / "s.xml").write_text(SUBSCRIPTION)
    (root / "common" / "ver.txt").unlink()
    (root / "subscriptions").mkdir()
    link(root / "subscriptions" / "all", root / "common")
    text = "hosts: [{name: H, subscriptions: subscriptions}]"
    (root / "inventory.yaml").write_text(text)
    inventory = load(root)
    fact = inventory.hosts[0].facts.get(FORWARDING)
    assert isinstance(fact, Known)
    assert [one.name for one in fact.value.subscriptions] == ["S"]
    assert told(inventory) == []


def test_a_host_folder_that_is_a_link_out_is_told_once(root: Path) -> None:
    (root / "inventory.yaml").unlink()
    link(root / "OUT", root.parent / "outside")
    inventory = load(root)
    assert [one.name for one in inventory.hosts] == ["common", "hosts", "OUT"]
    assert told(inventory) == ["path leaves the inventory folder: 'OUT'"]
