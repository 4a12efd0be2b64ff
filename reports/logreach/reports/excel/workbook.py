"""Sheets packed into a workbook: openpyxl makes the book, its tables, colours, charts and print
setup; the rows are then put in as XML of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from logreach.reports.excel.cell_styles import cell_styles
from logreach.reports.excel.cell_text import excel_text
from logreach.reports.excel.charts import add_charts
from logreach.reports.excel.row_xml import SharedStrings, first_data_rows, letter, sheet_xml
from logreach.reports.excel.tables import STATUSES, PlacedTable, Sheet, placed_tables
from logreach.reports.excel.zip_package import filled
from logreach.reports.labels import LABEL_STYLES
from logreach.reports.safe_text import one_line

# Characters of column width that a landscape page shows in legible size. Only the matrix of a
# fleet with many profiles is wider, and then takes several pages beside one another.
_PAGE_WIDTH = 300
# The format ends a page's head at 255 characters, codes and doubled '&' included.
_LONGEST_HEAD = 120


def workbook_bytes(sheets: Sequence[Sheet], page_head: str = "") -> bytes:
    """The workbook's bytes; `page_head` stands on every printed page."""
    book = Workbook()
    book.remove(book.worksheets[0])
    by_title = {sheet.title: sheet for sheet in sheets}
    worksheets = [_worksheet(book, sheet, by_title, page_head) for sheet in sheets]
    styles = cell_styles(worksheets[0])
    book.properties.creator = book.properties.title = "logreach"
    frame = BytesIO()
    book.save(frame)
    strings = SharedStrings()
    first_rows = first_data_rows(sheets)
    contents = [sheet_xml(sheet, styles, strings, first_rows) for sheet in sheets]
    return filled(frame, contents, strings)


def _worksheet(
    book: Workbook, sheet: Sheet, sheets: Mapping[str, Sheet], page_head: str
) -> Worksheet:
    worksheet: Worksheet = book.create_sheet(sheet.title)
    worksheet.sheet_view.zoomScale = 90
    worksheet.sheet_view.showGridLines = False
    for at, width in enumerate(sheet.widths):
        worksheet.column_dimensions[letter(at)].width = width
    for placed in placed_tables(sheet):
        if placed.table.filtered:
            worksheet.freeze_panes = f"{letter(sheet.fixed)}{placed.header + 1}"
            worksheet.add_table(_excel_table(placed))
        _colour(worksheet, placed)
        _check_entries(worksheet, placed)
    add_charts(worksheet, sheet, sheets)
    _for_print(worksheet, sheet, page_head)
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


def _check_entries(worksheet: Worksheet, placed: PlacedTable) -> None:
    """Let a program offer the words for a status, and take only days where a day is asked for."""
    for at, column in enumerate(placed.table.columns):
        if column.kind not in _ENTRIES:
            continue
        checked: DataValidation = _ENTRIES[column.kind]()
        checked.add(f"{letter(at)}{placed.header + 1}:{letter(at)}{placed.last}")
        worksheet.add_data_validation(checked)


def _status() -> DataValidation:
    return DataValidation(
        "list",
        formula1=f'"{",".join(STATUSES)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Status",
        error=f"One of: {', '.join(STATUSES)}",
    )


def _due() -> DataValidation:
    # 36526 is the first day of 2000.
    return DataValidation(
        "date",
        operator="greaterThan",
        formula1="36526",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Due",
        error="A date",
    )


_ENTRIES: Mapping[str, Callable[[], DataValidation]] = {"status": _status, "due": _due}


def _for_print(worksheet: Worksheet, sheet: Sheet, page_head: str) -> None:
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = "9"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=not sheet.charts)
    worksheet.page_setup.fitToHeight = 0
    worksheet.page_setup.fitToWidth = (
        ceil(sum(sheet.widths[: sheet.printed]) / _PAGE_WIDTH) if sheet.widths else 1
    )
    worksheet.page_margins = PageMargins(
        left=0.4, right=0.4, top=0.7, bottom=0.6, header=0.3, footer=0.3
    )
    worksheet.oddHeader = HeaderFooterItem(left=_HeaderFooterPart(_page_text(page_head)))
    worksheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart("logreach: &A"), right=_HeaderFooterPart("&P / &N")
    )
    for placed in placed_tables(sheet):
        if placed.table.filtered:
            worksheet.print_title_rows = f"{placed.header}:{placed.header}"
            worksheet.print_title_cols = "A:A"
            if sheet.printed is not None:
                worksheet.print_area = f"A1:{letter(sheet.printed - 1)}{placed.last}"


def _page_text(text: str) -> str:
    """Text in which no '&' begins a code, short enough for all codes of a page's head."""
    return excel_text(one_line(text))[:_LONGEST_HEAD].replace("&", "&&")
