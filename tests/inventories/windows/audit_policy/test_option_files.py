"""Audit options as `auditpol /get /option` prints them."""

from __future__ import annotations

import pytest

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy import option_files
from logreach.inventories.windows.facts import SETTING


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("CrashonAuditFail    Enabled", True),
        ("CrashOnAuditFail    Deaktiviert", False),
        ("H,,Option:CrashOnAuditFail,,Disabled,,", False),
        ("CrashOnAuditFail    1", True),
    ],
)
def test_an_option_is_read_in_any_language_and_letter_case(line: str, value: bool) -> None:
    (statement,) = option_files.read(Source.of("o.txt", line.encode())).statements
    assert (statement.key, statement.value) == (SETTING("crash_on_audit_fail"), value)


def test_an_option_with_a_word_of_no_known_language_is_unknown() -> None:
    reading = option_files.read(Source.of("o.txt", b"CrashOnAuditFail    Frabjous"))
    assert [key for key, _ in reading.missing] == [SETTING("crash_on_audit_fail")]


def test_a_file_without_an_option_is_refused() -> None:
    with pytest.raises(InputError, match="lists no audit option"):
        option_files.read(Source.of("o.txt", b"System audit policy"))
