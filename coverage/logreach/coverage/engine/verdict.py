"""Verdicts: a pair (proven, possible) over NO < PARTIAL < YES, or not applicable."""

from __future__ import annotations

from collections.abc import Iterable
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


_LABELS = {
    (Level.YES, Level.YES): "achievable",
    (Level.PARTIAL, Level.YES): "unknown, at least conditional",
    (Level.PARTIAL, Level.PARTIAL): "conditional",
    (Level.NO, Level.YES): "unknown",
    (Level.NO, Level.PARTIAL): "unknown, at best conditional",
    (Level.NO, Level.NO): "not achievable",
}
"""Verdicts by what is proven and what is possible, the best first."""


class Verdict:
    """What is proven, and what is still possible once the missing facts are known.

    Both ends meet where every fact is known: it is `settled` then, and no missing fact can change
    it. `proven` never exceeds `possible` (ValueError). Not applicable is neither: it drops out of
    every combination, and its ends are NO. `label` is the verdict in words for people.

    There are seven verdicts, each a single object that never changes, so that equal ones are the
    same.
    """

    __slots__ = ("applicable", "label", "possible", "proven", "settled")
    proven: Level
    possible: Level
    applicable: bool
    settled: bool
    label: str

    def __new__(cls, proven: Level, possible: Level, applicable: bool = True) -> Verdict:
        found = _BY_ENDS.get((proven, possible, applicable))
        if found is None:
            what = "exceeds" if applicable else "applies to nothing, unlike"
            raise ValueError(f"proven {proven.name} {what} possible {possible.name}")
        return found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a verdict does not change: {name}")

    def __repr__(self) -> str:
        told = f"Verdict({self.proven.name}, {self.possible.name}"
        return f"{told})" if self.applicable else f"{told}, applicable=False)"

    def __reduce__(self) -> tuple[type[Verdict], tuple[Level, Level, bool]]:
        return (Verdict, (self.proven, self.possible, self.applicable))

    def limited(self, limit: Verdict) -> Verdict:
        """This verdict, no better than `limit` at either end."""
        return all_of((self, limit))


def _the_one(proven: Level, possible: Level, label: str, *, applicable: bool = True) -> Verdict:
    verdict: Verdict = object.__new__(Verdict)
    told = (
        ("proven", proven),
        ("possible", possible),
        ("applicable", applicable),
        ("settled", proven is possible),
        ("label", label),
    )
    for name, value in told:
        object.__setattr__(verdict, name, value)
    return verdict


NOT_APPLICABLE = _the_one(Level.NO, Level.NO, "not applicable", applicable=False)
VERDICTS = (*(_the_one(*ends, label) for ends, label in _LABELS.items()), NOT_APPLICABLE)
"""Every verdict there is, the best first."""
_BY_ENDS = {(one.proven, one.possible, one.applicable): one for one in VERDICTS}
YES = Verdict(Level.YES, Level.YES)
PARTIAL = Verdict(Level.PARTIAL, Level.PARTIAL)
NO = Verdict(Level.NO, Level.NO)
UNKNOWN = Verdict(Level.NO, Level.YES)
UNKNOWN_AT_BEST_PARTIAL = Verdict(Level.NO, Level.PARTIAL)


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
