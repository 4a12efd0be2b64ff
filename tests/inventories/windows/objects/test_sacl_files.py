"""Files of audit entries: their format, and ends that may be cut off."""

from __future__ import annotations

import pytest

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import SACL, Sacl
from logreach.inventories.windows.objects import sacl_files

A, B = r"HKLM\SOFTWARE\A", r"HKLM\SOFTWARE\B"
NONE = "Currently, there is no global SACL for this resource type.\n"


def read(text: str, path: str = "x.txt") -> Reading:
    return sacl_files.read(Source.of(path, text.encode()))


def stated(reading: Reading) -> dict[str, object]:
    return {statement.key.name: statement.value for statement in reading.statements}


def test_a_file_that_ends_within_a_line_leaves_its_last_object_unknown() -> None:
    reading = read(f"{A};S:(AU;SA;KA;;;WD)\n{B};S:(AU;SA;KA;;;WD)")
    assert set(stated(reading)) == {A}
    assert [key for key, _ in reading.missing] == [SACL(B)]
    assert "may be cut off" in str(reading.faults[0])


def test_a_descriptor_without_audit_part_audits_nothing_only_in_the_collectors_list() -> None:
    row = f"{A};O:BAD:(A;;KA;;;WD)\n"
    assert stated(read(f"{sacl_files.AUDITED}\n{row}")) == {A: Sacl(())}
    assert [key for key, _ in read(row).missing] == [SACL(A)]


@pytest.mark.parametrize(
    ("path", "types"),
    [("global-key.txt", {"global:key"}), ("file.txt", {"global:file"}), ("keys.txt", set())],
)
def test_only_a_file_named_after_a_type_proves_that_it_has_no_global_entries(
    path: str, types: set[str]
) -> None:
    assert set(stated(read(NONE, path))) == types
