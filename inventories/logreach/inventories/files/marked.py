"""YAML as a tree whose nodes know their lines, so that every fault can name one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.yaml_text import LOADER

_MOST_NODES = 500_000  # an honest inventory of 10,000 hosts has a fifth of it
_DEEPEST = 40
_NO_FIELDS: Mapping[str, Marked] = {}
_NO_LINES: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Marked:
    """A node: `text` for a scalar as written, `items` for a list, `fields` for a mapping.

    `tag` is YAML's own short tag ('str', 'int', 'bool', 'null', 'float', 'seq', 'map').
    """

    tag: str
    line: int
    text: str = ""
    items: tuple[Marked, ...] = ()
    fields: Mapping[str, Marked] = field(default_factory=lambda: _NO_FIELDS)
    key_lines: Mapping[str, int] = field(default_factory=lambda: _NO_LINES)

    @property
    def empty(self) -> bool:
        """Whether the value was left out, as in `key:`; such a key counts as absent."""
        return self.tag == "null"


def parse(document: str, source: str) -> Marked:
    """Parse YAML; InputError with the line where it is none, repeats a key or is a bomb."""
    composition = _Composition(source)
    try:
        for event in yaml.parse(document, Loader=LOADER):
            composition.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else ""
        problem = error.problem or "cannot be parsed"
        raise InputError(_invalid(problem, source, place)) from error
    except (yaml.YAMLError, ValueError) as error:
        problem = " ".join(str(error).split())[:160]
        raise InputError(_invalid(problem, source)) from error
    if composition.root is None:
        raise InputError(Fault("is empty", source))
    if composition.faults:
        raise InputError(composition.faults)
    return composition.root


def _invalid(problem: str, source: str, place: str = "") -> Fault:
    return Fault(f"is not valid YAML: {problem}", source, place)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end is not reached: `key` is the key whose value comes next."""

    line: int
    anchor: str | None
    items: list[Marked] | None = None
    fields: dict[str, Marked] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    key: Marked | None = None


@dataclass(slots=True)
class _Composition:
    """Builds the tree from the parser's events; gathers faults.

    One pass without recursion, as deep nesting overruns the stack of libyaml's own tree builder. An
    alias shares the node of its anchor, and counts and nests as often as it stands.
    """

    source: str
    root: Marked | None = None
    faults: list[Fault] = field(default_factory=list)
    left: int = _MOST_NODES
    _unclosed: list[_Open] = field(default_factory=list)
    _anchors: dict[str, Marked | _Open] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            node = Marked(_tag(event), _line(event), event.value)
            if event.anchor is not None:
                self._name(event.anchor, node, event)
            self._place(node)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise self._invalid("but found another document", event)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        line = _line(event)
        if len(self._unclosed) >= _DEEPEST:
            raise InputError(Fault("is nested too deeply", self.source, f"line {line}"))
        is_list = isinstance(event, yaml.SequenceStartEvent)
        opened = _Open(line, event.anchor, [] if is_list else None)
        if event.anchor is not None:
            self._name(event.anchor, opened, event)
        self._unclosed.append(opened)

    def _end(self) -> None:
        ended = self._unclosed.pop()
        if ended.items is not None:
            node = Marked("seq", ended.line, items=tuple(ended.items))
        else:
            node = Marked("map", ended.line, "", (), ended.fields, ended.key_lines)
        if ended.anchor is not None:
            self._anchors[ended.anchor] = node
        self._place(node)

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            raise self._invalid("found undefined alias", event)
        if isinstance(node, _Open):
            raise self._too_much(node.line)
        for depth, each in _expanded(node, len(self._unclosed)):
            self.left -= 1
            if self.left < 0 or depth > _DEEPEST:
                raise self._too_much(each.line)
        self._place(node)

    def _name(self, anchor: str, node: Marked | _Open, event: yaml.Event) -> None:
        if anchor in self._anchors:
            raise self._invalid("second occurrence", event)
        self._anchors[anchor] = node

    def _place(self, node: Marked) -> None:
        """Put a whole node where the next one belongs; keys do not count."""
        above = self._unclosed[-1] if self._unclosed else None
        if above is not None and above.items is None and above.key is None:
            above.key = node
            return
        self.left -= 1
        if self.left < 0:
            raise self._too_much(node.line)
        if above is None:
            self.root = node
        elif above.items is not None:
            above.items.append(node)
        elif above.key is not None:
            key, above.key = above.key, None
            self._pair(above, key, node)

    def _pair(self, above: _Open, key: Marked, value: Marked) -> None:
        if key.tag in ("seq", "map", "merge"):
            self._fault("keys must be plain words", key.line)
            return
        name = key.text
        if name in above.fields:
            first = above.key_lines[name]
            self._fault(f"{name!r} is given twice (first in line {first})", key.line)
        above.fields[name] = value
        above.key_lines[name] = key.line

    def _fault(self, message: str, line: int) -> None:
        self.faults.append(Fault(message, self.source, f"line {line}"))

    def _invalid(self, problem: str, event: yaml.Event) -> InputError:
        return InputError(_invalid(problem, self.source, f"line {_line(event)}"))

    def _too_much(self, line: int) -> InputError:
        message = "holds too many nodes or is nested too deeply"
        return InputError(Fault(message, self.source, f"line {line}"))


def _expanded(node: Marked, depth: int) -> Iterator[tuple[int, Marked]]:
    """A node and all below it, as often as they stand there, with their depths."""
    waiting = [(depth, node)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        below = (*node.items, *node.fields.values())
        waiting.extend((depth + 1, each) for each in reversed(below))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _tag(event: yaml.ScalarEvent) -> str:
    """YAML's own short tag of a scalar: as written, or by its form where it stands unquoted."""
    if event.tag is not None and event.tag != "!":
        return str(event.tag).rpartition(":")[2]
    if event.implicit[0]:
        for tag, form in LOADER.yaml_implicit_resolvers.get(event.value[:1], ()):
            if form.match(event.value):
                return str(tag).rpartition(":")[2]
    return "str"
