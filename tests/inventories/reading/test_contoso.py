"""The example organisation reads as it is meant to: each kind of input is at work in it."""

from __future__ import annotations

import pytest
from support import ROOT

from logreach.inventories import load
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.host import Inventory
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.windows.facts import AUDIT, OS, ROLE, SACL, SETTING

PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"
COMMAND_LINE = "process_creation_command_line"


@pytest.fixture(scope="module")
def contoso() -> Inventory:
    return load(ROOT / "examples" / "contoso")


def facts(inventory: Inventory, name: str) -> Facts:
    return next(host.facts for host in inventory.hosts if host.name == name)


def where(fact: object) -> str:
    """The files that a fact comes from; '' where it is not known."""
    return " ".join(one.source for one in fact.evidence) if isinstance(fact, Known) else ""


def test_six_groups_and_no_disagreement(contoso: Inventory) -> None:
    told = {host.name: (host.count, _system(host.facts)) for host in contoso.hosts}
    assert told == {
        "WS": (850, "Windows 11"),
        "DC": (4, "Windows Server 2022"),
        "FS": (12, "Windows Server 2019"),
        "APP-OLD": (1, "Windows Server 2008"),
        "KIOSK": (30, "Windows 10"),
        "BRANCH": (25, "Windows Server 2016"),
    }
    assert not [one for host in contoso.hosts for one in host.facts.conflicts]
    assert [fault.message for fault in contoso.faults] == [
        "no such file or folder: branch/auditpol.csv"
    ]


def _system(known: Facts) -> str:
    os = known.get(OS)
    return os.value.product if isinstance(os, Known) else ""


def test_the_file_servers_policy_is_read_from_a_gpo(contoso: Inventory) -> None:
    known = facts(contoso, "FS")
    for name, value in (
        (COMMAND_LINE, False),
        ("powershell_script_block_logging", True),
        ("sce_no_apply_legacy_audit_policy", True),
    ):
        setting = known.get(SETTING(name))
        assert isinstance(setting, Known)
        assert setting.value is value
        assert "fs/gpo/" in where(setting)
    assert "fs/gpo/" in where(known.get(AUDIT(PROCESS_CREATION)))
    assert "fs/auditpol.csv" in where(known.get(AUDIT(PROCESS_CREATION)))


def test_the_domain_controllers_have_audit_entries_and_a_subscription(contoso: Inventory) -> None:
    known = facts(contoso, "DC")
    sacl = known.get(SACL("HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES"))
    assert isinstance(sacl, Known)
    (entry,) = sacl.value.aces
    assert (entry.principal, hex(entry.rights), entry.success) == ("S-1-1-0", "0x50006", True)
    forwarding = known.get(FORWARDING)
    assert isinstance(forwarding, Known)
    assert [len(one.queries) for one in forwarding.value.subscriptions] == [7]


def test_the_kiosks_tell_their_system_themselves(contoso: Inventory) -> None:
    known = facts(contoso, "KIOSK")
    assert where(known.get(OS)) == where(known.get(ROLE)) == "kiosk/systeminfo.txt"
    audit = known.get(AUDIT(PROCESS_CREATION))
    assert isinstance(audit, Known)
    assert str(audit.value) == "Failure"
