"""registry.pol: records that set and delete values, whole and cut off."""

from __future__ import annotations

from collections.abc import Callable

from gpo_files import POL, SCRIPT_BLOCK, on, pol, record, setting_of

from logreach.inventories.facts.host import Inventory


def test_registry_pol_sets_and_deletes(loaded: Callable[..., Inventory]) -> None:
    deleted = record(SCRIPT_BLOCK, "**del.EnableScriptBlockInvocationLogging", 1, b" \0\0\0")
    inventory = loaded({POL: pol(on("EnableScriptBlockLogging"), deleted)})
    assert setting_of(inventory, "powershell_script_block_logging") is True
    assert setting_of(inventory, "powershell_script_block_invocation_logging") is False
    assert inventory.faults == ()


def test_records_before_a_broken_one_are_kept(loaded: Callable[..., Inventory]) -> None:
    whole = pol(on("EnableScriptBlockLogging"), on("EnableScriptBlockInvocationLogging"))
    inventory = loaded({POL: whole[:-6]})
    assert setting_of(inventory, "powershell_script_block_logging") is True
    assert "record 2" in str(setting_of(inventory, "powershell_script_block_invocation_logging"))
    assert [fault.where for fault in inventory.faults] == ["record 2"]
