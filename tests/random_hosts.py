"""Hosts with random facts, for laws that hold on every host."""

from __future__ import annotations

from typing import Any

import hosts
from hypothesis import strategies as st

from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.inventories.facts.facts import Facts
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import (
    AUDIT_ORIGINS,
    SACL,
    Ace,
    AuditOrigin,
    AuditOrigins,
    Sacl,
)

_SYSTEMS = (
    "Windows Vista SP2",
    "Windows 7 SP1",
    "Windows 10 1511",
    "Windows 10 1607",
    "Windows 11 23H2",
    "Windows Server 2008 SP2",
    "Windows Server 2012 R2",
    "Windows Server 2016",
    "Windows Server 2022",
    "Windows Server 2025",
)
_SOME_CREATED = (
    '<Sysmon schemaversion="4.50"><EventFiltering><ProcessCreate onmatch="include">'
    '<Image condition="end with">powershell.exe</Image></ProcessCreate>'
    '<RegistryEvent onmatch="exclude"/></EventFiltering></Sysmon>'
)
_SET_VALUE = Sacl((Ace("S-1-1-0", 0x2, True, False, True),))
_EVERY_RIGHT = Sacl((Ace("S-1-1-0", 0xF01FF, True, True, True, True, "", "", True),))

_TAKING = {
    "Security": ("*[System[(EventID=4688 or EventID=4624)]]", "*", "*[System[Computer='A']]"),
    "Microsoft-Windows-Sysmon/Operational": ("*[System[(EventID<=13)]]",),
    "System": ("*[System[(EventID=7045)]]",),
}
_QUERIES = tuple(
    (Query(path, xpath, suppress=False, line=1), *rest)
    for path, xpaths in _TAKING.items()
    for xpath in xpaths
    for rest in ((), (Query(path, "*[EventData[Data='x']]", suppress=True, line=2),))
)
_SENDERS = ("", "O:NSG:NSD:(A;;GA;;;DC)", "O:NSG:NSD:(A;;GA;;;DD)", "O:NSG:NSD:(A;;GA;;;WD)")


def _states() -> st.SearchStrategy[str]:
    return st.sampled_from(("success and failure", "success", "failure", "none"))


@st.composite
def words(draw: st.DrawFn) -> dict[str, Any]:
    """A host in words: each fact is there or not."""
    knowledge = load_events()
    audit = {
        one.name: draw(_states())
        for one in knowledge.subcategories.values()
        if draw(st.integers(0, 3))
    }
    names = sorted({setting.name for setting in knowledge.settings.values()})
    said: dict[str, Any] = {
        "audit": audit,
        "settings": {name: draw(st.booleans()) for name in names if draw(st.booleans())},
        "channels": {
            channel.name: draw(st.booleans())
            for channel in knowledge.channels.values()
            if not draw(st.integers(0, 3))
        },
    }
    os = draw(st.none() | st.sampled_from(_SYSTEMS))
    if os:
        said["os"] = os
    if os and draw(st.booleans()):
        server = "Server" in os
        roles = ("server", "domain-controller") if server else ("workstation",)
        said["role"] = draw(st.sampled_from(roles))
    if draw(st.booleans()):
        said["sysmon"] = draw(
            st.sampled_from(
                (
                    "none",
                    {"version": "15.15", "config": "everything"},
                    {"version": "10.42", "config": _SOME_CREATED},
                    {"version": "6.0", "config": _SOME_CREATED},
                    {"inbox": True, "config": "everything"},
                    {"config": _SOME_CREATED, "loaded": True},
                    {"version": "15.15"},
                    {},
                )
            )
        )
    return said


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """The same as facts, some hosts with audit entries on objects."""
    said = hosts.facts(draw(words()))
    for name in ("HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES", "global:key", "global:file"):
        if name.startswith("global:") or draw(st.booleans()):
            sacl = draw(st.sampled_from((_EVERY_RIGHT, _SET_VALUE, Sacl(()))))
            said = said.stating(SACL(name), sacl)
    if draw(st.booleans()):
        said = said.stating(FORWARDING, draw(subscriptions()))
    if draw(st.booleans()):
        said = said.stating(AUDIT_ORIGINS, draw(_origins()))
    return said


@st.composite
def _origins(draw: st.DrawFn) -> AuditOrigins:
    """A GPO that asks for some subcategories, some of them contested by a legacy category."""
    by_guid = tuple(
        (
            one.guid,
            AuditOrigin(
                "GPO",
                hosts.audit_setting(draw(_states())) if draw(st.booleans()) else None,
                one.legacy_category if draw(st.booleans()) else "",
                "GPO",
            ),
        )
        for one in load_events().subcategories.values()
    )
    return AuditOrigins(by_guid, "GPO", ("GPO",))


@st.composite
def subscriptions(draw: st.DrawFn) -> Forwarding:
    """Up to three subscriptions: what they take, from whom, whether they are on."""
    made = [
        Subscription(
            f"s{number}",
            draw(st.sampled_from(_QUERIES)),
            enabled=bool(draw(st.integers(0, 3))),
            initiated="source",
            allowed=draw(st.sampled_from(_SENDERS)),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return Forwarding(tuple(made), draw(st.sampled_from(((), ("a.xml is cut off",)))))
