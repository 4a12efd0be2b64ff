"""The looks of cells, by the kind of their column."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from logreach.reports.excel.row_xml import Styles

_FONT = "Calibri"


def cell_styles(scratch: Worksheet) -> Styles:
    """The number of each cell style. The cells are only there to register it: all rows are
    replaced when the book is packed."""
    numbers = {}
    for row, (name, attributes) in enumerate(_looks().items(), start=1):
        cell = scratch.cell(row, 1)
        for attribute, value in attributes.items():
            setattr(cell, attribute, value)
        numbers[name] = int(cell.style_id)
    return numbers


def _looks() -> dict[str, dict[str, object]]:
    wrapped = Alignment(vertical="top", wrap_text=True)
    short = Alignment(horizontal="right", vertical="top", indent=1)
    ruled = Border(bottom=Side(style="hair", color="BFBFBF"))
    dotted = Side(style="dotted", color="7F7F7F")
    to_fill_in: dict[str, object] = {
        "alignment": wrapped,
        "border": Border(left=dotted, right=dotted, top=dotted, bottom=dotted),
    }
    head = {
        "font": Font(name=_FONT, size=11, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor="404040"),
    }
    return {
        "text": {"alignment": wrapped, "border": ruled},
        "quoted": {"alignment": wrapped, "border": ruled, "quotePrefix": True},
        "verdict": {"alignment": wrapped, "border": ruled},
        "number": {"alignment": short, "border": ruled, "number_format": "#,##0"},
        "decimal": {"alignment": short, "border": ruled, "number_format": "#,##0.00_)"},
        "share": {"alignment": short, "border": ruled, "number_format": "0.0%_)"},
        "entry": to_fill_in,
        "status": to_fill_in,
        "due": {**to_fill_in, "number_format": "yyyy-mm-dd"},
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
