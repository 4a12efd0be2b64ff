"""Filters of collectors' configurations, written as event queries; shared by their readers.

A collector's conditions are written in the same XPath as a subscription's. A condition that XPath
cannot express, or whose meaning is not documented, becomes the function undecided(): whether an
event meets it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SINGLE = re.compile(r"\d{1,9}")
_RANGE = re.compile(r"(\d{1,9})\s*-\s*(\d{1,9})")
EVERYTHING = "*"


def ids(written: str) -> str | None:
    """An event id or a range 'a-b' as a condition on System; None where it is neither."""
    if _SINGLE.fullmatch(written):
        return f"EventID={int(written)}"
    match = _RANGE.fullmatch(written)
    if match is None:
        return None
    low, high = int(match[1]), int(match[2])
    return f"(EventID>={low} and EventID<={high})" if low < high else None


def any_of(conditions: Sequence[str]) -> str:
    """Conditions joined by 'or'."""
    return conditions[0] if len(conditions) == 1 else f"({' or '.join(conditions)})"


def on_system(conditions: Iterable[str]) -> str:
    """A query for events whose System part meets all conditions."""
    joined = " and ".join(conditions)
    return f"*[System[{joined}]]" if joined else EVERYTHING


def literal(string: str) -> str | None:
    """A string literal; None where it holds both kinds of quotes, which XPath cannot write."""
    for quote in ("'", '"'):
        if quote not in string:
            return f"{quote}{string}{quote}"
    return None


def undecided(condition: str) -> str:
    """A condition of which it is unknown whether an event meets it, named in words."""
    words = re.sub(r"[^\w .:=*-]", "?", condition)[:120]
    return f"undecided('{words}')"


def spans(numbers: Iterable[int]) -> str:
    """A condition on System for a set of event ids, neighbours joined; false for an empty set."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    conditions = [
        f"EventID={low}" if low == high else f"(EventID>={low} and EventID<={high})"
        for low, high in ranges
    ]
    return any_of(conditions) if conditions else "EventID<0"
