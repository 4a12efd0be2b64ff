"""An inventory for every format, in which one file says that things are off, or older, or dropped.

A GPO beside it asks for everything, so that whatever the file loses would be filled with 'on'.
"""

from __future__ import annotations

import json

import policy_files
import yaml
from damage import Scene
from gpo_files import AUDIT_CSV, AUDIT_HEAD, POL, SECEDIT, pol, record, template
from hosts import KEEPS_EVERYTHING

from logreach.inventories.files.tables import TABLES
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.registry.settings import audit_options, settings

_ON = (1).to_bytes(4, "little")
_CHANNELS = (
    *("Application", "Security", "System", "Windows PowerShell"),
    *("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-TaskScheduler/Operational"),
    *("Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-Sysmon/Operational"),
)
_GUIDS = tuple(subcategories().values())


def _audit(word: str, number: str, head: str, machine: str = "WS1") -> str:
    tail = f",{number}" if number else ""
    return head + "".join(
        f"{machine},System,{one.name},{{{one.guid}}},{word},{tail}\r\n" for one in _GUIDS
    )


def _paths() -> list[tuple[str, str]]:
    """Key and name of every setting that is on or off."""
    paths = [
        each.registry[0]
        for each in settings().values()
        if each.kind == "bool" and each.registry and "REG_DWORD" in each.heeded
    ]
    return [
        (path.rpartition("\\")[0], path.rpartition("\\")[2]) for path in paths if "*" not in path
    ]


def _wishes() -> dict[str, bytes]:
    records = [record(key.removeprefix("HKLM\\"), name, 4, _ON) for key, name in _paths()]
    winevt = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WINEVT\\Channels\\"
    records += [record(winevt + channel, "Enabled", 4, _ON) for channel in _CHANNELS]
    return {
        "g/bkupInfo.xml": b"<B/>",
        f"g/{POL}": pol(*records),
        f"g/{AUDIT_CSV}": _audit("Success and Failure", "3", AUDIT_HEAD, "").encode(),
        f"g/{SECEDIT}": template("[Event Audit]\r\nAuditProcessTracking = 3"),
    }


_TEMPLATES_OFF = policy_files.computer(
    [
        policy_files.policy(*policy_files.COMMAND_LINE, "Disabled"),
        policy_files.policy(
            "Turn on PowerShell Script Block Logging", policy_files.POWERSHELL, "Disabled"
        ),
        policy_files.policy("Turn on Module Logging", policy_files.POWERSHELL, "Disabled"),
    ],
    [policy_files.audit(one.guid, 0, one.gpo_name) for one in _GUIDS[:30]],
)
_KITTY_OFF = policy_files.KITTY_HEAD + "".join(
    policy_files.finding(one.name, "No Auditing") for one in _GUIDS
)
_RULES_OFF = policy_files.rules(
    *(
        policy_files.registry_rule(key.removeprefix("HKLM\\"), name, 0)
        for key, name in _paths()[:6]
    ),
    *(policy_files.audit_rule(one.guid, 0) for one in _GUIDS[:30]),
)
_INTUNE_OFF = policy_files.intune(
    policy_files.choice(policy_files.DEVICE + "admx_auditsettings_includecmdline", 0),
    policy_files.choice(policy_files.DEVICE + "audit_detailedtracking_auditprocesscreation", 0),
)
_HEAD = AUDIT_HEAD.replace(",Setting Value", "")
_AUDITPOL = _audit("No Auditing", "", _HEAD)
_AUDITPOL_TEXT = (
    "System audit policy\r\n\r\nCategory/Subcategory                      Setting\r\nSystem\r\n"
    + "".join(f"  {one.name:<38}  No Auditing\r\n" for one in _GUIDS)
)
_GERMAN = yaml.safe_load((TABLES / "audit_names.yaml").read_text("utf-8"))["languages"][0]["names"]
_AUDITPOL_GERMAN = "Systemüberwachungsrichtlinie\r\n" + "".join(
    f"  {_GERMAN.get(one.name, [one.name])[0]:<38}  Keine Überwachung\r\n" for one in _GUIDS
)
_BACKUP = _audit("No Auditing", "0", AUDIT_HEAD) + "".join(
    f"WS1,,Option:{option},,Disabled,,0\r\n" for option in audit_options()
)
_BACKUP += "WS1,,FileGlobalSacl,,,,\r\nWS1,,RegistryGlobalSacl,,,,\r\n"


