"""Group Policy settings in XML: `gpreport.xml` of a GPO backup, and `gpresult /x` of a host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement, together
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.losses import Losses
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.audit_policy.audit_words import is_system, outcome_of_number
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.facts import AUDIT, LEGACY_AUDIT, SACL, AuditSetting
from logreach.inventories.windows.group_policy import report_security
from logreach.inventories.windows.group_policy.administrative_templates import TemplateReading
from logreach.inventories.windows.log_access import EVENT_LOG_READERS, LOCAL_GROUP, account
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
    return computer_settings(source, computer)


def _of_readers(source: Source, computer: XmlElement) -> Reading:
    """That the members of Event Log Readers are unknown, where a policy or preference sets them.

    No source at hand shows how reports write them.
    """
    for element in computer.walk():
        if EVENT_LOG_READERS in map(account, (element.text, *element.attributes.values())):
            message = "sets members of Event Log Readers, which are not read from reports"
            hint = "Give a backup of that GPO, or event_log_readers in inventory.yaml."
            fault = source.fault(message, f"line {element.line}", hint)
            missing = (LOCAL_GROUP(EVENT_LOG_READERS), Missing(str(fault), fault))
            return Reading(faults=(fault,), missing=(missing,))
    return Reading()


def winners(source: Source) -> dict[FactKey[object], str]:
    """The display name of the GPO that sets a fact: of `gpresult /x`, or of a report of one GPO."""
    root, _ = read_xml(source)
    computer = root.child("ComputerResults") or root.child("Computer")
    if computer is None:
        return {}
    name = " ".join(root.text_of("Name").split()) if root.name == "GPO" else ""
    return {
        key: setting.gpo
        for setting in _winning_settings(computer, _gpo_names(computer), name)
        if setting.gpo
        for key in _keys(source, setting)
    }


def _keys(source: Source, setting: _ReportedSetting) -> list[FactKey[object]]:
    """The facts that one reported setting states."""
    settings, templates = _Settings(source), TemplateReading(source)
    if setting.element.name == "AuditSetting":
        settings.read_subcategory(setting)
    elif setting.element.name == "Audit":
        settings.read_category(setting)
    elif setting.element.name == "Policy":
        templates.take(setting.element)
    else:
        templates.values.extend(_values(setting.element))
    values = registry_values.reading(source, templates.values, Strength.POLICY)
    return [statement.key for statement in (*settings.statements, *values.statements)]


def read_report(source: Source) -> Reading:
    """Read a GPO's computer settings from `gpreport.xml`, the report beside a backup's files."""
    root, _ = read_xml(source)
    computer = root.child("Computer")
    if root.name != "GPO" or computer is None:
        raise InputError(source.fault("is not a GPO report"))
    return computer_settings(source, computer)


def computer_settings(source: Source, computer: XmlElement, gpo: str = "") -> Reading:
    """What the computer half of a report sets; `gpo` names the GPO of a report of one."""
    settings = _Settings(source)
    templates = TemplateReading(source)
    security: list[XmlElement] = []
    for setting in _winning_settings(computer, _gpo_names(computer), gpo):
        element = setting.element
        if element.name == "AuditSetting":
            settings.read_subcategory(setting)
        elif element.name == "Audit":
            settings.read_category(setting)
        elif element.name == "Policy":
            templates.take(element)
        elif element.name in report_security.ELEMENTS:
            security.append(element)
        else:
            templates.values.extend(_values(element))
    templates.judge_language(other=_in_another_language(computer))
    values = registry_values.reading(source, templates.values, Strength.POLICY)
    secured = report_security.read(source, security)
    reading = Reading(
        (*settings.statements, *values.statements, *secured.statements),
        (*settings.faults, *templates.faults, *values.faults, *secured.faults),
        (*settings.missing, *templates.missing, *values.missing, *secured.missing),
        secured.notes,
    )
    return together(reading, _of_readers(source, computer))


def _in_another_language(computer: XmlElement) -> bool:
    """Whether the report names its parts, or an audit subcategory, in another language."""
    for element in computer.walk():
        if element.name == "ExtensionData" and _is_registry(element.child("Extension")):
            if element.text_of("Name") not in ("", "Registry"):
                return True
        elif element.name == "SubcategoryName":
            name = element.text.strip()
            if name and not name.startswith("Audit ") and as_guid(name) is None:
                return True
    return False


def _is_registry(extension: XmlElement | None) -> bool:
    """Whether an extension's settings are registry policies, by its `xsi:type`."""
    types = extension.attributes.values() if extension else ()
    return any(each.rpartition(":")[2] == "RegistrySettings" for each in types)


