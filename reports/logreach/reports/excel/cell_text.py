"""Text that fits into a cell: its characters, its length, and the lines that it takes."""

from __future__ import annotations

import re

from logreach.reports.safe_text import plain, shortened

# Excel reads '_x0041_' in a string as the letter A.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDE = re.compile("[\u1100-\U0010ffff]")
_LONGEST, _MOST_LINES = 32_000, 250


def excel_text(text: str) -> str:
    """Text that a cell can hold: no control characters, not too long, and read back as it is."""
    safe = plain(text)
    if len(safe) > _LONGEST // 2:
        # Characters beyond the first plane count twice.
        safe = shortened(safe, _LONGEST if max(safe) <= "\uffff" else _LONGEST // 2)
    if safe.count("\n") > _MOST_LINES:
        safe = safe.replace("\n", "; ")
    return _LOOKS_ESCAPED.sub("_x005F_", safe) if "_x" in safe else safe


def line_count(text: str, width: int) -> int:
    """About how many lines of `width` characters a text takes: not every program fits the height
    of rows by itself."""
    if len(text) <= width and text.isprintable() and text.isascii():
        return 1
    # The first lines are enough to know that a row is as tall as rows get.
    return sum([-(-_breadth(line) // width) or 1 for line in text[:5_000].split("\n")])


def _breadth(line: str) -> int:
    """Characters, those of East Asia as two."""
    return len(line) if line.isascii() else len(line) + len(_WIDE.findall(line))
