"""Group Policy in XML: `gpreport.xml` of a backup, and `gpresult /x` of a host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.audit_policy.audit_words import outcome_of_number
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.facts import AUDIT, LEGACY_AUDIT, AuditSetting
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_values import RegistryValue, machine_key


@dataclass(frozen=True, slots=True)
class _Told:
    """One setting in the report: how far it is from winning, and the GPO it comes from."""

    element: XmlElement
    precedence: int
    gpo: str


def looks_like_result(text: str) -> bool:
    """Whether a text is `gpresult /x` output."""
    return "<Rsop" in text[:4096]


def read_result(source: Source) -> Reading:
    """What `gpresult /x` says of the computer: for each setting the GPO that won."""
    root, _ = read_xml(source)
    if root.name != "Rsop":
        raise InputError(source.fault(f"is no gpresult XML (its root element is {root.name!r})"))
    computer = root.child("ComputerResults")
    if computer is None:
        hint = "Run gpresult as administrator, or with /scope computer."
        raise InputError(source.fault("tells nothing of the computer", "line 1", hint))
    return _reading(source, computer)


def read_report(source: Source) -> Reading:
    """What `gpreport.xml` says that a GPO asks of computers; a check, not a source."""
    root, _ = read_xml(source)
    computer = root.child("Computer")
    if root.name != "GPO" or computer is None:
        raise InputError(source.fault("is no GPO report"))
    return _reading(source, computer)


def _reading(source: Source, computer: XmlElement) -> Reading:
    statements: list[Statement] = []
    faults: list[Fault] = []
    values: list[RegistryValue] = []
    names = _names(computer)
    for told in _winning(computer, names):
        one = told.element
        if one.name == "AuditSetting":
            _audit(source, told, statements, faults)
        elif one.name == "Audit":
            _category(source, told, statements)
        else:
            values.extend(_values(one))
    found = registry_values.reading(source, values, Strength.POLICY)
    return Reading((*statements, *found.statements), (*faults, *found.faults), found.missing)


def _names(computer: XmlElement) -> dict[str, str]:
    """GPO names by GUID, from the list of GPOs that a result carries."""
    names: dict[str, str] = {}
    for gpo in (one for one in computer.children if one.name == "GPO"):
        path, name = gpo.child("Path"), gpo.child("Name")
        identifier = path.child("Identifier") if path else None
        if identifier is not None and name is not None:
            names[identifier.text.strip().casefold()] = name.text.strip()
    return names


_SETTINGS = ("AuditSetting", "Audit", "SecurityOptions", "RegistrySetting")


def _winning(computer: XmlElement, names: dict[str, str]) -> Iterator[_Told]:
    """Each setting once: the one with precedence 1, or without any in a GPO's own report."""
    for element in computer.walk():
        if element.name not in _SETTINGS:
            continue
        rank = element.child("Precedence")
        number = rank.text.strip() if rank else ""
        precedence = int(number) if number.isdecimal() and len(number) < 6 else 1
        if precedence == 1:
            yield _Told(element, precedence, _gpo(element, names))


def _gpo(element: XmlElement, names: dict[str, str]) -> str:
    gpo = element.child("GPO")
    identifier = gpo.child("Identifier") if gpo else None
    guid = identifier.text.strip() if identifier else ""
    return names.get(guid.casefold(), guid)


def _text(element: XmlElement, name: str) -> str:
    child = element.child(name)
    return child.text.strip() if child else ""


def _audit(source: Source, told: _Told, statements: list[Statement], faults: list[Fault]) -> None:
    one = told.element
    guid = as_guid(_text(one, "SubcategoryGuid")) or ""
    number = _text(one, "SettingValue")
    setting = outcome_of_number(number)
    if _text(one, "PolicyTarget") not in ("", "System"):
        return
    if guid not in subcategories() or setting is None:
        message = f"audit setting {guid or '(no GUID)'} = {number!r} cannot be understood"
        faults.append(source.fault(message, f"line {one.line}"))
        return
    _state(source, told, AUDIT(guid), setting, statements)


def _category(source: Source, told: _Told, statements: list[Statement]) -> None:
    known = {one.legacy_category for one in subcategories().values()}
    category = _text(told.element, "Name")
    outcomes = [_text(told.element, f"{name}Attempts") for name in ("Success", "Failure")]
    if category in known and set(outcomes) <= {"true", "false"}:
        setting = AuditSetting(success=outcomes[0] == "true", failure=outcomes[1] == "true")
        _state(source, told, LEGACY_AUDIT(category), setting, statements)


def _state(
    source: Source, told: _Told, key: FactKey[object], value: object, statements: list[Statement]
) -> None:
    quote = f"{told.gpo} sets {value}" if told.gpo else str(value)
    evidence = source.evidence(f"line {told.element.line}", quote)
    statements.append(Statement(key, value, evidence, Strength.POLICY))


# How reports name what a registry value holds; a number's type is not told.
_TYPES = {
    "Number": "",
    "String": "REG_SZ",
    "ExpandString": "REG_EXPAND_SZ",
    "Strings": "REG_MULTI_SZ",
    "MultiString": "REG_MULTI_SZ",
    "Binary": "REG_BINARY",
}


def _values(element: XmlElement) -> Iterator[RegistryValue]:
    """The registry value of a RegistrySetting, or of a security option ('SettingNumber')."""
    value: XmlElement | None = element
    if element.name == "SecurityOptions":
        path, _, name = _text(element, "KeyName").rpartition("\\")
        key, prefix = machine_key(path), "Setting"
    else:
        value = element.child("Value")
        name = _text(value, "Name") if value is not None else ""
        key, prefix = f"HKLM\\{_text(element, 'KeyPath')}", ""
    if key is None or value is None:
        return
    for child in value.children:
        kind = child.name.removeprefix(prefix)
        if child.name == prefix + kind and kind in _TYPES:
            data, type_ = _data(child, _TYPES[kind])
            yield RegistryValue(key, name, data, f"line {element.line}", type_)
            return


def _data(element: XmlElement, type_: str) -> tuple[int | str, str]:
    text = ";".join(part for one in element.walk() if (part := one.text.strip()))
    if type_ or not (text.isascii() and text.isdecimal() and len(text) < 21):
        return text, type_
    return int(text), "" if int(text) < 2**32 else "REG_QWORD"
