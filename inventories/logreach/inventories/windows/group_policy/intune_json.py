"""Intune policies as Microsoft Graph exports them: settings catalogue, or custom OMA-URI settings.

They say what should be on the devices that they are assigned to, which the export does not name.
Sources: deviceManagementConfigurationPolicy and windows10CustomConfiguration of Microsoft Graph,
Policy CSP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, yaml_table
from logreach.inventories.files.xml_tree import XmlError, parse_documents
from logreach.inventories.windows.audit_policy.audit_words import outcome_of_number
from logreach.inventories.windows.audit_policy.settled import settled
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, REGISTRY_FAMILIES
from logreach.inventories.windows.group_policy.administrative_templates import (
    TemplateElement,
    TemplatePolicy,
    by_intune_name,
    policies,
    unknown,
    unknown_values,
)
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_value import RegistryValue

_MARKS = ('"settingDefinitionId"', '"settingInstance"', '"omaUri"', '"omaSettings"')
_POLICIES = "deviceManagement/configurationPolicies"
_OF_DEVICE = "device_vendor_msft_policy_config_"
_AUDIT = "audit_"
_OMA = re.compile(r"\./(?:Device/)?Vendor/MSFT/Policy/Config/([^/]+)/([^/]+)/?", re.IGNORECASE)
_NAMED = re.compile(r'"(?:settingDefinitionId|omaUri)"\s*:\s*"([^"]*)"')
_EXPAND = "Export it with its settings: configurationPolicies/ID?$expand=settings."
FAMILIES: tuple[FactFamily[object], ...] = (AUDIT, *REGISTRY_FAMILIES)
"""The families of facts that such a policy may state."""
_FieldOf = Callable[[TemplateElement], object]
"""How a setting tells what one of its fields holds; None: it does not."""


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is a policy of Intune."""
    return looks_like_json(head) and (
        any(mark in head for mark in _MARKS) or _POLICIES in head[:4096]
    )


