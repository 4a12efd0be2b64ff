"""Broken files: never a traceback, never a hang, never a wrong 'off', always a named fault.

Every good file here says only that things are on. So whatever is broken in it, no fact may come
out as off; it may come out as on, or not at all.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from gpo_files import AUDIT_HEAD, AUDIT_ROW, SCRIPT_BLOCK, on, pol, template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logreach.inventories import (
    auditpol,
    device_exports,
    gpt_template,
    load,
    policy_xml,
    recognise,
    registry_pol,
)
from logreach.inventories.facts import (
    AuditSetting,
    ChannelState,
    FactValue,
    Reading,
    Sacl,
    SysmonState,
)
from logreach.inventories.faults import Fault, InputError
from logreach.inventories.manifest import read as read_manifest
from logreach.inventories.sources import Source
from logreach.inventories.subcategories import subcategories
from logreach.inventories.subscriptions import Forwarding

GUIDS = list(subcategories().values())
AUDITPOL = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,"
AUDITPOL += "Exclusion Setting\r\n\r\n" + "".join(
    f"WS1,System,{one.name},{{{one.guid}}},Success and Failure,\r\n" for one in GUIDS
)
BACKUP = AUDIT_HEAD + "".join(
    f"WS1,System,{one.name},{{{one.guid}}},Erfolg und Fehler,,3\r\n" for one in GUIDS
)
BACKUP += "WS1,,Option:AuditBaseObjects,,Aktiviert,,1\r\n"
BACKUP += (
    "WS1,,FileGlobalSacl,,,,S:(AU;SA;FA;;;WD)\r\nWS1,,RegistryGlobalSacl,,,,S:(AU;SA;KA;;;WD)\r\n"
)
REG = f"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\{SCRIPT_BLOCK}]
"EnableScriptBlockLogging"=dword:00000001
"EnableScriptBlockInvocationLogging"=dword:00000001

[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]
"SCENoApplyLegacyAuditPolicy"=dword:00000001
"FullPrivilegeAuditing"=hex:01

"""
QUERY = """
HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit
    ProcessCreationIncludeCmdLine_Enabled    REG_DWORD    0x1
"""
WEVTUTIL = """name: Security
enabled: true
logging:
  retention: false
  autoBackup: false
  maxSize: 20971520
"""
LIST_LOG = '[{"LogName": "Security", "IsEnabled": true, "MaximumSizeInBytes": 1, "LogMode": 0}]'
SYSTEMINFO = """Host Name:                 FS01
OS Name:                   Microsoft Windows Server 2019 Standard
OS Version:                10.0.17763 N/A Build 17763
OS Configuration:          Member Server
"""
OPTIONS = "Option                       Value\nCrashOnAuditFail             Enabled\n"
LGPO = f"Computer\n{SCRIPT_BLOCK}\nEnableScriptBlockLogging\nDWORD:1\n"
SYSMON = "<Sysmon schemaversion='4.90'><EventFiltering/></Sysmon>\n"
LISTING = "System Monitor v15.15\nCurrent configuration:\n - Service name: Sysmon64\n"
RESULT = """<?xml version="1.0"?><Rsop><ComputerResults><Extension><AuditSetting>
<PolicyTarget>System</PolicyTarget>
<SubcategoryGuid>{0cce922b-69ae-11d9-bed3-505054503030}</SubcategoryGuid>
<SettingValue>3</SettingValue></AuditSetting></Extension></ComputerResults></Rsop>"""
REPORT = RESULT.replace("Rsop>", "GPO>").replace("ComputerResults>", "Computer>")
FEATURES = '[{"Name": "DNS", "Installed": true}]'
SACLS = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services;O:BAG:SYD:AIS:AI(AU;SA;KA;;;WD)\n"
QUERIES = "<QueryList><Query Id='0'><Select Path='Security'>*</Select></Query></QueryList>"
SUBSCRIPTION = f"""<Subscription xmlns="http://schemas.microsoft.com/2006/03/windows/events/subscription">
<SubscriptionId>All</SubscriptionId><SubscriptionType>SourceInitiated</SubscriptionType>
<Enabled>true</Enabled><Query><![CDATA[{QUERIES}]]></Query>
<AllowedSourceDomainComputers>O:NSG:NSD:(A;;GA;;;DC)</AllowedSourceDomainComputers></Subscription>
"""
LISTED = f"""Subscription Id: All
SubscriptionType: SourceInitiated
Enabled: true
Query: {QUERIES}
AllowedSourceDomainComputers: O:NSG:NSD:(A;;GA;;;DC)
"""
WINLOGBEAT = "winlogbeat.event_logs:\n  - name: Security\n    event_id: 4624, 4688\n"
SPLUNK = "[WinEventLog://Security]\ndisabled = 0\nwhitelist = 4624,4688\n"
COMPUTER = """{"OsName": "Microsoft Windows Server 2022 Standard", "OsVersion": "10.0.20348",
"OsBuildNumber": "20348", "WindowsUBR": 2402, "OsProductType": 2}"""
OSQUERY = """[{"build": "22631", "codename": "Professional", "name": "Microsoft Windows 11 Pro",
"platform_like": "windows", "version": "10.0.22631"}]"""
VER = "\nMicrosoft Windows [Version 10.0.22631.3447]\n"
SYSTEMINFO_CSV = """"Host Name","OS Name","OS Version","OS Manufacturer","OS Configuration"
"FS01","Microsoft Windows Server 2019 Standard","10.0.17763 N/A Build 17763","Microsoft Corporation","Member Server"
"""
GLOBAL = """Entry:                    1
Resource Type:            File
User:                     Everyone
Flags:                    Success and Failure
Condition:                (null)
Accesses:
                          FILE_WRITE_DATA
                          DELETE

The command was successfully executed.
"""
GET_ACL = r"""
Path   : Microsoft.PowerShell.Core\FileSystem::C:\Windows\System32
Owner  : NT SERVICE\TrustedInstaller
Audit  : Everyone Success  Write, Delete
Sddl   : O:S-1-5-80-956008885-3418522649-1831038044G:S-1-5-80-956008885-34185226
         49-1831038044D:PAI(A;OICIIO;GA;;;CO)S:AI(AU;OICISA;DCSDWDWO;;;WD)
"""
GET_ACL_JSON = r"""{"Path": "Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SAM",
"Sddl": "O:BAG:SYD:AI(A;CIID;KA;;;BA)S:AI(AU;CIIDSA;KA;;;WD)"}"""
LOG = "# logreach collect 1\nsysmon.txt\tfailed\texit code 5\tSysmon64.exe -c\n"
DEVICES = "Name,OperatingSystem,OperatingSystemVersion\nA,Windows 11 Pro,10.0 (22631)\n"

