"""Small files of a GPO, for tests: registry.pol, GptTmpl.inf, audit.csv."""

from __future__ import annotations

import struct

AUDIT_HEAD = (
    "Machine Name,Policy Target,Subcategory,Subcategory GUID,"
    "Inclusion Setting,Exclusion Setting,Setting Value\r\n"
)
AUDIT_ROW = ",System,Audit Process Creation,{{0cce922b-69ae-11d9-bed3-505054503030}},{},,{}\r\n"
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
