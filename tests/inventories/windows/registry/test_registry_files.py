"""Registry exports: what a complete one proves, and what a damaged one does not."""

from __future__ import annotations

import pytest

from logreach.inventories.facts.facts import Reading
from logreach.inventories.facts.values import Off
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.registry.registry_files import read_query, read_reg

KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell"
BLOCK = SETTING("powershell_script_block_logging")
HEADER = "Windows Registry Editor Version 5.00\r\n\r\n"


def exported(body: str) -> Reading:
    return read_reg(Source.of("a.reg", f"{HEADER}[{KEY}]\r\n{body}".encode("utf-16")))


def values(reading: Reading) -> dict[object, object]:
    return {statement.key: statement.value for statement in reading.statements}


def test_a_complete_export_proves_that_a_setting_below_its_key_is_absent() -> None:
    assert values(exported('"x"=dword:00000001\r\n\r\n'))[BLOCK] is Off.NOT_SET


@pytest.mark.parametrize("body", ['"x"=dword:00000001', '"x"=dword:1\r\n\r\n', "nonsense\r\n\r\n"])
def test_a_damaged_export_proves_no_absence(body: str) -> None:
    assert BLOCK not in values(exported(body))


def test_a_hex_value_may_continue_in_the_next_line() -> None:
    name = "EnableScriptBlockLogging"
    body = f'\r\n[{KEY}\\ScriptBlockLogging]\r\n"{name}"=hex(4):01,00,\\\r\n  00,00\r\n\r\n'
    assert values(exported(body))[BLOCK] is True


def test_reg_query_proves_no_absence() -> None:
    output = f"{KEY}\r\n    x    REG_DWORD    0x1\r\n"
    assert values(read_query(Source.of("q.txt", output.encode()))) == {}


def test_a_file_without_the_header_is_refused() -> None:
    with pytest.raises(InputError, match="its header is missing"):
        read_reg(Source.of("a.reg", b"[HKEY_LOCAL_MACHINE]\r\n"))
