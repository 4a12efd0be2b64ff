"""Text on its way to a terminal: one line, no markup, and broken where a reader would break it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.measure import Measurement
from rich.text import Text

from logreach.reports.safe_text import one_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

_CUT_NUMBER = re.compile(r"\d[\d.,/+%-]*$")
_WORD = re.compile(r"\S+")
# Names of channels, files and keys are long, and are read in segments.
SEGMENT = re.compile(r"[^/\\._:\s-]*[/\\._:-]*")


def safe(value: str, limit: int = 2_000, style: str = "") -> Text:
    """Text from anywhere: one line, no markup, no control characters; a cut ends a word."""
    lead = value[: len(value) - len(value.lstrip(" "))]
    tail = " " if value.endswith(" ") else ""
    return Text(lead + cut(one_line(value), limit) + tail, style=style)


def cut(line: str, limit: int) -> str:
    """A line of at most `limit` characters, cut between words where there are any."""
    if len(line) <= limit:
        return line
    words, space, _ = line[: limit - 1].rpartition(" ")
    # Part of a number would be another number.
    return f"{words} …" if space else f"{_CUT_NUMBER.sub('', line[: limit - 1])}…"


@dataclass(frozen=True, slots=True)
class WrappedCell:
    """A cell of a table: words too long for its column are broken behind '/', '-' and the like."""

    content: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield broken(self.content, options.max_width)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.content)


def broken(content: Text, width: int) -> Text:
    """Text whose words fit the width, broken behind '/', '-' and the like."""
    breaks = [at for word in _WORD.finditer(content.plain) for at in _breaks(word, width)]
    return Text("\n").join(content.divide(breaks)) if breaks else content


def _breaks(word: re.Match[str], width: int) -> Iterator[int]:
    """Where a word that is too long is broken; a segment longer than a line is left to rich."""
    if len(word.group()) <= width:
        return
    begin = 0
    ends = [0, *(segment.end() for segment in SEGMENT.finditer(word.group()))]
    for last, end in pairwise(ends):
        if end - begin > width and last > begin:
            yield word.start() + last
            begin = last
