"""Orders of a policy that undo what an earlier one set, or set only what nobody has set."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpo_files import SCRIPT_BLOCK, on, pol, record

from logreach.inventories import load
from logreach.inventories.facts.facts import Known
from logreach.inventories.windows.facts import SETTING

POL = "Machine/Registry.pol"
NAME = "EnableScriptBlockLogging"
ON = pol(on(NAME))
MODULES = SCRIPT_BLOCK.replace("ScriptBlockLogging", "ModuleLogging") + "\\ModuleNames"


def order(name: str, key: str = SCRIPT_BLOCK, told: str = " ") -> bytes:
    return record(key, name, 1, f"{told}\0".encode("utf-16-le"))


def told(root: Path, *gpos: bytes, setting: str = "powershell_script_block_logging") -> object:
    for number, data in enumerate(gpos):
        path = root / f"g{number}" / POL
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    (root / "H").mkdir()
    names = ", ".join(f"g{number}" for number in range(len(gpos)))
    (root / "inventory.yaml").write_text(f"hosts: [{{name: H, folder: H, gpo: [{names}]}}]")
    fact = load(root).hosts[0].facts.get(SETTING(setting))
    return fact.value if isinstance(fact, Known) else fact.reason


@pytest.mark.parametrize(
    "undone",
    [
        pytest.param(order("**delvals."), id="all values of the key"),
        pytest.param(order("**DeleteValues", told=NAME), id="named values"),
        pytest.param(
            order("**DeleteKeys", SCRIPT_BLOCK.rpartition("\\")[0], "ScriptBlockLogging"),
            id="the key itself",
        ),
        pytest.param(order(f"**soft.{NAME}", told="0"), id="only where nobody has set it"),
        pytest.param(order("**something new"), id="an order that nobody knows"),
    ],
)
def test_an_order_of_a_later_policy_leaves_open_what_an_earlier_one_set(
    undone: bytes, tmp_path: Path
) -> None:
    assert "**" in str(told(tmp_path, ON, pol(undone)))


def test_what_a_policy_sets_itself_stands_beside_its_order(tmp_path: Path) -> None:
    assert told(tmp_path, pol(order("**delvals."), on(NAME))) is True


def test_a_list_that_is_cleared_and_filled_holds_what_it_is_filled_with(tmp_path: Path) -> None:
    filled = record(MODULES, "*", 1, "*\0".encode("utf-16-le"))
    data = pol(order("**delvals.", MODULES), filled)
    assert told(tmp_path, data, setting="powershell_module_names") == "*"


@pytest.mark.parametrize("idle", ["**Comment:GPO Name", "**SecureKey=1"])
def test_an_order_that_concerns_no_value_changes_nothing(idle: str, tmp_path: Path) -> None:
    assert told(tmp_path, ON, pol(order(idle))) is True


def test_lgpo_text_tells_of_orders_too(tmp_path: Path) -> None:
    (tmp_path / "H").mkdir()
    key = SCRIPT_BLOCK.removeprefix("HKLM\\")
    text = f"Computer\n{key}\n*\nDELETEALLVALUES\n"
    (tmp_path / "H" / "lgpo.txt").write_text(text)
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, folder: H}]")
    fact = load(tmp_path).hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert "**delvals." in str(fact.reason)
