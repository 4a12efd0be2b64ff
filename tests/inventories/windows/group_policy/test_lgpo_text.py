"""LGPO text: blocks of computers, of users, and damaged ones."""

from __future__ import annotations

import pytest
from gpo_files import SCRIPT_BLOCK

from logreach.inventories.facts.facts import Reading
from logreach.inventories.facts.values import Off
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import REGISTRY_FAMILIES, SETTING
from logreach.inventories.windows.group_policy import lgpo_text

NAME = "EnableScriptBlockLogging"
BLOCK = SETTING("powershell_script_block_logging")


def read(*blocks: str) -> Reading:
    return lgpo_text.read(Source.of("lgpo.txt", "\n\n".join(blocks).encode()))


def block(scope: str, action: str) -> str:
    return f"{scope}\n{SCRIPT_BLOCK}\n{NAME}\n{action}"


@pytest.mark.parametrize(
    ("action", "value"), [("DWORD:1", True), ("DWORD:0x0", False), ("DELETE", Off.NOT_SET)]
)
def test_a_block_of_the_computer_sets_or_deletes_a_value(action: str, value: bool | Off) -> None:
    (statement,) = read(block("Computer", action)).statements
    assert (statement.key, statement.value) == (BLOCK, value)


@pytest.mark.parametrize("scope", ["User", "User:Administrators"])
def test_a_block_of_users_sets_nothing_on_the_computer(scope: str) -> None:
    assert read(block(scope, "DWORD:1"), block("Computer", "CREATEKEY")) == Reading()


def test_a_damaged_block_makes_its_own_setting_unknown() -> None:
    reading = read(block("Computer", "DWORD:x"), f"Computer\n{SCRIPT_BLOCK}\nx\nDWORD:1")
    assert [key for key, _ in reading.missing] == [BLOCK]


def test_a_block_without_a_scope_makes_all_settings_and_channels_unknown() -> None:
    reading = read("; a remark\nnonsense", block("Computer", "DWORD:1"))
    assert [key for key, _ in reading.missing] == [each.every for each in REGISTRY_FAMILIES]


def test_a_file_of_damaged_blocks_alone_is_refused() -> None:
    with pytest.raises(InputError, match="block is not scope"):
        read("nonsense")
