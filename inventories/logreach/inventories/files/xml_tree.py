"""XML as a tree of plain elements that know their line; no DTD, no entities, bounded size.

Sysmon's configurations are the one exception: coverage reads them with a parser of its own, which
repeats what the Sysmon service accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source

OWN_DTD = "a document type or entities of its own"
LONGEST = 16 * 1024 * 1024  # characters
_DEEPEST = 100
_OPENING = "<documents>"
_DECLARATION = re.compile(r"<\?xml\b[^<>]*\?>", re.IGNORECASE)


class XmlError(ValueError):
    """XML that is not well-formed or over our limits; `line` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class OwnDtdError(XmlError):
    """XML with a document type or entities of its own, which is refused."""


@dataclass(slots=True)
class XmlElement:
    """An element: its name without namespace, attributes, text of its own and children.

    `line` is where its tag begins, `text_line` where its text does.
    """

    name: str
    line: int
    attributes: dict[str, str]
    children: list[XmlElement] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of children."""
        return "".join(self.texts)

    def child(self, name: str) -> XmlElement | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def text_of(self, name: str) -> str:
        """The text of the first child of that name, without blanks around it; '' without one."""
        child = self.child(name)
        return child.text.strip() if child is not None else ""

    def walk(self) -> Iterator[XmlElement]:
        """Itself and all below, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


class _TreeBuilder:
    """The parser's target; it asks the parser for the line of each element."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.root: XmlElement | None = None
        self._unclosed: list[XmlElement] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self._unclosed) >= _DEEPEST:
            raise XmlError(f"elements nested deeper than {_DEEPEST}", line)
        element = XmlElement(tag.rpartition("}")[2], line, attributes)
        if self._unclosed:
            self._unclosed[-1].children.append(element)
        else:
            self.root = element
        self._unclosed.append(element)

    def end(self, _tag: str) -> None:
        self._unclosed.pop()

    def data(self, characters: str) -> None:
        if self._unclosed:
            self._unclosed[-1].texts.append(characters)

    def close(self) -> XmlElement:
        if self.root is None:
            raise XmlError("no element")
        return self.root


def read_xml(source: Source) -> tuple[XmlElement, str]:
    """The root element and the text; InputError where the file is not well-formed XML."""
    xml = source.text()
    try:
        documents = parse_documents(xml.lstrip()).children
    except OwnDtdError as error:
        place, hint = f"line {error.line}", "Remove it."
        raise InputError(source.fault(str(error), place, hint)) from error
    except XmlError as error:
        message = f"is not well-formed XML: {error}"
        raise InputError(source.fault(message, f"line {error.line}")) from error
    if len(documents) != 1:
        raise InputError(source.fault("is not an XML document with one root element"))
    return documents[0], xml


def parse_documents(xml: str) -> XmlElement:
    """Parse one document, or several in a row; they become the children of the element returned.

    Raises XmlError with the line, OwnDtdError where it has a document type or entities of its own.
    """
    if len(xml) > LONGEST:
        raise XmlError(f"{len(xml)} characters, over {LONGEST}")
    blank = _DECLARATION.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), xml)
    builder = _TreeBuilder()
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
    return root if isinstance(root, XmlElement) else builder.close()


def _is_doctype(xml: str, line: int, column: int) -> bool:
    """Whether the parser stopped at a document type: inside our own element it is a syntax error.

    The parser reports the column behind '<!'.
    """
    line_start = sum(len(each) + 1 for each in xml.split("\n")[: line - 1])
    start = line_start + column - len("<!") - (len(_OPENING) if line == 1 else 0)
    return start >= 0 and xml.startswith("<!DOCTYPE", start)
