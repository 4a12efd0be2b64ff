"""Access rights by kind of object: from names to bits of the access mask and back."""

from __future__ import annotations

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
    """Every kind of object in access_rights.yaml."""
    return tuple(_table()[1])


def bits(kind: str, name: str) -> int | None:
    """The bits of a right by its name; None if this kind of object has no such right."""
    standard, by_kind = _table()
    right = name.strip().upper()
    kind_rights = by_kind.get(kind, {}).get("rights", {})
    return kind_rights.get(right, standard.get(right))


def every_right(kind: str) -> int:
    """The mask of all rights of this kind of object; 0 if the table has none."""
    return _table()[1].get(kind, {}).get("generic", {}).get("all", 0)


def specific(kind: str, mask: int) -> int:
    """Replace the generic bits of a mask by the rights that they mean for this kind of object."""
    meanings = _table()[1].get(kind, {}).get("generic", {})
    for name, bit in GENERIC_BITS.items():
        if mask & bit and name in meanings:
            mask = mask & ~bit | meanings[name]
    return mask


def names(kind: str, mask: int) -> tuple[str, ...]:
    """The names of the rights in a mask, one a bit; bits without a name in hexadecimal."""
    standard, by_kind = _table()
    name_by_bit: dict[int, str] = {}
    for table in (by_kind.get(kind, {}).get("rights", {}), standard):
        for name, value in table.items():
            if value.bit_count() == 1 and mask & value:
                name_by_bit.setdefault(value, name)
    right_names = tuple(name_by_bit[bit] for bit in sorted(name_by_bit))
    unnamed = mask & ~sum(name_by_bit)
    return (*right_names, f"0x{unnamed:X}") if unnamed else right_names
