"""Cases of readers of audit entries: a text, and the facts and faults that come of it."""

from __future__ import annotations

from typing import Any

from logreach.inventories.facts.facts import Reading
from logreach.inventories.windows.facts import Ace, Sacl

HOSTILE = {
    "open": "S:" + "(" * 100_000,
    "array": "[" * 100_000,
    "object": "{" * 50_000,
    "long": "Path : " + "x" * 200_000,
    "surrogate": "\ud800;S:",
    "zero": "\0",
    "parts": "C:\\x;" + "S:" * 50_000,
    "number": '{"Path": "C:\\\\x", "Sddl": ' + "1" * 5000 + "}",
    "huge": "a" * 40_000_000,
    "heading": "Path;SDDL",
}
PIECES = """S: D: O:BA (AU; (OU; SA; CISA; KA; 0x2; ; ;;;WD) ) ( " HKLM\\A; C:\\x; Path : Sddl
{ } [ ] Entry: Resource File Key 1 Success : , (null)"""
TEXT_PIECES = (*PIECES.split(), "\n", " ", "\r\n", '"Path": ', "Type: ")


def short(ace: Ace) -> str:
    """'S-1-1-0 0x2 s c': principal, rights, outcomes, inheritance and object types."""
    outcome = "s" * ace.success + "f" * ace.failure
    flags = "c" * ace.inherits_to_children + "f" * ace.inherits_to_files
    flags += "o" * (not ace.applies_here) + "1" * ace.one_level
    types = [ace.object_type, ace.inherited_type]
    return " ".join(filter(None, [ace.principal, f"0x{ace.rights:X}", outcome, flags, *types]))


def check(case: dict[str, Any], reading: Reading) -> None:
    """Compare a reading with its case."""
    faults = [str(fault) for fault in reading.faults]
    expected = case.get("faults", [])
    assert bool(faults) == bool(expected), faults
    for words in expected:
        assert any(words in fault for fault in faults), faults
    entries: dict[str, Any] = {
        statement.key.name: [short(ace) for ace in statement.value.aces]
        for statement in reading.statements
        if isinstance(statement.value, Sacl)
    }
    missing = {key.name: "missing" for key, _ in reading.missing}
    if case.get("family"):
        assert not entries
        assert set(missing) == {""}
        return
    assert entries | missing == case["facts"]
    if "line" in case:
        assert reading.statements[0].evidence.where == f"line {case['line']}"
