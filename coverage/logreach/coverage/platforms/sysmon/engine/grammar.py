"""The grammar of a configuration, against which Sysmon validates it before loading anything.

Each schema has its own grammar. Tags, fields and the values of `onmatch` are case-sensitive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.document import XmlNode, fault
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.inventories.files.faults import Fault

_ONMATCH = ("include", "exclude")
_RELATIONS = ("and", "or")
_FREE: tuple[str, ...] = ()  # any text
# The attributes of each kind of element, with their allowed values.
_SYSMON = MappingProxyType({"schemaversion": _FREE})
_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_GROUP = MappingProxyType({"groupRelation": _RELATIONS, "name": _FREE})
_EVENT = MappingProxyType({"onmatch": _ONMATCH, "default": _ONMATCH})
_RULE = MappingProxyType({"groupRelation": _FREE, "name": _FREE})
_FIELD = MappingProxyType({"condition": _FREE, "name": _FREE})


def choice(node: XmlNode, attribute: str) -> str | None:
    """The value of an enumerated attribute; XML strips spaces at its ends."""
    value = node.attributes.get(attribute)
    return None if value is None else value.strip(" ")


@lru_cache(maxsize=64)
def fields_of_tag(tag: str, schema: Schema) -> tuple[str, ...]:
    """The fields allowed in an event element: those of every event that shares the tag."""
    ids = manifest.tags(schema, loading=True).get(tag, ())
    return tuple(
        dict.fromkeys(
            field
            for event_id in ids
            for field in manifest.fields_of(event_id, schema, loading=True)
        )
    )


@lru_cache(maxsize=32)
def _all_fields(schema: Schema) -> frozenset[str]:
    tags = manifest.tags(schema, loading=True)
    return frozenset(name for tag in tags for name in fields_of_tag(tag, schema))


class GrammarChecker:
    """Collects every fault of a document against the grammar of one schema.

    `own` is the schema of the Sysmon that checks it, which has it at hand if exactly declared.
    """

    def __init__(self, schema: Schema, own: Schema) -> None:
        self.schema = schema
        self.own = own
        self.tags = manifest.tags(schema, loading=True)
        self.faults: list[Fault] = []

    def check(self, root: XmlNode) -> list[Fault]:
        """Every fault, in the order of the file."""
        options = manifest.options(self.schema)
        self._element(root, _SYSMON, ("EventFiltering", *options))
        for node in root.children:
            if node.name == "EventFiltering":
                self._filtering(node)
            elif node.name in options:
                self._option(node, options[node.name])
        return self.faults

    def _filtering(self, node: XmlNode) -> None:
        self._element(node, _NONE, ("RuleGroup", *self.tags))
        for child in node.children:
            if child.name == "RuleGroup":
                self._group(child)
            elif child.name in self.tags:
                self._event(child)

    def _group(self, node: XmlNode) -> None:
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

    def _event(self, node: XmlNode) -> None:
        fields = fields_of_tag(node.name, self.schema)
        self._element(node, _EVENT, ("Rule", *fields))
        for child in node.children:
            if child.name == "Rule":
                self._rule(child)
            elif child.name in fields:
                self._field(child)

    def _rule(self, node: XmlNode) -> None:
        fields = _all_fields(
            self.schema
        )  # any event's fields: the loader reports those of another event
        self._element(node, _RULE, fields)
        for child in node.children:
            if child.name in fields:
                self._field(child)

    def _field(self, node: XmlNode) -> None:
        self._attributes(node, _FIELD)
        for child in node.children:
            self._add(f"Element {node.name} may contain only text, got ({child.name})", child)

    def _option(self, node: XmlNode, content: str) -> None:
        self._attributes(node, _NONE)
        if content == "empty" and not node.empty:
            self._add(
                f"Element {node.name} was declared EMPTY, this one has content",
                node,
                f"Write <{node.name}/>.",
            )
        for child in node.children:
            self._add(f"Element {node.name} may contain only text, got ({child.name})", child)

    def _element(
        self, node: XmlNode, attributes: Mapping[str, tuple[str, ...]], children: Iterable[str]
    ) -> None:
        """Check an element that may hold only these child elements and no character data."""
        self._attributes(node, attributes)
        if node.stray:
            self._add(
                f"Element {node.name} may contain only elements, not text",
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

    def _attributes(self, node: XmlNode, allowed: Mapping[str, tuple[str, ...]]) -> None:
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

    def _advice(self, parent: XmlNode, child: XmlNode) -> str:
        """A hint for a misplaced child: a newer schema has it, or its letter case is wrong."""
        since = _since(parent.name, child.name)
        if since and since > self.schema:
            checked = (
                f"{child.name} came with schema {since}; this configuration is checked "
                f"against {self.schema}"
            )
            if since > self.own:
                return f"{checked}, and this Sysmon has {self.own}. Update Sysmon, or remove it."
            return f"{checked}. Declare schema {self.own}, which this Sysmon has, or remove it."
        respelled = [
            name for name in self._allowed_names(parent) if name.lower() == child.name.lower()
        ]
        if respelled:
            return f"Letter case counts: write {respelled[0]}."
        if child.name in ("RuleGroup", "Rule") and parent.name == child.name:
            return f"A {child.name} cannot contain another."
        return f"{parent.name} cannot contain {child.name}."

    def _allowed_names(self, parent: XmlNode) -> tuple[str, ...]:
        if parent.name == "Sysmon":
            return ("EventFiltering", *manifest.options(self.schema))
        if parent.name in ("EventFiltering", "RuleGroup"):
            return ("RuleGroup", *self.tags)
        if parent.name == "Rule":
            return tuple(sorted(_all_fields(self.schema)))
        return ("Rule", *fields_of_tag(parent.name, self.schema))

    def _add(self, message: str, node: XmlNode, hint: str = "") -> None:
        self.faults.append(fault(message, node.line, hint))


@lru_cache(maxsize=256)
def _since(parent: str, child: str) -> Schema | None:
    """The first schema that allows `child` in `parent`; None: no schema does."""
    for schema in manifest.schemas():
        tags = manifest.tags(schema, loading=True)
        if parent == "Sysmon":
            allowed = child in manifest.options(schema)
        elif parent in ("EventFiltering", "RuleGroup"):
            allowed = child in tags
        elif parent == "Rule":
            allowed = child in _all_fields(schema)
        else:
            allowed = child in fields_of_tag(parent, schema)
        if allowed:
            return schema
    return None