def _reg() -> str:
    keys: dict[str, list[str]] = {}
    for key, name in _paths():
        keys.setdefault(key.replace("HKLM", "HKEY_LOCAL_MACHINE"), []).append(name)
    blocks = (
        f"[{key}]\r\n" + "".join(f'"{name}"=dword:00000000\r\n' for name in names)
        for key, names in keys.items()
    )
    return "Windows Registry Editor Version 5.00\r\n\r\n" + "\r\n".join(blocks) + "\r\n"


def _query() -> str:
    keys: dict[str, list[str]] = {}
    for key, name in _paths()[:6]:
        keys.setdefault(key.replace("HKLM", "HKEY_LOCAL_MACHINE"), []).append(name)
    return (
        "".join(
            f"\r\n{key}\r\n" + "".join(f"    {name}    REG_DWORD    0x0\r\n" for name in names)
            for key, names in keys.items()
        )
        + "\r\n"
    )


def _channels() -> str:
    named = (*_CHANNELS[:-1], *(f"Some-Provider-{number}/Operational" for number in range(110)))
    rows = [
        {"LogName": name, "IsEnabled": False, "MaximumSizeInBytes": 1052672, "LogMode": 0}
        for name in named
    ]
    return json.dumps(rows, indent=4).replace("\n", "\r\n")


