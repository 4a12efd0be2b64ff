"""What a fact's value says of itself, so that nothing outside its platform needs its type."""

from __future__ import annotations

from collections.abc import Hashable, Set
from enum import StrEnum


class Off(StrEnum):
    """How a setting is off, where it matters: by a value that says so it is plain False."""

    NOT_SET = "not set"
    EITHER = "off, or not set"


Scalar = bool | int | str
"""The values of a setting."""


_ONE_TOPIC: Set[Hashable] = frozenset({None})


class StructuredValue:
    """Base of the values that are more than a truth value, a number, a text or a word of an enum.

    Each method has the answer for a value of which nothing special holds.
    """

    __slots__ = ()

    def for_grouping(self) -> Hashable:
        """The value without what no verdict reads: hosts equal in the rest share a profile."""
        return self

    def added_to(self, current: object) -> StructuredValue:  # noqa: ARG002
        """What the fact becomes where a remedy asks for this value; `current` None: unknown."""
        return self

    def exceeds(self, other: object) -> bool:  # noqa: ARG002
        """Whether this value turns on all that `other` does, and more."""
        return False

    def topics(self) -> Set[Hashable]:
        """What this value speaks of: of two that share no topic, neither exceeds the other."""
        return _ONE_TOPIC

    def in_words(self) -> str:
        """The value as reports print it."""
        return str(self)


def agreed(first: object, second: object) -> object | None:
    """The more exact of two values that can both be true; None where they contradict."""
    if first == second:
        return first
    for vague, exact in ((first, second), (second, first)):
        if vague is Off.EITHER and (exact is False or exact is Off.NOT_SET):
            return exact
    return None


def for_grouping(value: object) -> object:
    """What of a value decides whether two hosts are alike."""
    return value.for_grouping() if isinstance(value, StructuredValue) else value


def added_to(current: object, value: object) -> object:
    """What a fact becomes where a remedy asks for `value`; `current` None: unknown so far."""
    return value.added_to(current) if isinstance(value, StructuredValue) else value


def in_words(value: object) -> str:
    """A value as reports print it."""
    if isinstance(value, StructuredValue):
        return value.in_words()
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
