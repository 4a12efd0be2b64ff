"""Loading a configuration as Sysmon does: what it refuses, and what it silently leaves out."""

from __future__ import annotations

import re

from logreach.coverage.platforms.sysmon.engine import document, grammar, manifest, releases
from logreach.coverage.platforms.sysmon.engine.config import (
    Cause,
    Condition,
    Config,
    Dropped,
    Element,
    Filter,
    Option,
    Rule,
)
from logreach.coverage.platforms.sysmon.engine.document import Node, fault
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.coverage.platforms.sysmon.engine.releases import Binary
from logreach.inventories.files.faults import Fault, InputError

_LONGEST_NAME = 255  # bytes of UTF-8
_MAX_FAULTS = 500
_NUMBER = re.compile(
    r"[ \t\n\v\f\r]*"
    r"([+-]?(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?\d+)?"
    r"|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"
)


def load(text: str | bytes, sysmon_version: str | None = None) -> Config:
    """A configuration as a Sysmon of that version loads it.

    Without `sysmon_version` it is the published engine, schema 4.90. Raises InputError with every
    fault, each with its line, where Sysmon would refuse the file, crash on it, or where the
    schema of that version, or what it logs unasked, is not known.
    """
    return build(document.parse(text), binary_of(sysmon_version))


def build(root: Node, program: Binary) -> Config:
    """The configuration that this Sysmon makes of a document; raises InputError."""
    binary = program.schema
    if root.name != "Sysmon":
        raise InputError(
            fault(
                f"Failed to find Sysmon tag in configuration, got ({root.name})",
                root.line,
                "The outermost element is <Sysmon>; letter case counts.",
            )
        )
    declared = _declared(root)
    schema = manifest.grammar_for(declared, binary)
    if schema is None:
        raise InputError(
            fault(
                f"Incorrect or unsupported schema version {declared}. "
                f"Current Sysmon schema version {binary}",
                root.line,
                f"Schemas from {manifest.schemas()[0]} on are read.",
            )
        )
    compiler = _Compiler(declared, binary)
    elements = compiler.compile(root)
    faults = [*grammar.Checker(schema).check(root), *compiler.faults]
    if faults:
        raise InputError(_capped(faults))
    dropped = tuple(compiler.dropped)
    return Config(declared, schema, binary, program.defaults, elements, _options(root), dropped)


def binary_of(sysmon_version: str | None) -> Binary:
    """That Sysmon; the published engine for None; raises InputError where none is meant surely."""
    if sysmon_version is None:
        return releases.engine()
    found = releases.meant(sysmon_version)
    if len(found.binaries) != 1:
        raise InputError(fault(found.why, hint="Give a released version, such as 15.15."))
    return found.binaries[0]


def _capped(faults: list[Fault]) -> list[Fault]:
    more = len(faults) - _MAX_FAULTS
    if more <= 0:
        return faults
    return [*faults[:_MAX_FAULTS], fault(f"{more} further faults are not listed")]


def _declared(root: Node) -> Schema:
    """The schema version, read as the engine reads a number: leading part, two decimals."""
    text = root.attributes.get("schemaversion")
    hint = f'Name the schema, as in schemaversion="{manifest.newest()}".'
    if text is None:
        raise InputError(
            fault("Sysmon has no schemaversion; the engine crashes on it", root.line, hint)
        )
    number = _number(text)
    if number is None:
        message = f"schemaversion {text!r} is no number; the engine crashes on it"
        raise InputError(fault(message, root.line, hint))
    match = re.fullmatch(r"([1-9]\d*)\.(\d\d)", f"{number:.2f}")
    if match is None or int(match.group(1)) > 0xFFFF:
        raise InputError(fault(f"Invalid schema version number ({text})", root.line, hint))
    return Schema(int(match.group(1)), int(match.group(2)))


def _number(text: str) -> float | None:
    """As C++ std::stod: the longest leading part that is a number; None: it would throw."""
    match = _NUMBER.match(text)
    if match is None:
        special = re.match(r"[ \t\n\v\f\r]*[+-]?(inf|nan)", text, re.IGNORECASE)
        return float(special.group(1)) if special else None
    digits = match.group(1)
    try:
        value = float.fromhex(digits) if "x" in digits.lower() else float(digits)
    except OverflowError:
        return None
    return None if value in (float("inf"), float("-inf")) else value


def _options(root: Node) -> tuple[Option, ...]:
    return tuple(
        Option(node.name, node.text, node.line)
        for node in root.children
        if node.name != "EventFiltering"
    )


