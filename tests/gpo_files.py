"""Small files of a GPO, for tests: registry.pol, GptTmpl.inf, audit.csv."""

from __future__ import annotations

import struct

from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import AUDIT, SETTING

AUDIT_HEAD = (
    "Machine Name,Policy Target,Subcategory,Subcategory GUID,"
    "Inclusion Setting,Exclusion Setting,Setting Value\r\n"
)
AUDIT_ROW = ",System,Audit Process Creation,{{0cce922b-69ae-11d9-bed3-505054503030}},{},,{}\r\n"
PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"
MACHINE = "DomainSysvol/GPO/Machine/"
SECEDIT = MACHINE + "microsoft/windows nt/SecEdit/GptTmpl.inf"
AUDIT_CSV = MACHINE + "microsoft/windows nt/Audit/audit.csv"
POL = MACHINE + "registry.pol"
SCRIPT_BLOCK = "SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\ScriptBlockLogging"


def record(key: str, name: str, kind: int, data: bytes) -> bytes:
    """One record of a registry.pol, laid out as [MS-GPREG] says."""

    def text(words: str) -> bytes:
        return words.encode("utf-16-le")

    size = struct.pack("<I", len(data))
    return (
        (text(f"[{key}\0;{name}\0;") + struct.pack("<I", kind) + text(";") + size)
        + text(";")
        + data
        + text("]")
    )


def pol(*records: bytes) -> bytes:
    return b"PReg\x01\x00\x00\x00" + b"".join(records)


def on(name: str, number: int = 1) -> bytes:
    return record(SCRIPT_BLOCK, name, 4, struct.pack("<I", number))


def template(*sections: str) -> bytes:
    lines = ["[Unicode]", "Unicode=yes", *sections, "[Version]", 'signature="$CHICAGO$"']
    return "\r\n".join(lines).encode("utf-16")


def setting_of(inventory: Inventory, name: str) -> object:
    """The value of a setting of the first host, or why it is unknown."""
    fact = inventory.hosts[0].facts.get(SETTING(name))
    return fact.value if isinstance(fact, Known) else fact.reason


def audit_of(inventory: Inventory, guid: str = PROCESS_CREATION) -> str:
    """The audit setting of a subcategory on the first host, or why it is unknown."""
    fact = inventory.hosts[0].facts.get(AUDIT(guid))
    return str(fact.value) if isinstance(fact, Known) else f"unknown: {fact.reason}"
