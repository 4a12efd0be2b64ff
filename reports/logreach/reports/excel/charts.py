"""Charts of the workbook: bars that lie on one another, drawn from the cells of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from logreach.reports.excel.row_xml import letter
from logreach.reports.excel.tables import BarSeries, Chart, Sheet, placed_tables

# Centimetres: the width of a landscape page, a bar, one with a name of two lines, and all that is
# no bar; points of text.
_WIDTH, _BAR, _TALL_BAR, _AROUND = 26, 0.5, 1.25, 3.6
_TEXT, _TITLE = 9, 14
_EDGE = "595959"
_ROW = 0.53
_FIRST_ROW, _BETWEEN = 3, 3


def add_charts(worksheet: Worksheet, sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
    """Draw a sheet's charts below one another, each on a page of its own in print."""
    row = _FIRST_ROW
    for chart in sheet.charts:
        if row > _FIRST_ROW:
            worksheet.row_breaks.append(Break(id=row - 2))
        height = _AROUND + (_BAR if len(chart.series) > 1 else _TALL_BAR) * chart.rows
        worksheet.add_chart(_bars(chart, sheets[chart.sheet], height), f"A{row}")
        row += int(height / _ROW) + _BETWEEN


def _bars(chart: Chart, sheet: Sheet, height: float) -> BarChart:
    drawn = BarChart()
    drawn.type = "bar"
    parts = len(chart.series) > 1
    drawn.grouping = ("percentStacked" if chart.shares else "stacked") if parts else "clustered"
    drawn.overlap, drawn.gapWidth = 100, 35
    drawn.width, drawn.height = _WIDTH, height
    drawn.title, drawn.y_axis.title = _title(chart.title, _TITLE), _title(chart.axis, _TEXT)
    drawn.y_axis.number_format = "0%" if chart.shares else "#,##0"
    # The first row stands at the top; without 'delete' newer programs draw no axis.
    drawn.x_axis.scaling.orientation = "maxMin"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.y_axis.crosses = "max"
    drawn.x_axis.tickLblPos, drawn.x_axis.tickLblSkip = "low", 1
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.txPr = RichText(p=[Paragraph(pPr=_text(_TEXT), endParaRPr=CharacterProperties())])
    for series in _series(chart, sheet):
        drawn.series.append(series)
    if parts:
        drawn.legend.position = "b"
    else:
        # Labels of parts beside one another would cover each other; the table has the figures.
        drawn.legend = None
        drawn.dataLabels = _figures()
    return drawn


def _figures() -> DataLabelList:
    return DataLabelList(
        dLblPos="outEnd",
        showVal=True,
        showSerName=False,
        showCatName=False,
        showLegendKey=False,
        showPercent=False,
    )


def _text(points: int) -> ParagraphProperties:
    return ParagraphProperties(defRPr=CharacterProperties(sz=100 * points, b=False))


def _title(text: str, points: int) -> Title:
    line = Paragraph(pPr=_text(points), r=[RegularTextRun(t=text)])
    return Title(tx=Text(rich=RichText(p=[line])), overlay=False)


def _series(chart: Chart, sheet: Sheet) -> Iterator[Series]:
    placed = next(each for each in placed_tables(sheet) if each.table.filtered)
    letters = {column.title: letter(at) for at, column in enumerate(placed.table.columns)}
    first = placed.header + 1 + chart.first
    last = first + chart.rows - 1

    def cells(column: str, begin: int = first, end: int = last) -> str:
        name = letters[column]
        return f"'{sheet.title}'!${name}${begin}:${name}${end}"

    for bar in chart.series:
        yield Series(
            tx=SeriesLabel(strRef=StrRef(cells(bar.column, placed.header, placed.header))),
            cat=AxDataSource(strRef=StrRef(cells(chart.category))),
            val=NumDataSource(numRef=NumRef(cells(bar.column))),
            spPr=_look(bar),
            invertIfNegative=False,
        )


def _look(bar: BarSeries) -> GraphicalProperties:
    """Each has a thin edge and, where it has one, a pattern: colours are not the only sign."""
    look = GraphicalProperties(ln=LineProperties(solidFill=_EDGE, w=3_000))
    if bar.pattern:
        look.pattFill = PatternFillProperties(
            prst=bar.pattern,
            fgClr=_colour(_EDGE),
            bgClr=_colour(bar.colour),
        )
    else:
        look.solidFill = bar.colour
    return look


def _colour(digits: str) -> ColorChoice:
    choice = ColorChoice()
    choice.RGB = digits
    return choice