class _Compiler:
    """Turns event elements into filters, with the engine's own errors."""

    def __init__(self, declared: Schema, binary: Schema) -> None:
        self.binary = binary
        self.conditions = {name: Condition(name) for name in manifest.conditions(binary)}
        # Outside a RuleGroup different fields are ORed up to 4.1 and ANDed after it.
        self.match_all_outside = declared > Schema(4, 10)
        self.faults: list[Fault] = []
        self.dropped: list[Dropped] = []

    def compile(self, root: Node) -> dict[str, tuple[Element, ...]]:
        """The elements in force by tag; a tag whose element is incorrect loses what follows."""
        found: dict[str, list[tuple[Node, Node]]] = {}
        for node, parent in _event_nodes(root):
            found.setdefault(node.name, []).append((node, parent))
        elements = {}
        for tag, ids in manifest.tags(self.binary).items():
            compiled = self._tag(ids, found.get(tag, []))
            if compiled:
                elements[tag] = tuple(compiled)
        self.dropped.sort(key=lambda one: one.line)
        return elements

    def _tag(self, ids: tuple[int, ...], nodes: list[tuple[Node, Node]]) -> list[Element]:
        elements = []
        for position, (node, parent) in enumerate(nodes):
            include = self._include(node)
            if include is None:
                continue
            element = self._element(node, parent, include, ids)
            if isinstance(element, Dropped):
                self.dropped.append(element)
                self.dropped += [
                    Dropped(later.name, later.line, Cause.AFTER_INCORRECT_FIELD)
                    for later, _ in nodes[position + 1 :]
                ]
                break
            if element is not None:
                elements.append(element)
        return elements

    def _include(self, node: Node) -> bool | None:
        """Whether the element includes; None where it has no say. `default` is the old word."""
        onmatch = grammar.choice(node, "onmatch")
        default = grammar.choice(node, "default")
        if (onmatch is None) == (default is None):
            cause = Cause.NO_ONMATCH if onmatch is None else Cause.ONMATCH_AND_DEFAULT
            self.dropped.append(Dropped(node.name, node.line, cause))
            return None
        return onmatch == "include" if onmatch is not None else default == "exclude"

    def _element(
        self, node: Node, parent: Node, include: bool, ids: tuple[int, ...]
    ) -> Element | Dropped | None:
        """Compiled for the first id that has all its fields; None where it is at fault."""
        match_all, group = self.match_all_outside, ""
        grouped = parent.name == "RuleGroup"
        if grouped:
            match_all = grammar.choice(parent, "groupRelation") != "or"
            group = parent.attributes.get("name", "")
        missing = ""
        for event_id in ids:
            before = len(self.faults)
            fields = manifest.fields_of(event_id, self.binary)
            items = self._items(node, fields, group)
            if len(self.faults) > before:
                return None
            if not isinstance(items, str):
                line = node.line
                return Element(node.name, event_id, include, match_all, items, group, line, grouped)
            missing = items
        return Dropped(node.name, node.line, Cause.INCORRECT_FIELD, missing)

    def _items(
        self, node: Node, fields: tuple[str, ...], group: str
    ) -> tuple[Filter | Rule, ...] | str:
        """The filters and rules of an element, or the first field that the event lacks."""
        items: list[Filter | Rule] = []
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

    def _rule(self, node: Node, fields: tuple[str, ...], group: str) -> Rule | str | None:
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
            one = self._filter(child, fields, name)
            if isinstance(one, str):
                return one
            if one is not None:
                filters.append(one)
        return Rule(tuple(filters), match_all, name, node.line, relation) if filters else None

    def _filter(self, node: Node, fields: tuple[str, ...], outer: str) -> Filter | str | None:
        """One filter, the name of a field that the event lacks, or None where it is at fault."""
        if node.name not in fields:
            return node.name
        name = node.attributes.get("name", outer)
        if len(name.encode("utf-8")) > _LONGEST_NAME:
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
        return Filter(node.name, condition, node.text, name, node.line)


def _event_nodes(root: Node) -> list[tuple[Node, Node]]:
    """Every event element with its parent, in document order."""
    found = []
    for filtering in root.children:
        if filtering.name != "EventFiltering":
            continue
        for child in filtering.children:
            if child.name == "RuleGroup":
                found += [(node, child) for node in child.children]
            else:
                found.append((child, filtering))
    return found
