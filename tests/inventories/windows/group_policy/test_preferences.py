"""Registry values that the preferences of a GPO set, beside policy and by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from gpo_files import SCRIPT_BLOCK, on, pol

from logreach.inventories import load
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import SETTING

CASES = yaml.safe_load(Path(__file__).with_name("preferences.yaml").read_text("utf-8"))
SCRIPT = f'hive="HKEY_LOCAL_MACHINE" key="{SCRIPT_BLOCK}" name="EnableScriptBlockLogging"'
ON = f'<Registry><Properties action="U" {SCRIPT} type="REG_DWORD" value="00000001"/></Registry>'
PREFERENCES = "Machine/Preferences/Registry/Registry.xml"
UNSAID = "the inventory does not say"


def loaded(root: Path, *gpos: dict[str, bytes], files: dict[str, bytes] | None = None) -> Inventory:
    for number, held in enumerate(gpos):
        for name, data in held.items():
            path = root / f"g{number}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    (root / "H").mkdir()
    for name, data in (files or {}).items():
        (root / "H" / name).write_bytes(data)
    names = ", ".join(f"g{number}" for number in range(len(gpos)))
    (root / "inventory.yaml").write_text(f"hosts: [{{name: H, folder: H, gpo: [{names}]}}]")
    return load(root)


def told(inventory: Inventory, name: str = "powershell_script_block_logging") -> object:
    fact = inventory.hosts[0].facts.get(SETTING(name))
    return fact.value if isinstance(fact, Known) else fact.reason


def preferences(items: str) -> bytes:
    return f"<RegistrySettings>{items}</RegistrySettings>".encode()


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_preference(case: dict[str, Any], tmp_path: Path) -> None:
    files = {PREFERENCES: preferences(case["items"].replace("{script}", SCRIPT))}
    if "policy" in case:
        files["Machine/Registry.pol"] = pol(on("EnableScriptBlockLogging", case["policy"]))
    inventory = loaded(tmp_path, files)
    if case["says"] in ("unknown", "unsaid"):
        assert case.get("reason", UNSAID) in str(told(inventory))
    else:
        assert told(inventory) == case["says"]
    faults = [str(fault) for fault in inventory.faults]
    assert [case.get("fault", "") in fault for fault in faults] == [True] * ("fault" in case)


def test_a_preference_that_is_settled_says_where_it_is_from(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, {PREFERENCES: preferences(ON)})
    fact = inventory.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert isinstance(fact, Known)
    assert fact.evidence[0].source == f"g0/{PREFERENCES}"
    assert "g0 sets it by preference" in fact.evidence[0].quote


@pytest.mark.parametrize("first", ["policy", "preference"])
def test_preferences_of_one_gpo_and_policy_of_another_are_open_in_any_order(
    first: str, tmp_path: Path
) -> None:
    off = ON.replace("00000001", "00000000")
    gpos = [{"Machine/Registry.pol": pol(on("EnableScriptBlockLogging"))}]
    gpos.insert(first == "policy", {PREFERENCES: preferences(off)})
    assert "sets it to False by preference" in str(told(loaded(tmp_path, *gpos)))


def test_the_preference_of_the_last_gpo_counts(tmp_path: Path) -> None:
    off = ON.replace("00000001", "00000000")
    inventory = loaded(tmp_path, {PREFERENCES: preferences(off)}, {PREFERENCES: preferences(ON)})
    assert told(inventory) is True


def test_preferences_that_are_switched_off_as_a_whole_set_nothing(tmp_path: Path) -> None:
    off = f'<RegistrySettings disabled="1">{ON}</RegistrySettings>'
    assert UNSAID in str(told(loaded(tmp_path, {PREFERENCES: off.encode()})))


def test_a_policy_that_cannot_be_read_may_set_what_a_preference_sets(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, {PREFERENCES: preferences(ON), "Machine/Registry.pol": b"broken"})
    assert "is not a registry.pol" in str(told(inventory))


def test_preferences_that_cannot_be_read_may_set_anything(tmp_path: Path) -> None:
    policy = pol(on("EnableScriptBlockLogging"))
    files = {PREFERENCES: b"<RegistrySettings>", "Machine/Registry.pol": policy}
    inventory = loaded(tmp_path, files)
    assert "is not well-formed XML" in str(told(inventory))
    assert "is not well-formed XML" in str(told(inventory, "powershell_module_logging"))


def test_what_the_host_shows_outweighs_any_preference(tmp_path: Path) -> None:
    shown = (
        f"HKEY_LOCAL_MACHINE\\{SCRIPT_BLOCK}\n    EnableScriptBlockLogging    REG_DWORD    0x0\n"
    )
    held = {PREFERENCES: preferences(ON)}
    assert told(loaded(tmp_path, held, files={"q.txt": shown.encode()})) is False


def test_gpresult_tells_of_preferences_too(tmp_path: Path) -> None:
    items = f"<Extension><RegistrySettings>{ON}</RegistrySettings></Extension>"
    text = f"<Rsop><ComputerResults>{items}</ComputerResults><UserResults/></Rsop>"
    assert told(loaded(tmp_path, files={"gp.xml": text.encode()})) is True


def test_gpresult_of_a_user_s_preferences_tells_nothing_of_the_computer(tmp_path: Path) -> None:
    items = f"<UserResults><RegistrySettings>{ON}</RegistrySettings></UserResults>"
    text = f"<Rsop><ComputerResults/>{items}</Rsop>"
    inventory = loaded(tmp_path, files={"gp.xml": text.encode()})
    fact = inventory.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert isinstance(fact, Missing)
