"""The types of registry values, however a file format spells them.

Security templates and registry.pol write a type's number, .reg files 'hex(7)', LGPO text 'MULTISZ'
and Group Policy reports 'MultiString'; registry_types.csv has all spellings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from logreach.inventories.files.tables import TABLES, csv_table

Spelling = Literal["name", "number", "reg_file", "lgpo", "gpo_report"]
COLUMNS = (
    "name",
    "number",
    "size",
    "order",
    "is_text",
    "reg_file",
    "lgpo",
    "gpo_report",
    "source",
)


@dataclass(frozen=True, slots=True)
class RegistryType:
    """One type. `name` is the registry's own ('REG_DWORD'); `size` a number's bytes, else 0."""

    name: str
    size: int = 0
    order: Literal["little", "big"] = "little"
    is_text: bool = False

    def decode(self, data: bytes) -> int | str:
        """The value of a type's bytes; the strings of a REG_MULTI_SZ are joined with ';'.

        ValueError where a number has more or fewer bytes than its type.
        """
        if self.size:
            if len(data) != self.size:
                raise ValueError(f"{self.name} with {len(data)} bytes")
            return int.from_bytes(data, self.order)
        if self.is_text:
            return data.decode("utf-16-le", "replace").rstrip("\0").replace("\0", ";")
        return binary_value(data)


def registry_type(spelling: Spelling, word: str) -> RegistryType:
    """The type that a format writes as `word`; a type that no table has is named after the word."""
    return _types(spelling).get(word) or RegistryType(f"{word[:20]!r}, which is not known")


def spells(spelling: Spelling, word: str) -> bool:
    """Whether a format writes some type as `word`."""
    return word in _types(spelling)


def binary_value(data: bytes) -> int | str:
    """REG_BINARY of one byte as a number, any other as hexadecimal digits."""
    return data[0] if len(data) == 1 else data.hex()


@cache
def _types(spelling: Spelling) -> dict[str, RegistryType]:
    return {
        word: RegistryType(
            row["name"],
            int(row["size"]),
            cast('Literal["little", "big"]', row["order"] or "little"),
            row["is_text"] == "yes",
        )
        for row in csv_table(TABLES / "registry_types.csv", COLUMNS)
        for word in row.parts(spelling, " ")
    }
