"""A configuration as an XML tree with line numbers, parsed in bounded time and memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.sax.handler import ContentHandler, property_lexical_handler
from xml.sax.xmlreader import Locator

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.xml_tree import OWN_DTD

MAX_BYTES = 10_000_000  # the largest configuration in wide use has 280 KB
MAX_DEPTH = 32  # the grammar nests six deep at most

_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([A-Za-z0-9._-]*)["']""")
_READABLE = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "windows-1252")
)


@dataclass(slots=True)
class XmlNode:
    """An XML element: `content` is its own character data without comments.

    `stray`: that content is more than white space, or contains a CDATA section. `empty`: nothing
    at all stands between its tags, not even a comment. `commented`: a comment stands directly
    between its tags.
    """

    name: str
    line: int
    attributes: dict[str, str]
    children: list[XmlNode] = field(default_factory=list)
    content: str = ""
    stray: bool = False
    empty: bool = True
    commented: bool = False


def fault(message: str, line: int | None = None, hint: str = "") -> Fault:
    """A fault at a line of a configuration."""
    return Fault(message, where="" if line is None else f"line {line}", hint=hint)


def parse(xml: str | bytes) -> XmlNode:
    """The root element of a configuration; raises InputError if it is not well-formed XML."""
    if len(xml) > MAX_BYTES:
        raise InputError(
            fault(
                f"the configuration is larger than {MAX_BYTES // 1_000_000} MB",
                hint="Give Sysmon's XML configuration file itself.",
            )
        )
    source = _decode(xml) if isinstance(xml, bytes) else xml
    return _parse(_without_declaration(source.removeprefix("\ufeff")))


def _decode(data: bytes) -> str:
    """Decode as Sysmon does: by byte order mark, else by a NUL byte, else by the declaration."""
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
                f"the configuration declares the encoding {name!r}, but either it is not written "
                "in it or this program does not read it",
                line=1,
                hint="Save it as UTF-8.",
            )
        )
    return name


def _without_declaration(source: str) -> str:
    """The document without its XML declaration; line numbers stay."""
    declaration = _DECLARATION.match(source)
    if declaration is None:
        return source
    return "\n" * declaration.group().count("\n") + source[declaration.end() :]


class _ConfigTreeBuilder(ContentHandler):
    """Builds the tree from parser events; also handles lexical events (CDATA, comments)."""

    def __init__(self) -> None:
        super().__init__()
        self.root: XmlNode | None = None
        self._open_nodes: list[XmlNode] = []
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
        if len(self._open_nodes) >= MAX_DEPTH:
            raise InputError(fault(f"elements are nested deeper than {MAX_DEPTH}", self.line))
        node = XmlNode(name, self.line, dict(attrs.items()))
        if self._open_nodes:
            self._open_nodes[-1].children.append(node)
            self._open_nodes[-1].empty = False
        else:
            self.root = node
        self._open_nodes.append(node)
        self._pieces.append([])

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        node = self._open_nodes.pop()
        node.content = "".join(self._pieces.pop())
        node.stray = node.stray or bool(node.content.strip(" \t\r\n"))

    def characters(self, content: str) -> None:
        self._pieces[-1].append(content)
        self._open_nodes[-1].empty = False

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: ARG002, N802
        self._not_empty()

    def comment(self, content: str) -> None:  # noqa: ARG002
        self._not_empty()
        if self._open_nodes:
            self._open_nodes[-1].commented = True

    def startCDATA(self) -> None:  # noqa: N802
        self._not_empty()
        if self._open_nodes:
            self._open_nodes[-1].stray = True

    def endCDATA(self) -> None:  # noqa: N802
        """Called by the parser; nothing to do."""

    def startDTD(self, *_: object) -> None:  # noqa: N802
        """Called by the parser; never reached, as the parser refuses a document type."""

    def endDTD(self) -> None:  # noqa: N802
        """Called by the parser; never reached, as the parser refuses a document type."""

    def _not_empty(self) -> None:
        if self._open_nodes:
            self._open_nodes[-1].empty = False


def _parse(source: str) -> XmlNode:
    from xml.sax import SAXParseException

    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import create_parser

    builder = _ConfigTreeBuilder()
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(builder)
    builder.setDocumentLocator(parser)  # feed() sets no locator; the parser has its line
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
        raise InputError(fault("the configuration has no element"))
    return builder.root