HOST_FILE = "os: Windows 11 23H2\nsettings: {process_creation_command_line: true}\nsysmon: {}\n"
SAMPLES: dict[str, bytes] = {
    "auditpol": AUDITPOL.encode(),
    "auditpol in UTF-16": AUDITPOL.encode("utf-16"),
    "auditpol backup": BACKUP.encode("cp850"),
    "reg": REG.encode("utf-16"),
    "reg query": QUERY.encode(),
    "wevtutil": WEVTUTIL.encode(),
    "list log": LIST_LOG.encode(),
    "systeminfo": SYSTEMINFO.encode(),
    "options": OPTIONS.encode(),
    "lgpo": LGPO.encode(),
    "host's own YAML": HOST_FILE.encode(),
    "sysmon": SYSMON.encode(),
    "sysmon listing": LISTING.encode(),
    "gpresult": RESULT.encode(),
    "features": FEATURES.encode(),
    "sacls": SACLS.encode(),
    "queries": QUERIES.encode(),
    "subscription": SUBSCRIPTION.encode("utf-8-sig"),
    "subscription as a list": LISTED.encode(),
    "winlogbeat": WINLOGBEAT.encode(),
    "splunk": SPLUNK.encode(),
    "Get-ComputerInfo": COMPUTER.encode("utf-16"),
    "osquery": OSQUERY.encode(),
    "ver": VER.encode(),
    "systeminfo as CSV": SYSTEMINFO_CSV.encode(),
    "global audit entries": GLOBAL.encode(),
    "Get-Acl": GET_ACL.encode(),
    "Get-Acl as JSON": GET_ACL_JSON.encode(),
    "template": template("[Event Audit]\r\nAuditProcessTracking = 3"),
}
Read = Callable[[Source], Reading]
BY_READER: dict[str, tuple[Read, bytes]] = {
    "registry.pol": (registry_pol.read, pol(on("EnableScriptBlockLogging"), on("Other"))),
    "audit.csv": (auditpol.read, (AUDIT_HEAD + AUDIT_ROW.format("Success", 1)).encode()),
    "GptTmpl.inf": (gpt_template.read, SAMPLES["template"]),
    "gpresult": (policy_xml.read_result, SAMPLES["gpresult"]),
    "gpreport.xml": (policy_xml.read_report, REPORT.encode("utf-16")),
}


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("auditpol.csv", "0" * 5_000_000)
    return held.getvalue()


