"""Group Policy settings in XML: `gpreport.xml` of a GPO backup, and `gpresult /x` of a host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.audit_policy.audit_words import outcome_of_number
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.facts import AUDIT, LEGACY_AUDIT, AuditSetting
from logreach.inventories.windows.log_access import EVENT_LOG_READERS, LOCAL_GROUP, account
from logreach.inventories.windows.objects.channel_access import together
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_types import registry_type, spells
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.registry_values import machine_key


@dataclass(frozen=True, slots=True)
class _ReportedSetting:
    """A setting in the report that wins over other GPOs' settings; `gpo` names its GPO."""

    element: XmlElement
    gpo: str


def looks_like_result(head: str) -> bool:
    """Whether a file that begins with `head` is `gpresult /x` output."""
    return "<Rsop" in head[:4096]


def read_result(source: Source) -> Reading:
    """Read the computer settings of `gpresult /x`: each setting of the GPO that won."""
    root, _ = read_xml(source)
    if root.name != "Rsop":
        message = f"is not gpresult XML (its root element is {root.name!r})"
        raise InputError(source.fault(message))
    computer = root.child("ComputerResults")
    if computer is None:
        hint = "Run gpresult as administrator, or with /scope computer."
        raise InputError(source.fault("has no computer settings", "line 1", hint))
    return together(_reading(source, computer), _of_readers(source, computer))


def _of_readers(source: Source, computer: XmlElement) -> Reading:
    """That the members of Event Log Readers are unknown, where a policy or preference sets them.

    No source at hand shows how gpresult writes them.
    """
    for element in computer.walk():
        if EVENT_LOG_READERS in map(account, (element.text, *element.attributes.values())):
            message = "sets members of Event Log Readers, which are not read from gpresult"
            hint = "Give a backup of that GPO, or event_log_readers in inventory.yaml."
            fault = source.fault(message, f"line {element.line}", hint)
            missing = (LOCAL_GROUP(EVENT_LOG_READERS), Missing(str(fault), fault))
            return Reading(faults=(fault,), missing=(missing,))
    return Reading()


def winners(source: Source) -> dict[FactKey[object], str]:
    """The display name of the GPO that won, by the fact that it sets, of `gpresult /x`."""
    root, _ = read_xml(source)
    computer = root.child("ComputerResults")
    found: dict[FactKey[object], str] = {}
    for setting in _winning_settings(computer, _gpo_names(computer)) if computer else ():
        for key in _keys(source, setting):
            if setting.gpo:
                found[key] = setting.gpo
    return found


def _keys(source: Source, setting: _ReportedSetting) -> Iterator[FactKey[object]]:
    """The facts that one reported setting states."""
    statements: list[Statement] = []
    if setting.element.name == "AuditSetting":
        _read_subcategory(source, setting, statements, [])
    elif setting.element.name == "Audit":
        _read_category(source, setting, statements)
    else:
        values = tuple(_values(setting.element))
        statements.extend(registry_values.reading(source, values, Strength.POLICY).statements)
    yield from (statement.key for statement in statements)


def read_report(source: Source) -> Reading:
    """Read a GPO's computer settings from `gpreport.xml`; they only check the backup's files."""
    root, _ = read_xml(source)
    computer = root.child("Computer")
    if root.name != "GPO" or computer is None:
        raise InputError(source.fault("is not a GPO report"))
    return _reading(source, computer)


def _reading(source: Source, computer: XmlElement) -> Reading:
    statements: list[Statement] = []
    faults: list[Fault] = []
    values: list[RegistryValue] = []
    gpo_names = _gpo_names(computer)
    for setting in _winning_settings(computer, gpo_names):
        element = setting.element
        if element.name == "AuditSetting":
            _read_subcategory(source, setting, statements, faults)
        elif element.name == "Audit":
            _read_category(source, setting, statements)
        else:
            values.extend(_values(element))
    values_reading = registry_values.reading(source, values, Strength.POLICY)
    return Reading(
        (*statements, *values_reading.statements),
        (*faults, *values_reading.faults),
        values_reading.missing,
    )


def _gpo_names(computer: XmlElement) -> dict[str, str]:
    """GPO names by GUID, from the list of GPOs in `gpresult` output."""
    names: dict[str, str] = {}
    for gpo in (child for child in computer.children if child.name == "GPO"):
        path, name = gpo.child("Path"), gpo.child("Name")
        identifier = path.child("Identifier") if path else None
        if identifier is not None and name is not None:
            names[identifier.text.strip().casefold()] = name.text.strip()
    return names


