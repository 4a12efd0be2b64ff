"""Text on its way to a terminal: one line, no markup, and broken where a reader would break it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.measure import Measurement
from rich.text import Text

from logreach.reports.words import one_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

_WORD = re.compile(r"\S+")
# Names of channels, files and keys are long, and are read in parts.
_PART = re.compile(r"[^/\\._:-]*[/\\._:-]*")


def safe(text: str, limit: int = 2_000, style: str = "") -> Text:
    """Text from anywhere: one line, no markup, no control characters; a cut ends a word."""
    lead = text[: len(text) - len(text.lstrip(" "))]
    tail = " " if text.endswith(" ") else ""
    return Text(lead + cut(one_line(text), limit) + tail, style=style)


def cut(line: str, limit: int) -> str:
    """A line of at most `limit` characters, cut between words where there are any."""
    if len(line) <= limit:
        return line
    words, space, _ = line[: limit - 1].rpartition(" ")
    return f"{words} …" if space else f"{line[: limit - 1]}…"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: words too long for its column are broken behind '/', '-' and the like."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _broken(self.text, options.max_width)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)


def _broken(text: Text, width: int) -> Text:
    places = [at for word in _WORD.finditer(text.plain) for at in _breaks(word, width)]
    return Text("\n").join(text.divide(places)) if places else text


def _breaks(word: re.Match[str], width: int) -> Iterator[int]:
    """Where a word that is too long is broken; a part longer than a line is left to rich."""
    if len(word.group()) <= width:
        return
    begin = 0
    ends = [0, *(part.end() for part in _PART.finditer(word.group()))]
    for last, end in pairwise(ends):
        if end - begin > width and last > begin:
            yield word.start() + last
            begin = last
