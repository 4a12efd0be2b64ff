"""LGPO text, the form in which `LGPO.exe /parse` prints a registry.pol and `/t` applies it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import REGISTRY_FAMILIES
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_types import registry_type
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.registry_values import machine_key

_SCOPE = re.compile(r"(?:computer|user(?::.*)?)", re.IGNORECASE)
_ACTION = re.compile(
    r"(DWORD|QWORD|SZ|EXSZ|MULTISZ|BINARY|DELETE|DELETEALLVALUES|CREATEKEY|CLEAR)(?::(.*))?",
    re.IGNORECASE | re.DOTALL,
)


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` has LGPO's blocks: scope, key, value name, action."""
    return any(_values(line, block) is not None for line, block in _blocks(head[:16384]))


def read(source: Source) -> Reading:
    """Read the computer settings of an LGPO text; a damaged block is a fault."""
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for line, block in _blocks(source.text()):
        block_values = _values(line, block)
        if block_values is None:
            message = "block is not scope, key, value name and action"
            faults.append(source.fault(message, f"line {line}"))
            missing.extend(_settings_of_damaged_block(block, faults[-1]))
        else:
            values.extend(block_values)
    if not values and faults:
        raise InputError(faults)
    reading = registry_values.reading(source, values, Strength.POLICY)
    return Reading(reading.statements, (*reading.faults, *faults), (*reading.missing, *missing))


def _settings_of_damaged_block(
    block: list[str], fault: Fault
) -> tuple[tuple[FactKey[object], Missing], ...]:
    """The settings that a damaged block may concern: those of its key and value name, or all."""
    if len(block) > 1 and _SCOPE.fullmatch(block[0]):
        if block[0].casefold() != "computer":
            return ()
        key = machine_key(f"HKLM\\{block[1]}") or block[1]
        return registry_values.unknown_settings(key, block[2] if len(block) > 2 else None, fault)
    reason = Missing(str(fault), fault)
    return tuple((family.every, reason) for family in REGISTRY_FAMILIES)


def _blocks(lgpo_text: str) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    first_line = 0
    for number, line in lines(lgpo_text):
        line = line.strip()
        if line.startswith(";"):
            continue
        if line:
            first_line = first_line if block else number
            block.append(line)
        elif block:
            yield first_line, block
            block = []
    if block:
        yield first_line, block


def _values(line: int, block: list[str]) -> list[RegistryValue] | None:
    """The value that a block sets or deletes, none for a user's; None if the block is damaged."""
    if len(block) != 4 or not _SCOPE.fullmatch(block[0]):
        return None
    match = _ACTION.fullmatch(block[3])
    if match is None:
        return None
    action, data = match[1].upper(), match[2] or ""
    value: int | str | None = data
    if action in ("DWORD", "QWORD"):
        value = _number(data)
        if value is None:
            return None
    if block[0].casefold() != "computer" or action in ("CREATEKEY", "CLEAR"):
        return []
    key = machine_key(f"HKLM\\{block[1]}") or block[1]
    if action == "DELETEALLVALUES":
        return [RegistryValue(key, registry_values.ALL_VALUES, None, f"line {line}")]
    value = None if action == "DELETE" else value
    type_ = "" if action == "DELETE" else registry_type("lgpo", action).name
    return [RegistryValue(key, block[2], value, f"line {line}", type_)]


def _number(data: str) -> int | None:
    try:
        return int(data.strip()[:24], 0)
    except ValueError:
        return None
