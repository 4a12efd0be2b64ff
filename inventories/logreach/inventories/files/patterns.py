r"""Regular expressions that come from inputs, in RE2: its work grows with the text, never faster.

RE2 has no lookarounds and no backreferences. An expression that it cannot read, or that would take
more memory than it may, is None: whether it matches is unknown. Its letters, digits and spaces are
those of ASCII. Expressions are written as Python's; its `\Z` is RE2's `\z`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

LONGEST = 32_768  # characters of an expression
_MEMORY = 16 * 1024 * 1024  # bytes; RE2 then gives up a compilation, or becomes slower
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Pattern:
    """An expression ready to search with."""

    __slots__ = ("_re2",)

    def __init__(self, compiled: Any) -> None:
        self._re2 = compiled

    def found_in(self, text: str) -> bool:
        """Whether the expression matches anywhere in a text."""
        # A lone surrogate has no UTF-8, in which RE2 reads.
        return self._re2.search(text.encode("utf-8", "replace")) is not None

    def groups_of(self, text: str) -> dict[str, str] | None:
        """The named groups of a text that the expression matches as a whole; '' for one unused."""
        match = self._re2.fullmatch(text.encode("utf-8", "replace"))
        if match is None:
            return None
        return {name.decode(): (part or b"").decode() for name, part in match.groupdict().items()}

    def is_all_of(self, text: str) -> bool:
        """Whether the expression matches a text from its beginning to its end."""
        return self._re2.fullmatch(text.encode("utf-8", "replace")) is not None


@lru_cache(maxsize=4096)
def compiled(expression: str, *, cased: bool = True) -> Pattern | None:
    """An expression of an input; None where RE2 cannot read it."""
    # It takes 10 ms to load, for which commands without expressions must not wait.
    import re2

    if len(expression) > LONGEST:
        return None
    options = re2.Options()
    options.log_errors = False  # RE2 would write the expression itself to standard error
    options.max_mem = _MEMORY
    options.case_sensitive = cased
    try:
        return Pattern(re2.compile(_as_re2(expression).encode("utf-8"), options))
    except (re2.error, UnicodeEncodeError):
        return None


@cache
def linear(expression: str, *, cased: bool = True) -> Pattern:
    """An expression of our own for lines of any length, where backtracking would take for ever."""
    pattern = compiled(expression, cased=cased)
    if pattern is None:
        raise ValueError(expression)
    return pattern


def with_wildcards(written: str) -> Pattern | None:
    """A name in which '*' stands for any text; None where it is too long."""
    literals = (re.escape(part) for part in written.split("*"))
    return compiled(f"(?s){'.*'.join(literals)}")


def _as_re2(expression: str) -> str:
    return _ESCAPE.sub(lambda escape: r"\z" if escape[1] == "Z" else escape[0], expression)
