"""What the readers of collectors' configurations share: their filters, told as event queries.

A collector's own conditions are rendered in the same XPath as a subscription's; what that cannot
say, or what we do not know well enough, becomes the function undecided(), which the forwarding
filter answers with neither yes nor no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SINGLE = re.compile(r"\d{1,9}")
_RANGE = re.compile(r"(\d{1,9})\s*-\s*(\d{1,9})")
EVERYTHING = "*"


def ids(text: str) -> str | None:
    """One event id or a range 'a-b' as a condition on System; None where it is neither."""
    if _SINGLE.fullmatch(text):
        return f"EventID={int(text)}"
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    low, high = int(found[1]), int(found[2])
    return f"(EventID>={low} and EventID<={high})" if low < high else None


def any_of(conditions: Sequence[str]) -> str:
    """Conditions joined by 'or'."""
    return conditions[0] if len(conditions) == 1 else f"({' or '.join(conditions)})"


def on_system(conditions: Iterable[str]) -> str:
    """A query for events whose System part meets all conditions."""
    joined = " and ".join(conditions)
    return f"*[System[{joined}]]" if joined else EVERYTHING


def literal(text: str) -> str | None:
    """A string literal; None where it holds both kinds of quotes, which XPath cannot write."""
    for quote in ("'", '"'):
        if quote not in text:
            return f"{quote}{text}{quote}"
    return None


def undecided(why: str) -> str:
    """A condition that nothing can decide, with the words of what it stands for."""
    words = re.sub(r"[^\w .:=*-]", "?", why)[:120]
    return f"undecided('{words}')"


def spans(numbers: Iterable[int]) -> str:
    """A condition on System for a set of event ids, neighbours joined; false for none."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    told = [
        f"EventID={low}" if low == high else f"(EventID>={low} and EventID<={high})"
        for low, high in parts
    ]
    return any_of(told) if told else "EventID<0"
