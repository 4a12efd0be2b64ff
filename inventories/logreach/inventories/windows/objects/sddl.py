"""The audit entries (S: part) and access entries (D: part) of a security descriptor in SDDL.

Source: Microsoft's pages on the security descriptor string format, ACE strings and SID strings.
Mandatory labels, resource attributes and alarms in the S: part are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.facts import Ace, Sacl

_LONGEST = 1024 * 1024  # characters
_PART = re.compile(r"[OGDS]:")
_ORDER = "OGDS"  # Windows writes the parts in this order; any other order means damage
_SID = re.compile(r"S-1-(?:0x[0-9a-fA-F]+|\d+)(?:-\d+){1,15}")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,8}|\d{1,10}")
_LIST_FLAGS = re.compile(r"(?:P|AR|AI|NO_ACCESS_CONTROL)*")


@cache
def _table() -> Any:
    shape: Shape = {
        "rights": {...: int},
        "sids": {...: str},
        "domain_accounts": [str],
        "audit_types": [str],
        "other_types": [str],
        "access_types": {...: bool},
        "flags": [str],
        "everybody": [str],
    }
    return yaml_table(TABLES / "sddl.yaml", shape)


@lru_cache(maxsize=1024)
def read_sacl(sddl: str) -> Sacl | None:
    """The S: part of a descriptor, None if it has none; InputError with every fault in it.

    A descriptor without S: does not prove that nothing is audited: an export made without the
    right to read the SACL leaves it out.
    """
    part = _read_part(sddl.strip(), "S")
    if part is None:
        return None
    faults: list[Fault] = []
    aces = tuple(
        ace
        for number, entry in _entries(part, faults)
        if (ace := _audit_entry(entry, number, faults)) is not None
    )
    if faults:
        raise InputError(faults)
    return Sacl(aces, protected=_protected(part))


def _protected(part: str) -> bool:
    """Whether the flags before the entries include P, a letter that AR and AI do not have."""
    return "P" in part.partition("(")[0].replace("NO_ACCESS_CONTROL", "")


@dataclass(frozen=True, slots=True)
class Access:
    """An entry of a D: part. `principal` is a SID, or the alias of a domain account ('DC').

    `qualified`: the entry has a condition, or concerns one property or kind of object only.
    """

    allows: bool
    rights: int
    principal: str
    qualified: bool = False


@lru_cache(maxsize=1024)
def read_dacl(sddl: str) -> tuple[Access, ...] | None:
    """The D: part of a descriptor, None if it has none; InputError with every fault in it."""
    part = _read_part(sddl.strip(), "D")
    if part is None:
        return None
    faults: list[Fault] = []
    entries = tuple(
        _access_entry(entry, number, faults) for number, entry in _entries(part, faults)
    )
    if faults:
        raise InputError(faults)
    return tuple(access for access in entries if access is not None)


def _access_entry(entry: str, number: int, faults: list[Fault]) -> Access | None:
    """One access entry; None if it only concerns objects below, or is faulty."""
    location = f"entry {number}"
    fields = [field.strip() for field in entry.split(";", 6)]
    kind = fields[0].upper()
    if kind not in _table()["access_types"] or len(fields) < 6:
        faults.append(Fault(f"{entry[:40]!r} is not an access entry", where=location))
        return None
    flags = _flags(fields[1], location, faults)
    rights = _rights(fields[2], location, faults)
    principal = _principal(fields[5], location, faults)
    if "IO" in flags:
        return None
    qualified = any(fields[3:5]) or len(fields) > 6
    return Access(bool(_table()["access_types"][kind]), rights, principal, qualified)


def _read_part(sddl: str, letter: str) -> str | None:
    """The text of the part that a letter begins ('S' of 'S:'), None if there is no such part."""
    if len(sddl) > _LONGEST:
        raise InputError(Fault(f"descriptor of {len(sddl)} characters, over {_LONGEST}"))
    start = 0
    open_letter = ""
    parts: dict[str, str] = {}
    for position, next_letter, depth in _depths(sddl):
        if depth == 0 and _PART.match(sddl, position):
            parts[open_letter] = sddl[start:position]
            if next_letter in parts:
                raise InputError(Fault(f"the descriptor has two {next_letter}: parts"))
            if open_letter and _ORDER.index(next_letter) < _ORDER.index(open_letter):
                raise InputError(Fault(f"the descriptor has {next_letter}: behind {open_letter}:"))
            open_letter, start = next_letter, position + 2
    parts[open_letter] = sddl[start:]
    if not any(parts) or parts.get(""):
        hint = "SDDL begins with O:, G:, D: or S:."
        raise InputError(Fault(f"not a security descriptor: {sddl[:40]!r}", hint=hint))
    return parts.get(letter)


def _depths(sddl: str) -> Iterator[tuple[int, str, int]]:
    """(position, character, parentheses open after it); parentheses in quotes do not count."""
    depth, quoted = 0, False
    for position, character in enumerate(sddl):
        quoted = quoted != (character == '"' and depth > 0)
        if not quoted:
            depth = max(0, depth + (character == "(") - (character == ")"))
        yield position, character, depth


def _entries(part: str, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    """The entries without their outer parentheses, numbered from 1."""
    first_entry = part.find("(")
    flags = part if first_entry < 0 else part[:first_entry]
    if not _LIST_FLAGS.fullmatch(flags.strip()):
        faults.append(Fault(f"unknown flags before the entries: {flags[:40]!r}"))
    before = start = count = 0
    for position, character, depth in _depths(part):
        if (before, depth) == (0, 1):
            start, count = position + 1, count + 1
        elif (before, depth) == (1, 0):
            yield count, part[start:position]
        elif depth == 0 and count and not character.isspace():
            faults.append(Fault(f"{character!r} between entries", where=f"entry {count}"))
            return
        before = depth
    if before:
        faults.append(Fault("the descriptor ends within an entry", where=f"entry {count}"))


def _audit_entry(entry: str, number: int, faults: list[Fault]) -> Ace | None:
    location = f"entry {number}"
    fields = [field.strip() for field in entry.split(";", 6)]
    kind = fields[0].upper()
    if kind in _table()["other_types"]:
        return None
    before = len(faults)
    if kind not in _table()["audit_types"]:
        faults.append(Fault(f"{kind[:20]!r} is not a type of audit entry", where=location))
    if len(fields) < 6:
        faults.append(Fault(f"entry has {len(fields)} fields instead of 6", where=location))
        return None
    flags = _flags(fields[1], location, faults)
    rights = _rights(fields[2], location, faults)
    guids = [_guid(field, location, faults) for field in fields[3:5]]
    principal = _principal(fields[5], location, faults)
    if len(faults) > before:
        return None
    return Ace(
        principal=principal,
        rights=rights,
        success="SA" in flags,
        failure="FA" in flags,
        inherits_to_children="CI" in flags,
        applies_here="IO" not in flags,
        object_type=guids[0],
        inherited_type=guids[1],
        inherits_to_files="OI" in flags,
        one_level="NP" in flags,
        condition=fields[6] if len(fields) > 6 else "",
    )


def _pairs(letters: str) -> list[str]:
    return [letters[position : position + 2].upper() for position in range(0, len(letters), 2)]


def _flags(written: str, location: str, faults: list[Fault]) -> set[str]:
    flags = _pairs(written)
    unknown = [pair for pair in flags if pair not in _table()["flags"]]
    if unknown:
        faults.append(Fault(f"unknown flag {unknown[0]!r} in {written[:40]!r}", where=location))
    return set(flags)


def _rights(written: str, location: str, faults: list[Fault]) -> int:
    if _NUMBER.fullmatch(written):
        return int(written, 0) if written[:2].lower() == "0x" else int(written)
    mask = 0
    for pair in _pairs(written):
        right = _table()["rights"].get(pair)
        if right is None:
            faults.append(Fault(f"unknown right {pair!r} in {written[:40]!r}", where=location))
            return 0
        mask |= right
    return mask


def _guid(written: str, location: str, faults: list[Fault]) -> str:
    if written and not _GUID.fullmatch(written):
        faults.append(Fault(f"{written[:40]!r} is not a GUID", where=location))
    return written.lower()


def _principal(written: str, location: str, faults: list[Fault]) -> str:
    alias = written.upper()
    if alias in _table()["sids"]:
        return str(_table()["sids"][alias])
    if alias not in _table()["domain_accounts"] and not _SID.fullmatch(alias):
        faults.append(Fault(f"{written[:40]!r} is not a SID", where=location))
    return alias


def everybody(principal: str) -> bool:
    """Whether an account name or SID includes every user who can log on."""
    return principal.strip().casefold() in _names_of_everybody()


@cache
def _names_of_everybody() -> frozenset[str]:
    return frozenset(name.casefold() for name in _table()["everybody"])
