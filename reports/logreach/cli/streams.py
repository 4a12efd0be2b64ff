"""Standard output and error: any text can be printed, and a closed pipe causes no traceback.

Characters outside of a stream's encoding are written as \\uXXXX, as two of these beyond 16
bits. JSON escapes them the same way, so it stays exact in every encoding. An ellipsis becomes three
dots, a tick '+' and a cross 'x'; rich draws its lines in ASCII by itself.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

_HANDLER = "logreach.escape"
_SIMILAR = {"…": "...", "✓": "+", "✗": "x"}


def escaped(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: replaces the characters that cannot be encoded."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(_SIMILAR.get(char) or _escape(char) for char in characters), error.end


def _escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def accept_all_characters() -> None:
    """Let standard output and error take every character."""
    codecs.register_error(_HANDLER, escaped)
    for stream in _streams():
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def closed_by_reader(error: OSError) -> bool:
    """Whether the reader closed the pipe; Windows reports that as an invalid argument."""
    if error.errno == errno.EPIPE:
        return True
    return os.name == "nt" and error.errno == errno.EINVAL and error.filename is None


def flush() -> None:
    """Write out what is buffered. Raises OSError where a stream takes no more."""
    for stream in _streams():
        stream.flush()


def drop_unwritable() -> None:
    """Drop output that cannot be written, so that the interpreter does not retry at exit."""
    for stream in _streams():
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


def _streams() -> list[TextIO]:
    """The streams that exist: a program without a console may have none."""
    streams: list[TextIO | None] = [sys.stdout, sys.stderr]
    return [stream for stream in streams if stream is not None]
