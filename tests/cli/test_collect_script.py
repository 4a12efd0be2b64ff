"""`logreach collect`: the script, and that its files are what the readers read."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import typer
from gpo_files import AUDIT_HEAD
from typer.testing import CliRunner

from logreach.cli import collect
from logreach.inventories import load
from logreach.inventories.facts.host import Host
from logreach.inventories.windows.audit_policy.subcategories import subcategories


def test_it_is_printed_as_every_powershell_reads_it() -> None:
    app = typer.Typer()
    app.command()(collect.collect)
    result = CliRunner().invoke(app)
    assert result.exit_code == 0
    assert result.stdout == collect.script()
    assert result.stdout.isascii()
    assert "??" not in result.stdout  # PowerShell 7 only
    assert "?." not in re.sub(r"\(64\|64a\)\?\\\.exe", "", result.stdout)


def test_a_grammar_of_powershell_reads_it_whole() -> None:
    tree_sitter = pytest.importorskip("tree_sitter", reason="no tree-sitter")
    grammar = pytest.importorskip("tree_sitter_powershell", reason="no grammar of PowerShell")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    script = collect.script()
    assert not parser.parse(script.encode()).root_node.has_error
    # It would tell: a brace or quote less is none that PowerShell reads.
    for mark in ("}", "'", '"'):
        cut = "".join(script.rsplit(mark, 1))
        assert parser.parse(cut.encode()).root_node.has_error, mark


def test_powershell_itself_parses_it(tmp_path: Path) -> None:
    program = shutil.which("pwsh") or shutil.which("powershell")
    if program is None:
        pytest.skip("no PowerShell")
    (tmp_path / "collect.ps1").write_text(collect.script(), "ascii")
    parse = (
        "$errors = $null; $null = [System.Management.Automation.Language.Parser]::ParseFile("
        "(Join-Path (Get-Location) 'collect.ps1'), [ref]$null, [ref]$errors); "
        '$errors | ForEach-Object { "$_" }; exit $errors.Count'
    )
    arguments = [program, "-NoProfile", "-Command", parse]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "")


CHANGING = re.compile(
    r"\b(Set-Acl|Set-ItemProperty|New-ItemProperty|Remove-ItemProperty|Set-Service|Stop-\w+|"
    r"Start-\w+|Restart-\w+|Enable-\w+|Disable-\w+|Register-\w+|Invoke-\w+|Send-\w+|New-Object|"
    r"Net\.WebClient|auditpol /set|auditpol /clear|auditpol /restore|reg add|reg delete|reg import|"
    r"wevtutil sl|wevtutil cl|sc config|curl|DownloadString|accepteula)\b",
    re.IGNORECASE,
)


def test_it_changes_nothing_and_sends_nothing() -> None:
    script = collect.script()
    assert CHANGING.findall(script) == []
    removed = re.findall(r"^\s*Remove-Item (.*)$", script, re.MULTILINE)
    assert removed
    assert all(line.startswith("-LiteralPath $target") for line in removed)
    written = re.findall(r"Set-Content -LiteralPath (\S+ \S+)", script)
    assert set(written) == {"(Join-Path $folder"}


READING = ("auditpol /get ", "auditpol /backup ", "reg export ", "reg query ", "gpresult /scope ")
COMMANDS = """Save-Command Save-File Save-Program Save-Json Complete-File Add-Result Add-Descriptors
Get-CimInstance Get-ItemProperty Get-HotFix Get-WindowsFeature Get-WinEvent Get-LocalGroupMember Get-Acl Get-ADDomain Import-Module
Get-Location Get-ChildItem Join-Path Test-Path New-Item Remove-Item Set-Content ConvertTo-Json
Select-Object Where-Object ForEach-Object Write-Host Write-Warning"""


def test_each_command_is_one_of_windows_own() -> None:
    script = collect.script()
    commands = re.findall(r"'((?:auditpol|reg|gpresult) [^']*)'", script)
    assert len(commands) > 9
    assert all(command.startswith(READING) for command in commands)
    code = re.sub(r"<#.*?#>", "", script, flags=re.DOTALL)
    code = re.sub(r"""#.*|'[^'\n]*'|"[^"\n]*\"""", "", code)
    run = set(re.findall(r"\b[A-Z][a-z]+-[A-Z]\w+", code))
    assert run <= set(COMMANDS.split())


def listed(setting: str, number: str) -> str:
    return "".join(
        f"PC1,System,{one.name},{{{one.guid}}},{setting},,{number}\r\n"
        for one in subcategories().values()
    )


