"""What the prerequisites that ask a filter have in common."""

from __future__ import annotations

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, YES, Level, Verdict
from logreach.coverage.events.patterns import Decider, EventFilter, EventPattern, FilterAnswer
from logreach.inventories.files.evidence import Evidence

_LEVELS = {Level.YES: YES, Level.NO: NO, Level.PARTIAL: PARTIAL}


class Remembering:
    """A filter that remembers what it answered: many hosts share one.

    `answers` are by the keys of patterns.
    """

    def __init__(self, filter_: EventFilter) -> None:
        self._filter = filter_
        self.answers: dict[str, FilterAnswer] = {}

    def answer(self, pattern: EventPattern) -> FilterAnswer:
        """Answer for every event in the pattern."""
        answer = self.answers.get(pattern.key)
        if answer is None:
            answer = self.answers[pattern.key] = self._filter.answer(pattern)
        return answer


def verdict_of(answer: FilterAnswer) -> Verdict:
    """An answer as a verdict; of one that was not decided, what its witnesses prove."""
    if answer.exact:
        return _LEVELS[answer.level]
    least = Level.NO if answer.kept is None else Level.PARTIAL
    return Verdict.of(least, Level.YES if answer.dropped is None else Level.PARTIAL)


def drops_all(reason: Reason) -> bool:
    """Whether a filter drops an event whatever it holds, or is not there: so it is with any
    pattern. That it keeps all says less: a pattern may hold what no event can."""
    return reason.verdict in (NO, NOT_APPLICABLE)


def evidence_of(decider: Decider, source: str = "", sha256: str = "") -> Evidence:
    """The place of a filter's part that decided; the file and its digest where it names none."""
    place = f"line {decider.line}" if decider.line else ""
    file = (decider.source, "") if decider.source else (source, sha256)
    return Evidence(*file, where=place, quote=decider.text or decider.name)
