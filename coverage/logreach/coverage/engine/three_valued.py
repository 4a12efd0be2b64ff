"""Three-valued logic: a statement is true, false, or unknown (None)."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def any_true(truths: Iterable[Truth]) -> Truth:
    """True if one of them is true; else None if one is unknown; else False."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def all_true(truths: Iterable[Truth]) -> Truth:
    """False if one of them is false; else None if one is unknown; else True."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def negated(truth: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if truth is None else not truth
