"""GPO backups: the two real ones, and small ones that are right or broken in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gpo_files import AUDIT_HEAD, AUDIT_ROW, SCRIPT_BLOCK, on, pol, record, template
from support import shared

from logreach.inventories import load
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import AUDIT, CHANNEL, SACL, SETTING

PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"
LOGOFF = "0CCE9216-69AE-11D9-BED3-505054503030"
MACHINE = "DomainSysvol/GPO/Machine/"
SECEDIT = MACHINE + "microsoft/windows nt/SecEdit/GptTmpl.inf"
AUDIT_CSV = MACHINE + "microsoft/windows nt/Audit/audit.csv"
POL = MACHINE + "registry.pol"
Files = dict[str, bytes]


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Inventory]:
    """Load a host with these GPOs, in order of application."""

    def made(*gpos: Files, os: str = "Windows 11 23H2") -> Inventory:
        for number, files in enumerate(gpos):
            for name, data in files.items():
                path = tmp_path / f"gpo{number}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        names = ", ".join(f"gpo{number}" for number in range(len(gpos)))
        text = f"hosts: [{{name: H, os: {os}, gpo: [{names}]}}]"
        (tmp_path / "inventory.yaml").write_text(text)
        return load(tmp_path)

    return made


def setting(inventory: Inventory, name: str) -> object:
    fact = inventory.hosts[0].facts.get(SETTING(name))
    return fact.value if isinstance(fact, Known) else fact.reason


def audit(inventory: Inventory, guid: str = PROCESS_CREATION) -> str:
    fact = inventory.hosts[0].facts.get(AUDIT(guid))
    return str(fact.value) if isinstance(fact, Known) else f"unknown: {fact.reason}"


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
        assert audit(inventory) == "Success"
        assert audit(inventory, LOGOFF) == "Success"
        assert setting(inventory, "process_creation_command_line") is True
        assert setting(inventory, "powershell_script_block_logging") is True
        assert setting(inventory, "sce_no_apply_legacy_audit_policy") is True
        known = facts.known[AUDIT(PROCESS_CREATION)]
        assert known.strength is Strength.POLICY
        assert "DoD Windows 10 STIG - Computer (SHB v10.1.0) decides" in known.evidence[0].quote
    else:
        assert audit(inventory).startswith("unknown")
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
    assert audit(inventory).startswith("unknown")
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
    assert audit(inventory) == "No Auditing"
    fact = inventory.hosts[0].facts.get(AUDIT(PROCESS_CREATION))
    assert isinstance(fact, Known)
    assert fact.evidence[0].source.startswith("gpo1/")


def test_an_old_category_counts_only_where_subcategories_are_not_forced(
    loaded: Callable[..., Inventory],
) -> None:
    category = "[Event Audit]\r\nAuditProcessTracking = 3"
    lsa = "MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\SCENoApplyLegacyAuditPolicy"
    alone = loaded({SECEDIT: template(category)})
    assert "which no source states" in audit(alone)
    off = loaded({SECEDIT: template(category, f"[Registry Values]\r\n{lsa}=4,0")})
    assert audit(off) == "Success and Failure"
    forced = loaded({SECEDIT: template(category, f"[Registry Values]\r\n{lsa}=4,1")})
    assert "ignored since" in audit(forced)


def test_a_template_gives_audit_entries_and_log_sizes(loaded: Callable[..., Inventory]) -> None:
    inventory = loaded(
        {
            SECEDIT: template(
                "[Security Log]\r\nMaximumLogSize = 81920\r\nAuditLogRetentionPeriod = 0",
                "[Registry Keys]",
                '"MACHINE\\SYSTEM\\CurrentControlSet\\Services",0,'
                '"D:PAR(A;CI;KA;;;BA)S:PAR(AU;CISAFA;KA;;;WD)"',
                '"MACHINE\\SOFTWARE\\Nothing",0,"D:PAR(A;CI;KA;;;BA)"',
                '"MACHINE\\SOFTWARE\\Broken",0,"S:(AU;'  # cut off
                '"',
                '"MACHINE\\SOFTWARE\\One",1,"S:(AU;CISA;KA;;;WD)"',
                '"MACHINE\\SOFTWARE\\Two",2,"S:PAR(AU;CISA;KA;;;WD)"',
                '"MACHINE\\SOFTWARE\\Without",2,"D:PAR(A;CI;KA;;;BA)"',
            )
        }
    )
    facts = inventory.hosts[0].facts
    entry = facts.get(SACL("HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES"))
    assert isinstance(entry, Known)
    assert [(one.success, one.failure) for one in entry.value.aces] == [(True, True)]
    assert entry.value.protected
    # Sources disagree which of these modes leaves an object alone.
    for name in ("ONE", "TWO"):
        told = facts.get(SACL(f"HKLM\\SOFTWARE\\{name}"))
        assert isinstance(told, Missing)
        assert "sources disagree" in told.reason
    assert isinstance(facts.get(SACL("HKLM\\SOFTWARE\\NOTHING")), Missing)
    assert isinstance(facts.get(SACL("HKLM\\SOFTWARE\\BROKEN")), Missing)
    channel = facts.get(CHANNEL("Security"))
    assert isinstance(channel, Known)
    assert (channel.value.max_bytes, channel.value.retention) == (81920 * 1024, "overwrite")
    assert [fault.where for fault in inventory.faults] == ["line 9", "line 10", "line 11"]


def test_registry_pol_sets_and_deletes(loaded: Callable[..., Inventory]) -> None:
    deleted = record(SCRIPT_BLOCK, "**del.EnableScriptBlockInvocationLogging", 1, b" \0\0\0")
    inventory = loaded({POL: pol(on("EnableScriptBlockLogging"), deleted)})
    assert setting(inventory, "powershell_script_block_logging") is True
    assert setting(inventory, "powershell_script_block_invocation_logging") is False
    assert inventory.faults == ()


def test_records_before_a_broken_one_are_kept(loaded: Callable[..., Inventory]) -> None:
    whole = pol(on("EnableScriptBlockLogging"), on("EnableScriptBlockInvocationLogging"))
    inventory = loaded({POL: whole[:-6]})
    assert setting(inventory, "powershell_script_block_logging") is True
    assert "record 2" in str(setting(inventory, "powershell_script_block_invocation_logging"))
    assert [fault.where for fault in inventory.faults] == ["record 2"]


def test_a_later_gpo_that_cannot_be_read_leaves_settings_unknown(
    loaded: Callable[..., Inventory],
) -> None:
    good = {POL: pol(on("EnableScriptBlockLogging"))}
    assert setting(loaded(good, {POL: b"nonsense"}), "powershell_script_block_logging") != True  # noqa: E712
    assert setting(loaded({POL: b"nonsense"}, good), "powershell_script_block_logging") is True


def test_a_gpo_that_is_absent_may_have_set_anything(loaded: Callable[..., Inventory]) -> None:
    good = {AUDIT_CSV: (AUDIT_HEAD + AUDIT_ROW.format("Success", 1)).encode()}
    inventory = loaded(good, {})
    assert "no such file or folder: gpo1" in audit(inventory)


def test_a_report_that_says_otherwise_is_a_fault(loaded: Callable[..., Inventory]) -> None:
    report = """<?xml version="1.0"?><GPO xmlns:q="a"><Computer><ExtensionData><Extension>
      <q:AuditSetting><q:PolicyTarget>System</q:PolicyTarget>
      <q:SubcategoryGuid>{0cce922b-69ae-11d9-bed3-505054503030}</q:SubcategoryGuid>
      <q:SettingValue>1</q:SettingValue></q:AuditSetting>
    </Extension></ExtensionData></Computer></GPO>"""
    failure = (AUDIT_HEAD + AUDIT_ROW.format("Failure", 2)).encode()
    inventory = loaded({AUDIT_CSV: failure, "gpreport.xml": report.encode()})
    assert audit(inventory) == "Failure"
    assert "report says" in str(inventory.faults[0])
    assert "line 2" in inventory.faults[0].where


def test_a_users_half_of_a_gpo_is_not_the_computers(loaded: Callable[..., Inventory]) -> None:
    user = "DomainSysvol/GPO/User/registry.pol"
    inventory = loaded({user: pol(on("EnableScriptBlockLogging"))})
    assert setting(inventory, "powershell_script_block_logging") != True  # noqa: E712
    assert "holds no computer settings" in str(inventory.faults[0])


def test_server_2008_takes_no_subcategories_from_a_gpo(loaded: Callable[..., Inventory]) -> None:
    files = {AUDIT_CSV: (AUDIT_HEAD + AUDIT_ROW.format("Success", 1)).encode()}
    assert "does not reach this host" in audit(loaded(files, os="Windows Server 2008 SP2"))


def test_a_setting_that_a_later_gpo_overrides_is_no_disagreement(
    loaded: Callable[..., Inventory],
) -> None:
    name = "EnableScriptBlockLogging"
    inventory = loaded({POL: pol(on(name))}, {POL: pol(on(name, 0))})
    assert setting(inventory, "powershell_script_block_logging") is False
    facts = inventory.hosts[0].facts
    assert facts.conflicts == ()
    fact = facts.get(SETTING("powershell_script_block_logging"))
    assert isinstance(fact, Known)
    assert fact.evidence[0].quote.startswith("gpo1 decides")


def _report(enabled: str) -> bytes:
    return f"<GPO><Computer><Enabled>{enabled}</Enabled></Computer></GPO>".encode()


def _backup(options: int) -> bytes:
    core = f"<GroupPolicyCoreSettings><Options>{options}</Options></GroupPolicyCoreSettings>"
    return f"<GroupPolicyBackupScheme>{core}</GroupPolicyBackupScheme>".encode()


@pytest.mark.parametrize(
    ("files", "value", "words"),
    [
        ({"Backup.xml": _backup(1), "gpreport.xml": _report("true")}, True, ""),
        (
            {"Backup.xml": _backup(2), "gpreport.xml": _report("false")},
            None,
            "no host applies them",
        ),
        ({"Backup.xml": _backup(3)}, None, "no host applies them"),
        ({"gpreport.xml": _report("false")}, None, "only the report"),
        ({"Backup.xml": _backup(2), "gpreport.xml": _report("true")}, None, "disagree"),
        ({"Backup.xml": _backup(0), "gpreport.xml": _report("false")}, None, "disagree"),
    ],
)
def test_a_gpo_whose_computer_half_is_off_is_not_applied(
    loaded: Callable[..., Inventory], files: Files, value: bool | None, words: str
) -> None:
    inventory = loaded({POL: pol(on("EnableScriptBlockLogging")), **files})
    fact = inventory.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert (fact.value if isinstance(fact, Known) else None) is value
    said = [str(one) for one in inventory.faults if words and words in one.message]
    assert bool(said) == bool(words)