_WEVTUTIL = "".join(
    f"name: {name}\r\nenabled: false\r\ntype: Operational\r\nlogging:\r\n"
    "  retention: false\r\n  autoBackup: false\r\n  maxSize: 1052672\r\npublishing:\r\n"
    "  fileMax: 1\r\n"
    for name in _CHANNELS[:-1]
)
_SYSTEMINFO = """Host Name:                 OLD
OS Name:                   Microsoft Windows Server 2008 Standard
OS Version:                6.0.6002 Service Pack 2 Build 6002
OS Manufacturer:           Microsoft Corporation
OS Configuration:          Standalone Server
"""
_WMIC = """
Node,BuildNumber,Caption,ProductType,Version
OLD,6002,Microsoft Windows Server 2008 Standard,3,6.0.6002
"""
_MSINFO = """System Information report written at: 01/02/24 10:00:00
System Name: OLD
[System Summary]

Item\tValue
OS Name\tMicrosoft Windows Server 2008 Standard
Version\t6.0.6002 Service Pack 2 Build 6002
OS Manufacturer\tMicrosoft Corporation
"""
_GPRESULT = """
Microsoft (R) Windows (R) Operating System Group Policy Result tool v2.0

RSOP data for EX\\admin on OLD : Logging Mode
--------------------------------------------

OS Configuration:            Standalone Server
OS Version:                  6.0.6002
"""
_CURRENT_VERSION = """
HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion
    ProductName    REG_SZ    Windows Server 2008 Standard
    CurrentVersion    REG_SZ    6.0
    CurrentBuild    REG_SZ    6002
    CurrentBuildNumber    REG_SZ    6002

HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions
    ProductType    REG_SZ    ServerNT

"""
_OS_JSON = json.dumps(
    [
        {
            "Caption": "Microsoft Windows 7",
            "Version": "6.1.7601",
            "BuildNumber": "7601",
            "ProductType": 1,
        }
    ],
    indent=4,
)
_OPTIONS = "Option                       Value\n" + "".join(
    f"{option}             Disabled\n" for option in audit_options()
)
_SACLS = (
    "# Get-Acl -Audit\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services;O:BAG:SYD:PAI(A;CI;KA;;;BA)S:PAI\r\n"
    "HKEY_LOCAL_MACHINE\\SAM;O:BAG:SYD:PAI(A;CI;KA;;;BA)S:PAI\r\n"
)
_LISTING = f"""
System Monitor v15.15 - System activity monitor
Current configuration:
 - Service name:                  Sysmon64
 - Config file:                   C:\\other.xml
 - Config hash:                   SHA256={"0" * 64}

 - HashingAlgorithms:             SHA256

Rule configuration (version 4.90):
"""
_SUBSCRIPTION = """<Subscription xmlns="http://schemas.microsoft.com/2006/03/windows/events/subscription">
<SubscriptionId>S</SubscriptionId>
<SubscriptionType>SourceInitiated</SubscriptionType>
<Enabled>true</Enabled>
<Query><![CDATA[<QueryList><Query Id="0">
<Select Path="Security">*[System[(EventID=4624)]]</Select>
<Suppress Path="Security">*[System[(EventID=4688)]]</Suppress>
</Query></QueryList>]]></Query>
<AllowedSourceDomainComputers>O:NSG:NSD:(A;;GA;;;DC)</AllowedSourceDomainComputers>
</Subscription>
"""
_WINLOGBEAT = """winlogbeat.event_logs:
  - name: Security
    event_id: -4688, -4624
  - name: System
processors:
  - drop_event.when.equals.winlog.event_id: 4698
  - drop_event:
      when:
        equals:
          winlog.event_id: 4720
"""
_SPLUNK = """[WinEventLog://Security]
disabled = 0
blacklist = 4688,4624
blacklist1 = EventCode="^47\\d\\d$"

[WinEventLog://System]
disabled = 1
"""
_RULE = """{
  "type": "Microsoft.Insights/dataCollectionRules",
  "properties": {
    "dataSources": {"windowsEventLogs": [
      {"name": "a", "streams": ["Microsoft-Event"], "xPathQueries": [
        "Security!*[System[(EventID=4624 or EventID=4634)]]",
        "System!*[System[(Level=1 or Level=2)]]"
      ]},
      {"name": "b", "streams": ["Custom-Other"], "xPathQueries": ["Application!*"]}
    ]},
    "dataFlows": [
      {"streams": ["Microsoft-Event"], "transformKql": "source | where EventID != 4624"}
    ]
  }
}
"""
_WAZUH = """<ossec_config>
  <localfile>
    <location>Security</location>
    <log_format>eventchannel</log_format>
    <query>Event/System[EventID != 4688 and EventID != 4624]</query>
  </localfile>
</ossec_config>
<agent_config os="Windows" profile="other">
  <localfile>
    <location>System</location>
    <log_format>eventchannel</log_format>
    <query>\\<QueryList>\\<Query>\\<Select Path="System">*[System[EventID=7045]]\\</Select>
    \\</Query>\\</QueryList></query>
  </localfile>
</agent_config>
"""
_NXLOG = """define WANTED $EventID IN (4624, 4720)
<Input events>
    Module  im_msvistalog
    <QueryXML>
        <QueryList><Query Id="0">
            <Select Path="Security">*</Select>
            <Suppress Path="Security">*[System[(EventID=4688)]]</Suppress>
        </Query></QueryList>
    </QueryXML>
    Exec    if not (%WANTED%) drop();
</Input>
<Processor less>
    Module  pm_filter
    Condition $EventID == 4624
</Processor>
<Output out>
    Module  om_tcp
</Output>
<Route one>
    Path    events => less => out
</Route>
"""
_POLICY = """inputs:
  - id: winlog-system
    type: winlog
    streams:
      - data_stream: {dataset: system.security, type: logs}
        name: Security
        condition: ${host.platform} == 'windows'
        event_id: -4688, -4624
        processors:
          - drop_event.when.equals.winlog.event_id: "4698"
      - data_stream: {dataset: system.system, type: logs}
        enabled: false
        name: System
"""
_FLUENT_BIT = """[INPUT]
    Name         winevtlog
    Channels     Security
    Event_Query  *[System[(EventID!=4688 and EventID!=4624)]]
    Tag          events
[FILTER]
    Name         grep
    Match        events
    Exclude      EventID ^4720$
[OUTPUT]
    Name         es
    Match        events
"""
_COLLECTOR = """receivers:
  windowseventlog/security:
    channel: Security
    exclude_providers: [Microsoft-Windows-Security-Auditing]
  windowseventlog/system:
    channel: System
processors:
  filter/less: {logs: {log_record: ['true']}}
exporters:
  otlp: {}
service:
  pipelines:
    logs:
      receivers: [windowseventlog/security]
      processors: [filter/less]
      exporters: [otlp]
"""
_OWN = """os: Windows Server 2022
role: server
settings:
  process_creation_command_line: false
  powershell_script_block_logging: false
"""
_DENIED = (
    "# logreach collect 2\r\nauditpol.csv\tfailed\texit code 1314\tauditpol /get /category:* /r\r\n"
)
_SERVER = "os: Windows Server 2022, role: server"
_FORCED = "settings: {sce_no_apply_legacy_audit_policy: true}"


