"""The file itself: openpyxl's frame filled with our rows, links and strings, at a fixed date.

openpyxl stamps a book with the clock in three places; here the same sheets give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from logreach.reports.excel.row_xml import SharedStrings, SheetXml

_DAY = b"2000-01-01T00:00:00Z"
_ZIP_DAY = (2000, 1, 1, 0, 0, 0)
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_RELATIONSHIPS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b"</Relationships>"
)
_STRINGS = "xl/sharedStrings.xml"
_STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')
# The format wants links after the conditional formats and before these.
_AFTER_LINKS = re.compile(rb"<printOptions|<pageMargins")

Change = Callable[[bytes], bytes]


def filled(frame: BytesIO, contents: Sequence[SheetXml], strings: SharedStrings) -> bytes:
    """The book's bytes with its rows, links and strings put in."""
    changes = _changes(contents)
    package = BytesIO()
    with ZipFile(frame) as source, ZipFile(package, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            change = changes.pop(name, None)
            _put(target, name, change(data) if change else data)
        for name, change in changes.items():
            # A sheet without tables and charts has no list of relationships yet.
            _put(target, name, change(_NO_RELATIONSHIPS))
        _put(target, _STRINGS, strings.xml())
    return package.getvalue()


def _put(target: ZipFile, name: str, data: bytes) -> None:
    entry = ZipInfo(name, _ZIP_DAY)
    entry.compress_type = ZIP_DEFLATED
    # The system that made a file is stored too; the same bytes are wanted on each.
    entry.create_system = 3
    # A step more takes half as long again for a twentieth of the size.
    target.writestr(entry, data, compresslevel=2)


def _changes(contents: Sequence[SheetXml]) -> dict[str, Change]:
    """What is changed in which part. openpyxl writes text into the cells and has no part for
    shared strings, so it is entered in the lists of parts."""
    changes: dict[str, Change] = {
        "docProps/core.xml": lambda data: _STAMP.sub(rb"\g<1>" + _DAY, data),
        "[Content_Types].xml": lambda data: _before(
            data,
            b"</Types>",
            f'<Override PartName="/{_STRINGS}" ContentType="{_STRINGS_TYPE}"/>',
        ),
        "xl/_rels/workbook.xml.rels": lambda data: _before(
            data,
            b"</Relationships>",
            f'<Relationship Id="strings" Type="{_RELATED}/sharedStrings" Target="/{_STRINGS}"/>',
        ),
    }
    for number, content in enumerate(contents, start=1):
        sheet = f"sheet{number}.xml"
        changes[f"xl/worksheets/{sheet}"] = _with_rows(content)
        changes[f"xl/worksheets/_rels/{sheet}.rels"] = _with_pages(content)
    return changes


def _with_rows(content: SheetXml) -> Change:
    def change(data: bytes) -> bytes:
        data = _DIMENSION.sub(f'<dimension ref="{content.dimension}"'.encode(), data, count=1)
        following = _AFTER_LINKS.search(data)
        if content.links and following is not None:
            links = f'<hyperlinks xmlns:r="{_RELATED}">{content.links}</hyperlinks>'.encode()
            data = data[: following.start()] + links + data[following.start() :]
        # Rows last: there are megabytes of them to search through.
        rows = f"<sheetData>{content.rows}</sheetData>".encode()
        return _ROWS.sub(lambda _: rows, data, count=1)

    return change


def _with_pages(content: SheetXml) -> Change:
    pages = "".join(
        f'<Relationship Id="page{number}" Type="{_RELATED}/hyperlink" '
        f'Target="{escape(page, quote=True)}" TargetMode="External"/>'
        for number, page in enumerate(content.pages, start=1)
    )
    return lambda data: _before(data, b"</Relationships>", pages)


def _before(data: bytes, mark: bytes, added: str) -> bytes:
    return data.replace(mark, added.encode() + mark)
