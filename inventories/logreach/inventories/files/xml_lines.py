"""XML into plain elements that know their line; no DTD, no entities, bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

OWN_DTD = "a document type or entities of its own"
LONGEST = 16 * 1024 * 1024  # characters
_DEEPEST = 100
_OPENING = "<documents>"
_DECLARATION = re.compile(r"<\?xml\b[^>]*\?>", re.IGNORECASE)


class XmlError(ValueError):
    """Not XML that is read here; `line` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class OwnDtdError(XmlError):
    """XML with a document type or entities of its own, which is not read here."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, attributes, text of its own and children.

    `line` is where its tag begins, `text_line` where its text does.
    """

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of children."""
        return "".join(self.parts)

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def walk(self) -> Iterator[Element]:
        """Itself and all below, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


class _Builder:
    """Target of the parser; told the line by the parser it belongs to."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.root: Element | None = None
        self._open: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self._open) >= _DEEPEST:
            raise XmlError(f"elements nested deeper than {_DEEPEST}", line)
        element = Element(tag.rpartition("}")[2], line, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)

    def close(self) -> Element:
        if self.root is None:
            raise XmlError("no element")
        return self.root


def parse_all(text: str) -> Element:
    """Parse one document, or several one after another; they become children of one element.

    Raises XmlError with the line, OwnDtdError where it has a document type or entities of its own.
    """
    if len(text) > LONGEST:
        raise XmlError(f"{len(text)} characters, over {LONGEST}")
    blank = _DECLARATION.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.parser = parser.parser
    try:
        parser.feed(_OPENING)
        parser.feed(blank)
        parser.feed("</documents>")
        root = parser.close()
    except DefusedXmlException as error:
        line = builder.parser.CurrentLineNumber
        raise OwnDtdError(f"has {OWN_DTD}", line) from error
    except ParseError as error:
        line, column = error.position
        if _is_doctype(blank, line, column):
            raise OwnDtdError(f"has {OWN_DTD}", line) from error
        raise XmlError(str(error).split(":")[0], line) from error
    except UnicodeEncodeError as error:
        raise XmlError("characters that are not text") from error
    return root if isinstance(root, Element) else builder.close()


def _is_doctype(text: str, line: int, column: int) -> bool:
    """Whether the parser stumbled on a document type, which it meets inside an element of ours.

    It tells the column behind '<!'.
    """
    before = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    start = before + column - len("<!") - (len(_OPENING) if line == 1 else 0)
    return start >= 0 and text.startswith("<!DOCTYPE", start)