def _host(name: str, file: str, text: str | bytes, *keys: str, may_say_less: bool = False) -> Scene:
    """A server with the file in its folder, and the GPO that asks for everything."""
    data = text if isinstance(text, bytes) else text.encode()
    said = ", ".join(["name: H", "folder: H", "gpo: [g]", *keys])
    files = {"inventory.yaml": f"hosts: [{{{said}}}]".encode(), f"H/{file}": data}
    return Scene(name, files | _wishes(), f"H/{file}", may_say_less)


def _gpo_scene(name: str, file: str, data: bytes, records: dict[str, bytes]) -> Scene:
    """A GPO that turns off what an earlier one asks for, with what Windows recorded of it."""
    manifest = f"hosts: [{{name: H, {_SERVER}, gpo: [g, later], {_FORCED}}}]".encode()
    later = {"bkupInfo.xml": b"<B/>", file: data, **records}
    files = {f"later/{path}": content for path, content in later.items()}
    return Scene(name, {"inventory.yaml": manifest, **_wishes(), **files}, f"later/{file}", True)


_EVERYTHING = """<Subscription xmlns="http://schemas.microsoft.com/2006/03/windows/events/subscription">
<SubscriptionId>S</SubscriptionId><SubscriptionType>SourceInitiated</SubscriptionType>
<Query><![CDATA[<QueryList><Query Id="0"><Select Path="Security">*</Select></Query></QueryList>]]></Query>
</Subscription>
"""
_ACCESS = "O:BAG:SYD:(A;;0xf0005;;;SY)(A;;0x5;;;BA)"
_ACCESS_LISTING = (
    f"name: Security\r\nenabled: true\r\ntype: Admin\r\nisolation: Custom\r\nchannelAccess: {_ACCESS}\r\n"
    "logging:\r\n  retention: false\r\n  autoBackup: false\r\n  maxSize: 20971520\r\npublishing:\r\n"
    "  fileMax: 1\r\n"
)
_ACCESS_JSON = json.dumps(
    [
        {
            "LogName": "Security",
            "IsEnabled": True,
            "MaximumSizeInBytes": 1,
            "SecurityDescriptor": _ACCESS,
        }
    ],
    indent=4,
)
_MEMBERS = json.dumps([{"GroupSID": "S-1-5-32-573", "Members": []}], indent=4)


def _read_by_group(name: str, file: str, text: str) -> Scene:
    """A server whose policy lets NETWORK SERVICE read, and whose own file says that it may not."""
    said = f"name: H, folder: H, gpo: [g, readers], subscriptions: [s.xml], {_SERVER}"
    readers = template("[Group Membership]", "*S-1-5-20__Memberof = *S-1-5-32-573")
    files = {
        "inventory.yaml": f"hosts: [{{{said}}}]".encode(),
        "s.xml": _EVERYTHING.encode(),
        "readers/bkupInfo.xml": b"<B/>",
        f"readers/{SECEDIT}": readers,
        f"H/{file}": text.encode(),
    }
    return Scene(name, _wishes() | files, f"H/{file}", may_say_less=True)


