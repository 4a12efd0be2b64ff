"""Loads a configuration as Sysmon does, with the same refusals and silently dropped elements."""

from __future__ import annotations

import re

from logreach.coverage.platforms.sysmon.engine import document, grammar, manifest, releases
from logreach.coverage.platforms.sysmon.engine.config import (
    Cause,
    Condition,
    Config,
    DroppedElement,
    EventElement,
    Filter,
    Option,
    RuleElement,
)
from logreach.coverage.platforms.sysmon.engine.document import XmlNode, fault
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.coverage.platforms.sysmon.engine.releases import Binary
from logreach.inventories.files.faults import Fault, InputError

_MAX_NAME_BYTES = 255
_MAX_FAULTS = 500
_LEADING_NUMBER = re.compile(
    r"[ \t\n\v\f\r]*"
    r"([+-]?(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?\d+)?"
    r"|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"
)


def load(xml: str | bytes, sysmon_version: str | None = None) -> Config:
    """A configuration as a Sysmon of that version loads it.

    Without `sysmon_version` the published engine loads it, schema 4.90, or the Sysmon that has the
    newer schema declared. Raises InputError with every fault and its line if Sysmon would refuse
    the file or crash on it, or if the version does not stand for exactly one program.
    """
    if sysmon_version is not None:
        possible = releases.possible_binaries(sysmon_version)
        if len(possible.binaries) != 1:
            raise InputError(fault(possible.reason, hint="Give a released version, such as 15.15."))
        return build(document.parse(xml), possible.binaries[0])
    root = document.parse(xml)
    return build(root, releases.default_binary(declared_schema(root)))


def build(root: XmlNode, program: Binary) -> Config:
    """The configuration that this Sysmon loads from a document; raises InputError as `load`."""
    declared = declared_schema(root)
    schema = manifest.grammar_for(declared, program.schema)
    if schema is None:
        raise InputError(
            fault(
                f"Incorrect or unsupported schema version {declared}. "
                f"Current Sysmon schema version {program.schema}",
                root.line,
                f"Declare schema {manifest.schemas()[0]} or later.",
            )
        )
    compiler = _ElementCompiler(declared, program.schema)
    elements = compiler.compile(root)
    faults = [*grammar.GrammarChecker(schema, program.schema).check(root), *compiler.faults]
    if faults:
        raise InputError(_capped(faults))
    dropped = tuple(compiler.dropped)
    return Config(
        declared, schema, program.schema, program.defaults, elements, _options(root), dropped
    )


def _capped(faults: list[Fault]) -> list[Fault]:
    excess = len(faults) - _MAX_FAULTS
    if excess <= 0:
        return faults
    return [*faults[:_MAX_FAULTS], fault(f"{excess} further faults are not listed")]


def declared_schema(root: XmlNode) -> Schema:
    """The declared schema, read as the engine does: the leading number, to two decimals.

    Raises InputError where the engine would find none.
    """
    if root.name != "Sysmon":
        raise InputError(
            fault(
                f"Failed to find Sysmon tag in configuration, got ({root.name})",
                root.line,
                "The outermost element is <Sysmon>; letter case counts.",
            )
        )
    version = root.attributes.get("schemaversion")
    hint = f'Declare the schema, as in schemaversion="{manifest.newest()}".'
    if version is None:
        raise InputError(
            fault("Sysmon has no schemaversion; the engine crashes on it", root.line, hint)
        )
    number = _leading_number(version)
    if number is None:
        message = f"schemaversion {version!r} is no number; the engine crashes on it"
        raise InputError(fault(message, root.line, hint))
    match = re.fullmatch(r"([1-9]\d*)\.(\d\d)", f"{number:.2f}")
    if match is None or int(match.group(1)) > 0xFFFF:
        raise InputError(fault(f"Invalid schema version number ({version})", root.line, hint))
    return Schema(int(match.group(1)), int(match.group(2)))


def _leading_number(version: str) -> float | None:
    """Parse as C++ std::stod: the longest leading number; None: std::stod would throw."""
    match = _LEADING_NUMBER.match(version)
    if match is None:
        special = re.match(r"[ \t\n\v\f\r]*[+-]?(inf|nan)", version, re.IGNORECASE)
        return float(special.group(1)) if special else None
    digits = match.group(1)
    try:
        value = float.fromhex(digits) if "x" in digits.lower() else float(digits)
    except OverflowError:
        return None
    return None if value in (float("inf"), float("-inf")) else value


def _options(root: XmlNode) -> tuple[Option, ...]:
    return tuple(
        Option(node.name, node.content, node.line)
        for node in root.children
        if node.name != "EventFiltering"
    )


