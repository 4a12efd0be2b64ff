"""Policies of Administrative Templates in reports of Group Policy, as the values that they set.

A report names a policy and its fields as the editor shows them, in the language of whoever made the
report, and no registry value. Sources: the ADMX and ADML files of Windows and PowerShell 7; what a
report writes of each field: Get-GPOReport's XML beside the registry.pol of the same GPO.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.files.wording import counted
from logreach.inventories.files.xml_tree import XmlElement
from logreach.inventories.windows.facts import CHANNEL
from logreach.inventories.windows.registry import registry_values
from logreach.inventories.windows.registry.registry_value import RegistryValue

_SYSTEM, _WINDOWS = "System", "windows"
_HINT = "Make the report on a system in English, or give a backup of the GPO or `reg export`."


@dataclass(frozen=True, slots=True)
class TemplateElement:
    """A field of a policy: `kind` as reports name it, the value or (ListBox) the key it sets."""

    kind: str
    name: str
    value: str
    key: str
    intune: str


@dataclass(frozen=True, slots=True)
class TemplatePolicy:
    """A policy that sets what events depend on; `value` is '' where only its fields set values."""

    name: str
    category: str
    key: str
    value: str
    text: bool
    elements: tuple[TemplateElement, ...]
    intune: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Every registry key that it sets values of."""
        return tuple(dict.fromkeys([self.key, *(element.key for element in self.elements)]))

    def switched(self, location: str, *, enabled: bool) -> tuple[RegistryValue, ...]:
        """The value that says whether the policy is enabled; none where it has none."""
        if not self.value:
            return ()
        data: int | str = str(int(enabled)) if self.text else int(enabled)
        type_ = "REG_SZ" if self.text else "REG_DWORD"
        return (RegistryValue(self.key, self.value, data, location, type_),)

    def removed(self, location: str) -> Iterator[RegistryValue]:
        """What a disabled policy removes: the values of its fields."""
        for element in self.elements:
            name = element.value or registry_values.ALL_VALUES
            yield RegistryValue(element.key, name, None, location)


@dataclass(slots=True)
class TemplateReading:
    """The values that the policies of a report set, and what could not be told of others."""

    source: Source
    values: list[RegistryValue] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[FactKey[object], Missing]] = field(default_factory=list)
    unmapped: list[XmlElement] = field(default_factory=list)

    def take(self, element: XmlElement) -> None:
        """Add one policy of the report."""
        name, category = element.text_of("Name"), element.text_of("Category")
        policy = _by_name().get((name.casefold(), _last(category)))
        if policy is not None:
            self._read(element, policy)
        elif name in _table()["irrelevant"]["names"]:
            return
        elif not category:
            if namesakes := [each for each in policies() if each.name == name]:
                self.lose(namesakes, element, f"policy {name!r} has no category")
        elif below := [each for each in policies() if each.category == category]:
            message = f"policy {name[:80]!r} of {category!r} is not known"
            self.lose(below, element, message)
        elif not _elsewhere_in_windows(category):
            self.unmapped.append(element)

    def lose(self, affected: list[TemplatePolicy], element: XmlElement, message: str) -> None:
        """A fault, and the facts that the policies would have told."""
        fault = self.source.fault(message, f"line {element.line}", _HINT)
        self.faults.append(fault)
        self.missing.extend(unknown(affected, fault))

    def judge_language(self, *, other: bool) -> None:
        """Policies in categories that are not Windows' own in English.

        They are a vendor's, or, where something in the report is in another language (`other`),
        may be any.
        """
        categories = [element.text_of("Category") for element in self.unmapped]
        translated = [category for category in categories if _looks_translated(category)]
        if self.unmapped and (other or translated):
            first = self.unmapped[categories.index(translated[0]) if translated else 0]
            count = len(self.unmapped)
            message = (
                f"{counted(count, 'policy', 'policies')} of Administrative Templates in categories "
                f"that are not known here, perhaps in another language, as "
                f"{first.text_of('Name')[:80]!r} in {first.text_of('Category')[:80]!r}"
            )
            self.lose(list(policies()), first, message)

    def _read(self, element: XmlElement, policy: TemplatePolicy) -> None:
        location = f"line {element.line}"
        state = element.text_of("State")
        if state == "Disabled":
            self.values.extend(
                (*policy.switched(location, enabled=False), *policy.removed(location))
            )
        elif state == "Enabled":
            self.values.extend(policy.switched(location, enabled=True))
            for part in policy.elements:
                self._read_element(element, policy, part)
        elif state != "Not Configured":
            self.lose([policy], element, f"policy {policy.name!r} is in no known state: {state!r}")

    def _read_element(
        self, element: XmlElement, policy: TemplatePolicy, part: TemplateElement
    ) -> None:
        child = _element(element, policy, part)
        if child is None:
            if part.kind != "CheckBox":
                message = f"policy {policy.name!r} lacks its field {part.name!r}"
                self._lose_element(element, part, message)
            return
        location = f"line {child.line}"
        written = child.text_of("Value")
        if part.kind == "CheckBox":
            state = child.text_of("State")
            if state not in ("Enabled", "Disabled"):
                message = f"field {part.name!r} is in no known state: {state!r}"
                self._lose_element(child, part, message)
                return
            data = 1 if state == "Enabled" else None
            type_ = "" if data is None else "REG_DWORD"
            self.values.append(RegistryValue(part.key, part.value, data, location, type_))
        elif part.kind == "Numeric":
            if not (written.isascii() and written.isdecimal() and len(written) < 11):
                self._lose_element(child, part, f"{part.name!r} is no number: {written[:40]!r}")
                return
            value = RegistryValue(part.key, part.value, int(written), location, "REG_DWORD")
            self.values.append(value)
        elif part.kind == "ListBox":
            self.values.extend(_list_values(child, part))
        else:
            self.values.append(RegistryValue(part.key, part.value, written, location, "REG_SZ"))

    def _lose_element(self, element: XmlElement, part: TemplateElement, message: str) -> None:
        fault = self.source.fault(message, f"line {element.line}")
        self.faults.append(fault)
        self.missing.extend(unknown_values(part.key, part.value or None, fault))