def _scenes() -> list[Scene]:
    off = pol(
        *(record(key.removeprefix("HKLM\\"), name, 4, bytes(4)) for key, name in _paths()[:4])
    )
    policy = "<q1:Policy><q1:Name>Any</q1:Name><q1:State>Disabled</q1:State></q1:Policy>"
    report = (
        '<?xml version="1.0"?><GPO xmlns:q1="a"><Computer><ExtensionData><Extension>'
        f"{policy * 4}</Extension></ExtensionData></Computer></GPO>"
    )
    forwarded = {"subscription": _SUBSCRIPTION, "winlogbeat": _WINLOGBEAT, "splunk": _SPLUNK}
    forwarded |= {"data collection rule": _RULE, "Wazuh": _WAZUH, "NXLog": _NXLOG}
    forwarded |= {"Elastic Agent policy": _POLICY, "Fluent Bit": _FLUENT_BIT}
    forwarded |= {"OpenTelemetry Collector": _COLLECTOR}
    return [
        _host("auditpol", "a.csv", _AUDITPOL, _SERVER, _FORCED),
        _host("auditpol in UTF-16", "a.csv", _AUDITPOL.encode("utf-16"), _SERVER, _FORCED),
        _host("auditpol as text", "a.txt", _AUDITPOL_TEXT, _SERVER, _FORCED),
        _host("auditpol in German", "a.txt", _AUDITPOL_GERMAN.encode("cp850"), _SERVER, _FORCED),
        _host("auditpol backup", "a.csv", _BACKUP, _SERVER, _FORCED),
        _host("reg", "a.reg", _reg().encode("utf-16"), _SERVER, may_say_less=True),
        _host("reg query", "a.txt", _query(), _SERVER, may_say_less=True),
        _host("channels as JSON", "a.json", _channels(), _SERVER),
        _host("wevtutil", "a.txt", _WEVTUTIL, _SERVER, may_say_less=True),
        _host("audit options", "a.txt", _OPTIONS, _SERVER),
        _host("audit entries", "a.txt", _SACLS, _SERVER),
        _host("systeminfo", "a.txt", _SYSTEMINFO),
        _host("wmic os", "a.txt", _WMIC),
        _host("msinfo32", "a.txt", _MSINFO),
        _host("gpresult as text", "a.txt", _GPRESULT),
        _host("reg query of CurrentVersion", "a.txt", _CURRENT_VERSION, may_say_less=True),
        _host("OS as JSON", "a.json", _OS_JSON),
        _host("host's own YAML", "a.yaml", _OWN, may_say_less=True),
        _host("collector's log", "collect-log.txt", _DENIED, _SERVER, may_say_less=True),
        _host(
            "gpresult",
            "a.xml",
            policy_files.result(_TEMPLATES_OFF),
            _SERVER,
            _FORCED,
            may_say_less=True,
        ),
        _report(),
        _host("PolicyRules", "a.xml", _RULES_OFF, _SERVER, _FORCED, may_say_less=True),
        _host("HardeningKitty", "a.csv", _KITTY_OFF, _SERVER, _FORCED, may_say_less=True),
        _host("Intune policy", "a.json", _INTUNE_OFF, _SERVER, _FORCED, may_say_less=True),
        _host(
            *("audit.csv of a GPO", "a.csv", _audit("No Auditing", "0", AUDIT_HEAD, "")),
            *(_SERVER, _FORCED),
            may_say_less=True,
        ),
        _sysmon(),
        _read_by_group("access list of wevtutil", "a.txt", _ACCESS_LISTING),
        _read_by_group("access list as JSON", "a.json", _ACCESS_JSON),
        _read_by_group("group members", "a.json", _MEMBERS),
        *(_host(f"{name}", "f", text, _SERVER, _FORCED) for name, text in forwarded.items()),
        _gpo_scene("registry.pol beside its report", POL, off, {"gpreport.xml": report.encode()}),
    ]


def _report() -> Scene:
    """A report of a GPO that turns off what an earlier one asks for."""
    manifest = f"hosts: [{{name: H, {_SERVER}, gpo: [g, r.xml], {_FORCED}}}]".encode()
    files = {"inventory.yaml": manifest, "r.xml": policy_files.gpo(_TEMPLATES_OFF).encode()}
    return Scene("Get-GPOReport", files | _wishes(), "r.xml", True)


def _sysmon() -> Scene:
    """A listing that says that another configuration is loaded than the one that keeps all."""
    said = f"name: H, folder: H, {_SERVER}, sysmon: {{version: '15.15', config: s.xml}}"
    files = {
        "inventory.yaml": f"hosts: [{{{said}}}]".encode(),
        "s.xml": KEEPS_EVERYTHING.encode(),
        "H/sysmon.txt": _LISTING.encode(),
    }
    return Scene("sysmon -c", files, "H/sysmon.txt")


SCENES = _scenes()
