"""The grammar that a configuration must follow: Sysmon validates it before it loads anything.

Each schema has its own. Tags, fields and the values of `onmatch` are case-sensitive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.document import Node, fault
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.inventories.files.faults import Fault

_WAYS = ("include", "exclude")
_RELATIONS = ("and", "or")
_FREE: tuple[str, ...] = ()  # any text
# Attributes an element may carry and the values they may have.
_SYSMON = MappingProxyType({"schemaversion": _FREE})
_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_GROUP = MappingProxyType({"groupRelation": _RELATIONS, "name": _FREE})
_EVENT = MappingProxyType({"onmatch": _WAYS, "default": _WAYS})
_RULE = MappingProxyType({"groupRelation": _FREE, "name": _FREE})
_FIELD = MappingProxyType({"condition": _FREE, "name": _FREE})


def choice(node: Node, attribute: str) -> str | None:
    """The value of an enumerated attribute, spaces at its ends left out as XML has it."""
    value = node.attributes.get(attribute)
    return None if value is None else value.strip(" ")


@lru_cache(maxsize=64)
def fields_of_tag(tag: str, schema: Schema) -> tuple[str, ...]:
    """The fields that may stand in an event element: those of every event sharing the tag."""
    ids = manifest.tags(schema, loading=True).get(tag, ())
    found = [name for number in ids for name in manifest.fields_of(number, schema, loading=True)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=32)
def _all_fields(schema: Schema) -> frozenset[str]:
    tags = manifest.tags(schema, loading=True)
    return frozenset(name for tag in tags for name in fields_of_tag(tag, schema))


class Checker:
    """Collects every way in which a document departs from the grammar of a schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tags = manifest.tags(schema, loading=True)
        self.faults: list[Fault] = []

    def check(self, root: Node) -> list[Fault]:
        """Every fault, in the order of the file."""
        options = manifest.options(self.schema)
        self._element(root, _SYSMON, ("EventFiltering", *options))
        for node in root.children:
            if node.name == "EventFiltering":
                self._filtering(node)
            elif node.name in options:
                self._option(node, options[node.name])
        return self.faults

    def _filtering(self, node: Node) -> None:
        self._element(node, _NONE, ("RuleGroup", *self.tags))
        for child in node.children:
            if child.name == "RuleGroup":
                self._group(child)
            elif child.name in self.tags:
                self._event(child)

    def _group(self, node: Node) -> None:
        self._element(node, _GROUP, tuple(self.tags))
        if "groupRelation" not in node.attributes:
            self._add(
                "Element RuleGroup does not carry attribute groupRelation",
                node,
                'Write groupRelation="or" or groupRelation="and".',
            )
        for child in node.children:
            if child.name in self.tags:
                self._event(child)

    def _event(self, node: Node) -> None:
        fields = fields_of_tag(node.name, self.schema)
        self._element(node, _EVENT, ("Rule", *fields))
        for child in node.children:
            if child.name == "Rule":
                self._rule(child)
            elif child.name in fields:
                self._field(child)

    def _rule(self, node: Node) -> None:
        fields = _all_fields(self.schema)  # of any event: a foreign one is told later
        self._element(node, _RULE, fields)
        for child in node.children:
            if child.name in fields:
                self._field(child)

    def _field(self, node: Node) -> None:
        self._attributes(node, _FIELD)
        for child in node.children:
            self._add(f"Element {node.name} holds text only, got ({child.name})", child)

    def _option(self, node: Node, content: str) -> None:
        self._attributes(node, _NONE)
        if content == "empty" and not node.empty:
            self._add(
                f"Element {node.name} was declared EMPTY, this one has content",
                node,
                f"Write <{node.name}/>.",
            )
        for child in node.children:
            self._add(f"Element {node.name} holds text only, got ({child.name})", child)

    def _element(
        self, node: Node, attributes: Mapping[str, tuple[str, ...]], children: Iterable[str]
    ) -> None:
        """An element that holds elements only: no text, no child that is not among `children`."""
        self._attributes(node, attributes)
        if node.stray:
            self._add(
                f"Element {node.name} holds text, where only elements may stand",
                node,
                "Remove the text between its elements.",
            )
        allowed = frozenset(children)
        for child in node.children:
            if child.name not in allowed:
                self._add(
                    f"Element {node.name} content does not follow the DTD, got ({child.name})",
                    child,
                    self._advice(node, child),
                )

    def _attributes(self, node: Node, allowed: Mapping[str, tuple[str, ...]]) -> None:
        for name, value in node.attributes.items():
            if name not in allowed:
                self._add(f"No declaration for attribute {name} of element {node.name}", node)
            elif allowed[name] and value.strip(" ") not in allowed[name]:
                self._add(
                    f'Value "{value}" for attribute {name} of {node.name} is not among the '
                    "enumerated set",
                    node,
                    f"Use {' or '.join(allowed[name])}; letter case counts.",
                )

    def _advice(self, parent: Node, child: Node) -> str:
        """What is wrong with a child, told from what other schemas and spellings know."""
        known = _since(parent.name, child.name)
        if known and known > self.schema:
            return (
                f"{child.name} came with schema {known}; this configuration is checked "
                f"against {self.schema}. Raise schemaversion, or remove it."
            )
        same = [name for name in self._names(parent) if name.lower() == child.name.lower()]
        if same:
            return f"Letter case counts: it is {same[0]}."
        if child.name in ("RuleGroup", "Rule") and parent.name == child.name:
            return f"A {child.name} cannot stand in another."
        return f"{parent.name} knows no {child.name}."

    def _names(self, parent: Node) -> tuple[str, ...]:
        if parent.name == "Sysmon":
            return ("EventFiltering", *manifest.options(self.schema))
        if parent.name in ("EventFiltering", "RuleGroup"):
            return ("RuleGroup", *self.tags)
        if parent.name == "Rule":
            return tuple(sorted(_all_fields(self.schema)))
        return ("Rule", *fields_of_tag(parent.name, self.schema))

    def _add(self, message: str, node: Node, hint: str = "") -> None:
        self.faults.append(fault(message, node.line, hint))


@lru_cache(maxsize=256)
def _since(parent: str, child: str) -> Schema | None:
    """The first schema in which `child` may stand in `parent`; None: in none."""
    for schema in manifest.schemas():
        tags = manifest.tags(schema, loading=True)
        if parent == "Sysmon":
            found = child in manifest.options(schema)
        elif parent in ("EventFiltering", "RuleGroup"):
            found = child in tags
        elif parent == "Rule":
            found = child in _all_fields(schema)
        else:
            found = child in fields_of_tag(parent, schema)
        if found:
            return schema
    return None
