"""Verdicts: a pair (proven, possible) over NO < PARTIAL < YES, or not applicable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, IntEnum


class Level(IntEnum):
    """How much of what a detection needs can be seen."""

    NO = 0
    PARTIAL = 1
    YES = 2

    @property
    def word(self) -> str:
        """The level as data files and JSON write it: 'no', 'partial', 'yes'."""
        return self.name.lower()


class Verdict(Enum):
    """What is proven, and what is still possible once the missing facts are known.

    Both ends meet where every fact is known: the verdict is `settled` then, and no missing fact
    can change it. `proven` never exceeds `possible`. Not applicable drops out of every
    combination; its ends are NO. `label` is the verdict in words for people. The members stand
    in the order from best to worst.
    """

    YES = Level.YES, Level.YES, "achievable"
    UNKNOWN_AT_LEAST_PARTIAL = Level.PARTIAL, Level.YES, "unknown, at least conditional"
    PARTIAL = Level.PARTIAL, Level.PARTIAL, "conditional"
    UNKNOWN = Level.NO, Level.YES, "unknown"
    UNKNOWN_AT_BEST_PARTIAL = Level.NO, Level.PARTIAL, "unknown, at best conditional"
    NO = Level.NO, Level.NO, "not achievable"
    NOT_APPLICABLE = Level.NO, Level.NO, "not applicable"

    proven: Level
    possible: Level
    label: str
    applicable: bool
    settled: bool

    def __init__(self, proven: Level, possible: Level, label: str) -> None:
        self.proven = proven
        self.possible = possible
        self.label = label
        self.applicable = label != "not applicable"
        self.settled = proven is possible

    # Members are single objects. Enum hashes by name, in Python, which costs four times as much.
    __hash__ = object.__hash__

    @classmethod
    def of(cls, proven: Level, possible: Level) -> Verdict:
        """The verdict with these ends. ValueError where `proven` exceeds `possible`."""
        verdict = _BY_ENDS.get((proven, possible))
        if verdict is None:
            raise ValueError(f"proven {proven.name} exceeds possible {possible.name}")
        return verdict

    def limited(self, limit: Verdict) -> Verdict:
        """This verdict, no better than `limit` at either end; what does not apply stays so."""
        return all_of((self, limit)) if self.applicable else self


_BY_ENDS = {
    (verdict.proven, verdict.possible): verdict for verdict in Verdict if verdict.applicable
}
YES = Verdict.YES
PARTIAL = Verdict.PARTIAL
NO = Verdict.NO
UNKNOWN = Verdict.UNKNOWN
UNKNOWN_AT_BEST_PARTIAL = Verdict.UNKNOWN_AT_BEST_PARTIAL
NOT_APPLICABLE = Verdict.NOT_APPLICABLE


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Alternatives: the best of those that apply; not applicable where none does."""
    return _combined(verdicts, max, max)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Needs: the worst of those that apply; not applicable where none does."""
    return _combined(verdicts, min, min)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Parts of one thing: whole where all that apply are, in part where one is."""
    applying = [verdict for verdict in verdicts if verdict.applicable]
    return any_of((all_of(applying), any_of(applying).limited(PARTIAL)))


def hull(verdicts: Iterable[Verdict]) -> Verdict:
    """One of these holds, and which one is unknown: the worst is proven, the best possible.

    Those that do not apply drop out; not applicable where none applies.
    """
    return _combined(verdicts, min, max)


_Choice = Callable[[Iterable[Level]], Level]


def _combined(verdicts: Iterable[Verdict], proven: _Choice, possible: _Choice) -> Verdict:
    applying = [verdict for verdict in verdicts if verdict.applicable]
    if not applying:
        return NOT_APPLICABLE
    return Verdict.of(
        proven(verdict.proven for verdict in applying),
        possible(verdict.possible for verdict in applying),
    )
