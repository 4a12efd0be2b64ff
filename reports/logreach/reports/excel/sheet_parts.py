"""The parts of a workbook around the rows: of a sheet its view, widths, colours, links and print
setup, of a table its columns and filter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from logreach.reports.excel.cell_text import excel_text
from logreach.reports.excel.markup import MAIN, RELATED, attribute, counted, relationships
from logreach.reports.excel.row_xml import SheetXml, letter
from logreach.reports.excel.styles import COLOURS
from logreach.reports.excel.tables import PlacedTable, Sheet, placed_tables

# Characters of column width that a landscape page shows in legible size. Only the matrix of a
# fleet with many profiles is wider, and then takes several pages beside one another.
_PAGE_WIDTH = 300
_MARGINS = '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.5" footer="0.3"/>'
_FOOTER = "<headerFooter><oddFooter>&amp;Llogreach: &amp;A&amp;R&amp;P / &amp;N</oddFooter>"


def sheet_part(sheet: Sheet, content: SheetXml) -> str:
    """The part of a sheet; the format wants its elements in this order."""
    tables = placed_tables(sheet)
    pages = ceil(sum(sheet.widths[: sheet.printed]) / _PAGE_WIDTH)
    links = f"<hyperlinks>{content.links}</hyperlinks>" if content.links else ""
    return "".join(
        (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATED}">',
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
            f'<dimension ref="{content.dimension}"/>',
            '<sheetViews><sheetView showGridLines="0" zoomScale="90" workbookViewId="0">',
            f"{_pane(sheet.frozen) if sheet.frozen else ''}</sheetView></sheetViews>",
            '<sheetFormatPr defaultRowHeight="15"/>',
            f"<cols>{''.join(_widths(sheet))}</cols>",
            f"<sheetData>{content.rows}</sheetData>",
            *_colours(tables),
            links,
            _MARGINS,
            f'<pageSetup paperSize="9" fitToWidth="{pages}" fitToHeight="0"',
            f' orientation="landscape"/>{_FOOTER}</headerFooter>',
            counted("tableParts", [f'<tablePart r:id="table{at}"/>' for at in range(len(tables))]),
            "</worksheet>",
        )
    )


def _pane(frozen: str) -> str:
    """What lies left of and above a cell stays in sight."""
    column, row = re.split(r"(?=\d)", frozen, maxsplit=1)
    left, above = (ord(column) - ord("A"), int(row) - 1)
    active = ("bottom" if above else "top") + ("Right" if left else "Left")
    split = (f' xSplit="{left}"' if left else "") + (f' ySplit="{above}"' if above else "")
    pane = f'<pane{split} topLeftCell="{frozen}" activePane="{active}" state="frozen"/>'
    return f'{pane}<selection pane="{active}"/>'


def _widths(sheet: Sheet) -> Iterator[str]:
    for at, width in enumerate(sheet.widths, 1):
        yield f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'


def _colours(tables: list[PlacedTable]) -> Iterator[str]:
    """Colours follow the sign in the cell, so they stay right when someone sorts or pastes."""
    priority = 0
    for placed in tables:
        for at, column in enumerate(placed.table.columns):
            if column.kind != "verdict":
                continue
            first = f"{letter(at)}{placed.header + 1}"
            rules = []
            for sign, colour in COLOURS.items():
                priority += 1
                formula = f"<formula>LEFT({first},1)=&quot;{sign}&quot;</formula>"
                rules.append(
                    f'<cfRule type="expression" dxfId="{colour}" priority="{priority}"'
                    f' stopIfTrue="1">{formula}</cfRule>'
                )
            cells = f"{first}:{letter(at)}{placed.last}"
            yield f'<conditionalFormatting sqref="{cells}">{"".join(rules)}</conditionalFormatting>'


def sheet_relationships(content: SheetXml, tables: list[int]) -> str:
    """Where the links and tables of a sheet lead; tables by their numbers in the workbook."""
    return relationships(
        [
            *((f"table{at}", "table", f"../tables/table{n}.xml") for at, n in enumerate(tables)),
            *((f"page{at}", "hyperlink", page) for at, page in enumerate(content.pages, 1)),
        ]
    )


def table_part(placed: PlacedTable, number: int) -> str:
    """The part of a table, whose number is its own in the workbook."""
    titles = [attribute(excel_text(column.title)) for column in placed.table.columns]
    cells = f"A{placed.header}:{letter(len(titles) - 1)}{placed.last}"
    columns = [f'<tableColumn id="{at}" name="{title}"/>' for at, title in enumerate(titles, 1)]
    name = attribute(placed.table.name)
    return (
        f'<table xmlns="{MAIN}" id="{number}" name="{name}" displayName="{name}" ref="{cells}"'
        f' totalsRowShown="0"><autoFilter ref="{cells}"/>{counted("tableColumns", columns)}'
        '<tableStyleInfo name="TableStyleLight1" showRowStripes="0"/></table>'
    )


def print_names(sheet: Sheet, place: int) -> Iterator[str]:
    """The names that say what is printed of a sheet, and what is repeated on each page."""
    title = attribute(sheet.title.replace("'", "''"))
    repeated = [f"'{title}'!$A:$A", *([] if sheet.heading else [f"'{title}'!$1:$1"])]
    if sheet.printed is not None:
        last = f"${letter(sheet.printed - 1)}${placed_tables(sheet)[-1].last}"
        yield _name("Print_Area", place, f"'{title}'!$A$1:{last}")
    yield _name("Print_Titles", place, ",".join(repeated))


def _name(name: str, place: int, cells: str) -> str:
    return f'<definedName name="_xlnm.{name}" localSheetId="{place}">{cells}</definedName>'
