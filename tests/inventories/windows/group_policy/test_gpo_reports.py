"""Get-GPOReport's XML: of one GPO, of several, beside a backup and in place of its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gpo_files import POL as POL_FILE
from gpo_files import PROCESS_CREATION, audit_of, on, pol, setting_of
from policy_files import COMMAND_LINE, audit, computer, gpo, policy, result, security
from support import shared

from logreach.inventories import load
from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.host import Inventory
from logreach.inventories.files.sources import Folder, Source
from logreach.inventories.windows.facts import AUDIT_ORIGINS, CHANNEL, LEGACY_AUDIT, SACL
from logreach.inventories.windows.group_policy import gpo as gpo_folder
from logreach.inventories.windows.group_policy import gpo_checks, gpo_reports, policy_xml

LINE = "process_creation_command_line"
REPORT = gpo(computer([policy(*COMMAND_LINE)], [audit(PROCESS_CREATION, 3)]))
OFF = gpo(computer([policy(*COMMAND_LINE, "Disabled")], [audit(PROCESS_CREATION, 0)]), "Off")


def report(xml: str, tmp_path: Path, more: str = "") -> Inventory:
    (tmp_path / "H").mkdir(exist_ok=True)
    (tmp_path / "H" / "r.xml").write_text(xml, "utf-8")
    (tmp_path / "inventory.yaml").write_text(
        f"hosts: [{{name: H, os: Windows 11 23H2, folder: H{more}}}]"
    )
    return load(tmp_path)


def test_the_report_of_one_gpo_is_read_like_its_backup(tmp_path: Path) -> None:
    inventory = report(REPORT, tmp_path)
    assert inventory.faults == ()
    assert audit_of(inventory) == "Success and Failure"
    assert setting_of(inventory, LINE) is True
    fact = inventory.hosts[0].facts.get(CHANNEL.every)
    assert not isinstance(fact, Known)
    quotes = [one.evidence[0].quote for one in inventory.hosts[0].facts.known.values()]
    assert any("Logging sets Success and Failure" in quote for quote in quotes)


@pytest.mark.parametrize("name", ["nsa-windows", "nsa-windows-firewall"])
def test_a_real_report_tells_what_the_files_of_its_backup_tell(name: str) -> None:
    (folder,) = shared(f"gpo/{name}").glob("{*")
    backup = gpo_folder.read_gpo(Folder(folder), folder)
    xml = (folder / "gpreport.xml").read_bytes()
    reading = gpo_reports.read(Source.of("r.xml", xml))
    statements = (*backup.advanced.values(), *backup.legacy.values(), *backup.others)
    assert {(one.key, one.value) for one in statements} == {
        (one.key, one.value) for one in reading.statements
    }
    assert (reading.faults, reading.missing) == ((), ())
    assert len(statements) == {"nsa-windows": 28, "nsa-windows-firewall": 0}[name]


def test_a_report_named_in_place_of_a_folder_is_applied_in_its_order(tmp_path: Path) -> None:
    for name, xml in (("on.xml", REPORT), ("off.xml", OFF)):
        (tmp_path / name).write_text(xml)
    for order, expected in (("on.xml, off.xml", False), ("off.xml, on.xml", True)):
        (tmp_path / "inventory.yaml").write_text(
            f"hosts: [{{name: H, os: Windows 11 23H2, gpo: [{order}]}}]"
        )
        inventory = load(tmp_path)
        assert inventory.faults == ()
        assert setting_of(inventory, LINE) is expected


def test_of_several_gpos_in_one_file_all_that_any_sets_is_unknown(tmp_path: Path) -> None:
    several = f"<report>{REPORT}{gpo(computer(), 'Empty')}</report>"
    inventory = report(several, tmp_path)
    assert "holds 2 GPOs and does not tell which of them" in str(inventory.faults[0])
    assert "Logging may set it" in str(setting_of(inventory, LINE))
    assert audit_of(inventory).startswith("unknown: ")
    assert "the inventory does not say" in str(setting_of(inventory, "powershell_transcription"))


def test_several_gpos_that_set_nothing_known_are_no_fault(tmp_path: Path) -> None:
    inventory = report(f"<report>{gpo(computer(), 'A')}{gpo('', 'B')}</report>", tmp_path)
    assert inventory.faults == ()


def test_a_report_of_a_disabled_half_is_a_remark(tmp_path: Path) -> None:
    inventory = report(REPORT.replace("<Enabled>true", "<Enabled>false", 1), tmp_path)
    assert inventory.faults == ()
    assert "settings of Logging are disabled" in str(inventory.notes[0])
    assert setting_of(inventory, LINE) == "the inventory does not say"


def test_a_report_of_two_versions_tells_nothing(tmp_path: Path) -> None:
    inventory = report(gpo(computer([policy(*COMMAND_LINE)]), versions="21"), tmp_path)
    assert "are of version 2 in the directory, 1 in SYSVOL" in str(inventory.faults[0])
    assert "are of version" in str(setting_of(inventory, LINE))


@pytest.mark.parametrize(
    "xml",
    [
        REPORT[: len(REPORT) // 2],
        "<report></report><!-- <GPO> -->",
        REPORT.replace("Computer>", "Komputer>"),
        '<!DOCTYPE GPO [<!ENTITY e "x">]>' + REPORT,
    ],
    ids=["cut", "without a GPO", "without a computer half", "with entities"],
)
def test_a_broken_report_is_a_fault_and_leaves_all_unknown(xml: str, tmp_path: Path) -> None:
    inventory = report(xml, tmp_path, ", gpo: [first]")
    first = tmp_path / "first" / POL_FILE
    first.parent.mkdir(parents=True)
    first.write_bytes(pol(on("EnableScriptBlockLogging")))
    inventory = load(tmp_path)
    assert inventory.faults[0].source == "H/r.xml"
    assert "H/r.xml" in str(setting_of(inventory, LINE))


def test_a_backup_without_files_is_read_from_its_report(loaded: Callable[..., Inventory]) -> None:
    files = {"bkupInfo.xml": b"<B/>", "gpreport.xml": REPORT.encode("utf-16")}
    inventory = loaded(files)
    assert inventory.faults == ()
    assert "its report is read instead" in str(inventory.notes[0])
    assert (audit_of(inventory), setting_of(inventory, LINE)) == ("Success and Failure", True)


def test_a_policy_that_only_the_report_has_is_a_fault(loaded: Callable[..., Inventory]) -> None:
    files = {POL_FILE: pol(on("EnableScriptBlockLogging")), "gpreport.xml": REPORT.encode()}
    inventory = loaded({"bkupInfo.xml": b"<B/>", **files})
    assert any("the files do not set it" in str(fault) for fault in inventory.faults)
    assert "the files do not set it" in str(setting_of(inventory, LINE))


def test_log_sizes_categories_and_audit_entries_are_read() -> None:
    sddl = "S:(AU;CISA;KA;;;WD)"
    log = "<q3:EventLog><q3:Name>{}</q3:Name><q3:Log>Security</q3:Log><q3:SettingNumber>{}</q3:SettingNumber></q3:EventLog>"
    entry = "<q3:{0}><q3:Path>{1}</q3:Path><q3:Mode>{2}</q3:Mode><q3:SecurityDescriptor><SDDL>{3}</SDDL></q3:SecurityDescriptor></q3:{0}>"
    category = "<q3:Audit><q3:Name>{}</q3:Name><q3:SuccessAttempts>true</q3:SuccessAttempts><q3:FailureAttempts>false</q3:FailureAttempts></q3:Audit>"
    xml = gpo(
        security(
            log.format("MaximumLogSize", 16384),
            log.format("AuditLogRetentionPeriod", 0),
            entry.format("Registry", "MACHINE\\SOFTWARE\\A", 0, sddl),
            entry.format("File", "%SystemRoot%\\System32", 2, sddl),
            entry.format("File", "%UserProfile%\\x", 0, sddl),
            category.format("AuditObjectAccess"),
            category.format("AuditNothing"),
        )
    )
    reading = gpo_reports.read(Source.of("r.xml", xml.encode()))
    told = {str(one.key): str(one.value) for one in reading.statements}
    assert told["channel:Security"] == (
        "ChannelState(enabled=None, max_bytes=16777216, retention='overwrite')"
    )
    assert told["sacl:HKLM\\SOFTWARE\\A"].startswith("Sacl(")
    assert told["legacy-audit:AuditObjectAccess"] == "Success"
    assert [fault.message for fault in reading.faults] == [
        "'AuditNothing' is no audit category",
        "sources disagree on what mode '2' does to the audit entries of C:\\WINDOWS\\SYSTEM32",
    ]
    lost = {key for key, _ in reading.missing}
    assert lost == {LEGACY_AUDIT.every, SACL("C:\\WINDOWS\\SYSTEM32")}
    assert "folder of each user" in str(reading.notes[0])


def test_each_record_of_a_gpo_is_parsed_once(
    loaded: Callable[..., Inventory], monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    real = gpo_checks.read_xml

    def counted(source: Source) -> object:
        parsed.append(source.path)
        return real(source)

    for module in (gpo_checks, policy_xml, gpo_reports):
        monkeypatch.setattr(module, "read_xml", counted)
    backup = "<B><MachineExtensionGuids/><UserExtensionGuids>[{1}]</UserExtensionGuids></B>"
    inventory = loaded({"bkupInfo.xml": b"<B/>", "Backup.xml": backup.encode()})
    assert parsed == ["gpo0/Backup.xml"]
    assert inventory.faults == ()
    assert "holds settings of users only" in str(inventory.notes[0])


@pytest.mark.parametrize("root", ["report", "GPOS"])
def test_of_all_gpos_in_one_report_what_any_sets_is_unknown(root: str, tmp_path: Path) -> None:
    inventory = report(f"<{root}>{REPORT}{gpo('', 'Other')}</{root}>", tmp_path)
    assert "Logging may set it" in str(setting_of(inventory, LINE))
    assert "holds 2 GPOs" in str(inventory.faults[0])


def test_the_policy_that_a_report_in_the_host_folder_sets_bears_the_name_of_its_gpo(
    tmp_path: Path,
) -> None:
    facts = report(REPORT, tmp_path).hosts[0].facts
    origins = facts.get(AUDIT_ORIGINS)
    assert isinstance(origins, Known)
    assert origins.value.in_words() == "GPO Logging"


def test_a_result_of_policy_may_stand_under_gpo_whatever_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "result.xml").write_text(result(computer()), "utf-8")
    inventory = report(OFF, tmp_path, ", gpo: [result.xml]")
    assert inventory.faults == ()
    assert inventory.hosts