@dataclass(slots=True)
class _Policies:
    """Everything read of the policies of a file; `lines` are those of each setting's name."""

    source: Source
    lines: dict[str, int]
    names: list[str] = field(default_factory=list)
    audit: list[Statement] = field(default_factory=list)
    values: list[RegistryValue] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)

    def place(self, name: str) -> str:
        """The line of a setting; '' where its name is not in the file as it is."""
        return f"line {self.lines[name]}" if name in self.lines else ""

    def fault(self, message: str, name: str = "", hint: str = "") -> Fault:
        """Add a fault of a setting, or of a whole policy."""
        fault = self.source.fault(message, self.place(name), hint)
        self.faults.append(fault)
        return fault

    def lose_all(self, message: str, name: str = "", hint: str = "") -> None:
        """A fault that leaves open what the policy sets."""
        fault = self.fault(message, name, hint)
        self.missing.extend((family.every, Missing(str(fault), fault)) for family in FAMILIES)

    def policy(self, row: dict[str, Any]) -> None:
        """Take one policy: of the settings catalogue, or with custom settings."""
        name = str(row.get("name") or row.get("displayName") or "without a name")
        self.names.append(" ".join(name.split())[:80])
        platforms = row.get("platforms", "")
        if isinstance(platforms, str) and platforms and "windows" not in platforms.casefold():
            return
        settings, custom = row.get("settings"), row.get("omaSettings")
        if not isinstance(settings, list) and not isinstance(custom, list):
            self.lose_all(f"policy {self.names[-1]!r} has no settings", hint=_EXPAND)
        for setting in settings if isinstance(settings, list) else ():
            instance = setting.get("settingInstance") if isinstance(setting, dict) else None
            if isinstance(instance, dict):
                self.instance(instance)
            else:
                self.lose_all("a setting without its instance")
        for setting in custom if isinstance(custom, list) else ():
            if isinstance(setting, dict) and isinstance(setting.get("omaUri"), str):
                self.custom(setting["omaUri"], setting.get("value"))
            else:
                self.lose_all("a custom setting without its OMA-URI")

    def instance(self, instance: dict[str, Any]) -> None:
        """Take a setting of the catalogue."""
        name = instance.get("settingDefinitionId")
        if not isinstance(name, str) or not name:
            self.lose_all("a setting without its definition")
            return
        if not name.casefold().startswith(_OF_DEVICE):
            return  # of users, or of another service than Policy CSP
        choice = instance.get("choiceSettingValue")
        option = choice.get("value") if isinstance(choice, dict) else None
        number = option.removeprefix(f"{name}_") if isinstance(option, str) else ""
        children = choice.get("children") if isinstance(choice, dict) else None
        by_name = {
            str(child.get("settingDefinitionId")): child
            for child in (children if isinstance(children, list) else ())
            if isinstance(child, dict)
        }
        short = name[len(_OF_DEVICE) :].casefold()
        self.setting(name, short, number, lambda part: _of_child(by_name, name, part))

    def custom(self, uri: str, value: object) -> None:
        """Take a setting that names its node of the device's tree."""
        match = _OMA.fullmatch(uri.strip())
        if match is None:
            return
        written = "" if isinstance(value, bool) else str(value)
        fields: dict[str, object] = {}
        if "<" in written:
            try:
                elements = parse_documents(written).children
            except XmlError:
                elements = []
            states = [each.name.casefold() for each in elements]
            written = "1" if "enabled" in states else "0" if "disabled" in states else ""
            fields = {
                each.attributes.get("id", "").casefold(): each.attributes.get("value", "")
                for each in elements
                if each.name == "data"
            }
        short = f"{match[1]}_{match[2]}".casefold()
        self.setting(uri, short, written, lambda part: fields.get(part.intune))

    def setting(self, name: str, short: str, number: str, field_of: _FieldOf) -> None:
        """Take a setting by its short name, with its number and a way to its fields' values."""
        if short.startswith(_AUDIT):
            self.subcategory(name, short.removeprefix(_AUDIT), number)
        elif short in by_intune_name():
            policy = by_intune_name()[short]
            if policy is not None:
                self.template(name, policy, number, field_of)
        elif area_policies := [
            each for each in policies() if each.intune and _area(each) == _first(short)
        ]:
            fault = self.fault(f"setting {short[:80]!r} is not known", name)
            self.missing.extend(unknown(area_policies, fault))

    def subcategory(self, name: str, short: str, number: str) -> None:
        """Take a setting of the Audit CSP."""
        guid = _subcategories().get(short)
        setting = outcome_of_number(number)
        if guid is None:
            fault = self.fault(f"{short[:80]!r} is no known audit subcategory", name)
            self.missing.append((AUDIT.every, Missing(str(fault), fault)))
        elif setting is None or number == "4":
            fault = self.fault(f"{number[:40]!r} is no audit setting (0 to 3)", name)
            self.missing.append((AUDIT(guid), Missing(str(fault), fault)))
        else:
            quote = f"{subcategories()[guid].name} = {setting}"
            evidence = self.source.evidence(self.place(name), quote)
            self.audit.append(Statement(AUDIT(guid), setting, evidence, Strength.POLICY))

    def template(self, name: str, policy: TemplatePolicy, number: str, field_of: _FieldOf) -> None:
        """Take a policy of Administrative Templates."""
        if number not in ("0", "1"):
            fault = self.fault(f"{number[:40]!r} is neither enabled (1) nor disabled (0)", name)
            self.missing.extend(unknown([policy], fault))
            return
        place = self.place(name)
        self.values.extend(policy.switched(place, enabled=number == "1"))
        if number == "0":
            self.values.extend(policy.removed(place))
            return
        for part in policy.elements:
            values = _values(part, field_of(part), place)
            if values is None:
                fault = self.fault(f"{policy.name!r} lacks {part.name!r}, or has no value", name)
                self.missing.extend(unknown_values(part.key, part.value or None, fault))
            else:
                self.values.extend(values)


