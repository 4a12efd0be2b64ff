"""Verdicts: a pair (proven, possible) over NO < PARTIAL < YES, or not applicable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How much of what is asked for can be seen."""

    NO = 0
    PARTIAL = 1
    YES = 2

    @property
    def word(self) -> str:
        """The level as data files and JSON write it: 'no', 'partial', 'yes'."""
        return self.name.lower()


_SETTLED = {
    Level.YES: "achievable",
    Level.PARTIAL: "conditional",
    Level.NO: "not achievable",
}
_WITHIN = {
    (Level.NO, Level.YES): "unknown",
    (Level.NO, Level.PARTIAL): "unknown, at best conditional",
    (Level.PARTIAL, Level.YES): "unknown, at least conditional",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is proven, and what is still possible once the missing facts are known.

    Both ends meet where every fact is known. `proven` never exceeds `possible`. Not applicable
    is neither: it drops out of every combination.
    """

    proven: Level
    possible: Level
    applicable: bool = True

    def __post_init__(self) -> None:
        if self.proven > self.possible:
            raise ValueError(f"proven {self.proven.name} exceeds possible {self.possible.name}")

    @property
    def settled(self) -> bool:
        """True where no missing fact can change it."""
        return self.proven == self.possible

    @property
    def label(self) -> str:
        """The verdict in words for people."""
        if not self.applicable:
            return "not applicable"
        if self.settled:
            return _SETTLED[self.proven]
        return _WITHIN[(self.proven, self.possible)]

    def limited(self, limit: Verdict) -> Verdict:
        """This verdict, no better than `limit` at either end."""
        return all_of((self, limit))


YES = Verdict(Level.YES, Level.YES)
PARTIAL = Verdict(Level.PARTIAL, Level.PARTIAL)
NO = Verdict(Level.NO, Level.NO)
UNKNOWN = Verdict(Level.NO, Level.YES)
UNKNOWN_AT_BEST_PARTIAL = Verdict(Level.NO, Level.PARTIAL)
NOT_APPLICABLE = Verdict(Level.NO, Level.NO, applicable=False)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Alternatives: the best of those that apply; not applicable where none does."""
    applying = [verdict for verdict in verdicts if verdict.applicable]
    if not applying:
        return NOT_APPLICABLE
    return Verdict(max(v.proven for v in applying), max(v.possible for v in applying))


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Needs: the worst of those that apply; not applicable where none does."""
    applying = [verdict for verdict in verdicts if verdict.applicable]
    if not applying:
        return NOT_APPLICABLE
    return Verdict(min(v.proven for v in applying), min(v.possible for v in applying))
