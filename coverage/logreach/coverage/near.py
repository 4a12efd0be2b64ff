"""What a person may have meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(text: str, names: Iterable[str], most: int = 1) -> str:
    """'Did you mean FIN7?', with the nearest names, upper and lower case alike; '' for none."""
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(name.casefold(), name)
    near = get_close_matches(text.casefold(), list(spelt), most)
    return f"Did you mean {' or '.join(spelt[one] for one in near)}?" if near else ""