NESTED = "".join(
    f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "x"}{"&e0;" * 9}">' for n in range(1, 9)
)
WRONG: dict[str, bytes] = {
    "empty": b"",
    "only a byte order mark": b"\xff\xfe",
    "only zero bytes": b"\0" * 1000,
    "only blanks": b" \r\n\t\r\n",
    "access denied": b"ERROR: Access is denied.\r\n",
    "no privilege": b"Error 0x00000522 occurred:\r\nA required privilege is not held.\r\n",
    "an unknown command": b"'auditpol' is not recognized as an internal or external command,\r\n",
    "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "an entity bomb": f"<!DOCTYPE x [<!ENTITY e0 'x'>{NESTED}]><Sysmon>&e8;</Sysmon>".encode(),
    "an outside entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Sysmon>&e;</Sysmon>',
    "an archive": archive(),
    "a program": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" * 50,
    "noise": bytes(range(256)) * 20,
    "a very long field": b"WS1,System," + b"x" * 300_000 + b",,,\r\n",
    "a very long line of XML": b"<Sysmon>" + b"<a>" * 5000,
    "deep JSON": b"[" * 100_000,
    "a long number": b'{"LogName": "Security", "IsEnabled": true, "x": ' + b"9" * 10_000 + b"}",
    "many comments": b"<!-- a -->" * 3000 + b"<b",
    "half a surrogate": "a,b\ud800,c".encode("utf-16-le", "surrogatepass"),
}


def off(value: FactValue) -> bool:
    """Whether a fact says that something is not recorded."""
    match value:
        case AuditSetting():
            return not (value.success or value.failure)
        case bool():
            return not value
        case ChannelState():
            return value.enabled is False
        case SysmonState():
            return not value.installed
        case Sacl():
            return not value.aces
        case Forwarding():
            return not (value.subscriptions or value.incomplete)
        case _:
            return False


def read(data: bytes) -> Reading:
    return recognise.read(Source.of("H/file", data))[1]


def assert_never_off(reading: Reading, what: object) -> None:
    wrong = [str(one.key) for one in reading.statements if off(one.value)]
    assert not wrong, (what, wrong)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_good_file_is_read_without_fault(name: str) -> None:
    reading = read(SAMPLES[name])
    assert reading.statements
    assert reading.faults == ()
    assert_never_off(reading, name)


def test_every_format_that_is_known_by_its_content_has_a_sample_here() -> None:
    found = [
        recognise.read(Source.of("H/file", data))[0] for data in [*SAMPLES.values(), LOG.encode()]
    ]
    assert {one.name for one in found if one} == {one.name for one in recognise.FORMATS}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_off_anywhere_says_nothing_is_off(name: str) -> None:
    data = SAMPLES[name]
    step = max(1, len(data) // 60)
    for end in [*range(0, len(data), step), len(data) - 2, len(data) - 1]:
        assert_never_off(read(data[:end]), end)


@pytest.mark.parametrize("name", BY_READER)
def test_a_gpo_file_cut_off_anywhere_says_nothing_is_off(name: str) -> None:
    reader, data = BY_READER[name]
    for end in range(len(data)):
        source = Source.of("gpo/file", data[:end])
        assert_never_off(recognise.guarded(reader, source), end)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_a_named_fault(name: str) -> None:
    reading = read(WRONG[name])
    assert_never_off(reading, name)
    assert reading.faults
    assert all(fault.source == "H/file" for fault in reading.faults)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", BY_READER)
def test_a_reader_given_a_wrong_file_names_it(name: str, wrong: str) -> None:
    reading = recognise.guarded(BY_READER[name][0], Source.of("gpo/file", WRONG[wrong]))
    assert_never_off(reading, wrong)
    assert reading.faults
    assert all(fault.source == "gpo/file" for fault in reading.faults)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_in_the_wrong_encoding_says_nothing_is_off(name: str) -> None:
    text = SAMPLES[name].decode("utf-16" if SAMPLES[name][:2] == b"\xff\xfe" else "cp850")
    for encoding in ("utf-7", "cp037", "utf-32", "utf-16-be", "cp1252"):
        assert_never_off(read(text.encode(encoding, "replace")), encoding)
    assert_never_off(read(text.encode("utf-16")[1:]), "half a character lost")


def test_a_host_with_a_broken_file_stays_and_so_do_the_others(tmp_path: Path) -> None:
    hosts = ["hosts:"]
    for number, data in enumerate(WRONG.values()):
        (tmp_path / f"{number}.csv").write_bytes(data)
        hosts.append(f"  - {{name: H{number}, os: Windows 11 23H2, audit_policy: {number}.csv}}")
    (tmp_path / "good.csv").write_bytes(SAMPLES["auditpol"])
    hosts.append("  - {name: good, audit_policy: good.csv}")
    (tmp_path / "inventory.yaml").write_text("\n".join(hosts))
    inventory = load(tmp_path)
    assert len(inventory.hosts) == len(WRONG) + 1
    for number, host in enumerate(inventory.hosts[:-1]):
        assert f"{number}.csv" in str(host.faults[0])
        fact = host.facts.audit(GUIDS[0].guid)
        assert f"{number}.csv" in getattr(fact, "reason", "")
        assert str(getattr(host.facts.os(), "value", "")) == "Windows 11 23H2 (build 22631)"
    assert not inventory.hosts[-1].faults
    assert str(getattr(inventory.hosts[-1].facts.audit(GUIDS[0].guid), "value", "")) == (
        "Success and Failure"
    )


def test_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, audit_policy: big.csv}]")
    inventory = load(tmp_path)
    assert "too large to be an export" in str(inventory.faults[0])
    assert "too large" in getattr(inventory.hosts[0].facts.audit(GUIDS[0].guid), "reason", "")
    assert [one.path for one in inventory.files] == ["inventory.yaml"]


