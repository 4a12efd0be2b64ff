"""LGPO text: what `LGPO.exe /parse` prints of a registry.pol and `LGPO.exe /t` applies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import CHANNEL, SETTING
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_values import RegistryValue, machine_key

_TYPES = {
    "DWORD": "REG_DWORD",
    "QWORD": "REG_QWORD",
    "SZ": "REG_SZ",
    "EXSZ": "REG_EXPAND_SZ",
    "MULTISZ": "REG_MULTI_SZ",
    "BINARY": "REG_BINARY",
}
_SCOPE = re.compile(r"(?:computer|user(?::.*)?)", re.IGNORECASE)
_ACTION = re.compile(
    r"(DWORD|QWORD|SZ|EXSZ|MULTISZ|BINARY|DELETE|DELETEALLVALUES|CREATEKEY|CLEAR)(?::(.*))?",
    re.IGNORECASE | re.DOTALL,
)


def looks_like(text: str) -> bool:
    """Whether a text is LGPO text: a scope, a key, a value name and an action."""
    return any(_values(line, block) is not None for line, block in _blocks(text[:16384]))


def read(source: Source) -> Reading:
    """Computer settings of an LGPO text; blocks that break the form are faults."""
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for line, block in _blocks(source.text()):
        found = _values(line, block)
        if found is None:
            message = "block is not scope, key, value and action"
            faults.append(source.fault(message, f"line {line}"))
            missing.extend(_lost(block, faults[-1]))
        else:
            values.extend(found)
    if not values and faults:
        raise InputError(faults)
    told = registry_values.reading(source, values, Strength.POLICY)
    return Reading(told.statements, (*told.faults, *faults), (*told.missing, *missing))


def _lost(block: list[str], fault: Fault) -> tuple[tuple[FactKey[object], Missing], ...]:
    """What a broken block may set, as far as it tells that."""
    if len(block) > 1 and _SCOPE.fullmatch(block[0]):
        if block[0].casefold() != "computer":
            return ()
        key = machine_key(f"HKLM\\{block[1]}") or block[1]
        return registry_values.lost(key, block[2] if len(block) > 2 else None, fault)
    families: tuple[FactFamily[object], ...] = (SETTING, CHANNEL)
    return tuple((family.every, Missing(str(fault), fault)) for family in families)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    began = 0
    for number, line in lines(text):
        line = line.strip()
        if line.startswith(";"):
            continue
        if line:
            began = began if block else number
            block.append(line)
        elif block:
            yield began, block
            block = []
    if block:
        yield began, block


def _values(line: int, block: list[str]) -> list[RegistryValue] | None:
    """The computer's value that a block sets or deletes; None where it is no block."""
    if len(block) != 4 or not _SCOPE.fullmatch(block[0]):
        return None
    match = _ACTION.fullmatch(block[3])
    if match is None:
        return None
    action, data = match[1].upper(), match[2] or ""
    told: int | str | None = data
    if action in ("DWORD", "QWORD"):
        told = _number(data)
        if told is None:
            return None
    if block[0].casefold() != "computer" or action in ("CREATEKEY", "CLEAR"):
        return []
    key = machine_key(f"HKLM\\{block[1]}") or block[1]
    if action == "DELETEALLVALUES":
        return [RegistryValue(key, registry_values.ALL_VALUES, None, f"line {line}")]
    told = None if action == "DELETE" else told
    return [RegistryValue(key, block[2], told, f"line {line}", _TYPES.get(action, ""))]


def _number(data: str) -> int | None:
    try:
        return int(data.strip()[:24], 0)
    except ValueError:
        return None
