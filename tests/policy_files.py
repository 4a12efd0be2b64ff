"""Reports of Group Policy and other forms of it, for tests: made here, after what tools write."""

from __future__ import annotations

import json
from collections.abc import Iterable

SETTINGS = "http://www.microsoft.com/GroupPolicy/Settings"
POWERSHELL = "Windows Components/Windows PowerShell"
SECURITY_LOG = "Windows Components/Event Log Service/Security"
COMMAND_LINE = ("Include command line in process creation events", "System/Audit Process Creation")


def policy(
    name: str, category: str, state: str = "Enabled", *fields: str, precedence: int = 1
) -> str:
    """A policy of Administrative Templates, one element a line."""
    inner = (
        f"<Precedence>{precedence}</Precedence>",
        f"<q1:Name>{name}</q1:Name>",
        f"<q1:State>{state}</q1:State>",
        "<q1:Supported>x</q1:Supported>",
        f"<q1:Category>{category}</q1:Category>",
        *fields,
    )
    return "<q1:Policy>\n" + "\n".join(inner) + "\n</q1:Policy>\n"


def box(name: str, state: str) -> str:
    return f"<q1:CheckBox><q1:Name>{name}</q1:Name><q1:State>{state}</q1:State></q1:CheckBox>"


def number(name: str, value: object) -> str:
    inner = f"<q1:Name>{name}</q1:Name><q1:State>Enabled</q1:State><q1:Value>{value}</q1:Value>"
    return f"<q1:Numeric>{inner}</q1:Numeric>"


def names(name: str, *listed: str) -> str:
    lines = "".join(f"<q1:Element><q1:Data>{each}</q1:Data></q1:Element>" for each in listed)
    return f"<q1:ListBox><q1:Name>{name}</q1:Name><q1:Value>{lines}</q1:Value></q1:ListBox>"


def audit(guid: str, value: int | str, name: str = "Audit Process Creation") -> str:
    return (
        "<q2:AuditSetting>\n<q2:PolicyTarget>System</q2:PolicyTarget>\n"
        f"<q2:SubcategoryName>{name}</q2:SubcategoryName>\n"
        f"<q2:SubcategoryGuid>{{{guid}}}</q2:SubcategoryGuid>\n"
        f"<q2:SettingValue>{value}</q2:SettingValue>\n</q2:AuditSetting>\n"
    )


def security(*elements: str) -> str:
    return (
        '<ExtensionData><Extension xmlns:q3="s" xsi:type="q3:SecuritySettings">\n'
        + "\n".join(elements)
        + "\n</Extension><Name>Security</Name></ExtensionData>\n"
    )


def computer(
    policies: Iterable[str] = (), audits: Iterable[str] = (), *others: str, name: str = "Registry"
) -> str:
    return (
        '<ExtensionData><Extension xmlns:q1="r" xsi:type="q1:RegistrySettings">\n'
        f"{''.join(policies)}</Extension><Name>{name}</Name></ExtensionData>\n"
        '<ExtensionData><Extension xmlns:q2="a" xsi:type="q2:AuditSettings">\n'
        f"{''.join(audits)}</Extension><Name>Advanced Audit Configuration</Name></ExtensionData>\n"
        f"{''.join(others)}"
    )


def result(inner: str) -> str:
    head = '<?xml version="1.0"?>\n<Rsop xmlns:xsi="x">\n<ComputerResults>\n'
    return f"{head}{inner}</ComputerResults>\n</Rsop>\n"


def gpo(inner: str, name: str = "Logging", enabled: str = "true", versions: str = "11") -> str:
    directory, sysvol = versions
    return (
        f'<GPO xmlns:xsi="x" xmlns="{SETTINGS}">\n<Name>{name}</Name>\n<Computer>\n'
        f"<VersionDirectory>{directory}</VersionDirectory>\n<VersionSysvol>{sysvol}</VersionSysvol>\n"
        f"<Enabled>{enabled}</Enabled>\n{inner}</Computer>\n"
        "<User><Enabled>true</Enabled></User>\n</GPO>\n"
    )


def rules(*elements: str) -> str:
    return "<PolicyRules>\n" + "\n".join(elements) + "\n</PolicyRules>\n"


def registry_rule(
    key: str, value: str, data: object, kind: str = "REG_DWORD", of: str = "P"
) -> str:
    return (
        f"<ComputerConfig><Key>{key}</Key><Value>{value}</Value><RegType>{kind}</RegType>"
        f"<RegData>{data}</RegData><PolicyName>{of}</PolicyName></ComputerConfig>"
    )


def audit_rule(guid: str, setting: object, of: str = "P") -> str:
    return (
        f"<AuditSubcategory><GUID>{{{guid}}}</GUID><Name>Any</Name><Setting>{setting}</Setting>"
        f"<PolicyName>{of}</PolicyName></AuditSubcategory>"
    )


KITTY_HEAD = (
    '"ID","Category","Name","Severity","Result","Recommended","TestResult","SeverityFinding"\r\n'
)


def finding(name: str, outcome: str, category: str = "Advanced Audit Policy Configuration") -> str:
    cells = ("1505", category, name, "Low", outcome, "Success", "Passed", "Low")
    return ",".join(f'"{cell}"' for cell in cells) + "\r\n"


DEVICE = "device_vendor_msft_policy_config_"


def choice(name: str, option: object, *children: dict[str, object]) -> dict[str, object]:
    """An instance of a setting with options."""
    return {
        "settingDefinitionId": name,
        "choiceSettingValue": {"value": f"{name}_{option}", "children": list(children)},
    }


def intune(*instances: dict[str, object], **more: object) -> str:
    settings = [{"id": str(at), "settingInstance": each} for at, each in enumerate(instances)]
    policy_row = {"name": "Logging", "platforms": "windows10", "settings": settings, **more}
    return json.dumps(policy_row, indent=1)
