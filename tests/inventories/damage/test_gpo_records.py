"""A GPO whose files lack what its own records say: what else it sets is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpo_files import MACHINE, POL, audit_of, on, pol, setting_of

from logreach.inventories import load

LOGGING = "powershell_script_block_logging"
BACKUP = (
    "<GroupPolicyBackupScheme><GroupPolicyObject><GroupPolicyCoreSettings>"
    "<MachineExtensionGuids><![CDATA[{machine}]]></MachineExtensionGuids>"
    "<UserExtensionGuids>{user}</UserExtensionGuids>"
    "</GroupPolicyCoreSettings></GroupPolicyObject></GroupPolicyBackupScheme>"
)
REGISTRY = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
AUDIT = "[{F3CCC681-B74C-4060-9F26-CD84525DCA2A}{0F3F3735-573D-9804-99E4-AB2A69BA5FD4}]"
POLICY = "<q1:Policy><q1:Name>Any</q1:Name><q1:State>{}</q1:State></q1:Policy>"
REPORT = (
    '<?xml version="1.0"?><GPO xmlns:q1="a"><Computer><ExtensionData><Extension>{}</Extension>'
    "</ExtensionData></Computer></GPO>"
)
VERSIONS = (
    "<GPO><Computer><VersionDirectory>{}</VersionDirectory><VersionSysvol>{}</VersionSysvol>"
    "</Computer></GPO>"
)
WHOLE = pol(on("EnableScriptBlockInvocationLogging"), on("EnableScriptBlockLogging", 0))
ONE_RECORD = pol(on("EnableScriptBlockInvocationLogging"))


def folder(root: Path, files: dict[str, bytes]) -> Path:
    """A host with a GPO that turns logging on, and a later one with these files."""
    first = root / "first" / POL
    first.parent.mkdir(parents=True)
    first.write_bytes(pol(on("EnableScriptBlockLogging")))
    (root / "later").mkdir()
    (root / "later" / "bkupInfo.xml").write_text("<B/>")
    for name, data in files.items():
        path = root / "later" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "inventory.yaml").write_text(
        "hosts: [{name: H, os: Windows 11 23H2, gpo: [first, later]}]"
    )
    return root


def report(*states: str) -> bytes:
    return REPORT.format("".join(POLICY.format(state) for state in states)).encode()


def backup(machine: str, user: str = "") -> bytes:
    return BACKUP.format(machine=machine, user=user).encode()


DAMAGED: dict[str, dict[str, bytes]] = {
    "cut at a record that the report lists": {
        POL: ONE_RECORD,
        "gpreport.xml": report("Enabled", "Disabled"),
    },
    "cut behind the header": {POL: pol(), "Backup.xml": backup(REGISTRY)},
    "left out": {MACHINE + "comment.cmtx": b"<a/>", "Backup.xml": backup(REGISTRY)},
    "no file at all": {},
    "of another version than gpt.ini": {
        POL: ONE_RECORD,
        "gpt.ini": b"[General]\r\nVersion=65538\r\n",
        "gpreport.xml": VERSIONS.format(3, 3).encode(),
    },
    "of another version than in the directory": {
        POL: ONE_RECORD,
        "gpreport.xml": VERSIONS.format(3, 2).encode(),
    },
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_the_records_miss_is_a_fault_and_unknown(name: str, tmp_path: Path) -> None:
    inventory = load(folder(tmp_path, DAMAGED[name]))
    assert inventory.faults
    assert setting_of(inventory, LOGGING) not in (True, False)


def test_whole_files_are_believed(tmp_path: Path) -> None:
    records = {"gpreport.xml": report("Enabled", "Disabled"), "Backup.xml": backup(REGISTRY)}
    records["gpt.ini"] = b"[General]\r\nVersion=65538\r\n"
    inventory = load(folder(tmp_path, {POL: WHOLE, **records}))
    assert inventory.faults == ()
    assert setting_of(inventory, LOGGING) is False


def test_policies_that_are_not_configured_take_no_record(tmp_path: Path) -> None:
    states = ("Enabled", "Not Configured", "Not Configured")
    inventory = load(folder(tmp_path, {POL: ONE_RECORD, "gpreport.xml": report(*states)}))
    assert inventory.faults == ()
    assert setting_of(inventory, LOGGING) is True


def test_a_lost_audit_file_costs_subcategories_only(tmp_path: Path) -> None:
    inventory = load(folder(tmp_path, {POL: WHOLE, "Backup.xml": backup(REGISTRY + AUDIT)}))
    assert "audit/audit.csv" in str(inventory.faults[0])
    assert "audit/audit.csv" in audit_of(inventory)
    assert setting_of(inventory, LOGGING) is False


def test_a_gpo_for_users_only_is_no_fault(tmp_path: Path) -> None:
    inventory = load(folder(tmp_path, {"Backup.xml": backup("", REGISTRY)}))
    assert inventory.faults == ()
    assert setting_of(inventory, LOGGING) is True
