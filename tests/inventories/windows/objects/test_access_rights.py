"""Access masks of objects: rights by name, generic rights, and names of bits."""

from __future__ import annotations

import pytest

from logreach.inventories.windows.objects import access_rights


@pytest.mark.parametrize("kind", access_rights.kinds())
def test_every_name_of_a_mask_has_the_bits_that_it_was_made_from(kind: str) -> None:
    mask = access_rights.every_right(kind)
    names = access_rights.names(kind, mask)
    bits = [
        int(name, 16) if name.startswith("0x") else access_rights.bits(kind, name) for name in names
    ]
    assert sum(filter(None, bits)) == mask


def test_a_right_has_bits_only_for_kinds_of_objects_that_have_it() -> None:
    assert access_rights.bits("key", "KEY_SET_VALUE") == 2
    assert access_rights.bits("file", "KEY_SET_VALUE") is None
    assert access_rights.bits("key", "delete") == access_rights.bits("file", "DELETE")


def test_generic_bits_become_the_rights_that_they_mean() -> None:
    generic_all = access_rights.GENERIC_BITS["all"]
    assert access_rights.specific("key", generic_all) == access_rights.every_right("key")
    assert access_rights.specific("no such kind", generic_all) == generic_all


def test_a_bit_without_a_name_is_shown_in_hexadecimal() -> None:
    assert access_rights.names("key", 0x0040_0002) == ("KEY_SET_VALUE", "0x400000")
