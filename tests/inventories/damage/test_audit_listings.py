"""A host's own audit policy, damaged: what it should have told is unknown, whatever a GPO asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from format_samples import AUDITPOL, BACKUP
from gpo_files import AUDIT_HEAD

from logreach.inventories import load
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.audit_policy.subcategories import subcategories, subcategories_of
from logreach.inventories.windows.facts import AUDIT, CHANNEL, SETTING, OperatingSystem, OsKind
from logreach.inventories.windows.system.operating_systems import identify

PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"
WISHES = AUDIT_HEAD + "".join(
    f",System,{one.name},{{{one.guid}}},Success and Failure,,3\r\n"
    for one in subcategories().values()
)
NOTHING = AUDITPOL.replace("Success and Failure", "No Auditing")
ROWS = NOTHING.splitlines(keepends=True)
DAMAGED = {
    "cut at a line's end": "".join(ROWS[:20]),
    "cut within a row": "".join(ROWS[:20]) + ROWS[20][:30],
    "lacking one row": "".join(row for row in ROWS if PROCESS_CREATION not in row),
    "only the headings": ROWS[0],
    "empty": "",
    "zero bytes": "\0" * 64,
    "denied": "Error 0x00000522 occurred:\r\nA required privilege is not held by the client.\r\n",
    "garbage": "".join(map(chr, range(33, 127))) * 9,
    "another file": "Name,Value\r\nA,1\r\n",
    "a row of one user only": ROWS[0] + ROWS[30].replace("System", "CORP\\anna"),
}


def inventory(folder: Path, listing: str, *, by_content: bool) -> Inventory:
    """A host whose GPO asks for every subcategory."""
    audit = folder / "H" / "g" / "Machine" / "Microsoft" / "Windows NT" / "Audit"
    audit.mkdir(parents=True)
    (audit / "audit.csv").write_text(WISHES)
    (folder / "H" / "g" / "bkupInfo.xml").write_text("<B/>")
    (folder / "H" / "auditpol.csv").write_text(listing)
    named = "folder: H" if by_content else "audit_policy: H/auditpol.csv, gpo: [H/g]"
    settings = "settings: {sce_no_apply_legacy_audit_policy: true}"
    (folder / "inventory.yaml").write_text(
        f"hosts: [{{name: H, os: Windows Server 2022, role: server, {named}, {settings}}}]"
    )
    return load(folder)


@pytest.mark.parametrize("by_content", [False, True], ids=["named", "by content"])
@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_a_fault_and_no_policy_stands_for_what_it_cost(
    name: str, by_content: bool, tmp_path: Path
) -> None:
    read = inventory(tmp_path, DAMAGED[name], by_content=by_content)
    assert read.faults
    assert all("auditpol.csv" in str(fault) for fault in read.faults)
    fact = read.hosts[0].facts.get(AUDIT(PROCESS_CREATION))
    assert isinstance(fact, Missing)
    assert fact.fault is not None or "auditpol.csv" in fact.reason


@pytest.mark.parametrize("by_content", [False, True], ids=["named", "by content"])
def test_a_whole_listing_is_believed_over_the_policy(by_content: bool, tmp_path: Path) -> None:
    read = inventory(tmp_path, NOTHING, by_content=by_content)
    assert read.faults == ()
    fact = read.hosts[0].facts.get(AUDIT(PROCESS_CREATION))
    assert isinstance(fact, Known)
    assert str(fact.value) == "No Auditing"


def test_two_listings_that_complete_each_other_lack_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("".join(ROWS[:30]))
    (tmp_path / "b.csv").write_text(ROWS[0] + "".join(ROWS[30:]))
    (tmp_path / "inventory.yaml").write_text(
        "hosts: [{name: H, os: Windows 11 23H2, audit_policy: [a.csv, b.csv]}]"
    )
    assert load(tmp_path).faults == ()


@pytest.mark.parametrize(
    ("system", "lacking"),
    [("Windows 7 SP1", 0), ("Windows Server 2012 R2", 3), ("Windows 11 23H2", 6)],
)
def test_a_listing_needs_what_its_windows_has(system: str, lacking: int, tmp_path: Path) -> None:
    windows_7 = identify("Windows 7 SP1")
    assert isinstance(windows_7, OperatingSystem)
    had = subcategories_of(windows_7)
    rows = [ROWS[0], *(row for row in ROWS if any(guid in row for guid in had))]
    (tmp_path / "a.csv").write_text("".join(rows))
    (tmp_path / "inventory.yaml").write_text(
        f"hosts: [{{name: H, os: {system}, audit_policy: a.csv}}]"
    )
    faults = [str(fault) for fault in load(tmp_path).faults]
    assert len(faults) == bool(lacking)
    assert not lacking or f"lacks {lacking} of" in faults[0]


def test_every_windows_has_what_the_oldest_has() -> None:
    oldest = subcategories_of(None)
    assert PROCESS_CREATION in oldest
    for kind, build in ((OsKind.CLIENT, 6000), (OsKind.SERVER, 6001), (OsKind.CLIENT, 22631)):
        assert oldest <= subcategories_of(OperatingSystem("", "", kind, "", build))


def test_a_damaged_listing_costs_no_other_file_of_the_host(tmp_path: Path) -> None:
    """What the host printed elsewhere stays; defaults of Windows do not stand for the damage."""
    (tmp_path / "H").mkdir()
    (tmp_path / "H" / "os.yaml").write_text("os: Windows 11 23H2\n")
    (tmp_path / "H" / "backup.csv").write_bytes(BACKUP.encode("cp850"))
    (tmp_path / "H" / "channels.json").write_bytes(
        b'\0[{"LogName": "Security", "IsEnabled": false}]'
    )
    facts = load(tmp_path).hosts[0].facts
    assert isinstance(facts.get(AUDIT(PROCESS_CREATION)), Known)
    assert isinstance(facts.get(SETTING("audit_base_objects")), Known)
    channel = facts.get(CHANNEL("Security"))
    assert isinstance(channel, Missing)
    assert channel.fault is not None


def test_a_key_that_a_record_has_twice_is_damage(tmp_path: Path) -> None:
    (tmp_path / "H").mkdir()
    (tmp_path / "H" / "channels.json").write_text(
        '[{"LogName": "Security", "IsEnabled": false, "LogName": "Other"}]'
    )
    inventory = load(tmp_path)
    assert "has the key 'LogName' twice" in str(inventory.faults[0])
    assert isinstance(inventory.hosts[0].facts.get(CHANNEL("Security")), Missing)


def test_no_default_stands_for_a_channel_that_a_whole_list_lacks(tmp_path: Path) -> None:
    """Its name may be damaged; every Windows lists each channel that it has."""
    (tmp_path / "H").mkdir()
    names = ["Security", *(f"Provider-{number}/Operational" for number in range(120))]
    rows = ",".join(f'{{"LogName": "{name}", "IsEnabled": true}}' for name in names)
    (tmp_path / "H" / "channels.json").write_text(f"[{rows}]")
    inventory = load(tmp_path)
    assert inventory.faults == ()
    fact = inventory.hosts[0].facts.get(CHANNEL("Microsoft-Windows-WMI-Activity/Operational"))
    assert isinstance(fact, Missing)
    assert fact.fault is not None
