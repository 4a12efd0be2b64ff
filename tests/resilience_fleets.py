"""Small fleets for tests of resilience."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hosts

from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)

TECHNIQUES = ("T1543.003", "T1112", "T1059.001", "T1558.003", "T1053.005", "T1070.001")
_SETTINGS = {"process_creation_command_line": True, "powershell_script_block_logging": True}
_SERVICES = r"HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES"
_ENTRY = "S:(AU;CISA;KA;;;WD)"
WORKSTATION: Mapping[str, Any] = {
    "os": "Windows 11 23H2",
    "role": "workstation",
    "audit": "success and failure",
    "settings": _SETTINGS,
    "sysmon": {"version": "15.15", "config": "everything"},
    # Either list of entries covers the services.
    "sacls": {_SERVICES: _ENTRY, "global:key": "S:(AU;SA;KA;;;WD)"},
}
SERVER: Mapping[str, Any] = {
    "os": "Windows Server 2022",
    "role": "server",
    "audit": {"others": "success", "Process Creation": "none"},
    "sysmon": "none",
    "sacls": {_SERVICES: _ENTRY},
}
CONTROLLER: Mapping[str, Any] = {**SERVER, "role": "domain-controller", "settings": _SETTINGS}


def forwarding(facts: Facts, *paths: str) -> Facts:
    """The host with agents that take all of its logs, one a path."""
    logs = ("Security", "System", "Microsoft-Windows-Sysmon/Operational")
    queries = tuple(Query(log, "*", suppress=False, line=1) for log in logs)
    agents = tuple(Subscription(path, queries, source=path, dialect="collector") for path in paths)
    return facts.stating(FORWARDING, Forwarding(agents))


def fleet(*, controllers: int = 2, unknown_roles: int = 0) -> Inventory:
    """Workstations with everything, a server that forwards on two paths, domain controllers, and
    servers of which nobody says whether they are such."""
    members = [
        Host("WS", 850, hosts.facts(WORKSTATION)),
        Host("SRV", 12, forwarding(hosts.facts(SERVER), "beat.yml", "nxlog.conf")),
    ]
    wide = {**CONTROLLER, "audit": "success and failure"}
    several = [Host("DC", 2, hosts.facts(CONTROLLER)), Host("DC-NEW", 1, hosts.facts(wide))]
    undecided = {name: words for name, words in CONTROLLER.items() if name != "role"}
    perhaps = [Host(f"PERHAPS-{n}", 1, hosts.facts(undecided)) for n in range(unknown_roles)]
    return Inventory("fleet", (*members, *several[:controllers], *perhaps))
