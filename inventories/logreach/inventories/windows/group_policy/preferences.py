"""Registry.xml of a GPO: the registry values that its preferences set, as [MS-GPPREF] defines it.

Preferences are not policy: an item may be for some hosts only, or set a value only if it does not
exist. A setting that depends on a condition which no file states is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.group_policy.preference_items import (
    CREATE,
    DELETE,
    REPLACE,
    UPDATE,
    action,
    enabled_items,
)
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_types import binary_value
from logreach.inventories.windows.registry.registry_value import RegistryValue
from logreach.inventories.windows.registry.registry_values import machine_key

_ROOT = "RegistrySettings"
_DIGITS = {"REG_DWORD": 8, "REG_QWORD": 16}


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of the list: a value or a whole key.

    `doubt` says why Windows may not apply it, '' if it always does.
    """

    key: str
    properties: XmlElement
    line: int
    doubt: str

    @property
    def name(self) -> str:
        default = self.properties.attributes.get("default", "0") == "1"
        return "" if default else self.properties.attributes.get("name", "")

    @property
    def whole_key(self) -> bool:
        """Whether the item concerns a key with all its values rather than one value."""
        attributes = self.properties.attributes
        return (
            not self.name and attributes.get("default", "0") != "1" and not attributes.get("type")
        )

    @property
    def action(self) -> str:
        return action(self.properties)


def read(source: Source) -> Reading:
    """The settings and channels that the preferences set on every host of the GPO."""
    root, _ = read_xml(source)
    if root.name != _ROOT:
        message = f"is not a list of registry preferences (its root element is {root.name!r})"
        raise InputError(source.fault(message))
    return _reading(source, root)


def read_result(source: Source) -> Reading:
    """The same from the registry preferences in `gpresult /x`; empty if it has none.

    InputError where the file is not well-formed XML.
    """
    root, _ = read_xml(source)
    computer = root.child("ComputerResults")
    return reported(source, computer) if computer else Reading()


def reported(source: Source, computer: XmlElement) -> Reading:
    """The registry preferences in the computer half of a report."""
    lists = [element for element in computer.walk() if element.name == _ROOT]
    readings = [_reading(source, element) for element in lists]
    return Reading(
        tuple(statement for reading in readings for statement in reading.statements),
        tuple(fault for reading in readings for fault in reading.faults),
        tuple(missing for reading in readings for missing in reading.missing),
    )


def _reading(source: Source, root: XmlElement) -> Reading:
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for item in _items(root):
        if item.whole_key and item.action in (CREATE, UPDATE):
            continue  # creates the key and does not change its values
        value = None if item.doubt else _value(item)
        if value is not None:
            values.append(value)
            continue
        name = None if item.whole_key else item.name
        doubt = item.doubt or "is removed with all its values"
        if not (item.doubt or item.whole_key):
            doubt = f"has a value that cannot be read: {_value_text(item)[:40]!r}"
        fault = source.fault(
            f"{item.key}\\{item.name}".rstrip("\\") + f" {doubt}", f"line {item.line}"
        )
        if unknown := registry_values.unknown_settings(item.key, name, fault):
            faults.append(fault)
            missing.extend(unknown)
    values_reading = registry_values.reading(source, values, Strength.POLICY)
    return Reading(
        values_reading.statements,
        (*values_reading.faults, *faults),
        (*values_reading.missing, *missing),
    )


def _items(root: XmlElement) -> Iterator[_Item]:
    """The enabled registry items below an element, in their order."""
    for element, doubt in enabled_items(root):
        for properties in element.children if element.name == "Registry" else ():
            hive, path = (properties.attributes.get(name, "") for name in ("hive", "key"))
            key = machine_key(f"{hive}\\{path}")
            if properties.name == "Properties" and key:
                item_doubt = doubt or _doubt_of_action(properties)
                yield _Item(key, properties, element.line, item_doubt)


def _doubt_of_action(properties: XmlElement) -> str:
    done = action(properties)
    if done == CREATE:
        return "is set only if the value does not exist"
    handled = (UPDATE, REPLACE, DELETE)
    return "" if done in handled else f"has an unknown action: {done[:20]!r}"


def _value_text(item: _Item) -> str:
    return item.properties.attributes.get("value", "").strip()


def _value(item: _Item) -> RegistryValue | None:
    """The value that the item sets; None if it cannot be read, or the item is a whole key's."""
    location = f"line {item.line}"
    type_ = item.properties.attributes.get("type", "").strip().upper()
    if item.whole_key:
        return None
    if item.action == DELETE:
        return RegistryValue(item.key, item.name, None, location)
    written = _value_text(item)
    try:
        data = _data(type_, written)
    except ValueError:
        return None
    return RegistryValue(item.key, item.name, data, location, type_)


def _data(type_: str, written: str) -> int | str:
    """A value's data. Numbers are hexadecimal and have all digits of their type.

    A shorter number is read only if it is one decimal digit, which means the same in decimal.
    ValueError otherwise.
    """
    if type_ in _DIGITS:
        number = int(written, 16)
        if len(written) != _DIGITS[type_] and written.lstrip("0") not in ("", *"123456789"):
            raise ValueError(written)
        return number
    return binary_value(bytes.fromhex(written)) if type_ == "REG_BINARY" else written
