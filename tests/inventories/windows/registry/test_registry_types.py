"""The types of registry values: their spellings in each format, and their bytes."""

from __future__ import annotations

import pytest

from logreach.inventories.files.tables import TABLES, TableRow, csv_table
from logreach.inventories.windows.registry.registry_types import (
    COLUMNS,
    Spelling,
    binary_value,
    registry_type,
    spells,
)

ROWS = csv_table(TABLES / "registry_types.csv", COLUMNS)
SPELLINGS: tuple[Spelling, ...] = ("number", "reg_file", "lgpo", "gpo_report")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_format_spells_no_two_types_alike(spelling: Spelling) -> None:
    words = [word for row in ROWS for word in row.parts(spelling, " ")]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_spelling_leads_to_the_same_type(row: TableRow) -> None:
    by_name = registry_type("name", row["name"])
    for spelling in SPELLINGS:
        for word in row.parts(spelling, " "):
            assert registry_type(spelling, word) == by_name
    assert row["source"]


def test_a_number_in_a_reg_file_is_its_type_in_hexadecimal() -> None:
    for row in ROWS:
        assert row["reg_file"] in ("hex", f"hex({int(row['number']):x})")


@pytest.mark.parametrize(
    ("name", "data", "value"),
    [
        ("REG_DWORD", b"\1\0\0\0", 1),
        ("REG_DWORD_BIG_ENDIAN", b"\0\0\0\1", 1),
        ("REG_QWORD", b"\1\0\0\0\1\0\0\0", 0x1_0000_0001),
        ("REG_SZ", "on\0".encode("utf-16-le"), "on"),
        ("REG_MULTI_SZ", "a\0b\0\0".encode("utf-16-le"), "a;b"),
        ("REG_BINARY", b"\1", 1),
        ("REG_BINARY", b"\1\2", "0102"),
        ("REG_NONE", b"", ""),
    ],
)
def test_bytes_become_the_value_of_their_type(name: str, data: bytes, value: int | str) -> None:
    assert registry_type("name", name).decode(data) == value


@pytest.mark.parametrize("data", [b"", b"\1\0", b"\1\0\0\0\0"])
def test_a_number_of_the_wrong_length_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=f"REG_DWORD with {len(data)} bytes"):
        registry_type("name", "REG_DWORD").decode(data)


def test_a_type_that_no_table_has_keeps_its_word() -> None:
    assert "'99'" in registry_type("number", "99").name
    assert not spells("number", "99")
    assert binary_value(b"\xff") == 255
