"""What a person may have meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

_AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


def did_you_mean(
    text: str, names: Iterable[str], most: int = 1, shown: Mapping[str, str] = _AS_THEY_ARE
) -> str:
    """'Did you mean FIN7?', with the nearest names, upper and lower case alike; '' for none.

    `shown` maps a name to what is to be said in its place.
    """
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(name.casefold(), name)
    near = [spelt[one] for one in get_close_matches(text.casefold(), list(spelt), most)]
    return f"Did you mean {' or '.join(shown.get(one, one) for one in near)}?" if near else ""
