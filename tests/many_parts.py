"""Files of any number of equal parts, of every format, for what work and memory they cost.

Each maker takes the number of parts and gives the text of a file. `test_linear_work.py` counts the
work of few and many, `benchmarks/reading.py` prints seconds and memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import policy_files
from format_samples import (
    AUDITPOL,
    GUIDS,
    LISTED,
    SCRIPT_BLOCK,
    SUBSCRIPTION,
    SYSTEMINFO,
)
from gpo_files import AUDIT_HEAD

_REG = "Windows Registry Editor Version 5.00\r\n\r\n"
_CHANNELS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WINEVT\\Channels"


def _keys(below: str) -> Callable[[int], str]:
    return lambda count: (
        _REG
        + "".join(
            f'[HKEY_LOCAL_MACHINE\\{below}\\K{number}]\r\n"Enabled"=dword:00000001\r\n\r\n'
            for number in range(count)
        )
    )


def _channels(count: int) -> str:
    names = (f"Channel-{number}" for number in range(count))
    return json.dumps([{"LogName": name, "IsEnabled": True, "LogMode": 0} for name in names])


def _attributes(root: str, below: str = "") -> Callable[[int], str]:
    return lambda count: (
        f"<{root} " + " ".join(f'a{number}="1"' for number in range(count)) + f">{below}</{root}>"
    )


def _lines(line: str, head: str = "") -> Callable[[int], str]:
    return lambda count: head + "".join(line.format(number) for number in range(count))


_LOCALFILE = (
    "<localfile><location>C{}</location><log_format>eventchannel</log_format></localfile>\n"
)


def _templates(count: int) -> str:
    return policy_files.computer(
        [policy_files.policy(f"Policy {n}", f"Category {n}", "Enabled") for n in range(count)]
    )


MANY: dict[str, Callable[[int], str]] = {
    "sibling registry keys": _keys("SOFTWARE"),
    "sibling keys of channels": _keys(_CHANNELS),
    "keys of certificate services": _keys(
        "SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration"
    ),
    "channels as JSON": _channels,
    "channels of wevtutil": _lines(
        "name: C{}\nenabled: true\nlogging:\n  retention: false\n  maxSize: 1\n"
    ),
    "channels in YAML": _lines("  C{}: true\n", "os: Windows 11 23H2\nchannels:\n"),
    "attributes of a Sysmon configuration": _attributes("Sysmon"),
    "attributes of a result of policy": _attributes("Rsop", "<ComputerResults/>"),
    "attributes of queries": _attributes(
        "QueryList", "<Query><Select Path='Security'>*</Select></Query>"
    ),
    "event logs of Winlogbeat": _lines("  - name: C{}\n", "winlogbeat.event_logs:\n"),
    "stanzas of Splunk": _lines("[WinEventLog://C{}]\nblacklist = {}\n".replace("{}\n", "1\n")),
    "queries of a data collection rule": lambda count: (
        '{"dataSources": {"windowsEventLogs": [{"streams": ["s"], "xPathQueries": ["'
        + '",\n"'.join(f"C{number}!*" for number in range(count))
        + '"]}]}, "dataFlows": [{"streams": ["s"]}]}'
    ),
    "entries of Wazuh": lambda count: (
        "<ossec_config>\n"
        + "".join(_LOCALFILE.format(number) for number in range(count))
        + "</ossec_config>"
    ),
    "inputs of NXLog": _lines(
        "<Input i{}>\nModule im_msvistalog\nChannel C\nExec if $EventID == 1 drop();\n</Input>\n"
    ),
    "routes of NXLog": _lines(
        "<Route r{}>\nPath i => p => o\n</Route>\n",
        "<Input i>\nModule im_msvistalog\nChannel C\n</Input>\n<Output o>\nModule om_x\n</Output>\n",
    ),
    "streams of Elastic Agent": _lines(
        "      - name: C{}\n        data_stream: ~\n", "inputs:\n  - type: winlog\n    streams:\n"
    ),
    "inputs of Fluent Bit": _lines(
        "[INPUT]\n    Name winevtlog\n    Channels C{}\n", "[OUTPUT]\n    Name es\n    Match *\n"
    ),
    "variables of Fluent Bit": lambda count: (
        f"@SET A={'C' * count}\n[INPUT]\n    Name winevtlog\n    Channels {'${A}' * count}\n"
    ),
    "inputs and filters of Fluent Bit": lambda count: (
        "".join(f"[INPUT]\n    Name winevtlog\n    Tag a{number}\n" for number in range(count))
        + "[FILTER]\n    Name rewrite_tag\n    Match *\n" * count
    ),
    "outputs of Fluent Bit": _lines(
        "[OUTPUT]\n    Name es\n    Match a{}\n", "[INPUT]\n    Name winevtlog\n    Channels C\n"
    ),
    "receivers and pipelines of the Collector": lambda count: (
        "receivers:\n"
        + "".join(f"  windowseventlog/{number}: {{channel: C}}\n" for number in range(count))
        + "service:\n  pipelines:\n"
        + "".join(
            f"    logs/{number}: {{receivers: [windowseventlog/1], exporters: [otlp]}}\n"
            for number in range(count)
        )
    ),
    "audit entries": _lines(
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\K{};O:BAG:SYD:AI(A;;KA;;;BA)S:AI(AU;SA;KA;;;WD)\n",
        "# Get-Acl -Audit\n",
    ),
    "rows of auditpol's text": _lines(
        "  Subcategory {0}   Success\nCategory {0}\n", "  Logon   Success\n  Logoff   Success\n"
    ),
    "properties of a system": _lines("P{}=1\n", "BuildNumber=19045\n"),
    "rows of msinfo32": _lines(
        "A{}\tB\n", "[System]\nOS\tMicrosoft Windows 10 Pro\nVersion\t10.0.19045\n"
    ),
    "GPOs of gpresult's text": _lines(
        "        GPO {}\n",
        "RSOP data for A on B : Logging Mode\n------------\nOS Version: 10.0.19045\n"
        "COMPUTER SETTINGS\n    Applied Group Policy Objects\n",
    ),
    "keys of reg query": lambda count: (
        _lines("\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\K{}\r\n    a    REG_DWORD    0x1\r\n")(count)
        + "\r\n"
    ),
    "rows of auditpol": _lines("WS1,System,Name {0},{{{0:036}}},Success,\r\n", AUDITPOL),
    "rows of a GPO's audit.csv": _lines(",System,Name {0},{{{0:036}}},Success,,1\r\n", AUDIT_HEAD),
    "findings of HardeningKitty": lambda count: (
        policy_files.KITTY_HEAD
        + "".join(policy_files.finding(f"Name {number}", "Success") for number in range(count))
    ),
    "policies of a result": lambda count: policy_files.result(_templates(count)),
    "policies of a GPO report": lambda count: policy_files.gpo(_templates(count)),
    "audit settings of a GPO report": lambda count: policy_files.gpo(
        policy_files.computer([], [policy_files.audit(f"{n:036}", 3) for n in range(count)])
    ),
    "rules of PolicyRules": lambda count: policy_files.rules(
        *(policy_files.registry_rule(f"SOFTWARE\\K{n}", "V", 1) for n in range(count)),
        *(policy_files.audit_rule(GUIDS[0].guid, 3) for _ in range(count)),
    ),
    "settings of Intune": lambda count: policy_files.intune(
        *(policy_files.choice(f"{policy_files.DEVICE}audit_{n}", 1) for n in range(count))
    ),
    "blocks of LGPO": _lines(f"Computer\n{SCRIPT_BLOCK}\nV{{}}\nDWORD:1\n\n"),
    "lines of a security template": _lines(
        "MACHINE\\Software\\K{}=4,1\r\n", "[Unicode]\r\nUnicode=yes\r\n[Registry Values]\r\n"
    ),
    "members of groups": _lines(
        "*S-1-5-20-{}__Memberof = *S-1-5-32-573\r\n",
        "[Unicode]\r\nUnicode=yes\r\n[Group Membership]\r\n",
    ),
    "lines of audit options": _lines(
        "Option{}             Enabled\n", "CrashOnAuditFail             Enabled\n"
    ),
    "features": lambda count: json.dumps(
        [{"Name": f"F{number}", "Installed": True} for number in range(count)]
    ),
    "updates": _lines("HotFixID=KB{}\r\nInstalledOn=2/11/2015\r\n"),
    "members of a group": lambda count: json.dumps(
        [
            {
                "GroupSID": "S-1-5-32-573",
                "Members": [{"Name": "A", "SID": f"S-1-5-21-1-2-3-{n}"} for n in range(count)],
            }
        ]
    ),
    "values of an OS as JSON": lambda count: json.dumps(
        {"Caption": "Microsoft Windows 10 Pro", "Version": "10.0.19045", "BuildNumber": "19045"}
        | {f"P{number}": number for number in range(count)}
    ),
    "rows of systeminfo": _lines("Row {}:                 x\n", SYSTEMINFO),
    "channels as CSV": _lines(
        '"Circular","1052672","C{}","True"\r\n',
        '"LogMode","MaximumSizeInBytes","LogName","IsEnabled"\r\n',
    ),
    "channels of wevtutil as XML": _lines(
        '<channel name="C{}" enabled="true" channelAccess="O:BAG:SYD:(A;;0x1;;;S-1-5-20)">'
        "<logging><retention>false</retention><maxSize>1</maxSize></logging></channel>\n"
    ),
    "conditions of Winlogbeat": _lines(
        "  - drop_event.when.equals.winlog.event_id: {}\n",
        "winlogbeat.event_logs:\n  - name: Security\nprocessors:\n",
    ),
    "event logs and conditions of Winlogbeat": lambda count: (
        "winlogbeat.event_logs:\n"
        + "".join(f"  - name: C{number}\n" for number in range(count))
        + "processors:\n"
        + "".join(
            f"  - drop_event.when.equals.winlog.event_id: {number}\n" for number in range(count)
        )
    ),
    "event ids of Winlogbeat": lambda count: (
        "winlogbeat.event_logs:\n  - name: Security\n    event_id: "
        + ", ".join(map(str, range(count)))
        + "\n"
    ),
    "pairs of a Splunk blacklist": lambda count: (
        "[WinEventLog://Security]\nblacklist = " + 'EventCode="4" ' * count + "\n"
    ),
    "statements of NXLog": lambda count: (
        "<Input i>\nModule im_msvistalog\nChannel C\n<Exec>\n"
        + "if $EventID == 1 drop();\n" * count
        + "</Exec>\n</Input>\n"
    ),
    "blacklists of Splunk": _lines('blacklist{} = EventCode="4"\n', "[WinEventLog://Security]\n"),
    "subscriptions": lambda count: SUBSCRIPTION * count,
    "subscriptions as a list": lambda count: LISTED * count,
    "selections of queries": lambda count: (
        "<QueryList><Query>"
        + "".join(
            f"<Select Path='Security'>*[System[EventID={number}]]</Select>\n"
            for number in range(count)
        )
        + "</Query></QueryList>"
    ),
    "audit entries of one object": lambda count: (
        "HKEY_LOCAL_MACHINE\\SYSTEM;O:BAG:SYD:S:AI"
        + "".join(f"(AU;SA;KA;;;S-1-5-21-1-2-3-{number})" for number in range(count))
        + "\n"
    ),
    "objects of Get-Acl as JSON": lambda count: json.dumps(
        [
            {
                "Path": f"Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\K{number}",
                "Sddl": f"O:BAG:SYD:AI(A;CIID;KA;;;BA)S:AI(AU;CIIDSA;KA;;;S-1-5-21-1-2-3-{number})",
            }
            for number in range(count)
        ]
    ),
    "rules of a Sysmon configuration": lambda count: (
        "<Sysmon schemaversion='4.90'><EventFiltering><ProcessCreate onmatch='include'>"
        + "".join(f"<Image condition='is'>C:\\{number}.exe</Image>\n" for number in range(count))
        + "</ProcessCreate></EventFiltering></Sysmon>"
    ),
    "lines of a Sysmon listing": _lines(
        " - ProcessCreate onmatch: include\n     Image filter: is value: 'C{}'\n",
        "System Monitor v15.15\nCurrent configuration:\n - Service name: Sysmon64\n\n"
        "Rule configuration (version 4.90):\n",
    ),
    "lines of the collector's log": _lines(
        "f{}.txt\tfailed\texit code 5\tcommand\n", "# logreach collect 1\n"
    ),
    "lines of a binary value": lambda count: (
        _REG
        + '[HKEY_LOCAL_MACHINE\\SOFTWARE\\K]\r\n"V"=hex:00,\\\r\n'
        + "  00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,\\\r\n" * count
        + "  00\r\n"
    ),
}