REG = "\ufeffWindows Registry Editor Version 5.00\r\n\r\n"
POLICIES = REG + (
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft]\r\n\r\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\ScriptBlockLogging]\r\n"
    '"EnableScriptBlockLogging"=dword:00000001\r\n\r\n'
)
SYSTEM = REG + (
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System]\r\n"
    '"EnableLUA"=dword:00000001\r\n\r\n'
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit]\r\n"
    '"ProcessCreationIncludeCmdLine_Enabled"=dword:00000001\r\n\r\n'
)
LSA = "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa"
SERVICES = "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
FILES: dict[str, bytes] = {
    "os.json": b"\xef\xbb\xbf"
    b'[\r\n    {\r\n        "Caption":  "Microsoft Windows Server 2022 Standard",\r\n'
    b'        "Version":  "10.0.20348",\r\n        "BuildNumber":  "20348",\r\n'
    b'        "ProductType":  2,\r\n        "UBR":  2402\r\n    }\r\n]\r\n',
    "updates.json": b'[\r\n    {\r\n        "HotFixID":  "KB5041160"\r\n    }\r\n]\r\n',
    "features.json": (
        "["
        + ",".join(f'{{"Name": "F{n}", "Installed": false}}' for n in range(120))
        + ',{"Name": "DNS", "Installed": true},{"Name": "DHCP", "Installed": false}]'
    ).encode(),
    "auditpol.csv": (
        AUDIT_HEAD.replace(",Setting Value", "") + "\r\n" + listed("Erfolg und Fehler", "")
    )
    .replace(",,\r\n", ",\r\n")
    .encode("cp850"),
    "auditpol-backup.csv": (
        AUDIT_HEAD
        + listed("Erfolg und Fehler", "3")
        + "".join(
            f"PC1,,Option:{option},,Deaktiviert,,0\r\n"
            for option in (
                *("CrashOnAuditFail", "FullPrivilegeAuditing"),
                *("AuditBaseObjects", "AuditBaseDirectories"),
            )
        )
        + "PC1,,FileGlobalSacl,,,,S:(AU;SA;FW;;;WD)\r\nPC1,,RegistryGlobalSacl,,,,\r\n"
    ).encode("utf-8-sig"),
    "policies.reg": POLICIES.encode("utf-16-le"),
    "policies-system.reg": SYSTEM.encode("utf-16-le"),
    "lsa.txt": f"{LSA}\r\n    auditbaseobjects    REG_DWORD    0x0\r\n"
    f"    SCENoApplyLegacyAuditPolicy    REG_DWORD    0x1\r\n{LSA}\\AccessProviders\r\n".encode(),
    "lsa-audit.txt": f"{LSA}\\Audit\r\n    SpecialGroups    REG_SZ    S-1-5-32-544\r\n\r\n".encode(),
    "lsa-ntlm.txt": f"{LSA}\\MSV1_0\r\n    AuditReceivingNTLMTraffic    REG_DWORD    0x2\r\n\r\n".encode(),
    "netlogon.txt": f"{SERVICES}\\Netlogon\\Parameters\r\n    AuditNTLMInDomain    REG_DWORD    0x7\r\n\r\n".encode(),
    "ntds.txt": f"{SERVICES}\\NTDS\\Diagnostics\r\n    15 Field Engineering    REG_DWORD    0x5\r\n\r\n".encode(),
    "ca.txt": f"{SERVICES}\\CertSvc\\Configuration\\CA1\r\n    AuditFilter    REG_DWORD    0x7f\r\n\r\n"
    "End of search: 1 match(es) found.\r\n".encode(),
    "channels.json": b'[{"LogName":"Security","IsEnabled":true,"MaximumSizeInBytes":20971520,"LogMode":0,'
    b'"SecurityDescriptor":"O:BAG:SYD:(A;;0xf0005;;;SY)(A;;0x5;;;BA)(A;;0x1;;;S-1-5-32-573)"}]\r\n',
    "event-log-readers.json": b'[{"GroupSID":"S-1-5-32-573","Members":[{"Name":"NT AUTHORITY\\\\NETWORK SERVICE",'
    b'"SID":"S-1-5-20"}]}]\r\n',
    "gpresult.xml": '<?xml version="1.0" encoding="utf-16"?><Rsop xmlns="http://x"><ComputerResults>'
    "<Version>1</Version></ComputerResults></Rsop>".encode("utf-16"),
    "sysmon.txt": b"\r\n\r\nSystem Monitor v15.15 - System activity monitor\r\nBy Mark Russinovich\r\n\r\n"
    b"Current configuration:\r\n - Service name:                  Sysmon64\r\n"
    b" - HashingAlgorithms:             SHA256\r\n\r\nNo rules installed\r\n",
    "sacl-keys.txt": b"\xef\xbb\xbf# Get-Acl -Audit\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services;"
    b"O:BAG:SYD:AI(A;CIID;KA;;;BA)S:AI(AU;CISA;KA;;;WD)\r\nHKEY_LOCAL_MACHINE\\SAM;O:BAG:SYD:AI(A;CI;KA;;;SY)\r\n",
    "sacl-files.txt": b"# Get-Acl -Audit\r\nC:\\Windows\\System32;O:S-1-5-80-1G:S-1-5-80-1D:PAI(A;;FA;;;SY)"
    b"S:AI(AU;OICISA;FW;;;WD)\r\n",
    "sacl-directory.txt": b"# Get-Acl -Audit\r\nAD:\\CN=AdminSDHolder,CN=System,DC=contoso,DC=com;"
    b"O:DAG:DAD:PAI(A;;GA;;;SY)S:AI(OU;CISA;WP;;;WD)\r\n",
    "collect-log.txt": b"# logreach collect 3\r\n# collected 2026-11-30\r\nauditpol.csv\tok\t0\tauditpol /get /category:* /r\r\n"
    b"netlogon.txt\tabsent\texit code 1\treg query\r\n",
}
KNOWN = {
    "os": "Windows Server 2022 LTSC (build 20348.2402)",
    "role": "domain-controller",
    "feature:dns-server": "True",
    "feature:dhcp-server": "False",
    "setting:powershell_script_block_logging": "True",
    "setting:powershell_module_logging": "False",
    "setting:process_creation_command_line": "True",
    "setting:sce_no_apply_legacy_audit_policy": "True",
    "setting:crash_on_audit_fail": "False",
    "setting:special_groups": "S-1-5-32-544",
    "setting:ntlm_audit_incoming": "2",
    "setting:ntlm_audit_domain": "7",
    "setting:ldap_field_engineering": "5",
    "setting:ca_audit_filter": "127",
    "channel:Security": "ChannelState(enabled=True, max_bytes=20971520, retention='overwrite')",
    "sacl:HKLM\\SAM": "Sacl(aces=())",
    "sacl:global:key": "Sacl(aces=())",
    "audit:0CCE922B-69AE-11D9-BED3-505054503030": "Success and Failure",
}
PRESENT = [
    "sysmon",
    "sacl:global:file",
    "sacl:HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES",
    "sacl:C:\\WINDOWS\\SYSTEM32",
    "sacl:CN=ADMINSDHOLDER,CN=SYSTEM,DC=CONTOSO,DC=COM",
]


