"""Special value names ('**...') of a policy, which undo or limit what an earlier one set."""

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


def special(name: str, key: str = SCRIPT_BLOCK, data: str = " ") -> bytes:
    return record(key, name, 1, f"{data}\0".encode("utf-16-le"))


def setting_after(
    root: Path, *gpos: bytes, setting: str = "powershell_script_block_logging"
) -> object:
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
        pytest.param(special("**delvals."), id="all values of the key"),
        pytest.param(special("**DeleteValues", data=NAME), id="named values"),
        pytest.param(
            special("**DeleteKeys", SCRIPT_BLOCK.rpartition("\\")[0], "ScriptBlockLogging"),
            id="the key itself",
        ),
        pytest.param(special(f"**soft.{NAME}", data="0"), id="only where nobody has set it"),
        pytest.param(special("**something new"), id="an unknown special value"),
    ],
)
def test_a_special_value_of_a_later_policy_makes_unknown_what_an_earlier_one_set(
    undone: bytes, tmp_path: Path
) -> None:
    assert "**" in str(setting_after(tmp_path, ON, pol(undone)))


def test_what_a_policy_sets_itself_stands_beside_its_special_value(tmp_path: Path) -> None:
    assert setting_after(tmp_path, pol(special("**delvals."), on(NAME))) is True


def test_a_list_that_is_cleared_and_filled_holds_what_it_is_filled_with(tmp_path: Path) -> None:
    filled = record(MODULES, "*", 1, "*\0".encode("utf-16-le"))
    data = pol(special("**delvals.", MODULES), filled)
    assert setting_after(tmp_path, data, setting="powershell_module_names") == "*"


@pytest.mark.parametrize("idle", ["**Comment:GPO Name", "**SecureKey=1"])
def test_a_special_value_that_concerns_no_value_changes_nothing(idle: str, tmp_path: Path) -> None:
    assert setting_after(tmp_path, ON, pol(special(idle))) is True


def test_lgpo_text_has_special_values_too(tmp_path: Path) -> None:
    (tmp_path / "H").mkdir()
    key = SCRIPT_BLOCK.removeprefix("HKLM\\")
    text = f"Computer\n{key}\n*\nDELETEALLVALUES\n"
    (tmp_path / "H" / "lgpo.txt").write_text(text)
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, folder: H}]")
    fact = load(tmp_path).hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert "**delvals." in str(fact.reason)
