"""The fewest things of which every set of a family holds at least one: a minimum hitting set.

Sets are whole numbers, one bit a thing, as in `witness_sets`. The search is exact: it tries one
thing, then two, and so on, and branches over the things of a set that is not hit yet. Such sets
have few things and few are needed, so that this takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

EFFORT = 200_000
"""So many choices are tried in all, unless the caller says otherwise."""


class TooManyChoicesError(Exception):
    """The search was given up. `least` things are surely needed, perhaps more."""

    def __init__(self, least: int) -> None:
        super().__init__(f"at least {least} are needed")
        self.least = least


def fewest_hitting(sets: Sequence[int], among: int = -1, effort: int = EFFORT) -> int | None:
    """A smallest set of things, out of those `among`, that hits every set; None where some set has
    none of them. The same sets give the same answer, whatever their order.

    Raises TooManyChoicesError after `effort` choices.
    """
    family = sorted({each & among for each in sets}, key=lambda each: (each.bit_count(), each))
    if not family:
        return 0
    if not family[0]:
        return None
    search = _Search(family, effort)
    size = 1
    while True:
        search.size = size
        hitting = search.of_size(0, size)
        if hitting is not None:
            return hitting
        size += 1


class _Search:
    """A search through sets of things of one size after the other."""

    def __init__(self, family: Sequence[int], effort: int) -> None:
        self._family = family
        self._effort = effort
        self.size = 0

    def of_size(self, chosen: int, more: int) -> int | None:
        """The chosen things with at most so many more, if that hits every set."""
        unhit = [each for each in self._family if not each & chosen]
        if not unhit:
            return chosen
        if _apart(unhit) > more:
            return None
        things = min(unhit, key=lambda each: (each.bit_count(), each))
        while things:
            self._effort -= 1
            if self._effort < 0:
                raise TooManyChoicesError(self.size)
            thing = things & -things
            things ^= thing
            hitting = self.of_size(chosen | thing, more - 1)
            if hitting is not None:
                return hitting
        return None


def _apart(sets: Sequence[int]) -> int:
    """How many of these sets have no thing in common with those before: so many are needed."""
    covered, count = 0, 0
    for each in sets:
        if not each & covered:
            covered |= each
            count += 1
    return count
