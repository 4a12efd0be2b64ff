"""A good file of every format that is known, each of which says only that things are on.

So whatever is broken in one, no fact may come out as off; it may come out as on, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable

import policy_files
from gpo_files import AUDIT_HEAD, AUDIT_ROW, SCRIPT_BLOCK, on, pol, template

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.forwarding.subscriptions import Forwarding
from logreach.inventories.reading import recognise
from logreach.inventories.windows.audit_policy import auditpol, hardening_kitty
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import (
    AuditSetting,
    ChannelState,
    Sacl,
    SysmonState,
)
from logreach.inventories.windows.group_policy import (
    gpo_reports,
    gpt_template,
    intune_json,
    policy_rules,
    policy_xml,
)
from logreach.inventories.windows.registry import registry_pol

GUIDS = list(subcategories().values())
AUDITPOL = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,"
AUDITPOL += "Exclusion Setting\r\n\r\n" + "".join(
    f"WS1,System,{one.name},{{{one.guid}}},Success and Failure,\r\n" for one in GUIDS
)
AUDITPOL_TEXT = "System audit policy\r\n\r\nCategory/Subcategory                      Setting\r\n"
AUDITPOL_TEXT += "".join(
    ("" if GUIDS[number - 1].category == one.category else f"{one.category}\r\n")
    + f"  {one.name:<38}  Success and Failure\r\n"
    for number, one in enumerate(GUIDS)
)
BACKUP = AUDIT_HEAD + "".join(
    f"WS1,System,{one.name},{{{one.guid}}},Erfolg und Fehler,,3\r\n" for one in GUIDS
)
BACKUP += "".join(
    f"WS1,,Option:{option},,Aktiviert,,1\r\n"
    for option in (
        *("CrashOnAuditFail", "FullPrivilegeAuditing"),
        *("AuditBaseObjects", "AuditBaseDirectories"),
    )
)
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
WEVTUTIL_XML = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="Security" enabled="true" type="Admin" owningPublisher="" isolation="Custom"
channelAccess="O:BAG:SYD:(A;;0x1;;;S-1-5-20)" xmlns="http://schemas.microsoft.com/win/2004/08/events">
<logging><retention>false</retention><autoBackup>false</autoBackup><maxSize>20971520</maxSize></logging></channel>
"""
LIST_LOG_CSV = """"LogMode","MaximumSizeInBytes","LogName","IsEnabled"\r
"Circular","20971520","Security","True"\r
"Circular","1052672","Microsoft-Windows-TaskScheduler/Operational","True"\r
"""
LIST_LOG = '[{"LogName": "Security", "IsEnabled": true, "MaximumSizeInBytes": 1, "LogMode": 0}]'
SYSTEMINFO = """Host Name:                 FS01
OS Name:                   Microsoft Windows Server 2019 Standard
OS Version:                10.0.17763 N/A Build 17763
OS Configuration:          Member Server
"""
HOTFIXES = """Source  Description      HotFixID   InstalledBy          InstalledOn
------  -----------      --------   -----------          -----------
WS7     Security Update  KB3004375  NT AUTHORITY\\SYSTEM  2/11/2015 12:00:00 AM
"""
QFE = "HotFixID=KB3004375\r\nInstalledOn=2/11/2015\r\n"
OPTIONS = "Option                       Value\nCrashOnAuditFail             Enabled\n"
LGPO = f"Computer\n{SCRIPT_BLOCK}\nEnableScriptBlockLogging\nDWORD:1\n"
SYSMON_CONFIG = "<Sysmon schemaversion='4.90'><EventFiltering/></Sysmon>\n"
LISTING = """System Monitor v15.15
Current configuration:
 - Service name: Sysmon64
 - HashingAlgorithms: SHA256

No rules installed
"""
RESULT = """<?xml version="1.0"?><Rsop><ComputerResults><Extension><AuditSetting>
<PolicyTarget>System</PolicyTarget>
<SubcategoryGuid>{0cce922b-69ae-11d9-bed3-505054503030}</SubcategoryGuid>
<SettingValue>3</SettingValue></AuditSetting></Extension></ComputerResults></Rsop>"""
TEMPLATES = policy_files.computer(
    [
        policy_files.policy(*policy_files.COMMAND_LINE),
        policy_files.policy(
            "Turn on Module Logging",
            policy_files.POWERSHELL,
            "Enabled",
            policy_files.names("Module Names", "*"),
        ),
        policy_files.policy(
            "Specify the maximum log file size (KB)",
            policy_files.SECURITY_LOG,
            "Enabled",
            policy_files.number("Maximum Log Size (KB)", 196608),
        ),
    ],
    [policy_files.audit(GUIDS[0].guid, 3)],
)
RULES = policy_files.rules(
    policy_files.registry_rule(SCRIPT_BLOCK, "EnableScriptBlockLogging", 1),
    policy_files.audit_rule(GUIDS[0].guid, 3),
    '<SecurityTemplate Section="Event Audit"><LineItem>AuditProcessTracking=3</LineItem>'
    "</SecurityTemplate>",
)
KITTY = policy_files.KITTY_HEAD + "".join(
    policy_files.finding(one.name, "Success and Failure") for one in GUIDS[:9]
)
INTUNE = policy_files.intune(
    policy_files.choice(policy_files.DEVICE + "admx_auditsettings_includecmdline", 1),
    policy_files.choice(policy_files.DEVICE + "audit_detailedtracking_auditprocesscreation", 3),
)
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
RULE = """{"type": "Microsoft.Insights/dataCollectionRules", "properties": {"dataSources": {
"windowsEventLogs": [{"name": "e", "streams": ["Microsoft-Event"], "xPathQueries": ["Security!*"]}]},
"dataFlows": [{"streams": ["Microsoft-Event"], "destinations": ["la"]}]}}"""
WAZUH = """<ossec_config><localfile><location>Security</location>
<log_format>eventchannel</log_format><query>Event/System[EventID != 5156]</query></localfile>
</ossec_config>
"""
NXLOG = """<Input events>
    Module im_msvistalog
    <QueryXML>
        <QueryList><Query Id='0'><Select Path='Security'>*</Select></Query></QueryList>
    </QueryXML>
</Input>
<Output out>
    Module om_tcp
    Exec to_json();
</Output>
<Route one>
    Path events => out
</Route>
"""
POLICY = """id: p
inputs:
  - type: winlog
    streams:
      - data_stream: {dataset: system.security, type: logs}
        name: Security
        event_id: 4624, 4688
"""
FLUENT_BIT = """[INPUT]
    Name         winevtlog
    Channels     Security,System
    Tag          events
[OUTPUT]
    Name         es
    Match        *
"""
FLUENT_BIT_YAML = """pipeline:
  inputs:
    - {name: winevtlog, channels: Security, tag: events}
  outputs:
    - {name: es, match: '*'}
"""
COLLECTOR = """receivers:
  windowseventlog/security: {channel: security, start_at: end}
exporters: {otlp: {}}
service:
  pipelines:
    logs: {receivers: [windowseventlog/security], processors: [batch], exporters: [otlp]}
"""
COMPUTER = """{"OsName": "Microsoft Windows Server 2022 Standard", "OsVersion": "10.0.20348",
"OsBuildNumber": "20348", "WindowsUBR": 2402, "OsProductType": 2}"""
OSQUERY = """[{"build": "22631", "codename": "Professional", "name": "Microsoft Windows 11 Pro",
"platform_like": "windows", "version": "10.0.22631"}]"""
VER = "\nMicrosoft Windows [Version 10.0.22631.3447]\n"
WMIC = "\r\n".join(
    ("", "BuildNumber=17763", "Caption=Microsoft Windows Server 2019 Standard", "ProductType=3", "")
)
WMIC_TABLE = """BuildNumber  Caption                        ProductType  Version
17763        Microsoft Windows Server 2019  3            10.0.17763
"""
PROPERTIES = """
OsName         : Microsoft Windows 11 Pro
OsVersion      : 10.0.22631
OsBuildNumber  : 22631
OsProductType  : WorkStation
"""
MSINFO = """System Information report written at: 01/02/24 10:00:00
System Name: WS1
[System Summary]

Item\tValue
OS Name\tMicrosoft Windows 10 Enterprise
Version\t10.0.19045 Build 19045
OS Manufacturer\tMicrosoft Corporation
"""
GPRESULT_TEXT = """
Microsoft (R) Windows (R) Operating System Group Policy Result tool v2.0

RSOP data for EX\\admin on WS1 : Logging Mode
--------------------------------------------

OS Configuration:            Member Workstation
OS Version:                  10.0.19045

COMPUTER SETTINGS
------------------
    Applied Group Policy Objects
    -----------------------------
        N/A
"""
CURRENT_VERSION = """
HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion
    ProductName    REG_SZ    Windows Server 2019 Standard
    CurrentBuild    REG_SZ    17763
    InstallationType    REG_SZ    Server

"""
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
    "auditpol as text": AUDITPOL_TEXT.encode("utf-16"),
    "auditpol backup": BACKUP.encode("cp850"),
    "reg": REG.encode("utf-16"),
    "reg query": QUERY.encode(),
    "wevtutil": WEVTUTIL.encode(),
    "wevtutil as XML": WEVTUTIL_XML.encode(),
    "Get-HotFix": HOTFIXES.encode("utf-16"),
    "Get-HotFix as JSON": b'{"HotFixID": "KB3004375", "Description": "Security Update"}',
    "wmic qfe": QFE.encode("utf-16"),
    "list log": LIST_LOG.encode(),
    "list log as CSV": LIST_LOG_CSV.encode("utf-16"),
    "systeminfo": SYSTEMINFO.encode(),
    "options": OPTIONS.encode(),
    "lgpo": LGPO.encode(),
    "host's own YAML": HOST_FILE.encode(),
    "sysmon": SYSMON_CONFIG.encode(),
    "sysmon listing": LISTING.encode(),
    "gpresult": RESULT.encode(),
    "gpresult with templates": policy_files.result(TEMPLATES).encode("utf-16"),
    "Get-GPOReport": policy_files.gpo(TEMPLATES).encode("utf-16"),
    "PolicyRules": RULES.encode("utf-8-sig"),
    "HardeningKitty": KITTY.encode(),
    "Intune": INTUNE.encode(),
    "a GPO's audit.csv": (AUDIT_HEAD + AUDIT_ROW.format("Success", 1)).encode(),
    "features": FEATURES.encode(),
    "group members": b'[{"GroupSID": "S-1-5-32-573", "Members": [{"Name": "A", "SID": "S-1-5-20"}]}]',
    "sacls": SACLS.encode(),
    "queries": QUERIES.encode(),
    "subscription": SUBSCRIPTION.encode("utf-8-sig"),
    "subscription as a list": LISTED.encode(),
    "winlogbeat": WINLOGBEAT.encode(),
    "splunk": SPLUNK.encode(),
    "data collection rule": RULE.encode("utf-16"),
    "Wazuh": WAZUH.encode(),
    "NXLog": NXLOG.encode("utf-8-sig"),
    "Elastic Agent policy": POLICY.encode(),
    "Fluent Bit": FLUENT_BIT.encode(),
    "Fluent Bit as YAML": FLUENT_BIT_YAML.encode(),
    "OpenTelemetry Collector": COLLECTOR.encode(),
    "Get-ComputerInfo": COMPUTER.encode("utf-16"),
    "osquery": OSQUERY.encode(),
    "ver": VER.encode(),
    "wmic os as a list": WMIC.encode("utf-16"),
    "wmic os as a table": WMIC_TABLE.encode("utf-16"),
    "Get-ComputerInfo as a list": PROPERTIES.encode("utf-16"),
    "msinfo32": MSINFO.encode("utf-16"),
    "gpresult as text": GPRESULT_TEXT.encode(),
    "reg query of CurrentVersion": CURRENT_VERSION.encode(),
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
    "Get-GPOReport": (gpo_reports.read, SAMPLES["Get-GPOReport"]),
    "PolicyRules": (policy_rules.read, SAMPLES["PolicyRules"]),
    "HardeningKitty": (hardening_kitty.read, SAMPLES["HardeningKitty"]),
    "Intune": (intune_json.read, SAMPLES["Intune"]),
}


def off(value: object) -> bool:
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
