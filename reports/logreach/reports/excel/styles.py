"""The styles of the workbook's cells, and the colours of verdicts: the part xl/styles.xml."""

from __future__ import annotations

from collections.abc import Mapping

from logreach.reports.excel.markup import MAIN, counted
from logreach.reports.labels import LABEL_STYLES

_FONTS = {
    "plain": '<sz val="11"/>',
    "header": '<b/><sz val="11"/><color rgb="FFFFFFFF"/>',
    "link": '<u/><sz val="11"/><color rgb="FF0B4F8A"/>',
    "title": '<b/><sz val="16"/>',
    "heading": '<b/><sz val="12"/>',
    "remark": '<i/><sz val="11"/><color rgb="FF595959"/>',
}
# The format wants these two first.
_FILLS = {
    "none": '<patternFill patternType="none"/>',
    "grey": '<patternFill patternType="gray125"/>',
    "dark": '<patternFill patternType="solid"><fgColor rgb="FF404040"/></patternFill>',
}
_HAIR = '<bottom style="hair"><color rgb="FFBFBFBF"/></bottom>'
_BORDERS = {
    "none": "<left/><right/><top/><bottom/><diagonal/>",
    "ruled": f"<left/><right/><top/>{_HAIR}<diagonal/>",
}
# The first three numbers are the format's own.
_NUMBER_FORMATS = {"": 0, "0.00": 2, "#,##0": 3, "0.0%": 164}
_WRAPPED = '<alignment vertical="top" wrapText="1"/>'
_SHORT = '<alignment horizontal="right" vertical="top" indent="1"/>'
_HEADER = '<alignment vertical="center" wrapText="1"/>'
_HEADER_RIGHT = '<alignment horizontal="right" vertical="center" wrapText="1" indent="1"/>'

# Name -> font, fill, border, format of numbers, alignment.
_CELLS = {
    "": ("plain", "none", "none", "", ""),
    "text": ("plain", "none", "ruled", "", _WRAPPED),
    "verdict": ("plain", "none", "ruled", "", _WRAPPED),
    "number": ("plain", "none", "ruled", "#,##0", _SHORT),
    "decimal": ("plain", "none", "ruled", "0.00", _SHORT),
    "share": ("plain", "none", "ruled", "0.0%", _SHORT),
    "link": ("link", "none", "ruled", "", _WRAPPED),
    "header": ("header", "dark", "none", "", _HEADER),
    "header right": ("header", "dark", "none", "", _HEADER_RIGHT),
    "title": ("title", "none", "none", "", ""),
    "heading": ("heading", "none", "none", "", ""),
    "remark": ("remark", "none", "none", "", ""),
}
STYLES: Mapping[str, int] = {name: number for number, name in enumerate(_CELLS)}
"""The number of each style of cells."""
_COLOURS = {look.sign: (look.ink[1:], look.fill[1:]) for look in LABEL_STYLES.values()}
COLOURS: Mapping[str, int] = {sign: number for number, sign in enumerate(_COLOURS)}
"""The number of each colour of verdicts, by the sign that the verdict begins with."""


def styles_xml() -> str:
    """The part xl/styles.xml."""
    return (
        f'<styleSheet xmlns="{MAIN}">'
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
        + counted("fonts", [_font(looks) for looks in _FONTS.values()])
        + counted("fills", [f"<fill>{pattern}</fill>" for pattern in _FILLS.values()])
        + counted("borders", [f"<border>{lines}</border>" for lines in _BORDERS.values()])
        + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        + "</cellStyleXfs>"
        + counted("cellXfs", [_cell(*look) for look in _CELLS.values()])
        + '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        + counted("dxfs", [_colour(*colours) for colours in _COLOURS.values()])
        + "</styleSheet>"
    )


def _font(looks: str) -> str:
    return f'<font>{looks}<name val="Calibri"/><family val="2"/></font>'


def _cell(font: str, fill: str, border: str, number_format: str, alignment: str) -> str:
    ids = {
        "numFmtId": _NUMBER_FORMATS[number_format],
        "fontId": list(_FONTS).index(font),
        "fillId": list(_FILLS).index(fill),
        "borderId": list(_BORDERS).index(border),
    }
    numbers = " ".join(f'{name}="{number}"' for name, number in ids.items())
    applied = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
    return f'<xf {numbers} xfId="0" {applied}>{alignment}</xf>'


def _colour(ink: str, fill: str) -> str:
    pattern = f'<patternFill patternType="solid"><bgColor rgb="FF{fill}"/></patternFill>'
    return f'<dxf><font><color rgb="FF{ink}"/></font><fill>{pattern}</fill></dxf>'
