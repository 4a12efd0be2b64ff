"""For each rule that falls short on a profile, the change that does most for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from logreach.coverage.assessment.evaluated import Assessed
from logreach.coverage.assessment.questions import Question
from logreach.coverage.assessment.remedies import offered_remedies, rise
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.minimal_changes import Least, applied, exceeds, lesser_of
from logreach.coverage.engine.verdict import YES, Level


class RuleChange(NamedTuple):
    """Remedies that are made together, and how much more of a rule is proven then: 1 from nothing
    to all, a half for each part of the way."""

    remedies: tuple[Remedy, ...]
    rise: float


def rule_changes(profile: Assessed, questions: Iterable[Question]) -> Mapping[str, RuleChange]:
    """The best change for each rule, by rule id; without the rules that no change helps.

    What a change gains is what comes out when it is made and the graph is evaluated again.
    """
    changes = _Changes(profile)
    by_rule = ((question.name, changes.best(question.number)) for question in questions)
    return {name: change for name, change in by_rule if change is not None}


class _Changes:
    """Weighs sets of changes on one profile, each set once however many rules wait for it."""

    def __init__(self, profile: Assessed) -> None:
        self._profile = profile
        self._remedies = offered_remedies(profile.evaluation)
        bits = {x.name: 1 << place for place, x in enumerate(self._remedies)}
        lesser = lesser_of(self._remedies)
        self._least = [
            Least(profile.evaluation, bits, goal, lesser) for goal in (Level.YES, Level.PARTIAL)
        ]
        self._made: dict[int, tuple[tuple[Remedy, ...], Evaluation]] = {}

    def best(self, number: int) -> RuleChange | None:
        """The change that raises a node most, of equal ones the smallest; None for none."""
        before = self._profile.evaluation.verdict_at(number)
        if before is YES or not before.applicable:
            return None
        changes = [self._change(number, chosen) for chosen in self._sets(number)]
        rising = [change for change in changes if change.rise > 0]
        return max(rising, key=lambda x: (x.rise, -len(x.remedies)), default=None)

    def _sets(self, number: int) -> Iterator[int]:
        for least in self._least:
            chosen = least.changes(number)
            if chosen:
                yield chosen

    def _change(self, number: int, chosen: int) -> RuleChange:
        if chosen not in self._made:
            selected = [x for place, x in enumerate(self._remedies) if chosen >> place & 1]
            remedies = tuple(
                x for x in selected if not any(exceeds(greater, x) for greater in selected)
            )
            evaluation = applied(self._profile.evaluation, remedies)
            self._made[chosen] = (remedies, evaluation)
        remedies, after = self._made[chosen]
        before = self._profile.evaluation
        return RuleChange(remedies, rise(before.verdict_at(number), after.verdict_at(number)))
