"""Registry exports of a host, damaged: no policy stands for the values that they lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpo_files import SCRIPT_BLOCK, on, pol

from logreach.inventories import load
from logreach.inventories.facts.facts import Missing
from logreach.inventories.windows.facts import SETTING

LSA = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa"
KEY = f"HKEY_LOCAL_MACHINE\\{SCRIPT_BLOCK}"
REG = (
    "Windows Registry Editor Version 5.00\r\n\r\n"
    f'[{KEY}]\r\n"Other"=dword:00000001\r\n"EnableScriptBlockLogging"=dword:00000000\r\n\r\n'
)
QUERY = (
    f"\r\n{KEY}\r\n    Other    REG_DWORD    0x1\r\n"
    "    EnableScriptBlockLogging    REG_DWORD    0x0\r\n\r\n"
)
DAMAGED = {
    "reg cut at a line's end": REG[: REG.index('"Enable')],
    "reg cut behind the key": REG[: REG.index('"Other')],
    "reg with a line that is nothing": REG.replace('"EnableScriptBlockLogging"=', "Enab\x7fle"),
    "reg with a character that no export has": REG.replace("EnableScript", "EnableScri\x01t"),
    "query cut at a line's end": QUERY[: QUERY.index("    Enable")],
    "query cut within a value": QUERY[: QUERY.index("REG_DWORD    0x0") + 6],
    "query with a type that is none": QUERY.replace("REG_DWORD    0x0", "REG-DWORD    0x0"),
    "query whose key cannot be read": QUERY.replace("HKEY_LOCAL", "HKEY-LOCAL", 1) + f"{LSA}\r\n"
    "    auditbaseobjects    REG_DWORD    0x0\r\n\r\n",
}


def folder(root: Path, text: str) -> Path:
    machine = root / "g" / "Machine"
    machine.mkdir(parents=True)
    (machine / "registry.pol").write_bytes(pol(on("EnableScriptBlockLogging")))
    (root / "H").mkdir()
    (root / "H" / "export").write_bytes(text.encode())
    (root / "inventory.yaml").write_text(
        "hosts: [{name: H, os: Windows 11 23H2, folder: H, gpo: [g]}]"
    )
    return root


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_a_fault_and_no_policy_stands_for_the_value(name: str, tmp_path: Path) -> None:
    read = load(folder(tmp_path, DAMAGED[name]))
    assert read.faults
    setting = read.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert isinstance(setting, Missing), setting


@pytest.mark.parametrize("text", [REG, QUERY], ids=["reg", "query"])
def test_a_whole_export_is_believed_over_the_policy(text: str, tmp_path: Path) -> None:
    read = load(folder(tmp_path, text))
    assert read.faults == ()
    setting = read.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert getattr(setting, "value", None) is False


@pytest.mark.parametrize(
    "ending",
    [f"{LSA}\\AccessProviders\r\n{LSA}\\Audit\r\n", "End of search: 1 match(es) found.\r\n", ""],
)
def test_what_reg_query_writes_last_is_no_damage(ending: str, tmp_path: Path) -> None:
    text = f"\r\n{LSA}\r\n    auditbaseobjects    REG_DWORD    0x0\r\n\r\n{ending}"
    assert load(folder(tmp_path, text)).faults == ()


NOTICE = '"LegalNoticeText"="Only for\r\nstaff.\r\n\r\n[Not] a key \\"quoted\\""\r\n'


def test_a_text_with_line_breaks_is_one_value(tmp_path: Path) -> None:
    text = REG.replace('"Other"=dword:00000001\r\n', NOTICE)
    read = load(folder(tmp_path, text))
    assert read.faults == ()
    setting = read.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert getattr(setting, "value", None) is False


def test_a_text_that_is_cut_off_hides_no_key_behind_it(tmp_path: Path) -> None:
    text = (
        REG.replace('"Other"=dword:00000001\r\n', '"Other"="cut\r\n')
        + f"[HKEY_LOCAL_MACHINE\\{SCRIPT_BLOCK}\\B]\r\n\r\n"
    )
    read = load(folder(tmp_path, text))
    assert "cannot be read" in str(read.faults[0])
    assert isinstance(read.hosts[0].facts.get(SETTING("powershell_script_block_logging")), Missing)
