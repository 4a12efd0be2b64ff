"""Sheets packed into a workbook: openpyxl makes the book, its styles, tables, colours and print
setup; the rows are then put in as XML of our own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from logreach.reports.excel.cell_text import excel_text
from logreach.reports.excel.row_xml import SharedStrings, Styles, letter, sheet_xml
from logreach.reports.excel.tables import PlacedTable, Sheet, placed_tables
from logreach.reports.excel.zip_package import filled
from logreach.reports.labels import LABEL_STYLES

_FONT = "Calibri"
# Characters of column width that a landscape page shows in legible size. Only the matrix of a
# fleet with many profiles is wider, and then takes several pages beside one another.
_PAGE_WIDTH = 300


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    worksheets = [_worksheet(book, sheet) for sheet in sheets]
    styles = _styles(worksheets[0])
    book.properties.creator = book.properties.title = "logreach"
    frame = BytesIO()
    book.save(frame)
    strings = SharedStrings()
    return filled(frame, [sheet_xml(sheet, styles, strings) for sheet in sheets], strings)


def _worksheet(book: Workbook, sheet: Sheet) -> Worksheet:
    worksheet: Worksheet = book.create_sheet(sheet.title)
    worksheet.freeze_panes = sheet.frozen
    worksheet.sheet_view.zoomScale = 90
    worksheet.sheet_view.showGridLines = False
    for at, width in enumerate(sheet.widths):
        worksheet.column_dimensions[letter(at)].width = width
    for placed in placed_tables(sheet):
        worksheet.add_table(_excel_table(placed))
        _colour(worksheet, placed)
    _for_print(worksheet, sheet)
    return worksheet


def _excel_table(placed: PlacedTable) -> ExcelTable:
    titles = [excel_text(column.title) for column in placed.table.columns]
    ref = f"A{placed.header}:{letter(len(titles) - 1)}{placed.last}"
    table = ExcelTable(displayName=placed.table.name, ref=ref)
    table.tableColumns = [TableColumn(id=at, name=title) for at, title in enumerate(titles, 1)]
    table.autoFilter = AutoFilter(ref=ref)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    return table


def _colour(worksheet: Worksheet, placed: PlacedTable) -> None:
    """Colours follow the sign in the cell, so they stay right when someone sorts or pastes."""
    for at, column in enumerate(placed.table.columns):
        if column.kind != "verdict":
            continue
        first = f"{letter(at)}{placed.header + 1}"
        reach = f"{first}:{letter(at)}{placed.last}"
        for sign, colours in _colours().items():
            formula = f'LEFT({first},1)="{sign}"'
            rule = Rule("expression", formula=[formula], dxf=colours, stopIfTrue=True)
            worksheet.conditional_formatting.add(reach, rule)


@cache
def _colours() -> dict[str, DifferentialStyle]:
    """By sign; made once, for openpyxl compares every two that it is given."""
    return {
        look.sign: DifferentialStyle(
            font=Font(color=look.ink[1:]),
            fill=PatternFill(fill_type="solid", bgColor=look.fill[1:]),
        )
        for look in LABEL_STYLES.values()
    }


def _for_print(worksheet: Worksheet, sheet: Sheet) -> None:
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = "9"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_setup.fitToHeight = 0
    worksheet.page_setup.fitToWidth = ceil(sum(sheet.widths[: sheet.printed]) / _PAGE_WIDTH)
    worksheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, footer=0.3)
    worksheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart("logreach: &A"), right=_HeaderFooterPart("&P / &N")
    )
    if not sheet.heading:
        worksheet.print_title_rows = "1:1"
    worksheet.print_title_cols = "A:A"
    if sheet.printed is not None:
        worksheet.print_area = f"A1:{letter(sheet.printed - 1)}{placed_tables(sheet)[-1].last}"


def _styles(scratch: Worksheet) -> Styles:
    """The number of each cell style. The cells are only there to register it: all rows are
    replaced when the book is packed."""
    wrapped = Alignment(vertical="top", wrap_text=True)
    short = Alignment(horizontal="right", vertical="top", indent=1)
    ruled = Border(bottom=Side(style="hair", color="BFBFBF"))
    head = {
        "font": Font(name=_FONT, size=11, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor="404040"),
    }
    properties: dict[str, dict[str, object]] = {
        "text": {"alignment": wrapped, "border": ruled},
        "verdict": {"alignment": wrapped, "border": ruled},
        "number": {"alignment": short, "border": ruled, "number_format": "#,##0"},
        "decimal": {"alignment": short, "border": ruled, "number_format": "0.00"},
        "share": {"alignment": short, "border": ruled, "number_format": "0.0%"},
        "link": {
            "alignment": wrapped,
            "border": ruled,
            "font": Font(name=_FONT, size=11, color="0B4F8A", underline="single"),
        },
        "header": {"alignment": Alignment(vertical="center", wrap_text=True), **head},
        "header right": {
            "alignment": Alignment(horizontal="right", vertical="center", wrap_text=True, indent=1),
            **head,
        },
        "title": {"font": Font(name=_FONT, size=16, bold=True)},
        "heading": {"font": Font(name=_FONT, size=12, bold=True)},
        "remark": {"font": Font(name=_FONT, size=11, italic=True, color="595959")},
    }
    numbers = {}
    for row, (name, attributes) in enumerate(properties.items(), start=1):
        cell = scratch.cell(row, 1)
        for attribute, value in attributes.items():
            setattr(cell, attribute, value)
        numbers[name] = int(cell.style_id)
    return numbers
