"""What the author of a rule may have meant by a name that nothing has."""

from __future__ import annotations

from collections.abc import Iterable

MEANT = "did you mean"
_SEPARATORS = ":."
"""Written by mistake where Sigma wants '|' before a modifier."""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """'; did you mean CommandLine?' after a name that differs in letter case, or has a modifier
    behind something else than '|'; '' for no suggestion."""
    by_letters = {_letters(candidate): candidate for candidate in reversed(list(names))}
    if _letters(name) in by_letters and by_letters[_letters(name)] != name:
        return f"; {MEANT} {by_letters[_letters(name)]}?"
    for separator in _SEPARATORS:
        field, divider, modifier = name.partition(separator)
        if divider and modifier and _letters(field) in by_letters:
            return f"; {MEANT} {by_letters[_letters(field)]}|{modifier}?"
    return ""


def _letters(name: str) -> str:
    return name.replace("_", "").casefold()