def read(source: Source) -> Reading:
    """What the policies of an export set."""
    export = _Policies(source, _lines(source.text()))
    for row in _policies(source):
        export.policy(row)
    audit = settled(source, export.audit)
    values = registry_values.reading(source, export.values, Strength.POLICY)
    names = ", ".join(dict.fromkeys(export.names))
    message = f"is an Intune policy ({names[:120]}): what should be where it is assigned"
    note = source.fault(f"{message}, not what the host has")
    return Reading(
        (*audit.statements, *values.statements),
        (*export.faults, *audit.faults, *values.faults),
        (*export.missing, *audit.missing, *values.missing),
        (note,),
    )


def _policies(source: Source) -> Iterator[dict[str, Any]]:
    """The policies of a file: one, a list, an answer of Graph, or the settings of one alone."""
    rows = parse_rows(source)
    if all("settingInstance" in row for row in rows):
        yield {"settings": rows}
        return
    for row in rows:
        inner = row.get("value")
        if not isinstance(inner, list):
            yield row
        elif all(isinstance(each, dict) and "settingInstance" in each for each in inner):
            yield {**row, "settings": inner}
        elif all(isinstance(each, dict) for each in inner):
            yield from inner
        else:
            raise InputError(source.fault("holds a list of something else than policies"))


def _lines(text: str) -> dict[str, int]:
    """The line of each setting's name."""
    line_of_name: dict[str, int] = {}
    line, end = 1, 0
    for match in _NAMED.finditer(text):
        line += text.count("\n", end, match.start(1))
        end = match.start(1)
        line_of_name.setdefault(match[1], line)
    return line_of_name


def _first(short: str) -> str:
    """The area of a setting: 'eventlogservice', or with its template 'admx_eventlog'."""
    words = short.split("_")
    return "_".join(words[:2]) if words[0] == "admx" else words[0]


def _area(policy: TemplatePolicy) -> str:
    return _first(policy.intune)


def _of_child(children: dict[str, Any], name: str, part: TemplateElement) -> object:
    """What a field of a setting of the catalogue holds: a choice's number, a value, or a list."""
    full = f"{name}_{part.intune}"
    child = children.get(full, {})
    choice, simple = child.get("choiceSettingValue"), child.get("simpleSettingValue")
    if isinstance(choice, dict):
        return str(choice.get("value", "")).removeprefix(f"{full}_")
    if isinstance(simple, dict):
        return simple.get("value")
    many = child.get("simpleSettingCollectionValue")
    if isinstance(many, list):
        return [each.get("value") for each in many if isinstance(each, dict)]
    return None


def _values(part: TemplateElement, content: object, place: str) -> list[RegistryValue] | None:
    """The registry values of a field; None where it holds none that can be read."""
    if part.kind == "ListBox":
        if not isinstance(content, list) or not all(isinstance(each, str) for each in content):
            return None
        numbered = enumerate(content, 1)
        return [RegistryValue(part.key, str(at), each, place, "REG_SZ") for at, each in numbered]
    if isinstance(content, bool) or not isinstance(content, int | str):
        return None
    written = str(content).casefold()
    if part.kind == "CheckBox":
        on = {"1": True, "true": True, "0": False, "false": False}.get(written)
        if on is None:
            return None
        data, type_ = (1, "REG_DWORD") if on else (None, "")
        return [RegistryValue(part.key, part.value, data, place, type_)]
    if part.kind == "Numeric":
        if not (written.isascii() and written.isdecimal() and len(written) < 11):
            return None
        return [RegistryValue(part.key, part.value, int(written), place, "REG_DWORD")]
    return [RegistryValue(part.key, part.value, str(content), place, "REG_SZ")]


@cache
def _subcategories() -> dict[str, str]:
    """GUIDs of audit subcategories by their names in the Audit CSP, in lower case."""
    table = yaml_table(TABLES / "audit_csp.yaml", {"source": str, "subcategories": {...: str}})
    return {name.casefold(): guid for name, guid in table["subcategories"].items()}
