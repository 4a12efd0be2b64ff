"""SDDL, Get-Acl, lists of descriptors, auditpol's global entries: good and broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support import aces_of

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.facts import SACL, Ace, Sacl
from logreach.inventories.windows.objects import resource_sacl, sacls
from logreach.inventories.windows.objects.object_names import normal, parents
from logreach.inventories.windows.objects.sddl import read_sacl

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("sacl_reader_cases.yaml").read_text(encoding="utf-8")
)


def read(case: dict[str, Any]) -> Reading:
    source = case.get("source", "the.txt")
    if case["reader"] == "global":
        return resource_sacl.read(case["text"], source, "ab")
    return sacls.read(case["text"], source, "ab", audited=case.get("audited", False))


def told(ace: Ace) -> str:
    outcome = "s" * ace.success + "f" * ace.failure
    flags = "c" * ace.inherits_to_children + "f" * ace.inherits_to_files
    flags += "o" * (not ace.applies_here) + "1" * ace.one_level
    types = [ace.object_type, ace.inherited_type]
    parts = [ace.principal, f"0x{ace.rights:X}", outcome, flags, *types]
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize(
    ("sddl", "protected"),
    [
        ("S:P(AU;SA;KA;;;WD)", True),
        ("D:P(A;;KA;;;WD)S:PAI", True),
        ("S:ARPAI(AU;OICINPIOSA;FA;;;AU)", True),
        ("D:PAI(A;;KA;;;WD)S:AI(AU;CINPSA;FA;;;WD)", False),
        ("S:NO_ACCESS_CONTROL", False),
        ("S:", False),
    ],
)
def test_a_list_that_is_protected(sddl: str, protected: bool) -> None:
    sacl = read_sacl(sddl)
    assert sacl is not None
    assert sacl.protected is protected


@pytest.mark.parametrize("name", CASES)
def test_sacl_reader(name: str) -> None:
    case = CASES[name]
    reading = read(case)
    faults = [str(fault) for fault in reading.faults]
    wanted = case.get("faults", [])
    assert bool(faults) == bool(wanted), faults
    for words in wanted:
        assert any(words in fault for fault in faults), faults
    found: dict[str, Any] = {
        one.key.name: [told(ace) for ace in one.value.aces]
        for one in reading.statements
        if isinstance(one.value, Sacl)
    }
    missing = {key.name: "missing" for key, _ in reading.missing}
    if case.get("family"):
        assert not found
        assert set(missing) == {""}
        return
    assert found | missing == case["facts"]
    if "line" in case:
        assert reading.statements[0].evidence.where == f"line {case['line']}"


PATHS = {
    r"MACHINE\SYSTEM\ControlSet001\Services": r"HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES",
    r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\Software\X": r"HKLM\SOFTWARE\X",
    "HKLM:\\Software\\": r"HKLM\SOFTWARE",
    r"\REGISTRY\USER\S-1-5-21-1\Software": r"HKU\S-1-5-21-1\SOFTWARE",
    r"CLASSES_ROOT\CLSID": r"HKLM\SOFTWARE\CLASSES\CLSID",
    "HKCU\\Software\\Run": r"HKCU\SOFTWARE\RUN",
    r"%SystemRoot%\System32\drivers": r"C:\WINDOWS\SYSTEM32\DRIVERS",
    r"Microsoft.PowerShell.Core\FileSystem::D:\Data": r"D:\DATA",
    r"\??\C:\x": r"C:\X",
    "c:/temp//x/": r"C:\TEMP\X",
    r"\\server\share\x": r"\\SERVER\SHARE\X",
    "AD:\\DC=contoso,DC=com": "DC=CONTOSO,DC=COM",
    r"Microsoft.ActiveDirectory.Management.dll\ActiveDirectory:://RootDSE/CN=a\,b, DC=x": (
        r"CN=A\,B,DC=X"
    ),
    "ad:user": "ad:USER",
    "global:Key": "global:key",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_has_one_name(path: str) -> None:
    name = normal(path)
    assert name is not None
    assert name.name == PATHS[path]
    again = normal(name.name)
    assert again == name


@pytest.mark.parametrize("path", ["", "MACHINERY\\x", "HKLMX\\a", "Services", "x\0y", "\\\\server"])
def test_what_is_no_path_has_no_name(path: str) -> None:
    assert normal(path) is None


def test_parents_come_nearest_first() -> None:
    key, file, entry = normal("HKLM\\A\\B"), normal("C:\\a\\b"), normal("CN=a\\,b,OU=c,DC=d")
    assert key is not None
    assert file is not None
    assert entry is not None
    assert parents(key) == ["HKLM\\A", "HKLM"]
    assert parents(file) == ["C:\\A", "C:\\"]
    assert parents(entry) == ["OU=C,DC=D", "DC=D"]


def test_a_policy_states_with_its_own_strength_or_leaves_auditing_alone() -> None:
    evidence = Evidence("GptTmpl.inf", "ab", "line 3")
    path = r"MACHINE\SOFTWARE\Run"
    statement = sacls.of_policy(path, "D:PAR(A;;KA;;;BA)S:(AU;SA;KA;;;WD)", evidence)
    assert statement is not None
    assert statement.key == SACL(r"HKLM\SOFTWARE\RUN")
    assert statement.strength is Strength.POLICY
    assert sacls.of_policy(path, "D:PAR(A;;KA;;;BA)", evidence) is None
    with pytest.raises(InputError, match=r"not a key or file in GptTmpl\.inf line 3"):
        sacls.of_policy("nowhere", "S:", evidence)


def test_a_descriptor_without_audit_part_is_not_an_empty_one() -> None:
    assert read_sacl("O:BAG:SYD:(A;;KA;;;WD)") is None
    assert read_sacl("O:BAG:SYD:(A;;KA;;;WD)S:") == Sacl(())


def test_a_quoted_parenthesis_does_not_end_an_entry() -> None:
    (ace,) = aces_of('S:(XU;SA;FA;;;WD;(@User.x == "a;)"))')
    assert ace.condition == '(@User.x == "a;)")'


HOSTILE = {
    "open": "S:" + "(" * 100_000,
    "array": "[" * 100_000,
    "object": "{" * 50_000,
    "long": "Path : " + "x" * 200_000,
    "surrogate": "\ud800;S:",
    "zero": "\0",
    "parts": "C:\\x;" + "S:" * 50_000,
    "number": '{"Path": "C:\\\\x", "Sddl": ' + "1" * 5000 + "}",
    "huge": "a" * 40_000_000,
    "heading": "Path;SDDL",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_a_fault(text: str) -> None:
    assert sacls.read(text, "the.txt").faults
    assert resource_sacl.read(text, "the.txt").faults


PIECES = """S: D: O:BA (AU; (OU; SA; CISA; KA; 0x2; ; ;;;WD) ) ( " HKLM\\A; C:\\x; Path : Sddl
{ } [ ] Entry: Resource File Key 1 Success : , (null)"""
pieces = st.sampled_from([*PIECES.split(), "\n", " ", "\r\n", '"Path": ', "Type: "])


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=20).map("".join))
def test_any_text_is_read_or_a_fault(text: str) -> None:
    for reading in (sacls.read(text, "the.txt"), resource_sacl.read(text, "the.txt")):
        assert reading.statements or reading.faults


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["AU", "OU"]),
    st.sets(st.sampled_from(["OI", "CI", "NP", "IO", "SA", "FA"])),
    st.integers(0, 0xFFFFFFFF),
    st.sampled_from(["WD", "BA", "S-1-5-21-1-2-3-500", "DA"]),
)
def test_what_is_written_is_read_back(
    kind: str, flags: set[str], rights: int, principal: str
) -> None:
    (ace,) = aces_of(f"O:BAS:PAI({kind};{''.join(sorted(flags))};0x{rights:x};;;{principal})")
    assert ace.rights == rights
    assert (ace.success, ace.failure) == ("SA" in flags, "FA" in flags)
    assert (ace.inherits_to_children, ace.inherits_to_files) == ("CI" in flags, "OI" in flags)
    assert (ace.applies_here, ace.one_level) == ("IO" not in flags, "NP" in flags)
