"""Sheets packed into a workbook, an Office Open XML package (ECMA-376).

All parts are XML of our own. openpyxl made all but the rows, but imports numpy and Pillow, neither
of which a workbook of texts needs: 0.2 s of 1.8 s. The tests read the workbook with openpyxl.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import count
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from logreach.reports.excel.markup import HEAD, MAIN, PACKAGE, RELATED, attribute, relationships
from logreach.reports.excel.row_xml import SharedStrings, sheet_xml
from logreach.reports.excel.sheet_parts import (
    print_names,
    sheet_part,
    sheet_relationships,
    table_part,
)
from logreach.reports.excel.styles import STYLES, styles_xml
from logreach.reports.excel.tables import Sheet, placed_tables

_FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET, _TABLE = "xl/worksheets/sheet{}.xml", "xl/tables/table{}.xml"
_PROPERTIES = f"""\
<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"\
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
<dc:title>logreach</dc:title><dc:creator>logreach</dc:creator>\
<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified>\
</cp:coreProperties>"""
_PACKAGE_RELATIONSHIPS = f"""\
<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="book" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>\
<Relationship Id="properties" Type="{PACKAGE}/relationships/metadata/core-properties"\
 Target="docProps/core.xml"/></Relationships>"""
# The same sheets give the same bytes.
_ZIP_DAY = (2000, 1, 1, 0, 0, 0)


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook's bytes."""
    package = BytesIO()
    with ZipFile(package, "w", ZIP_DEFLATED) as archive:
        _put(archive, "[Content_Types].xml", _content_types(sheets))
        _put(archive, "_rels/.rels", _PACKAGE_RELATIONSHIPS)
        for name, part in _parts(sheets):
            _put(archive, name, part)
    return package.getvalue()


def _put(archive: ZipFile, name: str, part: str) -> None:
    entry = ZipInfo(name, _ZIP_DAY)
    entry.compress_type = ZIP_DEFLATED
    # The system that made a file is stored too; the same bytes are wanted on each.
    entry.create_system = 3
    # A step more takes half as long again for a twentieth of the size.
    archive.writestr(entry, f"{HEAD}{part}", compresslevel=2)


def _content_types(sheets: Sequence[Sheet]) -> str:
    tables = sum(len(sheet.tables) for sheet in sheets)
    kinds = {
        "xl/workbook.xml": f"{_FORMAT}.sheet.main+xml",
        "xl/styles.xml": f"{_FORMAT}.styles+xml",
        "xl/sharedStrings.xml": f"{_FORMAT}.sharedStrings+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        **{_SHEET.format(n): f"{_FORMAT}.worksheet+xml" for n in range(1, len(sheets) + 1)},
        **{_TABLE.format(n): f"{_FORMAT}.table+xml" for n in range(1, tables + 1)},
    }
    entries = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{entries}</Types>'
    )


def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """The name and XML of each part, made as they are taken: together they take 30 MB."""
    strings = SharedStrings()
    table_numbers = count(1)
    for at, sheet in enumerate(sheets, start=1):
        content = sheet_xml(sheet, STYLES, strings)
        yield _SHEET.format(at), sheet_part(sheet, content)
        tables = {next(table_numbers): placed for placed in placed_tables(sheet)}
        yield f"xl/worksheets/_rels/sheet{at}.xml.rels", sheet_relationships(content, list(tables))
        for number, placed in tables.items():
            yield _TABLE.format(number), table_part(placed, number)
    yield "xl/sharedStrings.xml", strings.xml()
    yield "xl/styles.xml", styles_xml()
    yield "xl/workbook.xml", _book(sheets)
    yield "xl/_rels/workbook.xml.rels", _book_relationships(len(sheets))
    yield "docProps/core.xml", _PROPERTIES


def _book(sheets: Sequence[Sheet]) -> str:
    entries = "".join(
        f'<sheet name="{attribute(sheet.title)}" sheetId="{at}" r:id="sheet{at}"/>'
        for at, sheet in enumerate(sheets, start=1)
    )
    names = "".join(name for at, sheet in enumerate(sheets) for name in print_names(sheet, at))
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{entries}</sheets><definedNames>{names}</definedNames></workbook>"
    )


def _book_relationships(sheets: int) -> str:
    return relationships(
        [
            *((f"sheet{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)),
            ("styles", "styles", "styles.xml"),
            ("strings", "sharedStrings", "sharedStrings.xml"),
        ]
    )