_SETTINGS = ("AuditSetting", "Audit", "SecurityOptions", "RegistrySetting")


def _winning_settings(computer: XmlElement, names: dict[str, str]) -> Iterator[_ReportedSetting]:
    """The settings with precedence 1, or without precedence as in the report of a single GPO."""
    for element in computer.walk():
        if element.name not in _SETTINGS:
            continue
        precedence_element = element.child("Precedence")
        digits = precedence_element.text.strip() if precedence_element else ""
        precedence = int(digits) if digits.isdecimal() and len(digits) < 6 else 1
        if precedence == 1:
            yield _ReportedSetting(element, _gpo_name(element, names))


def _gpo_name(element: XmlElement, names: dict[str, str]) -> str:
    gpo = element.child("GPO")
    identifier = gpo.child("Identifier") if gpo else None
    guid = identifier.text.strip() if identifier else ""
    return names.get(guid.casefold(), guid)


def _child_text(element: XmlElement, name: str) -> str:
    child = element.child(name)
    return child.text.strip() if child else ""


def _read_subcategory(
    source: Source, reported: _ReportedSetting, statements: list[Statement], faults: list[Fault]
) -> None:
    element = reported.element
    guid = as_guid(_child_text(element, "SubcategoryGuid")) or ""
    number = _child_text(element, "SettingValue")
    setting = outcome_of_number(number)
    if _child_text(element, "PolicyTarget") not in ("", "System"):
        return
    if guid not in subcategories() or setting is None:
        message = f"audit setting {guid or '(no GUID)'} = {number!r} is not known"
        faults.append(source.fault(message, f"line {element.line}"))
        return
    _state(source, reported, AUDIT(guid), setting, statements)


def _read_category(source: Source, reported: _ReportedSetting, statements: list[Statement]) -> None:
    categories = {subcategory.legacy_category for subcategory in subcategories().values()}
    category = _child_text(reported.element, "Name")
    outcomes = [_child_text(reported.element, f"{name}Attempts") for name in ("Success", "Failure")]
    if category in categories and set(outcomes) <= {"true", "false"}:
        setting = AuditSetting(success=outcomes[0] == "true", failure=outcomes[1] == "true")
        _state(source, reported, LEGACY_AUDIT(category), setting, statements)


def _state(
    source: Source,
    reported: _ReportedSetting,
    key: FactKey[object],
    value: object,
    statements: list[Statement],
) -> None:
    quote = f"{reported.gpo} sets {value}" if reported.gpo else str(value)
    evidence = source.evidence(f"line {reported.element.line}", quote)
    statements.append(Statement(key, value, evidence, Strength.POLICY))


_NUMBER = "Number"  # an element of REG_DWORD or REG_QWORD; reports do not say which


def _values(element: XmlElement) -> Iterator[RegistryValue]:
    """The registry value of a RegistrySetting, or of a security option ('SettingNumber').

    The element that holds the data is named after the value's type.
    """
    value: XmlElement | None = element
    if element.name == "SecurityOptions":
        path, _, name = _child_text(element, "KeyName").rpartition("\\")
        key, prefix = machine_key(path), "Setting"
    else:
        value = element.child("Value")
        name = _child_text(value, "Name") if value is not None else ""
        key, prefix = f"HKLM\\{_child_text(element, 'KeyPath')}", ""
    if key is None or value is None:
        return
    for child in value.children:
        word = child.name.removeprefix(prefix)
        if child.name != prefix + word or not (word == _NUMBER or spells("gpo_report", word)):
            continue
        data = ";".join(line for part in child.walk() if (line := part.text.strip()))
        location = f"line {element.line}"
        if word == _NUMBER:
            yield _number(RegistryValue(key, name, data, location))
        else:
            yield RegistryValue(key, name, data, location, registry_type("gpo_report", word).name)
        return


def _number(value: RegistryValue) -> RegistryValue:
    """The value with its digits as a number; only a REG_QWORD holds more than 32 bits."""
    digits = str(value.data)
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 21):
        return value
    number = int(digits)
    return replace(value, data=number, type="" if number < 2**32 else "REG_QWORD")
