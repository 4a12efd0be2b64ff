"""PolicyAnalyzer's .PolicyRules: the settings of GPOs in one XML file, made by GPO2PolicyRules.

Such a file is a baseline, what should be, and may hold several policies. Where these set a value
differently, nothing tells which of them a host applies. Source: the files of Microsoft's security
baselines (ComputerConfig, UserConfig, SecurityTemplate, AuditSubcategory, AuditOption,
CSE-Machine, CSE-User).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.facts.losses import Losses
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.audit_policy.audit_words import outcome_of_number
from logreach.inventories.windows.audit_policy.settled import settled
from logreach.inventories.windows.audit_policy.subcategories import as_guid, subcategories
from logreach.inventories.windows.facts import AUDIT, SETTING
from logreach.inventories.windows.group_policy import gpo_checks, gpt_template
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.settings import audit_options

_ROOT = "PolicyRules"
_HEAD = 4096  # characters
_NUMBERS = ("REG_DWORD", "REG_QWORD")
_DELETE = "**del."
_UNREAD = ("UserConfig", "CSE-Machine", "CSE-User")
FAMILIES: tuple[FactFamily[object], ...] = gpo_checks.COMPUTER_FACTS
"""The families of facts that such a file may state."""


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is PolicyAnalyzer's."""
    return f"<{_ROOT}" in head[:_HEAD]


@dataclass(slots=True)
class _Rules(Losses):
    values: list[RegistryValue] = field(default_factory=list)
    lines: list[tuple[str, int, str]] = field(default_factory=list)
    audit: list[Statement] = field(default_factory=list)
    options: list[Statement] = field(default_factory=list)

    def value(self, element: XmlElement) -> None:
        """Take a `ComputerConfig`: a registry value, or by its special name its removal."""
        key, name, type_ = (element.text_of(each) for each in ("Key", "Value", "RegType"))
        data: int | str | None = element.text_of("RegData")
        if not key or element.child("Value") is None or not type_:
            self.lose("registry value without Key, Value or RegType", element.line, *_every())
            return
        if name.casefold().startswith(_DELETE):
            name, data, type_ = name[len(_DELETE) :], None, ""
        elif type_ in _NUMBERS:
            digits = str(data)
            if not (digits.isascii() and digits.isdecimal() and len(digits) < 21):
                fault = self.source.fault(
                    f"{key}\\{name} is no number: {digits[:40]!r}", f"line {element.line}"
                )
                self.faults.append(fault)
                self.missing.extend(registry_values.unknown_settings(f"HKLM\\{key}", name, fault))
                return
            data = int(digits)
        location = f"line {element.line}"
        self.values.append(RegistryValue(f"HKLM\\{key}", name, data, location, type_))

    def subcategory(self, element: XmlElement) -> None:
        """Take an `AuditSubcategory`."""
        guid, number = as_guid(element.text_of("GUID")), element.text_of("Setting")
        setting = outcome_of_number(number)
        if guid is None:
            self.lose("audit subcategory without a GUID", element.line, AUDIT.every)
        elif guid not in subcategories():
            message = f"{guid} is the GUID of no known audit subcategory"
            self.lose(message, element.line, AUDIT.every)
        elif setting is None:
            self.lose(f"{number[:40]!r} is no audit setting (0 to 4)", element.line, AUDIT(guid))
        else:
            name = subcategories()[guid].name
            evidence = self.source.evidence(f"line {element.line}", f"{name} = {setting}")
            self.audit.append(Statement(AUDIT(guid), setting, evidence, Strength.POLICY))

    def option(self, element: XmlElement) -> None:
        """Take an `AuditOption`: one of auditpol's options."""
        option, number = (
            element.text_of("Option").removeprefix("Option:"),
            element.text_of("Setting"),
        )
        setting = audit_options().get(option)
        if setting is None:
            self.lose(f"{option[:60]!r} is no known audit option", element.line, SETTING.every)
        elif number not in ("0", "1"):
            message = f"{option} is neither on (1) nor off (0): {number[:40]!r}"
            self.lose(message, element.line, SETTING(setting))
        else:
            evidence = self.source.evidence(f"line {element.line}", f"{option} = {number}")
            key = SETTING(setting)
            self.options.append(Statement(key, number == "1", evidence, Strength.POLICY))

    def template(self, element: XmlElement) -> None:
        """Take a `SecurityTemplate`: a line of a section."""
        section, line = element.attributes.get("Section", ""), element.text_of("LineItem")
        if not section or not line:
            self.lose(
                "line of a security template without section or text", element.line, *_every()
            )
        else:
            self.lines.append((section.casefold(), element.line, line))


def read(source: Source) -> Reading:
    """What the policies of the file set."""
    root, _ = read_xml(source)
    if root.name != _ROOT:
        message = f"is no file of PolicyAnalyzer (its root element is {root.name!r})"
        raise InputError(source.fault(message))
    rules = _Rules(source)
    readers = {
        "ComputerConfig": rules.value,
        "AuditSubcategory": rules.subcategory,
        "AuditOption": rules.option,
        "SecurityTemplate": rules.template,
    }
    for element in root.children:
        if element.name in readers:
            readers[element.name](element)
        elif element.name not in _UNREAD:
            rules.lose(f"{element.name[:60]!r} is no known kind of rule", element.line, *_every())
    audit = settled(source, rules.audit)
    values = registry_values.reading(source, rules.values, Strength.POLICY)
    template = gpt_template.read_lines(source, rules.lines)
    return Reading(
        (*audit.statements, *rules.options, *values.statements, *template.statements),
        (*rules.faults, *audit.faults, *values.faults, *template.faults),
        (*rules.missing, *audit.missing, *values.missing, *template.missing),
        (_note(source, root), *template.notes),
    )


def _note(source: Source, root: XmlElement) -> Fault:
    """That the file is a baseline, with the policies that it holds."""
    names = list(
        dict.fromkeys(filter(None, (each.text_of("PolicyName") for each in root.children)))
    )
    of = f" of {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    message = f"is a baseline of PolicyAnalyzer{of if names else ''}"
    return source.fault(f"{message}: what should be, not what the host has")


def _every() -> tuple[FactKey[object], ...]:
    return tuple(family.every for family in FAMILIES)
