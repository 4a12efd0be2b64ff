"""Registry values of every type through every reader, and doubts that stay with their setting."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from gpo_files import SCRIPT_BLOCK, on, pol, record, template

from logreach.inventories import load
from logreach.inventories.facts.facts import Fact, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.facts.values import Scalar
from logreach.inventories.files.tables import TABLES
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.registry.settings import settings

CASES = yaml.safe_load(Path(__file__).with_name("registry_values.yaml").read_text("utf-8"))
NUMBERS = {
    "REG_SZ": 1,
    "REG_EXPAND_SZ": 2,
    "REG_BINARY": 3,
    "REG_DWORD": 4,
    "REG_MULTI_SZ": 7,
    "REG_QWORD": 11,
}
FORMS = {"REG_BINARY": "<B", "REG_DWORD": "<I", "REG_QWORD": "<Q"}
AUDIT_VALUES = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit"
COMMAND_LINE = "ProcessCreationIncludeCmdLine_Enabled"
POL = "gpo/Machine/registry.pol"
Writer = Callable[[str, str, str, Any], dict[str, bytes]]


def content(kind: str, data: int | str) -> bytes:
    if isinstance(data, int):
        return struct.pack(FORMS[kind], data)
    return f"{data}\0".encode("utf-16-le") + (b"\0\0" if kind == "REG_MULTI_SZ" else b"")


def as_pol(key: str, name: str, kind: str, data: Any) -> dict[str, bytes]:
    return {POL: pol(record(key, name, NUMBERS[kind], content(kind, data)))}


def as_template(key: str, name: str, kind: str, data: Any) -> dict[str, bytes]:
    number, written = NUMBERS[kind], f'"{data}"' if kind == "REG_SZ" else data
    text = template("[Registry Values]", f"MACHINE\\{key}\\{name}={number},{written}")
    return {"gpo/Machine/microsoft/windows nt/SecEdit/GptTmpl.inf": text}


def as_lgpo(key: str, name: str, kind: str, data: Any) -> dict[str, bytes]:
    words = {"REG_EXPAND_SZ": "EXSZ", "REG_MULTI_SZ": "MULTISZ"}
    word = words.get(kind, kind.removeprefix("REG_"))
    return {"H/lgpo.txt": f"Computer\n{key}\n{name}\n{word}:{data}\n".encode()}


def as_export(key: str, name: str, kind: str, data: Any) -> dict[str, bytes]:
    written = f'"{data}"'
    if kind == "REG_DWORD":
        written = f"dword:{data:08x}"
    elif kind != "REG_SZ":
        digits = ",".join(f"{one:02x}" for one in content(kind, data))
        written = f"hex({NUMBERS[kind]:x}):{digits}".replace("hex(3)", "hex")
    text = (
        f'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\{key}]\n"{name}"={written}'
    )
    return {"H/a.reg": f"{text}\n\n".replace("\n", "\r\n").encode("utf-16")}


def as_query(key: str, name: str, kind: str, data: Any) -> dict[str, bytes]:
    numeric = kind in ("REG_DWORD", "REG_QWORD")
    written = f"{data:#x}" if numeric else f"{data:02X}" if isinstance(data, int) else data
    return {
        "H/q.txt": f"\r\nHKEY_LOCAL_MACHINE\\{key}\r\n    {name}    {kind}    {written}\r\n".encode()
    }


def as_result(key: str, name: str, kind: str, data: Any) -> dict[str, bytes]:
    element = {"REG_SZ": "String", "REG_MULTI_SZ": "Strings", "REG_BINARY": "Binary"}[kind]
    value = f"<q:Name>{name}</q:Name><q:{element}>{data}</q:{element}>"
    setting = f"<q:RegistrySetting><q:KeyPath>{key}</q:KeyPath><q:Value>{value}</q:Value>"
    text = (
        f"<Rsop><ComputerResults xmlns:q='q'>{setting}</q:RegistrySetting></ComputerResults></Rsop>"
    )
    return {"H/gp.xml": text.encode()}


WRITERS: dict[str, Writer] = {
    "registry.pol": as_pol,
    "GptTmpl.inf": as_template,
    "LGPO text": as_lgpo,
    ".reg file": as_export,
    "reg query": as_query,
    "gpresult": as_result,
}
UNABLE = {("gpresult", "REG_DWORD"), ("gpresult", "REG_QWORD")}  # they tell numbers alike


def loaded(root: Path, files: dict[str, bytes]) -> Inventory:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "H").mkdir(exist_ok=True)
    gpo = ", gpo: [gpo]" if (root / "gpo").exists() else ""
    (root / "inventory.yaml").write_text(
        f"hosts: [{{name: H, os: Windows 11 23H2, folder: H{gpo}}}]"
    )
    return load(root)


def told(fact: Fact[Scalar]) -> object:
    return "unknown" if isinstance(fact, Missing) else fact.value


PAIRS = [
    pytest.param(case, reader, id=f"{reader}: {case['name']}")
    for case in CASES
    for reader in WRITERS
    if (reader, case["type"]) not in UNABLE
]


@pytest.mark.parametrize(("case", "reader"), PAIRS)
def test_a_setting_follows_the_type_of_its_value(
    case: dict[str, Any], reader: str, tmp_path: Path
) -> None:
    path = settings()[case["setting"]].registry[0].removeprefix("HKLM\\")
    key, _, name = path.rpartition("\\")
    inventory = loaded(tmp_path, WRITERS[reader](key, name, case["type"], case["data"]))
    fact = inventory.hosts[0].facts.get(SETTING(case["setting"]))
    assert told(fact) == case["says"]
    if isinstance(fact, Missing):
        assert case["type"] in fact.reason or "neither on nor off" in fact.reason
        assert fact.fault in inventory.faults


def setting(inventory: Inventory, name: str) -> object:
    return told(inventory.hosts[0].facts.get(SETTING(name)))


def test_types_of_settings_are_known_and_say_where_they_are_from() -> None:
    table = yaml.safe_load((TABLES / "settings.yaml").read_text("utf-8"))["settings"]
    for name, one in settings().items():
        assert one.heeded | one.ignored <= NUMBERS.keys(), name
        assert not one.heeded & one.ignored, name
        assert not one.ignored or one.off_where_absent, name
        own = {"heeded", "ignored"} & table[name].keys()
        assert bool(own) == ("types_source" in table[name]), name


WRONG = record(AUDIT_VALUES, COMMAND_LINE, 1, "1\0".encode("utf-16-le"))


def test_a_value_that_nobody_can_read_leaves_a_gpo_s_other_settings_known(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, {POL: pol(WRONG, on("EnableScriptBlockLogging"))})
    assert setting(inventory, "process_creation_command_line") == "unknown"
    assert setting(inventory, "powershell_script_block_logging") is True
    other = inventory.hosts[0].facts.get(SETTING("powershell_module_logging"))
    assert isinstance(other, Missing)
    assert other.reason == "the inventory does not say"


def test_a_number_of_the_wrong_length_costs_its_own_setting_only(tmp_path: Path) -> None:
    short = record(AUDIT_VALUES, COMMAND_LINE, 4, b"\1\0")
    inventory = loaded(tmp_path, {POL: pol(short, on("EnableScriptBlockLogging"))})
    assert setting(inventory, "process_creation_command_line") == "unknown"
    assert setting(inventory, "powershell_script_block_logging") is True


@pytest.mark.parametrize(("order", "says"), [("wrong last", "unknown"), ("right last", True)])
def test_a_later_gpo_s_doubt_outweighs_an_earlier_gpo_s_word(
    order: str, says: object, tmp_path: Path
) -> None:
    right = pol(record(AUDIT_VALUES, COMMAND_LINE, 4, b"\1\0\0\0"), on("EnableScriptBlockLogging"))
    gpos = [right, pol(WRONG)] if order == "wrong last" else [pol(WRONG), right]
    for number, data in enumerate(gpos):
        path = tmp_path / f"g{number}/Machine/registry.pol"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, gpo: [g0, g1]}]")
    inventory = load(tmp_path)
    assert setting(inventory, "process_creation_command_line") == says
    assert setting(inventory, "powershell_script_block_logging") is True


def test_what_a_gpo_asks_for_does_not_settle_what_the_host_shows_otherwise(tmp_path: Path) -> None:
    asked = pol(record(AUDIT_VALUES, COMMAND_LINE, 4, b"\1\0\0\0"))
    shown = as_query(AUDIT_VALUES, COMMAND_LINE, "REG_SZ", "1")
    inventory = loaded(tmp_path, {POL: asked, **shown})
    assert setting(inventory, "process_creation_command_line") == "unknown"


@pytest.mark.parametrize("line", [f'"{COMMAND_LINE}"=dword:1', f'"{COMMAND_LINE}"=hex(4):01'])
def test_a_value_cut_off_in_an_export_is_unknown_whatever_a_gpo_asks(
    line: str, tmp_path: Path
) -> None:
    head = f"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\{AUDIT_VALUES}]\r\n"
    asked = pol(record(AUDIT_VALUES, COMMAND_LINE, 4, b"\1\0\0\0"), on("EnableScriptBlockLogging"))
    files = {POL: asked, "H/a.reg": f"{head}{line}\r\n\r\n".encode("utf-16")}
    inventory = loaded(tmp_path, files)
    assert setting(inventory, "process_creation_command_line") == "unknown"
    # The cut may have swallowed lines with other values.
    assert setting(inventory, "powershell_script_block_logging") == "unknown"


def test_a_broken_block_of_lgpo_text_costs_what_it_names(tmp_path: Path) -> None:
    block = f"Computer\n{AUDIT_VALUES}\n{COMMAND_LINE}\nDWORD:one\n\n"
    other = f"Computer\n{SCRIPT_BLOCK}\nEnableScriptBlockLogging\nDWORD:1\n"
    inventory = loaded(tmp_path, {"H/lgpo.txt": (other + "\n" + block).encode()})
    assert setting(inventory, "process_creation_command_line") == "unknown"
    assert setting(inventory, "powershell_script_block_logging") is True
    fact = inventory.hosts[0].facts.get(SETTING("process_creation_command_line"))
    assert isinstance(fact, Missing)
    assert "block is not scope" in fact.reason
