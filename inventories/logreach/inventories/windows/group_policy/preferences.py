"""Registry.xml of a GPO: registry values that its preferences set, as [MS-GPPREF] lays it out.

Preferences are no policy: an item may be for some hosts only, or set a value only where there is
none. What only holds under a condition that no file tells is missing, never on and never off.
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
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_values import RegistryValue, machine_key

_ROOT = "RegistrySettings"
_DIGITS = {"REG_DWORD": 8, "REG_QWORD": 16}
_CREATE, _UPDATE, _REPLACE, _DELETE = "C", "U", "R", "D"


@dataclass(frozen=True, slots=True)
class _Item:
    """One value: where it lies, and why it may not be applied ('' where it is)."""

    key: str
    properties: XmlElement
    line: int
    doubt: str

    @property
    def name(self) -> str:
        default = self.properties.attributes.get("default", "0") == "1"
        return "" if default else self.properties.attributes.get("name", "")

    @property
    def whole(self) -> bool:
        """Whether it is of a key with all that the key holds, not of one value."""
        told = self.properties.attributes
        return not self.name and told.get("default", "0") != "1" and not told.get("type")

    @property
    def action(self) -> str:
        return _action(self.properties)


def read(source: Source) -> Reading:
    """Settings and channels that the preferences set on every host which the GPO is for."""
    root, _ = read_xml(source)
    if root.name != _ROOT:
        message = f"is no list of registry preferences (its root element is {root.name!r})"
        raise InputError(source.fault(message))
    return _reading(source, root)


def read_result(source: Source) -> Reading:
    """The same of what `gpresult /x` tells of a computer's preferences; nothing where it has none.

    InputError where it is no sound XML.
    """
    root, _ = read_xml(source)
    computer = root.child("ComputerResults")
    lists = [one for one in computer.walk() if one.name == _ROOT] if computer else []
    readings = [_reading(source, one) for one in lists]
    return Reading(
        tuple(one for reading in readings for one in reading.statements),
        tuple(one for reading in readings for one in reading.faults),
        tuple(one for reading in readings for one in reading.missing),
    )


def _reading(source: Source, root: XmlElement) -> Reading:
    values: list[RegistryValue] = []
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    for item in _items(root, ""):
        if item.whole and item.action in (_CREATE, _UPDATE):
            continue  # makes the key and leaves its values alone
        value = None if item.doubt else _value(item)
        if value is not None:
            values.append(value)
            continue
        name = None if item.whole else item.name
        doubt = item.doubt or "is removed, whatever it holds"
        if not (item.doubt or item.whole):
            doubt = f"has a value that cannot be read: {_written(item)[:40]!r}"
        fault = source.fault(
            f"{item.key}\\{item.name}".rstrip("\\") + f" {doubt}", f"line {item.line}"
        )
        if lost := registry_values.lost(item.key, name, fault):
            faults.append(fault)
            missing.extend(lost)
    found = registry_values.reading(source, values, Strength.POLICY)
    return Reading(found.statements, (*found.faults, *faults), (*found.missing, *missing))


def _items(holder: XmlElement, doubt: str) -> Iterator[_Item]:
    """The items below an element, in their order; those that are switched off set nothing.

    The whole list can be switched off as well, at its root.
    """
    for element in holder.children if not _off(holder) else ():
        if _off(element):
            continue
        filters = element.child("Filters")
        aimed = filters is not None and bool(filters.children)
        why = doubt or ("is for some hosts only (item-level targeting)" if aimed else "")
        if element.name == "Collection":
            yield from _items(element, why)
        elif element.name == "Registry":
            for properties in element.children:
                if properties.name == "Properties" and (key := _key(properties)):
                    yield _Item(key, properties, element.line, why or _by_action(properties))


def _off(element: XmlElement) -> bool:
    return element.attributes.get("disabled", "0").strip().lower() in ("1", "true")


def _key(properties: XmlElement) -> str | None:
    told = properties.attributes
    return machine_key(f"{told.get('hive', '')}\\{told.get('key', '')}")


def _action(properties: XmlElement) -> str:
    return properties.attributes.get("action", _UPDATE).strip().upper()


def _by_action(properties: XmlElement) -> str:
    action = _action(properties)
    if action == _CREATE:
        return "is set only where there is no such value yet"
    known = (_UPDATE, _REPLACE, _DELETE)
    return "" if action in known else f"has an action that is not known: {action[:20]!r}"


def _written(item: _Item) -> str:
    return item.properties.attributes.get("value", "").strip()


def _value(item: _Item) -> RegistryValue | None:
    """What the item sets; None where that cannot be read, or is of a whole key."""
    where, type_ = f"line {item.line}", item.properties.attributes.get("type", "").strip().upper()
    if item.whole:
        return None
    if item.action == _DELETE:
        return RegistryValue(item.key, item.name, None, where)
    text = _written(item)
    try:
        data = _data(type_, text)
    except ValueError:
        return None
    return RegistryValue(item.key, item.name, data, where, type_)


def _data(type_: str, text: str) -> int | str:
    """Numbers are written in hex at their full length; shorter ones as both systems agree."""
    if type_ in _DIGITS:
        number = int(text, 16)
        if len(text) != _DIGITS[type_] and text.lstrip("0") not in ("", *"123456789"):
            raise ValueError(text)
        return number
    return registry_values.of_bytes(bytes.fromhex(text)) if type_ == "REG_BINARY" else text
