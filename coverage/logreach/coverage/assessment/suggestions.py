"""Suggestions for a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

_UNCHANGED: Mapping[str, str] = MappingProxyType({})


def did_you_mean(
    unknown: str, names: Iterable[str], most: int = 1, shown: Mapping[str, str] = _UNCHANGED
) -> str:
    """'Did you mean FIN7?', with the nearest names in any case; '' where none is near.

    `shown` maps a name to the words that stand for it in the suggestion.
    """
    spelling: dict[str, str] = {}
    for name in names:
        spelling.setdefault(name.casefold(), name)
    near = [spelling[name] for name in get_close_matches(unknown.casefold(), list(spelling), most)]
    return f"Did you mean {' or '.join(shown.get(name, name) for name in near)}?" if near else ""
