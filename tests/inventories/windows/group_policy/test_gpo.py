"""GPO backups: the two real ones, and small ones that are right or broken in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gpo_files import (
    AUDIT_CSV,
    AUDIT_HEAD,
    AUDIT_ROW,
    POL,
    PROCESS_CREATION,
    SECEDIT,
    audit_of,
    on,
    pol,
    setting_of,
    template,
)
from support import shared

from logreach.inventories import load
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import AUDIT, SETTING

LOGOFF = "0CCE9216-69AE-11D9-BED3-505054503030"
Files = dict[str, bytes]


@pytest.mark.parametrize("name", ["nsa-windows", "nsa-windows-firewall"])
def test_a_real_backup_reads_whole_and_without_fault(name: str, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    for path in shared(f"gpo/{name}").rglob("*"):
        target = tmp_path / "copy" / path.relative_to(shared(f"gpo/{name}"))
        target.mkdir(exist_ok=True) if path.is_dir() else target.write_bytes(path.read_bytes())
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, os: Windows 10 22H2, gpo: copy}]")
    inventory = load(tmp_path)
    assert inventory.faults == ()
    facts = inventory.hosts[0].facts
    if name == "nsa-windows":
        assert len(list(facts.of_family(AUDIT))) == 21
        assert audit_of(inventory) == "Success"
        assert audit_of(inventory, LOGOFF) == "Success"
        assert setting_of(inventory, "process_creation_command_line") is True
        assert setting_of(inventory, "powershell_script_block_logging") is True
        assert setting_of(inventory, "sce_no_apply_legacy_audit_policy") is True
        known = facts.known[AUDIT(PROCESS_CREATION)]
        assert known.strength is Strength.POLICY
        assert "DoD Windows 10 STIG - Computer (SHB v10.1.0) decides" in known.evidence[0].quote
    else:
        assert audit_of(inventory).startswith("unknown")
    assert any(file.path.endswith("registry.pol") for file in inventory.files)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "Audit").mkdir(parents=True)
    (outside / "Audit" / "audit.csv").write_text(AUDIT_HEAD + AUDIT_ROW.format("Success", 1))
    root = tmp_path / "inv"
    root.mkdir()
    (root / "gpo").symlink_to(outside, target_is_directory=True)
    (root / "inventory.yaml").write_text("hosts: [{name: H, gpo: [gpo]}]")
    inventory = load(root)
    assert audit_of(inventory).startswith("unknown")
    assert "leaves the inventory folder" in str(inventory.faults[0])


def test_links_out_among_the_files_of_a_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("x")
    host = tmp_path / "inv" / "H"
    host.mkdir(parents=True)
    (host / "ver.txt").write_text("Microsoft Windows [Version 10.0.22631.1]")
    (host / "file.txt").symlink_to(tmp_path / "outside" / "a.txt")
    (host / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    inventory = load(tmp_path / "inv")
    told = [str(fault) for fault in inventory.faults]
    assert [text.partition(".")[0] for text in told] == [
        "path leaves the inventory folder: 'H/folder'",
        "path leaves the inventory folder: 'H/file",
    ]


def test_the_last_gpo_wins_and_is_named(loaded: Callable[..., Inventory]) -> None:
    first = {AUDIT_CSV: (AUDIT_HEAD + AUDIT_ROW.format("Success and Failure", 3)).encode()}
    second = {AUDIT_CSV: (AUDIT_HEAD + AUDIT_ROW.format("No Auditing", 0)).encode()}
    inventory = loaded(first, second)
    assert audit_of(inventory) == "No Auditing"
    fact = inventory.hosts[0].facts.get(AUDIT(PROCESS_CREATION))
    assert isinstance(fact, Known)
    assert fact.evidence[0].source.startswith("gpo1/")


def test_an_old_category_counts_only_where_subcategories_are_not_forced(
    loaded: Callable[..., Inventory],
) -> None:
    category = "[Event Audit]\r\nAuditProcessTracking = 3"
    lsa = "MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\SCENoApplyLegacyAuditPolicy"
    alone = loaded({SECEDIT: template(category)})
    assert "which no source states" in audit_of(alone)
    off = loaded({SECEDIT: template(category, f"[Registry Values]\r\n{lsa}=4,0")})
    assert audit_of(off) == "Success and Failure"
    forced = loaded({SECEDIT: template(category, f"[Registry Values]\r\n{lsa}=4,1")})
    assert "ignored since" in audit_of(forced)


def test_a_later_gpo_that_cannot_be_read_leaves_settings_unknown(
    loaded: Callable[..., Inventory],
) -> None:
    good = {POL: pol(on("EnableScriptBlockLogging"))}
    assert setting_of(loaded(good, {POL: b"nonsense"}), "powershell_script_block_logging") != True  # noqa: E712
    assert setting_of(loaded({POL: b"nonsense"}, good), "powershell_script_block_logging") is True


def test_a_gpo_that_is_absent_may_have_set_anything(loaded: Callable[..., Inventory]) -> None:
    good = {AUDIT_CSV: (AUDIT_HEAD + AUDIT_ROW.format("Success", 1)).encode()}
    inventory = loaded(good, {})
    assert "no such file or folder: gpo1" in audit_of(inventory)


def test_a_report_that_says_otherwise_is_a_fault(loaded: Callable[..., Inventory]) -> None:
    report = """<?xml version="1.0"?><GPO xmlns:q="a"><Computer><ExtensionData><Extension>
      <q:AuditSetting><q:PolicyTarget>System</q:PolicyTarget>
      <q:SubcategoryGuid>{0cce922b-69ae-11d9-bed3-505054503030}</q:SubcategoryGuid>
      <q:SettingValue>1</q:SettingValue></q:AuditSetting>
    </Extension></ExtensionData></Computer></GPO>"""
    failure = (AUDIT_HEAD + AUDIT_ROW.format("Failure", 2)).encode()
    inventory = loaded({AUDIT_CSV: failure, "gpreport.xml": report.encode()})
    assert "the files say Failure" in audit_of(inventory)
    assert "report says" in str(inventory.faults[0])
    assert "line 2" in inventory.faults[0].where


def test_a_users_half_of_a_gpo_is_not_the_computers(loaded: Callable[..., Inventory]) -> None:
    user = "DomainSysvol/GPO/User/registry.pol"
    inventory = loaded({user: pol(on("EnableScriptBlockLogging"))})
    assert setting_of(inventory, "powershell_script_block_logging") != True  # noqa: E712
    assert inventory.faults == ()
    assert "holds settings of users only" in str(inventory.notes[0])


def test_server_2008_takes_no_subcategories_from_a_gpo(loaded: Callable[..., Inventory]) -> None:
    files = {AUDIT_CSV: (AUDIT_HEAD + AUDIT_ROW.format("Success", 1)).encode()}
    assert "does not reach this host" in audit_of(loaded(files, os="Windows Server 2008 SP2"))


def test_a_setting_that_a_later_gpo_overrides_is_no_disagreement(
    loaded: Callable[..., Inventory],
) -> None:
    name = "EnableScriptBlockLogging"
    inventory = loaded({POL: pol(on(name))}, {POL: pol(on(name, 0))})
    assert setting_of(inventory, "powershell_script_block_logging") is False
    facts = inventory.hosts[0].facts
    assert facts.conflicts == ()
    fact = facts.get(SETTING("powershell_script_block_logging"))
    assert isinstance(fact, Known)
    assert fact.evidence[0].quote.startswith("gpo1 decides")
