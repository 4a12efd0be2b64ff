"""The values of a marked YAML mapping, with a fault for each that is not what it should be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from logreach.inventories.files.faults import Fault
from logreach.inventories.files.marked import Marked
from logreach.inventories.windows.registry.settings import nearest

_LONGEST = 2_000  # characters of a text; an honest title has a twentieth


@dataclass(slots=True)
class Nodes:
    """Reads values of one file and gathers its faults."""

    source: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, message: str, line: int, hint: str = "") -> None:
        """A fault of a line."""
        self.faults.append(Fault(message, self.source, f"line {line}" if line else "", hint))

    @staticmethod
    def line(node: Marked, key: str) -> int:
        """The line of a key; of the mapping where it lacks the key."""
        return node.key_lines.get(key, node.line)

    def is_mapping(self, node: Marked, what: str) -> bool:
        """Whether a node is a mapping; a fault where not."""
        if node.tag != "map":
            self.fault(f"{what} is no mapping", node.line)
        return node.tag == "map"

    def only(self, node: Marked, keys: Collection[str]) -> None:
        """A fault for each key that is none of these."""
        for key in node.fields:
            if key not in keys:
                line = self.line(node, key)
                self.fault(f"unknown key {key[:80]!r}", line, nearest(key, keys))

    def text(self, node: Marked, key: str, *, needed: bool = True) -> str:
        """A text; '' where it is left out."""
        value = node.fields.get(key)
        if value is None or value.empty:
            if needed:
                self.fault(f"no key {key!r}", node.line)
            return ""
        if value.tag in ("seq", "map"):
            self.fault(f"{key!r} is no text", self.line(node, key))
            return ""
        text = " ".join(value.text.split())
        if len(text) > _LONGEST:
            self.fault(f"{key!r} is longer than {_LONGEST} characters", self.line(node, key))
            return ""
        if needed and not text:
            self.fault(f"{key!r} is empty", self.line(node, key))
        return text

    def texts(self, node: Marked, key: str, *, needed: bool = True) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = node.fields.get(key)
        if value is None or value.empty:
            if needed:
                self.fault(f"no key {key!r}", node.line)
            return ()
        if value.tag not in ("seq", "map"):
            return tuple(filter(None, (self.text(node, key),)))
        texts = [item.text.strip() for item in value.items if item.tag not in ("seq", "map")]
        if value.tag != "seq" or not all(texts) or len(texts) != len(value.items) or not texts:
            self.fault(f"{key!r} is no list of texts", self.line(node, key))
            return ()
        return tuple(dict.fromkeys(texts))

    def truth(self, node: Marked, key: str) -> bool | None:
        """True or false; None where it is left out."""
        value = node.fields.get(key)
        if value is None or value.empty:
            return None
        truth = {"true": True, "false": False}.get(value.text.casefold())
        if truth is None:
            self.fault(f"{key!r} is neither true nor false", self.line(node, key))
        return truth

    def number(self, node: Marked, key: str, least: int, most: int) -> int | None:
        """A whole number between two; None where it is left out."""
        value = node.fields.get(key)
        if value is None or value.empty:
            return None
        digits = value.text
        fits = digits.isascii() and digits.isdecimal() and len(digits) < 16
        number = int(digits) if fits else None
        if number is None or not least <= number <= most:
            message = f"{key!r} is no whole number from {least} on"
            self.fault(message, self.line(node, key))
            return None
        return number
