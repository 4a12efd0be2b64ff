"""Security descriptors in SDDL: audit entries and access entries."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import aces_of

from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.facts import Sacl
from logreach.inventories.windows.objects.sddl import Access, everybody, read_dacl, read_sacl


@pytest.mark.parametrize(
    ("sddl", "protected"),
    [
        ("S:P(AU;SA;KA;;;WD)", True),
        ("D:P(A;;KA;;;WD)S:PAI", True),
        ("S:ARPAI(AU;OICINPIOSA;FA;;;AU)", True),
        ("D:PAI(A;;KA;;;WD)S:AI(AU;CINPSA;FA;;;WD)", False),
        ("S:NO_ACCESS_CONTROL", False),
        ("S:", False),
    ],
)
def test_a_sacl_is_protected_by_the_flag_p_alone(sddl: str, protected: bool) -> None:
    sacl = read_sacl(sddl)
    assert sacl is not None
    assert sacl.protected is protected


def test_a_descriptor_without_audit_part_is_not_an_empty_one() -> None:
    assert read_sacl("O:BAG:SYD:(A;;KA;;;WD)") is None
    assert read_sacl("O:BAG:SYD:(A;;KA;;;WD)S:") == Sacl(())


def test_a_quoted_parenthesis_does_not_end_an_entry() -> None:
    (ace,) = aces_of('S:(XU;SA;FA;;;WD;(@User.x == "a;)"))')
    assert ace.condition == '(@User.x == "a;)")'


@settings(max_examples=200)
@given(
    st.sampled_from(["AU", "OU"]),
    st.sets(st.sampled_from(["OI", "CI", "NP", "IO", "SA", "FA"])),
    st.integers(0, 0xFFFFFFFF),
    st.sampled_from(["WD", "BA", "S-1-5-21-1-2-3-500", "DA"]),
)
def test_an_audit_entry_is_read_back_as_it_was_written(
    kind: str, flags: set[str], rights: int, principal: str
) -> None:
    (ace,) = aces_of(f"O:BAS:PAI({kind};{''.join(sorted(flags))};0x{rights:x};;;{principal})")
    assert ace.rights == rights
    assert (ace.success, ace.failure) == ("SA" in flags, "FA" in flags)
    assert (ace.inherits_to_children, ace.inherits_to_files) == ("CI" in flags, "OI" in flags)
    assert (ace.applies_here, ace.one_level) == ("IO" not in flags, "NP" in flags)


def test_access_entries_that_concern_only_objects_below_are_left_out() -> None:
    entries = read_dacl("O:BAD:(A;;GA;;;WD)(D;;0x10;;;BA)(A;CIIO;GA;;;DC)")
    assert entries == (
        Access(allows=True, rights=0x1000_0000, principal="S-1-1-0"),
        Access(allows=False, rights=0x10, principal="S-1-5-32-544"),
    )


def test_an_access_entry_with_a_condition_or_an_object_type_is_qualified() -> None:
    guid = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
    entries = read_dacl(f'D:(XA;;GA;;;WD;(a == "b"))(OA;;GA;{guid};;WD)')
    assert entries is not None
    assert [entry.qualified for entry in entries] == [True, True]


def test_a_descriptor_without_access_part_has_no_access_entries_to_read() -> None:
    assert read_dacl("O:BAS:(AU;SA;KA;;;WD)") is None


def test_a_damaged_access_entry_is_a_fault() -> None:
    with pytest.raises(InputError, match="is not an access entry"):
        read_dacl("D:(A;;GA)")


def test_everybody_is_known_by_name_and_by_sid() -> None:
    assert everybody("Everyone")
    assert everybody("S-1-1-0")
    assert not everybody("S-1-5-32-544")
