"""Standard output and error: any text can be printed, and their loss ends nothing in a traceback.

What a stream's encoding cannot hold is written as \\uXXXX, two of them where Unicode goes beyond
16 bits: that is how JSON escapes it too, so JSON stays exact in every encoding. Ellipses become
dots first; rich draws its lines in ASCII by itself.
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
_ALIKE = {"…": "..."}


def escaped(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: what stands for the characters that cannot be encoded."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(_ALIKE.get(letter) or _escape(letter) for letter in lost), error.end


def _escape(letter: str) -> str:
    code = ord(letter)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def never_refuse() -> None:
    """Let standard output and error take every character."""
    codecs.register_error(_HANDLER, escaped)
    for stream in _streams():
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def closed_by_reader(error: OSError) -> bool:
    """Whether the reader of a pipe went away; Windows calls that an invalid argument."""
    if error.errno == errno.EPIPE:
        return True
    return os.name == "nt" and error.errno == errno.EINVAL and error.filename is None


def flush() -> None:
    """Write out what waits. Raises OSError where a stream takes no more."""
    for stream in _streams():
        stream.flush()


def give_up() -> None:
    """Drop what cannot be written, so that the interpreter does not try again at its end."""
    for stream in _streams():
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


def _streams() -> list[TextIO]:
    """Those that there are: a program without a console may have none."""
    found: list[TextIO | None] = [sys.stdout, sys.stderr]
    return [stream for stream in found if stream is not None]