def _gpo_names(computer: XmlElement) -> dict[str, str]:
    """GPO names by GUID, from the list of GPOs in `gpresult` output."""
    names: dict[str, str] = {}
    for gpo in (child for child in computer.children if child.name == "GPO"):
        path, name = gpo.child("Path"), gpo.child("Name")
        identifier = path.child("Identifier") if path else None
        if identifier is not None and name is not None:
            names[identifier.text.strip().casefold()] = name.text.strip()
    return names


_USER = re.compile(r"^S-1-\d|[\\@]", re.IGNORECASE)
"""How audit settings of a user name it: by SID, DOMAIN\\NAME or NAME@DOMAIN."""
_SETTINGS = (
    *("AuditSetting", "Audit", "SecurityOptions", "RegistrySetting", "Policy"),
    *report_security.ELEMENTS,
)


def _winning_settings(
    computer: XmlElement, names: dict[str, str], gpo: str
) -> Iterator[_ReportedSetting]:
    """The settings with precedence 1, or without precedence as in the report of a single GPO."""
    for element in computer.walk():
        if element.name not in _SETTINGS:
            continue
        precedence_element = element.child("Precedence")
        digits = precedence_element.text.strip() if precedence_element else ""
        precedence = int(digits) if digits.isdecimal() and len(digits) < 6 else 1
        if precedence == 1:
            yield _ReportedSetting(element, _gpo_name(element, names) or gpo)


def _gpo_name(element: XmlElement, names: dict[str, str]) -> str:
    gpo = element.child("GPO")
    identifier = gpo.child("Identifier") if gpo else None
    guid = identifier.text.strip() if identifier else ""
    return names.get(guid.casefold(), guid)


@dataclass(slots=True)
class _Settings(Losses):
    """Audit settings of a report, and what could not be told of others."""

    statements: list[Statement] = field(default_factory=list)

    def state(self, reported: _ReportedSetting, key: FactKey[object], value: object) -> None:
        """Add a setting."""
        quote = f"{reported.gpo} sets {value}" if reported.gpo else str(value)
        evidence = self.source.evidence(f"line {reported.element.line}", quote)
        self.statements.append(Statement(key, value, evidence, Strength.POLICY))

    def read_subcategory(self, reported: _ReportedSetting) -> None:
        """Take an `AuditSetting`: of a subcategory, of a user, or the global audit entries."""
        element = reported.element
        target = element.text_of("PolicyTarget")
        guid = as_guid(element.text_of("SubcategoryGuid")) or ""
        if _USER.search(target):
            self.lose(f"audit settings of a user ({target[:60]!r}) are not assessed", element.line)
            return
        if target and not is_system(target):
            self.lose(f"unknown policy target {target[:60]!r}", element.line, AUDIT.every)
            return
        number = element.text_of("SettingValue")
        setting = outcome_of_number(number)
        message = f"audit setting {guid or '(no GUID)'} = {number!r} is not known"
        if not guid:
            objects = (SACL("global:file"), SACL("global:key"))
            self.lose(message, element.line, AUDIT.every, *objects)
        elif guid not in subcategories():
            self.lose(message, element.line, AUDIT.every)
        elif setting is None:
            self.lose(message, element.line, AUDIT(guid))
        else:
            self.state(reported, AUDIT(guid), setting)

    def read_category(self, reported: _ReportedSetting) -> None:
        """Take an `Audit`: a legacy category."""
        element = reported.element
        categories = {subcategory.legacy_category for subcategory in subcategories().values()}
        category = element.text_of("Name")
        outcomes = [element.text_of(f"{name}Attempts") for name in ("Success", "Failure")]
        if not any(child.name.endswith("Attempts") for child in element.children):
            return
        if category not in categories:
            self.lose(f"{category[:60]!r} is no audit category", element.line, LEGACY_AUDIT.every)
        elif not set(outcomes) <= {"true", "false"}:
            message = f"{category} is neither on nor off: {' and '.join(map(repr, outcomes))}"
            self.lose(message, element.line, LEGACY_AUDIT(category))
        else:
            setting = AuditSetting(success=outcomes[0] == "true", failure=outcomes[1] == "true")
            self.state(reported, LEGACY_AUDIT(category), setting)


_NUMBER = "Number"  # an element of REG_DWORD or REG_QWORD; reports do not say which


def _values(element: XmlElement) -> Iterator[RegistryValue]:
    """The registry value of a RegistrySetting, or of a security option ('SettingNumber').

    The element that holds the data is named after the value's type.
    """
    value: XmlElement | None = element
    if element.name == "SecurityOptions":
        path, _, name = element.text_of("KeyName").rpartition("\\")
        key, prefix = machine_key(path), "Setting"
    else:
        value = element.child("Value")
        name = value.text_of("Name") if value is not None else ""
        key, prefix = f"HKLM\\{element.text_of('KeyPath')}", ""
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
