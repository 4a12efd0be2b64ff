"""NXLog's configuration as modules and routes with their directives, each with its line.

Source: NXLog's reference manual, 'Configuration': blocks as in Apache, a backslash at a line's end
joins lines, `define` names a text that stands between percent signs elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from logreach.inventories.files.text import lines

_OPEN = re.compile(r"<(?P<name>[A-Za-z]\w*)(?:\s+(?P<argument>[^<>]*?))?\s*>")
_CLOSE = re.compile(r"</(?P<name>[A-Za-z]\w*)\s*>")
_RAW = re.compile(r"<(?P<name>QueryXML|Exec|Schedule)\s*>(?P<rest>.*)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"(?P<key>[A-Za-z]\w*)(?:\s+(?P<value>.*))?")
_NAMED = re.compile(r"%(\w+)%")
_MODULES = ("input", "processor", "output", "extension", "route")
_MOST_NAMED = 1_000
_LONGEST = 64 * 1024  # characters of a directive, with what stands for its names


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive: its name in lower case, its value and its line."""

    key: str
    value: str
    line: int


@dataclass(slots=True)
class Block:
    """A module or a route."""

    kind: str
    name: str
    line: int
    directives: list[Directive] = field(default_factory=list)

    def values(self, key: str) -> list[Directive]:
        """The directives of one name."""
        return [directive for directive in self.directives if directive.key == key]

    def value(self, key: str) -> str:
        """The last value of a directive; '' where it is not there."""
        values = self.values(key)
        return values[-1].value if values else ""


@dataclass(slots=True)
class Configuration:
    """The blocks of a file, what it includes, and what is wrong with it: words and line."""

    blocks: list[Block] = field(default_factory=list)
    includes: list[Directive] = field(default_factory=list)
    problems: list[tuple[str, int]] = field(default_factory=list)

    def of(self, kind: str) -> list[Block]:
        """The blocks of one kind."""
        return [block for block in self.blocks if block.kind == kind]


def parse(config: str) -> Configuration:
    """Every block of a configuration; what cannot be read is a problem."""
    parser = _Parser()
    for number, line in lines(config):
        parser.line(number, line)
    parser.end()
    return parser.configuration


class _Parser:
    """Takes one line after the other."""

    def __init__(self) -> None:
        self.configuration = Configuration()
        self._block: Block | None = None
        self._raw: tuple[str, int, list[str]] | None = None
        self._joined: tuple[int, list[str]] | None = None
        self._names: dict[str, str] = {}
        self._last = 1

    def line(self, number: int, line: str) -> None:
        self._last = number
        if self._raw is not None:
            self._in_raw(line)
            return
        start, pieces = self._joined or (number, [])
        if line.rstrip().endswith("\\") and not line.lstrip().startswith("#"):
            self._joined = (start, [*pieces, line.rstrip()[:-1]])
            return
        self._joined = None
        self._whole_line(start, " ".join([*pieces, line]).strip())

    def end(self) -> None:
        if self._raw is not None:
            self._problem(f"<{self._raw[0]}> is not closed", self._raw[1])
        if self._joined is not None:
            self._problem("ends within a line that goes on", self._last)
        if self._block is not None:
            self._problem(
                f"<{self._block.kind} {self._block.name}> is not closed", self._block.line
            )
            self.configuration.blocks.append(self._block)

    def _problem(self, words: str, line: int) -> None:
        self.configuration.problems.append((words, line))

    def _whole_line(self, number: int, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if raw := _RAW.fullmatch(line):
            self._raw = (raw["name"].lower(), number, [])
            self._in_raw(raw["rest"])
        elif closing := _CLOSE.fullmatch(line):
            self._close(closing["name"].lower(), number)
        elif opening := _OPEN.fullmatch(line):
            self._open(opening["name"].lower(), opening["argument"] or "", number)
        elif match := _DIRECTIVE.fullmatch(line):
            self._directive(match["key"].lower(), (match["value"] or "").strip(), number)
        else:
            self._problem(f"neither a block nor a directive: {line[:60]!r}", number)

    def _in_raw(self, line: str) -> None:
        if self._raw is None:
            return
        name, start, pieces = self._raw
        if name == "queryxml" and line.lstrip().startswith("#"):
            self._problem("a line that begins with # within <QueryXML>", self._last)
        at = line.lower().find(f"</{name}>")
        if name != "exec" or not line.lstrip().startswith("#"):
            pieces.append(line if at < 0 else line[:at])
        if at >= 0:
            self._raw = None
            self._directive(name, "\n".join(pieces).strip(), start)

    def _open(self, name: str, argument: str, number: int) -> None:
        if self._block is not None:
            self._problem(f"<{name}> within <{self._block.kind} {self._block.name}>", number)
            self.configuration.blocks.append(self._block)
        self._block = Block(name, argument.strip(), number)
        if name not in _MODULES:
            self._problem(f"<{name}> is no block of NXLog", number)

    def _close(self, name: str, number: int) -> None:
        if self._block is None or self._block.kind != name:
            self._problem(f"</{name}> closes nothing", number)
            return
        self.configuration.blocks.append(self._block)
        self._block = None

    def _directive(self, key: str, value: str, number: int) -> None:
        if key == "define":
            name, _, definition = value.partition(" ")
            if len(self._names) < _MOST_NAMED:
                self._names[name] = self._filled(definition.strip())
            return
        directive = Directive(key, self._filled(value), number)
        if key.startswith("include"):
            self.configuration.includes.append(directive)
        elif self._block is not None:
            self._block.directives.append(directive)

    def _filled(self, text: str) -> str:
        """A text with what `define` says for its names; left as it is where it grows too long."""
        filled = _NAMED.sub(lambda name: self._names.get(name[1], name[0]), text)
        return filled if len(filled) <= _LONGEST else text