def test_a_pipe_in_place_of_a_file_is_a_fault(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, audit_policy: a.csv}]")
    assert "not a regular file" in str(load(tmp_path).faults[0])


def test_a_file_given_as_the_folder_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("hosts: [{name: H}]")
    with pytest.raises(InputError, match="is a file, not an inventory folder"):
        load(tmp_path / "f.yaml")
    with pytest.raises(InputError, match="no such inventory folder"):
        load(tmp_path / "absent")


FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
GARBAGE = st.binary(min_size=1, max_size=12) | st.sampled_from(
    [b"\0", b"\r\n", b'"', b",", b"<", b"&x;", b"\xef\xbb\xbf", b"]]>", b"{", b"-", b";"]
)


@FUZZ
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    reading = read(data)
    assert reading.statements or reading.faults or reading.missing
    assert_never_off(reading, data)


@FUZZ
@given(
    name=st.sampled_from(sorted(set(SAMPLES) - {"reg"})),
    at=st.floats(0, 1),
    garbage=GARBAGE,
    cut=st.floats(0, 1),
)
def test_garbage_in_a_file_says_nothing_is_off(
    name: str, at: float, garbage: bytes, cut: float
) -> None:
    data = SAMPLES[name]
    place = int(at * len(data))
    assert_never_off(read(data[:place] + garbage + data[place:]), (name, place, garbage))
    twice = data + data[int(cut * len(data)) :]
    assert_never_off(read(twice), (name, cut))


@FUZZ
@given(
    name=st.sampled_from(sorted(BY_READER)),
    at=st.floats(0, 1),
    length=st.integers(0, 40),
    garbage=st.binary(max_size=8),
)
def test_a_damaged_gpo_file_ends_in_faults_not_tracebacks(
    name: str, at: float, length: int, garbage: bytes
) -> None:
    reader, data = BY_READER[name]
    place = int(at * len(data))
    damaged = data[:place] + garbage + data[place + length :]
    recognise.guarded(reader, Source.of("gpo/file", damaged))


@FUZZ
@given(st.binary(max_size=200), st.floats(0, 1))
def test_a_damaged_device_list_ends_in_faults_not_tracebacks(garbage: bytes, at: float) -> None:
    data = DEVICES.encode()
    place = int(at * len(data))
    with suppress(InputError):
        device_exports.read(Source.of("list.csv", data[:place] + garbage + data[place:]))


WORDS = st.sampled_from(
    ["hosts", "name", "os", "count", "role", "gpo", "settings", "sysmon", "none", "A", "true", "-1"]
) | st.text(max_size=6)
TREE = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@FUZZ
@given(tree=TREE, host=st.dictionaries(WORDS, TREE, max_size=4))
def test_any_manifest_is_read_or_told_with_its_line(tree: object, host: dict[str, object]) -> None:
    for document in (tree, {"hosts": [{"name": "A", **host}]}, {"hosts": tree}):
        assert_read_or_told(yaml.safe_dump(document, allow_unicode=True))


@FUZZ
@given(st.text(max_size=120))
def test_any_text_as_manifest_is_read_or_told(text: str) -> None:
    assert_read_or_told(text)


def assert_read_or_told(text: str) -> None:
    """A manifest has hosts or exports, or else faults that name it."""
    faults: tuple[Fault, ...] = ()
    found = 0
    try:
        told = read_manifest(text)
        found = len(told.hosts) + len(told.exports)
    except InputError as error:
        faults = error.faults
    assert found or faults
    assert all(fault.source == "inventory.yaml" and fault.message for fault in faults)
