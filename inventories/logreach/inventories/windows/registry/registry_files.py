"""Registry exports: `.reg` files of `reg export`, and what `reg query` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_values import RegistryValue, machine_key

_HEADERS = ("Windows Registry Editor Version 5.00", "REGEDIT4")
_KEY = re.compile(r"\[(-?)(HK[^\]]*)\]")
_VALUE = re.compile(r'(@|"(?:[^"\\]|\\.)*")\s*=\s*(.*)', re.DOTALL)
_QUERY_KEY = re.compile(r"HKEY_[A-Z_]+(?:\\.*)?")
_QUERY_VALUE = re.compile(r"\s{2,}(.+?)\s{2,}(REG_[A-Z_]+)(?:\s{2,}|\t|$)(.*)")
_QUERY_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]")  # no export has such characters
_NUMBER_KINDS = ("REG_DWORD", "REG_QWORD", "REG_DWORD_BIG_ENDIAN")
_HEX_TYPES = {
    "hex": "REG_BINARY",
    "hex(0)": "REG_NONE",
    "hex(1)": "REG_SZ",
    "hex(2)": "REG_EXPAND_SZ",
    "hex(4)": "REG_DWORD",
    "hex(5)": "REG_DWORD_BIG_ENDIAN",
    "hex(7)": "REG_MULTI_SZ",
    "hex(b)": "REG_QWORD",
}
_TEXT_HEX = ("hex(1)", "hex(2)", "hex(7)")
_LENGTHS = {"hex(4)": 4, "hex(5)": 4, "hex(b)": 8}  # bytes of numbers
_LONGEST_LINE = 4 * 1024 * 1024


def looks_like_reg(text: str) -> bool:
    """Whether a text is a .reg file."""
    return text.lstrip().startswith(_HEADERS)


def looks_like_query(text: str) -> bool:
    """Whether a text is `reg query` output."""
    return bool(re.search(r"^HKEY_LOCAL_MACHINE\\", text, re.MULTILINE)) and "REG_" in text


def read_reg(source: Source) -> Reading:
    """A .reg file. What `reg export` wrote whole also tells what does not exist below its key."""
    text = source.text()
    if not looks_like_reg(text):
        raise InputError(source.fault("is no .reg file (its header is missing)"))
    faults: list[Fault] = []
    values: list[RegistryValue] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    roots: list[str] = []
    key = ""
    for number, line in _logical(text):
        if match := _KEY.fullmatch(line):
            key = machine_key(match[2]) or ""
            _note_root(roots, "" if match[1] else key)
        elif match := _VALUE.fullmatch(line):
            taken = _take(key, match, f"line {number}") if key else None
            if isinstance(taken, RegistryValue):
                values.append(taken)
            elif taken is not None:
                faults.append(source.fault(taken.message, f"line {number}"))
                missing.extend(registry_values.lost(taken.key, taken.name, faults[-1]))
        elif line and not line.startswith((";", *_HEADERS)):
            faults.append(source.fault("line is no key and no value", f"line {number}"))
    whole = text.endswith(("\r\n\r\n", "\n\n")) and not faults and not _ODD.search(text)
    told = registry_values.reading(source, values, Strength.OBSERVED, roots if whole else ())
    return Reading(told.statements, (*faults, *told.faults), (*told.missing, *missing))


def _note_root(roots: list[str], key: str) -> None:
    """A key that lies below none before it begins an export of its own."""
    folded = key.casefold()
    if key and not any(folded.startswith(root.casefold() + "\\") for root in roots):
        roots.append(key)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines, with those that end in a backslash joined to the next."""
    held, began = "", 0
    for number, line in lines(text):
        began = began if held else number
        stripped = line.strip()
        if stripped.endswith("\\") and "hex" in (held or stripped) and len(held) < _LONGEST_LINE:
            held += stripped[:-1]
            continue
        yield began, held + stripped
        held = ""
    if held:
        yield began, held


@dataclass(frozen=True, slots=True)
class _Unread:
    """A value that cannot be understood: its place, and what is to say."""

    key: str
    name: str
    message: str


def _take(key: str, match: re.Match[str], where: str) -> RegistryValue | _Unread:
    name = "" if match[1] == "@" else _unescaped(match[1][1:-1])
    try:
        data, type_ = _data(match[2])
    except ValueError:
        message = f"value {name!r} cannot be understood: {match[2][:40]!r}"
        return _Unread(key, name, message)
    return RegistryValue(key, name, data, where, type_)


def _data(written: str) -> tuple[int | str | None, str]:
    """A value as .reg files write it, and its type; None for '-', which deletes."""
    if written == "-":
        return None, ""
    if len(written) > 1 and written.startswith('"') and written.endswith('"'):
        return _unescaped(written[1:-1]), "REG_SZ"
    kind, colon, digits = written.partition(":")
    kind = kind.casefold()
    if not colon:
        raise ValueError(written)
    if kind == "dword":
        if len(digits) != 8:
            raise ValueError(written)  # cut off: fewer digits would be another number
        return int(digits, 16), "REG_DWORD"
    type_ = _HEX_TYPES.get(kind, f"{kind}, which is not known")
    data = bytes.fromhex(digits.replace(",", " "))
    if kind in _LENGTHS:
        if len(data) != _LENGTHS[kind]:
            raise ValueError(written)
        return int.from_bytes(data, "big" if kind == "hex(5)" else "little"), type_
    if kind in _TEXT_HEX:
        return data.decode("utf-16-le", "replace").rstrip("\0").replace("\0", ";"), type_
    return registry_values.of_bytes(data), type_


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def read_query(source: Source) -> Reading:
    """`reg query`. It never says that nothing else exists, so it proves no absence."""
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    key = ""
    for number, line in lines(source.text()):
        if _QUERY_KEY.fullmatch(line.strip()) and not line.startswith(" "):
            key = machine_key(line) or ""
        elif key and (match := _QUERY_VALUE.fullmatch(line.rstrip("\r"))):
            taken = _of_query(key, match, f"line {number}")
            if isinstance(taken, RegistryValue):
                values.append(taken)
            else:
                faults.append(source.fault(taken.message, f"line {number}"))
                missing.extend(registry_values.lost(taken.key, taken.name, faults[-1]))
    if not values and not faults:
        raise InputError(source.fault("holds no registry value"))
    told = registry_values.reading(source, values, Strength.OBSERVED)
    return Reading(told.statements, (*faults, *told.faults), (*told.missing, *missing))


def _of_query(key: str, match: re.Match[str], where: str) -> RegistryValue | _Unread:
    name, kind, data = match[1].strip(), match[2], match[3].strip()
    if kind in _NUMBER_KINDS:
        if not _QUERY_NUMBER.fullmatch(data):
            return _Unread(key, name, f"value {name!r} has no number: {data[:40]!r}")
        return RegistryValue(key, name, int(data, 16), where, kind)
    if kind == "REG_BINARY" and re.fullmatch(r"[0-9A-Fa-f]{2}", data):
        return RegistryValue(key, name, int(data, 16), where, kind)
    return RegistryValue(key, name, data.replace("\\0", ";"), where, kind)