def collected(folder: Path, files: dict[str, bytes]) -> Host:
    (folder / "PC1").mkdir()
    for name, data in files.items():
        (folder / "PC1" / name).write_bytes(data)
    (host,) = load(folder).hosts
    return host


def test_every_file_that_it_writes_is_known_here() -> None:
    named = set(re.findall(r"'([\w-]+\.(?:txt|json|csv|reg|xml))'", collect.script()))
    assert named == set(FILES)


def test_the_folder_that_it_leaves_is_read_whole_and_without_fault(tmp_path: Path) -> None:
    host = collected(tmp_path, FILES)
    assert [str(fault) for fault in host.faults] == []
    assert host.facts.conflicts == ()
    assert host.collected == date(2026, 11, 30)
    found = {str(key): str(one.value) for key, one in host.facts.known.items()}
    assert {key: found.get(key) for key in KNOWN} == KNOWN
    assert set(PRESENT) <= set(found)


def test_what_failed_on_the_host_is_told(tmp_path: Path) -> None:
    log = (
        "# logreach collect 2\n"
        "auditpol.csv\tfailed\texit code 1314\tauditpol /get /category:* /r\n"
        "sacl-keys.txt\tpartly\tHKEY_LOCAL_MACHINE\\SAM: no access\tGet-Acl -Audit\n"
        "ca.txt\tabsent\texit code 1\treg query\n"
    )
    host = collected(tmp_path, {"collect-log.txt": log.encode()})
    first, second = (str(fault) for fault in host.faults)
    assert "'auditpol /get /category:* /r' failed (exit code 1314)" in first
    assert "auditpol.csv is not there" in first
    assert "HKEY_LOCAL_MACHINE\\SAM: no access" in second
    assert "sacl-keys.txt lacks that" in second


def test_a_path_is_literal_and_no_part_of_a_command() -> None:
    script = collect.script()
    assert not re.search(r"(?<!Join)-Path \$|Get-ItemProperty '", script)
    assert re.findall(r"cmd\.exe\" .*", script) == [
        'cmd.exe" /d /v:on /c "$Command > `"!LOGREACH_TARGET!`" 2>&1"',
        "cmd.exe\" /d /v:on /c (($Command -f '\"!LOGREACH_TARGET!\"') + ' > nul 2>&1')",
    ]
    shell = re.findall(r"^\s*Save-(?:Command|File) '[^']*' (.)", script, re.MULTILINE)
    assert set(shell) == {"'", "("}, "commands for cmd are constants of the script"
    assert "Save-Program 'sysmon.txt' $program '-c'" in script


def test_its_folder_is_for_administrators_and_the_user_alone() -> None:
    script = collect.script()
    sddl = re.search(r'SetSecurityDescriptorSddlForm\("(.*)"\)', script)
    assert sddl is not None
    assert sddl[1] == "D:P(A;OICI;FA;;;BA)(A;OICI;FA;;;$user)"
    assert script.index("SetSecurityDescriptorSddlForm") < script.index("CreateDirectory(")
    assert script.index("AreAccessRulesProtected") < script.index("# The system")
    assert "New-Item" not in script