def unknown(
    affected: Iterable[TemplatePolicy], fault: Fault
) -> tuple[tuple[FactKey[object], Missing], ...]:
    """The facts that policies may set, with the fault that keeps them unknown."""
    pairs = [
        pair
        for policy in affected
        for key in policy.keys
        for pair in unknown_values(key, None, fault)
    ]
    return tuple(dict(pairs).items())


def unknown_values(
    key: str, name: str | None, fault: Fault
) -> Iterator[tuple[FactKey[object], Missing]]:
    """The facts that a value of a key may tell; `name` None: any value."""
    yield from registry_values.unknown_settings(key, name, fault)
    log = key.rpartition("\\")[2]
    if log in _table()["logs"]["names"]:
        yield CHANNEL(log), Missing(str(fault), fault)


def _text(element: XmlElement, name: str) -> str:
    child = element.child(name)
    return " ".join(child.text.split()) if child else ""


def _last(category: str) -> str:
    """The last part of a category: the parts before it are in the language of other files."""
    return category.rpartition("/")[2].strip().casefold()


def _element(
    element: XmlElement, policy: TemplatePolicy, part: TemplateElement
) -> XmlElement | None:
    """A policy's field: by its name, or as the only one of its kind."""
    same_kind = [child for child in element.children if child.name == part.kind]
    for child in same_kind:
        if child.text_of("Name") == part.name:
            return child
    alone = sum(1 for each in policy.elements if each.kind == part.kind) == 1
    return same_kind[0] if alone and len(same_kind) == 1 else None


def _list_values(list_element: XmlElement, part: TemplateElement) -> Iterator[RegistryValue]:
    """The lines of a list; where they have no names, Windows numbers or repeats them."""
    for number, line in enumerate(each for each in list_element.walk() if each.name == "Element"):
        data = line.text_of("Data")
        name = line.text_of("Name") or str(number + 1)
        yield RegistryValue(part.key, name, data, f"line {line.line}", "REG_SZ")


def _elsewhere_in_windows(category: str) -> bool:
    """Whether a category is, in English, one of Windows' own."""
    top, _, below = category.partition("/")
    if top == _SYSTEM:
        return not below or below.partition("/")[0] in _table()["english"]["below_system"]
    return top in _table()["english"]["tops"]


def _looks_translated(category: str) -> bool:
    """Whether a category is one of Windows' own in another language.

    'Windows Components' and its parts hold the name of the product in every language; of System,
    some languages have the English word.
    """
    top, _, below = category.partition("/")
    return bool(below) and (_WINDOWS in top.casefold() or top == _SYSTEM or not category.isascii())


@cache
def policies() -> tuple[TemplatePolicy, ...]:
    """Every policy that sets what events depend on."""
    table = _table()
    logs = table["logs"]
    templates = [_policy(row, row["category"], row["key"], 0) for row in table["policies"]]
    for row in logs["policies"]:
        for number, log in enumerate([row["only"]] if "only" in row else logs["names"]):
            key = row.get("key", logs["key"]).replace("*", log)
            templates.append(_policy(row, logs["category"].replace("*", log), key, number))
    return tuple(templates)


def _policy(row: Any, category: str, key: str, number: int) -> TemplatePolicy:
    elements = tuple(
        TemplateElement(
            each["kind"],
            each["name"],
            each.get("value", ""),
            each.get("key", key),
            each.get("intune", ""),
        )
        for each in row.get("elements", ())
    )
    intune = row.get("intune", ())
    return TemplatePolicy(
        row["name"],
        category,
        key,
        row.get("value", ""),
        row.get("text", False),
        elements,
        intune[number] if intune else "",
    )


@cache
def by_intune_name() -> dict[str, TemplatePolicy | None]:
    """The policies by their names in the settings catalogue; None for those without effect."""
    by_name: dict[str, TemplatePolicy | None] = {each.intune: each for each in policies()}
    by_name.pop("", None)
    return by_name | dict.fromkeys(_table()["irrelevant"]["intune"])


@cache
def _by_name() -> dict[tuple[str, str], TemplatePolicy]:
    return {(policy.name.casefold(), _last(policy.category)): policy for policy in policies()}


@cache
def _table() -> Any:
    element: Shape = {"kind": str, "name": str, "value?": str, "key?": str, "intune?": str}
    policy: dict[Any, Shape] = {
        "name": str,
        "value?": str,
        "text?": bool,
        "elements?": [element],
        "intune?": [str],
    }
    shape: Shape = {
        "policies": [{**policy, "category": str, "key": str, "source": str}],
        "logs": {
            "names": [str],
            "category": str,
            "key": str,
            "policies": [{**policy, "key?": str, "only?": str}],
            "source": str,
        },
        "irrelevant": {"names": [str], "intune": [str], "source": str},
        "english": {"tops": [str], "below_system": [str], "source": str},
    }
    return yaml_table(TABLES / "administrative_templates.yaml", shape)
