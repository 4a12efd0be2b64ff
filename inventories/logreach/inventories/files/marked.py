"""YAML as a tree whose nodes know their lines, so that every fault can name one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.yaml_text import LOADER

_MOST_NODES = 500_000  # an honest inventory of 10,000 hosts has a fifth of it
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Marked:
    """A node: `text` for a scalar as written, `items` for a list, `fields` for a mapping.

    `tag` is YAML's own short tag ('str', 'int', 'bool', 'null', 'float', 'seq', 'map').
    """

    tag: str
    line: int
    text: str = ""
    items: tuple[Marked, ...] = ()
    fields: dict[str, Marked] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the value was left out, as in `key:`; such a key counts as absent."""
        return self.tag == "null"


def parse(document: str, source: str) -> Marked:
    """Parse YAML; InputError with the line where it is none, repeats a key or is a bomb."""
    try:
        _bounded(document, source)
        node = yaml.compose(document, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else ""
        problem = error.problem or "cannot be parsed"
        raise InputError(Fault(f"is not valid YAML: {problem}", source, place)) from error
    except (yaml.YAMLError, ValueError) as error:
        problem = " ".join(str(error).split())[:160]
        raise InputError(Fault(f"is not valid YAML: {problem}", source)) from error
    except RecursionError as error:
        raise InputError(Fault("is nested too deeply", source)) from error
    if node is None:
        raise InputError(Fault("is empty", source))
    conversion = _Conversion(source)
    marked = conversion.node(node, 0)
    if conversion.faults:
        raise InputError(conversion.faults)
    return marked


def _bounded(document: str, source: str) -> None:
    """Refuse deep nesting before composing: libyaml would overrun the stack."""
    depth = 0
    for event in yaml.parse(document, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            place = f"line {event.start_mark.line + 1}" if event.start_mark else ""
            raise InputError(Fault("is nested too deeply", source, place))


@dataclass(slots=True)
class _Conversion:
    """Turns PyYAML's nodes into `Marked` ones; gathers faults."""

    source: str
    faults: list[Fault] = field(default_factory=list)
    left: int = _MOST_NODES

    def node(self, node: yaml.Node, depth: int) -> Marked:
        line = node.start_mark.line + 1
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            message = "holds too many nodes or is nested too deeply"
            raise InputError(Fault(message, self.source, f"line {line}"))
        tag = node.tag.rpartition(":")[2]
        if isinstance(node, yaml.ScalarNode):
            return Marked(tag, line, text=str(node.value))
        if isinstance(node, yaml.SequenceNode):
            return Marked(
                "seq", line, items=tuple(self.node(item, depth + 1) for item in node.value)
            )
        return self.mapping(node, line, depth)

    def mapping(self, node: yaml.Node, line: int, depth: int) -> Marked:
        fields: dict[str, Marked] = {}
        key_lines: dict[str, int] = {}
        for key, value in _pairs(node):
            key_line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                self.fault("keys must be plain words", key_line)
                continue
            name = str(key.value)
            if name in fields:
                self.fault(f"{name!r} is given twice (first in line {key_lines[name]})", key_line)
            fields[name] = self.node(value, depth + 1)
            key_lines[name] = key_line
        return Marked("map", line, fields=fields, key_lines=key_lines)

    def fault(self, message: str, line: int) -> None:
        self.faults.append(Fault(message, self.source, f"line {line}"))


def _pairs(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
