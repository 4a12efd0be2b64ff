"""The rows of the HTML report that come by the thousand, as markup.

The template has the page and all that there is little of. These rows it would take a fifth of a
second to fill, most of it to escape the same texts again. What comes from data is escaped here
once, by its text; nothing is put into a row that did not go through `_Texts`.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from logreach.coverage.engine.judged import Reason
from logreach.reports.caveats import NOT_TOLD
from logreach.reports.page import Cell, Item, Row, Technique, shade
from logreach.reports.words import LOOKS, Look, is_link, look, plain


class _Texts(dict[str, str]):
    """Texts from data: without control characters, and escaped."""

    def __missing__(self, text: str) -> str:
        self[text] = str(escape(plain(text)))
        return self[text]


class Rows:
    """Fills rows; one object a page, for it remembers what it escaped."""

    def __init__(self) -> None:
        self._texts = _Texts()
        self._chips = {
            one.label: Markup('<span class="v {}">{} {}</span>').format(
                shade(one), one.sign, one.label
            )
            for one in LOOKS.values()
        }
        self._points: dict[tuple[int, ...], str] = {}

    def chip(self, shown: Look) -> Markup:
        """A verdict: its sign and label on its colour."""
        return self._chips[shown.label]

    def of_technique(self, technique: Technique) -> Markup:
        """A technique on its profiles."""
        return Markup("".join([self._of_technique(row) for row in technique.rows]))  # noqa: S704

    def of_items(self, items: Iterable[Item], on_host: bool) -> Markup:
        """Events or data components on their profiles; `on_host` adds what the host holds."""
        rows = [self._of_item(item.name, row, on_host) for item in items for row in item.rows]
        return Markup("".join(rows))  # noqa: S704

    def of_reasons(self, reasons: Iterable[tuple[int, Reason]]) -> Markup:
        """Reasons, under the numbers by which they are pointed to."""
        return Markup("".join([self._of_reason(*one) for one in reasons]))  # noqa: S704

    def points(self, numbers: tuple[int, ...]) -> Markup:
        """Links to reasons."""
        return Markup(self._pointed(numbers))  # noqa: S704

    def _of_technique(self, row: Row) -> str:
        text = self._texts
        cells = "".join([f"<td>{self._cell(cell)}</td>" for cell in row.cells])
        components = "".join(
            [f"<div>{look.sign} {text[name]}: {look.label}</div>" for look, name in row.components]
        )
        rules = f"<div>Rules: {text[row.rules]}</div>" if row.rules else ""
        return (
            f'<tr><td>{text[", ".join(row.profiles)]}</td><td class="n">{row.hosts}</td>{cells}'
            f'<td>{components}{rules}</td><td class="n">{row.score}</td></tr>\n'
        )

    def _of_item(self, name: str, row: Row, on_host: bool) -> str:
        text, cell = self._texts, row.cells[0]
        held = ""
        if on_host:
            shown = self._chips[row.on_host.label] if row.on_host else NOT_TOLD
            held = f"<td>{shown}</td>"
        return (
            f"<tr><td>{text[name]}</td><td>{text[', '.join(row.profiles)]}</td>"
            f'<td class="n">{row.hosts}</td>{held}<td>{self._chips[cell.look.label]}</td>'
            f"<td>{text[cell.why]}</td><td>{self._pointed(cell.numbers)}</td></tr>\n"
        )

    def _of_reason(self, number: int, reason: Reason) -> str:
        text = self._texts
        evidence = "".join([f"<div>{text[str(one)]}</div>" for one in reason.evidence])
        remedy = text[reason.remedy.text] if reason.remedy else ""
        return (
            f'<tr id="R{number}"><td class="id">R{number}</td><td>{text[reason.link]}</td>'
            f"<td>{text[reason.subject]}</td><td>{self._chips[look(reason.verdict).label]}</td>"
            f"<td>{text[reason.text]}</td><td>{evidence}</td><td>{remedy}</td>"
            f"<td>{self._reference(reason.reference)}</td></tr>\n"
        )

    def _cell(self, cell: Cell) -> str:
        why, points = self._texts[cell.why], self._pointed(cell.numbers)
        return f"{self._chips[cell.look.label]} {why} {points}"

    def _pointed(self, numbers: tuple[int, ...]) -> str:
        if numbers not in self._points:
            links = [f'<a class="dim" href="#R{number}">R{number}</a>' for number in numbers]
            self._points[numbers] = " ".join(links)
        return self._points[numbers]

    def _reference(self, reference: str) -> str:
        shown = self._texts[reference]
        return f'<a href="{shown}" rel="noreferrer">{shown}</a>' if is_link(reference) else shown