class _ElementCompiler:
    """Compiles event elements into filters, with the engine's own errors."""

    def __init__(self, declared: Schema, sysmon_schema: Schema) -> None:
        self.schema = sysmon_schema
        self.conditions = {name: Condition(name) for name in manifest.conditions(sysmon_schema)}
        # Outside a RuleGroup, filters on different fields are ORed up to schema 4.10, then ANDed.
        self.match_all_outside = declared > Schema(4, 10)
        self.faults: list[Fault] = []
        self.dropped: list[DroppedElement] = []

    def compile(self, root: XmlNode) -> dict[str, tuple[EventElement, ...]]:
        """The elements in force, by tag.

        After an element with an incorrect field, Sysmon drops every later element of its tag.
        """
        nodes_by_tag: dict[str, list[tuple[XmlNode, XmlNode]]] = {}
        for node, parent in _event_nodes(root):
            nodes_by_tag.setdefault(node.name, []).append((node, parent))
        elements = {}
        for tag, ids in manifest.tags(self.schema).items():
            compiled = self._elements(ids, nodes_by_tag.get(tag, []))
            if compiled:
                elements[tag] = tuple(compiled)
        self.dropped.sort(key=lambda element: element.line)
        return elements

    def _elements(
        self, ids: tuple[int, ...], nodes: list[tuple[XmlNode, XmlNode]]
    ) -> list[EventElement]:
        elements = []
        for position, (node, parent) in enumerate(nodes):
            include = self._include(node)
            if include is None:
                continue
            element = self._element(node, parent, include, ids)
            if isinstance(element, DroppedElement):
                self.dropped.append(element)
                self.dropped += [
                    DroppedElement(later.name, later.line, Cause.AFTER_INCORRECT_FIELD)
                    for later, _ in nodes[position + 1 :]
                ]
                break
            if element is not None:
                elements.append(element)
        return elements

    def _include(self, node: XmlNode) -> bool | None:
        """Whether the element includes; None if it is dropped. `default` is the old spelling."""
        onmatch = grammar.choice(node, "onmatch")
        default = grammar.choice(node, "default")
        if (onmatch is None) == (default is None):
            cause = Cause.NO_ONMATCH if onmatch is None else Cause.ONMATCH_AND_DEFAULT
            self.dropped.append(DroppedElement(node.name, node.line, cause))
            return None
        return onmatch == "include" if onmatch is not None else default == "exclude"

    def _element(
        self, node: XmlNode, parent: XmlNode, include: bool, ids: tuple[int, ...]
    ) -> EventElement | DroppedElement | None:
        """Compile for the first event id that has all its fields; None if it has a fault."""
        match_all, group = self.match_all_outside, ""
        grouped = parent.name == "RuleGroup"
        if grouped:
            match_all = grammar.choice(parent, "groupRelation") != "or"
            group = parent.attributes.get("name", "")
        missing_field = ""
        for event_id in ids:
            before = len(self.faults)
            fields = manifest.fields_of(event_id, self.schema)
            items = self._items(node, fields, group)
            if len(self.faults) > before:
                return None
            if not isinstance(items, str):
                line = node.line
                return EventElement(
                    node.name, event_id, include, match_all, items, group, line, grouped
                )
            missing_field = items
        return DroppedElement(node.name, node.line, Cause.INCORRECT_FIELD, missing_field)

    def _items(
        self, node: XmlNode, fields: tuple[str, ...], group: str
    ) -> tuple[Filter | RuleElement, ...] | str:
        """The filters and rules of an element, or the first field that the event lacks."""
        items: list[Filter | RuleElement] = []
        for child in node.children:
            item = (
                self._rule(child, fields, group)
                if child.name == "Rule"
                else self._filter(child, fields, group)
            )
            if isinstance(item, str):
                return item
            if item is not None:
                items.append(item)
        return tuple(items)

    def _rule(self, node: XmlNode, fields: tuple[str, ...], group: str) -> RuleElement | str | None:
        """A rule, the name of a field that the event lacks, or None if it has a fault."""
        if node.empty:
            self.faults.append(
                fault(
                    "an empty Rule; the engine crashes on it",
                    node.line,
                    "Give it a filter, or remove it.",
                )
            )
            return None
        relation = node.attributes.get("groupRelation")
        match_all = relation is not None and relation.lower() != "or"
        name = node.attributes.get("name", group)
        filters: list[Filter] = []
        for child in node.children:
            filter_ = self._filter(child, fields, name)
            if isinstance(filter_, str):
                return filter_
            if filter_ is not None:
                filters.append(filter_)
        return (
            RuleElement(tuple(filters), match_all, name, node.line, relation) if filters else None
        )

    def _filter(
        self, node: XmlNode, fields: tuple[str, ...], outer_name: str
    ) -> Filter | str | None:
        """A filter, the name of a field that the event lacks, or None if it has a fault."""
        if node.name not in fields:
            return node.name
        name = node.attributes.get("name", outer_name)
        if len(name.encode("utf-8")) > _MAX_NAME_BYTES:
            message = f"Error: Rule name is larger than 255 characters: {name[:40]}..."
            self.faults.append(fault(message, node.line, "Shorten it."))
            return None
        written = node.attributes.get("condition", "")
        condition = self.conditions.get(written.lower()) if written else Condition.IS
        if condition is None:
            self.faults.append(
                fault(
                    f"Error: Unknown condition: {written}",
                    node.line,
                    f"Expected values are {', '.join(self.conditions)}.",
                )
            )
            return None
        return Filter(node.name, condition, node.content, name, node.line)


def _event_nodes(root: XmlNode) -> list[tuple[XmlNode, XmlNode]]:
    """Every event element with its parent, in document order."""
    nodes = []
    for filtering in root.children:
        if filtering.name != "EventFiltering":
            continue
        for child in filtering.children:
            if child.name == "RuleGroup":
                nodes += [(node, child) for node in child.children]
            else:
                nodes.append((child, filtering))
    return nodes
