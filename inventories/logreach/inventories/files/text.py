"""Bytes to text, for the encodings that Windows tools write.

A byte order mark decides. Without one, zero bytes show UTF-16, and what is not UTF-8 is tried in
the code pages of consoles: the one wins in which the reader knows most words.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from functools import cache

from logreach.inventories.files.tables import TABLES, Shape, yaml_table

Judge = Callable[[str], int]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_SAMPLE = 4096
_JUDGED = 64 * 1024  # bytes; enough to tell code pages apart


def decode(data: bytes, judge: Judge | None = None) -> tuple[str, str]:
    """(problem, text): problem is '' where the bytes are text."""
    if not data.strip(b"\0 \t\r\n"):
        return "is empty", ""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"))
    if b"\0" in data:
        encoding = _sixteen(data)
        if not encoding:
            return "is not text (holds zero bytes)", ""
        return _checked(data.decode(encoding, "replace"))
    decoded = _utf8(data)
    return _checked(_by_code_page(data, judge) if decoded is None else decoded)


def lines(content: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; only CR, LF and CRLF end one, as in Windows."""
    return enumerate(_LINE_ENDS.split(content), 1)


class LineFinder:
    """The lines of quotes from a text that are sought in its order, each from the last one on.

    Sought from the beginning, thousands of quotes would read the text thousands of times. After
    some that are not there it seeks no more: they are written in another way, or in another order.
    """

    def __init__(self, text: str, misses: int = 1) -> None:
        self._text = text
        self._misses = misses
        self._from, self.line = 0, 1

    def line_of(self, quote: str) -> int:
        """The line of a quote; 0 where it is not found."""
        at = self._text.find(quote, self._from) if self._misses > 0 else -1
        if at < 0:
            self._misses -= 1
            return 0
        self.line += self._text.count("\n", self._from, at)
        self._from = at
        return self.line


def _checked(decoded: str) -> tuple[str, str]:
    decoded = decoded.removeprefix("\ufeff")
    if not decoded.strip("\0 \t\r\n\ufffd"):
        return "is empty", ""
    return "", decoded


def _sixteen(data: bytes) -> str:
    """UTF-16's byte order, from where the zero bytes of ASCII letters lie; '' for no UTF-16."""
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 10
    if odd > enough and even <= odd // 20:
        return "utf-16-le"
    if even > enough and odd <= even // 20:
        return "utf-16-be"
    return ""


def _utf8(data: bytes) -> str | None:
    """The bytes decoded as UTF-8, or None; a character cut off at the very end is accepted."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8") + "\ufffd"
        return None


def _by_code_page(data: bytes, judge: Judge | None) -> str:
    # The first 64 KiB may end within a double-byte character; 'ignore' skips it.
    heads = {page: data[:_JUDGED].decode(page, "ignore") for page in _code_pages()}
    if judge is not None:
        scores = {page: judge(head) for page, head in heads.items()}
        most = max(scores.values())
        heads = {page: head for page, head in heads.items() if scores[page] == most}
    best = max(heads, key=lambda page: _plausible(heads[page]))
    return data.decode(best, "replace")


@cache
def _code_pages() -> tuple[str, ...]:
    """Code pages of Windows consoles and editors, as Python names them, likeliest first."""
    shape: Shape = {"source": str, "code_pages": [str]}
    return tuple(yaml_table(TABLES / "encodings.yaml", shape)["code_pages"])


def _plausible(decoded: str) -> int:
    """Without a judge: a code page that yields letters beats one that yields box drawing."""
    return -sum(1 for character in decoded if not (character.isascii() or character.isalnum()))
