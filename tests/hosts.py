"""Hosts for tests, written in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.facts.values import Off
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    FEATURE,
    OS,
    ROLE,
    SACL,
    SETTING,
    SYSMON,
    AuditSetting,
    ChannelState,
    Role,
    SysmonState,
)
from logreach.inventories.windows.objects.sddl import read_sacl
from logreach.inventories.windows.system.operating_systems import identify

_EVIDENCE = Evidence("test")
_OUTCOMES = {
    "success and failure": (True, True),
    "success": (True, False),
    "failure": (False, True),
    "none": (False, False),
}
_OFF = {off.value: off for off in Off}
TAGS = """
ProcessCreate FileCreateTime NetworkConnect ProcessTerminate DriverLoad ImageLoad
CreateRemoteThread RawAccessRead ProcessAccess FileCreate RegistryEvent FileCreateStreamHash
PipeEvent WmiEvent DnsQuery FileDelete ClipboardChange ProcessTampering FileDeleteDetected
"""
KEEPS_EVERYTHING = (
    '<Sysmon schemaversion="4.90"><HashAlgorithms>*</HashAlgorithms><CaptureClipboard/>'
    "<EventFiltering>"
    + "".join(f'<{tag} onmatch="exclude"/>' for tag in TAGS.split())
    + "</EventFiltering></Sysmon>"
)


def statement(kind: FactFamily[object], name: str, value: object) -> Statement:
    return Statement(FactKey(kind, name), value, _EVIDENCE)


def audit_setting(words: str) -> AuditSetting:
    """'success and failure', 'success', 'failure' or 'none'."""
    return AuditSetting(*_OUTCOMES[words])


def facts(words: Mapping[str, Any]) -> Facts:
    """Facts from words: os, role, audit (all or by subcategory), settings, channels, sacls,
    sysmon.
    """
    said: list[Statement] = []
    if "os" in words:
        said.append(statement(OS.family, "", identify(words["os"])))
    if "role" in words:
        said.append(statement(ROLE.family, "", Role(words["role"])))
    audit = words.get("audit", {})
    for subcategory in load_events().subcategories.values():
        state = (
            audit if isinstance(audit, str) else audit.get(subcategory.name, audit.get("others"))
        )
        if state is not None:
            said.append(statement(AUDIT, subcategory.guid, audit_setting(state)))
    for name, value in words.get("settings", {}).items():
        said.append(statement(SETTING, name, _OFF.get(value, value)))
    for name, value in words.get("features", {}).items():
        said.append(statement(FEATURE, name, value))
    for name, value in words.get("channels", {}).items():
        said.append(statement(CHANNEL, name, ChannelState(enabled=value)))
    for name, sddl in words.get("sacls", {}).items():
        said.append(statement(SACL, name, read_sacl(sddl or "S:")))
    if "sysmon" in words:
        said.append(statement(SYSMON.family, "", _sysmon(words["sysmon"])))
    return Facts.of(said)


def _sysmon(words: str | Mapping[str, Any]) -> SysmonState:
    if words == "none":
        return SysmonState(installed=False)
    assert isinstance(words, Mapping)
    config = words.get("config")
    text = KEEPS_EVERYTHING if config == "everything" else config
    return SysmonState(
        True,
        words.get("version"),
        text,
        "sysmon.xml",
        inbox=words.get("inbox", False),
        config_loaded=words.get("loaded"),
    )


def inventory(**hosts: Mapping[str, Any]) -> Inventory:
    """An inventory of hosts from words; one machine each."""
    return Inventory("test", tuple(Host(n, 1, facts(words)) for n, words in hosts.items()))
