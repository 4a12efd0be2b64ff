"""The audit entries, and those of access, in a security descriptor written as SDDL.

Source: Microsoft's pages on the security descriptor string format, ACE strings and SID strings.
Of the S: part, entries that audit are read; mandatory labels, resource attributes and alarms are
passed over.
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
_ORDER = "OGDS"  # in which Windows writes the parts; another order is damage
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
    """The S: part of a descriptor, None where it has none; InputError with every fault in it.

    A descriptor without an S: part says nothing of auditing: exports leave that part out where
    they were made without the right to read it.
    """
    part = _part(sddl.strip(), "S")
    if part is None:
        return None
    faults: list[Fault] = []
    aces = tuple(
        ace
        for place, text in _entries(part, faults)
        if (ace := _ace(text, place, faults)) is not None
    )
    if faults:
        raise InputError(faults)
    return Sacl(aces, protected=_protected(part))


def _protected(part: str) -> bool:
    """Whether the flags before the entries hold P, which is no letter of any other flag here."""
    return "P" in part.partition("(")[0].replace("NO_ACCESS_CONTROL", "")


@dataclass(frozen=True, slots=True)
class Access:
    """An entry of a D: part. `principal` is a SID, or the alias of a domain's account ('DC').

    `qualified` where it is conditional, or for one property or kind of object only.
    """

    allows: bool
    rights: int
    principal: str
    qualified: bool = False


@lru_cache(maxsize=1024)
def read_dacl(sddl: str) -> tuple[Access, ...] | None:
    """The D: part of a descriptor, None where it has none; InputError with every fault in it."""
    part = _part(sddl.strip(), "D")
    if part is None:
        return None
    faults: list[Fault] = []
    entries = tuple(_access(text, place, faults) for place, text in _entries(part, faults))
    if faults:
        raise InputError(faults)
    return tuple(one for one in entries if one is not None)


def _access(text: str, place: int, faults: list[Fault]) -> Access | None:
    """One entry; None where it counts for objects below alone, or is faulty."""
    where = f"entry {place}"
    fields = [field.strip() for field in text.split(";", 6)]
    kind = fields[0].upper()
    if kind not in _table()["access_types"] or len(fields) < 6:
        faults.append(Fault(f"{text[:40]!r} is no access entry", where=where))
        return None
    flags = _flags(fields[1], where, faults)
    rights = _rights(fields[2], where, faults)
    principal = _principal(fields[5], where, faults)
    if "IO" in flags:
        return None
    qualified = any(fields[3:5]) or len(fields) > 6
    return Access(bool(_table()["access_types"][kind]), rights, principal, qualified)


def _part(sddl: str, wanted: str) -> str | None:
    """What stands behind 'S:' or another letter, up to the next part."""
    if len(sddl) > _LONGEST:
        raise InputError(Fault(f"descriptor of {len(sddl)} characters, over {_LONGEST}"))
    start = 0
    name = ""
    parts: dict[str, str] = {}
    for position, letter, depth in _depths(sddl):
        if depth == 0 and _PART.match(sddl, position):
            parts[name] = sddl[start:position]
            if letter in parts:
                raise InputError(Fault(f"the descriptor has two {letter}: parts"))
            if name and _ORDER.index(letter) < _ORDER.index(name):
                raise InputError(Fault(f"the descriptor has {letter}: behind {name}:"))
            name, start = letter, position + 2
    parts[name] = sddl[start:]
    if not any(parts) or parts.get(""):
        hint = "SDDL begins with O:, G:, D: or S:."
        raise InputError(Fault(f"not a security descriptor: {sddl[:40]!r}", hint=hint))
    return parts.get(wanted)


def _depths(text: str) -> Iterator[tuple[int, str, int]]:
    """Every letter with its place and how many parentheses are open behind it; not those quoted."""
    depth, quoted = 0, False
    for position, letter in enumerate(text):
        quoted = quoted != (letter == '"' and depth > 0)
        if not quoted:
            depth = max(0, depth + (letter == "(") - (letter == ")"))
        yield position, letter, depth


def _entries(part: str, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    """The texts inside the outer parentheses, numbered from 1."""
    opening = part.find("(")
    flags = part if opening < 0 else part[:opening]
    if not _LIST_FLAGS.fullmatch(flags.strip()):
        faults.append(Fault(f"unknown flags of the list: {flags[:40]!r}"))
    before = start = count = 0
    for position, letter, depth in _depths(part):
        if (before, depth) == (0, 1):
            start, count = position + 1, count + 1
        elif (before, depth) == (1, 0):
            yield count, part[start:position]
        elif depth == 0 and count and not letter.isspace():
            faults.append(Fault(f"{letter!r} between entries", where=f"entry {count}"))
            return
        before = depth
    if before:
        faults.append(Fault("the descriptor ends within an entry", where=f"entry {count}"))


def _ace(text: str, place: int, faults: list[Fault]) -> Ace | None:
    where = f"entry {place}"
    fields = [field.strip() for field in text.split(";", 6)]
    kind = fields[0].upper()
    if kind in _table()["other_types"]:
        return None
    before = len(faults)
    if kind not in _table()["audit_types"]:
        faults.append(Fault(f"{kind[:20]!r} is no kind of audit entry", where=where))
    if len(fields) < 6:
        faults.append(Fault(f"an entry has 6 fields, this one {len(fields)}", where=where))
        return None
    flags = _flags(fields[1], where, faults)
    rights = _rights(fields[2], where, faults)
    types = [_guid(field, where, faults) for field in fields[3:5]]
    principal = _principal(fields[5], where, faults)
    if len(faults) > before:
        return None
    return Ace(
        principal=principal,
        rights=rights,
        success="SA" in flags,
        failure="FA" in flags,
        inherits_to_children="CI" in flags,
        applies_here="IO" not in flags,
        object_type=types[0],
        inherited_type=types[1],
        inherits_to_files="OI" in flags,
        one_level="NP" in flags,
        condition=fields[6] if len(fields) > 6 else "",
    )


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2].upper() for at in range(0, len(text), 2)]


def _flags(text: str, where: str, faults: list[Fault]) -> set[str]:
    found = _pairs(text)
    unknown = [pair for pair in found if pair not in _table()["flags"]]
    if unknown:
        faults.append(Fault(f"unknown flag {unknown[0]!r} in {text[:40]!r}", where=where))
    return set(found)


def _rights(text: str, where: str, faults: list[Fault]) -> int:
    if _NUMBER.fullmatch(text):
        return int(text, 0) if text[:2].lower() == "0x" else int(text)
    mask = 0
    for pair in _pairs(text):
        right = _table()["rights"].get(pair)
        if right is None:
            faults.append(Fault(f"unknown right {pair!r} in {text[:40]!r}", where=where))
            return 0
        mask |= right
    return mask


def _guid(text: str, where: str, faults: list[Fault]) -> str:
    if text and not _GUID.fullmatch(text):
        faults.append(Fault(f"{text[:40]!r} is no GUID", where=where))
    return text.lower()


def _principal(text: str, where: str, faults: list[Fault]) -> str:
    alias = text.upper()
    if alias in _table()["sids"]:
        return str(_table()["sids"][alias])
    if alias not in _table()["domain_accounts"] and not _SID.fullmatch(alias):
        faults.append(Fault(f"{text[:40]!r} is no SID", where=where))
    return alias


def everybody(principal: str) -> bool:
    """Whether an account name or SID stands for everyone who can log on."""
    return principal.strip().casefold() in _everybody()


@cache
def _everybody() -> frozenset[str]:
    return frozenset(name.casefold() for name in _table()["everybody"])
