"""Access masks by kind of object: names to bits and back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from logreach.inventories.files.tables import TABLES, Shape, yaml_table

GENERIC_BITS = {
    "all": 0x1000_0000,
    "execute": 0x2000_0000,
    "write": 0x4000_0000,
    "read": 0x8000_0000,
}


@cache
def _table() -> tuple[dict[str, int], dict[str, dict[str, dict[str, int]]]]:
    kind: Shape = {"generic?": {...: int}, "rights?": {...: int}}
    shape: Shape = {"standard": {...: int}, "kinds": {...: kind}}
    table = yaml_table(TABLES / "access_rights.yaml", shape)
    return table["standard"], table["kinds"]


def kinds() -> tuple[str, ...]:
    """Every kind of object of the table."""
    return tuple(_table()[1])


def bits(kind: str, name: str) -> int | None:
    """The bits of a right of this kind of object; None where it has no such right."""
    standard, by_kind = _table()
    wanted = name.strip().upper()
    own = by_kind.get(kind, {}).get("rights", {})
    return own.get(wanted, standard.get(wanted))


def every_right(kind: str) -> int:
    """All rights that objects of this kind have; 0 where the table does not say."""
    return _table()[1].get(kind, {}).get("generic", {}).get("all", 0)


def specific(kind: str, mask: int) -> int:
    """A mask with its generic bits replaced by what they mean for this kind of object."""
    meanings = _table()[1].get(kind, {}).get("generic", {})
    for name, bit in GENERIC_BITS.items():
        if mask & bit and name in meanings:
            mask = mask & ~bit | meanings[name]
    return mask


def names(kind: str, mask: int) -> tuple[str, ...]:
    """The single rights in a mask by name, each bit once; what has no name in hexadecimal."""
    standard, by_kind = _table()
    found: dict[int, str] = {}
    for table in (by_kind.get(kind, {}).get("rights", {}), standard):
        for name, value in table.items():
            if value.bit_count() == 1 and mask & value:
                found.setdefault(value, name)
    rest = mask & ~_joined(found)
    return (*(found[bit] for bit in sorted(found)), *((f"0x{rest:X}",) if rest else ()))


def _joined(values: Iterable[int]) -> int:
    mask = 0
    for value in values:
        mask |= value
    return mask
