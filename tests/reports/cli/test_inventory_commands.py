"""`logreach inventory show`, `check`, and `logreach collect`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from logreach.cli import collect, inventory
from logreach.cli.exits import Guarded
from logreach.inventories import recognise
from logreach.inventories.sources import Source

AUDIT = """Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting
WS1,System,Process Creation,{0CCE922B-69AE-11D9-BED3-505054503030},Success,
WS1,System,Registry,{0CCE921E-69AE-11D9-BED3-505054503030},No Auditing,
"""
CLEAN = """hosts:
  - {name: WS, count: 850, os: Windows 11 23H2, audit_policy: a.csv, sysmon: none}
"""
BROKEN = """hosts:
  - {name: WS, os: Windows 11, audit_policy: gone.csv, settings: {powershell_module_logging: true}}
  - {name: DC, os: Windows Server 2022, role: domain-controller, assume: windows-default, files: [o.json]}
"""


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(cls=Guarded, pretty_exceptions_enable=False)
    made.add_typer(inventory.app, name="inventory")
    made.command("collect")(collect.collect)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(AUDIT)
    (tmp_path / "o.json").write_text(
        '{"Caption": "Microsoft Windows Server 2019 Standard", "BuildNumber": "17763"}'
    )
    return tmp_path


def run(app: typer.Typer, *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_show_tells_each_host_in_a_few_lines(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "show", str(folder))
    assert result.exit_code == 0
    assert "850 hosts in 1 entries, 2 files read" in result.stdout
    for line in (
        "WS (850 hosts)",
        "  system        Windows 11 23H2 (build 22631)",
        "  role          workstation",
        "  audit policy  2 of 60 subcategories known, 1 on",
        "  sysmon        not installed",
        "  forwarding    unknown",
    ):
        assert line in result.stdout.splitlines()


def test_show_all_gives_every_fact_with_its_evidence(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "show", str(folder), "--host", "WS", "--all")
    assert (
        "  audit subcategory Process Creation = Success  [observed] a.csv line 2" in result.stdout
    )
    assert (
        "  audit subcategory Logon unknown: a.csv does not list this subcategory" in result.stdout
    )


def test_show_marks_what_is_assumed_or_unknown(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(BROKEN)
    result = run(app, "inventory", "show", str(folder))
    assert "59 of 60 subcategories known" in result.stdout
    assert "59 only assumed" in result.stdout
    assert "unknown: 'Windows 11' leaves open which release it is" in result.stdout
    assert "powershell_module_logging on" in result.stdout
    assert "disagreement  operating system: Windows Server 2019" in result.stdout
    assert "inventory check" in result.stderr


def test_show_of_an_unknown_host_names_the_known(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "show", str(folder), "--host", "WZ")
    assert result.exit_code == 2
    assert "WS" in result.stderr


def test_check_of_a_clean_inventory_ends_with_zero(app: typer.Typer, folder: Path) -> None:
    (folder / "inventory.yaml").write_text(CLEAN)
    result = run(app, "inventory", "check", str(folder))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 faults, 0 disagreements" in result.stderr


def test_check_lists_faults_and_disagreements_and_ends_with_one(
    app: typer.Typer, folder: Path
) -> None:
    (folder / "inventory.yaml").write_text(BROKEN)
    result = run(app, "inventory", "check", str(folder))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["fault", "fault", "disagreement"]
    assert "gone.csv" in result.stdout
    assert "Windows Server 2022 LTSC (build 20348) (inventory.yaml line 3)" in lines[-1]


@pytest.mark.parametrize("text", ["hosts: [", "hosts: [{nam: A}]", ""])
def test_an_unusable_inventory_ends_with_two(app: typer.Typer, folder: Path, text: str) -> None:
    (folder / "inventory.yaml").write_text(text)
    for command in ("show", "check"):
        result = run(app, "inventory", command, str(folder))
        assert result.exit_code == 2
        assert "inventory.yaml" in result.stderr
        assert "Traceback" not in result.output


def test_collect_prints_a_script_that_every_powershell_reads_alike(app: typer.Typer) -> None:
    result = run(app, "collect")
    assert result.exit_code == 0
    assert result.stdout.isascii()
    assert "??" not in result.stdout  # PowerShell 7 only
    assert "?." not in re.sub(r"\(64\|64a\)\?\\\.exe", "", result.stdout)


CHANGING = re.compile(
    r"\b(Set-Acl|Set-ItemProperty|New-ItemProperty|Remove-ItemProperty|Set-Service|Stop-\w+|"
    r"Start-\w+|Restart-\w+|Enable-\w+|Disable-\w+|Register-\w+|Invoke-\w+|Send-\w+|New-Object Net|"
    r"Net\.WebClient|auditpol /set|auditpol /clear|auditpol /restore|reg add|reg delete|reg import|"
    r"wevtutil sl|wevtutil cl|sc config|curl|DownloadString)\b",
    re.IGNORECASE,
)


def test_the_script_changes_nothing_and_sends_nothing() -> None:
    script = collect.script()
    assert CHANGING.findall(script) == []
    removed = re.findall(r"^\s*Remove-Item (.*)$", script, re.MULTILINE)
    assert removed
    assert all(line.startswith("-LiteralPath $target") for line in removed)
    written = re.findall(r"Set-Content -LiteralPath (\S+ \S+)", script)
    assert set(written) == {"(Join-Path $folder"}


OUTPUTS = {
    "os.json": '[{"Caption": "Microsoft Windows 11 Pro", "Version": "10.0.22631", "BuildNumber": "22631",'
    ' "ProductType": 1, "UBR": 1}]',
    "features.json": '[{"Name": "DNS", "Installed": true}]',
    "auditpol.csv": AUDIT,
    "auditpol-backup.csv": AUDIT,
    "resource-sacl-file.txt": "Currently, there is no global SACL for this resource type.\n",
    "resource-sacl-key.txt": "Currently, there is no global SACL for this resource type.\n",
    "policies.reg": "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft]\n\n",
    "policies-system.reg": "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\n\n",
    "lsa.txt": "\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\n    X    REG_DWORD    0x1\n",
    "channels.json": '[{"LogName": "Security", "IsEnabled": true, "MaximumSizeInBytes": 1, "LogMode": 0}]',
    "gpresult.xml": '<?xml version="1.0"?><Rsop><ComputerResults/></Rsop>',
    "sysmon.txt": "System Monitor v15.15\nCurrent configuration:\n - Service name: Sysmon\n",
    "sacl-keys.txt": "# Get-Acl -Audit\nHKEY_LOCAL_MACHINE\\SAM;O:BAG:SYD:AIS:AI(AU;SA;KA;;;WD)\n",
    "collect-log.txt": "# logreach collect 1\nauditpol.csv\tok\t0\tauditpol\n",
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_file_of_the_script_is_read_by_its_content(name: str) -> None:
    script = collect.script()
    assert f"'{name}'" in script
    found, reading = recognise.read(Source.of(f"PC1/{name}", OUTPUTS[name].encode("utf-8-sig")))
    assert found is not None
    assert reading.faults == ()


def test_every_file_that_the_script_writes_is_known_here() -> None:
    named = set(re.findall(r"'([\w-]+\.(?:txt|json|csv|reg|xml))'", collect.script()))
    optional = {
        "lsa-ntlm.txt",
        "netlogon.txt",
        "ntds.txt",
        "ca.txt",
        "sacl-files.txt",
        "sacl-directory.txt",
    }
    assert named - optional == set(OUTPUTS)
