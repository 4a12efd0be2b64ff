"""A configuration as XML: a small tree with line numbers, read in bounded time and memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.sax.handler import ContentHandler, property_lexical_handler
from xml.sax.xmlreader import Locator

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.xml_tree import OWN_DTD

MAX_BYTES = 10_000_000  # the largest configuration in wide use has 280 KB
MAX_DEPTH = 32  # the deepest that the grammar knows is 6

_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([A-Za-z0-9._-]*)["']""")
_READABLE = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "windows-1252")
)


@dataclass(slots=True)
class Node:
    """An element: `text` is its own character data, comments left out.

    `stray` says that this text has more than white space or comes from a CDATA section, and
    `empty` that there is nothing at all between its tags, not even a comment.
    """

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""
    stray: bool = False
    empty: bool = True


def fault(message: str, line: int | None = None, hint: str = "") -> Fault:
    """A fault of a configuration, at a line."""
    return Fault(message, where="" if line is None else f"line {line}", hint=hint)


def parse(text: str | bytes) -> Node:
    """The root element of a configuration; raises InputError where it cannot be read as XML."""
    if len(text) > MAX_BYTES:
        raise InputError(
            fault(
                f"the configuration is larger than {MAX_BYTES // 1_000_000} MB",
                hint="Give Sysmon's XML configuration file itself.",
            )
        )
    source = _decode(text) if isinstance(text, bytes) else text
    return _parse(_without_declaration(source.removeprefix("\ufeff")))


def _decode(data: bytes) -> str:
    """Bytes to text as Sysmon tells encodings apart: by mark, by a NUL, by the declaration."""
    encoding = _sniff(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            fault(
                f"the configuration is not {encoding} from byte {error.start} on",
                hint="Save it as UTF-8 and declare no other encoding.",
            )
        ) from None


def _sniff(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data[1:2] == b"\x00":
        return "utf-16-le"
    head = data[:1024].decode("latin-1")
    declaration = _DECLARATION.match(head)
    declared = _ENCODING.search(declaration.group()) if declaration else None
    name = declared.group(1).lower() if declared else "utf-8"
    if name not in _READABLE:
        raise InputError(
            fault(
                f"the configuration declares the encoding {name!r} but is not written in it, "
                "or it is one that is not read here",
                line=1,
                hint="Save it as UTF-8.",
            )
        )
    return name


def _without_declaration(source: str) -> str:
    """The text without its XML declaration, on the same lines."""
    declaration = _DECLARATION.match(source)
    if declaration is None:
        return source
    return "\n" * declaration.group().count("\n") + source[declaration.end() :]


class _Builder(ContentHandler):
    """Builds the tree from parser events; is its own lexical handler, for CDATA and comments."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self._open: list[Node] = []
        self._locator: Locator | None = None
        self._pieces: list[list[str]] = []
        self._in_cdata = False

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  # name given by SAX
        self._locator = locator

    @property
    def line(self) -> int:
        number = self._locator.getLineNumber() if self._locator else None
        return int(number or 1)

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        if len(self._open) >= MAX_DEPTH:
            raise InputError(fault(f"elements are nested deeper than {MAX_DEPTH}", self.line))
        node = Node(name, self.line, dict(attrs.items()))
        if self._open:
            self._open[-1].children.append(node)
            self._open[-1].empty = False
        else:
            self.root = node
        self._open.append(node)
        self._pieces.append([])

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        node = self._open.pop()
        node.text = "".join(self._pieces.pop())
        node.stray = node.stray or bool(node.text.strip(" \t\r\n"))

    def characters(self, content: str) -> None:
        self._pieces[-1].append(content)
        self._open[-1].empty = False

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: ARG002, N802
        self._not_empty()

    def comment(self, content: str) -> None:  # noqa: ARG002
        self._not_empty()

    def startCDATA(self) -> None:  # noqa: N802
        self._not_empty()
        if self._open:
            self._open[-1].stray = True

    def endCDATA(self) -> None:  # noqa: N802
        """Called by the parser; nothing to do."""

    def startDTD(self, *_: object) -> None:  # noqa: N802
        """Called by the parser; a document type is refused before."""

    def endDTD(self) -> None:  # noqa: N802
        """Called by the parser; a document type is refused before."""

    def _not_empty(self) -> None:
        if self._open:
            self._open[-1].empty = False


def _parse(source: str) -> Node:
    from xml.sax import SAXParseException

    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import create_parser

    builder = _Builder()
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(builder)
    builder.setDocumentLocator(parser)  # the parser tells its place itself while it is fed
    parser.setProperty(property_lexical_handler, builder)
    try:
        data = source.encode("utf-8")
        for start in range(0, len(data), 65536):
            parser.feed(data[start : start + 65536])
        parser.close()
    except DefusedXmlException:
        raise InputError(
            fault(
                f"the configuration has {OWN_DTD}",
                builder.line,
                "Sysmon puts its own document type in front and refuses another. Remove it.",
            )
        ) from None
    except UnicodeEncodeError:
        raise InputError(fault("the configuration holds half of a surrogate pair")) from None
    except SAXParseException as error:
        message = f"the configuration is not well-formed XML: {error.getMessage()}"
        raise InputError(fault(message, error.getLineNumber() or 1)) from None
    if builder.root is None:
        raise InputError(fault("the configuration holds no element"))
    return builder.root
