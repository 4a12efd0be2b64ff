"""The least to change, step by step: which few remedies together make most detections achievable.

Each step is the set of remedies that makes most host x technique pairs achievable for each remedy
in it, given the steps before. The choice is greedy, so a better plan may exist; what a step is
said to gain is not estimated, but evaluated with all remedies up to it made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from logreach.coverage.assessment.remedies import Assessed
from logreach.coverage.assessment.result import Plan, PlannedRemedy, PlanStep
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.minimal_changes import Least, applied, exceeds
from logreach.coverage.network.model import Model

QUESTION = "detection_with_alternatives"
MOST = 8
_CANDIDATES = 100
"""Only so many sets are weighed against each other in a step, the most promising ones."""


def plan_for(model: Model, assessed: Sequence[Assessed], planned: Sequence[PlannedRemedy]) -> Plan:
    """The plan, the step that gains most for its size first."""
    wanted = {number: id_ for number, (id_, asked) in model.questions.items() if asked == QUESTION}
    profiles = [_Profile(one, wanted, planned) for one in assessed]
    return Plan(
        steps=tuple(_steps(profiles, planned)),
        pairs=sum(one.count * len(one.asked) for one in profiles),
        open=sum(one.count * (len(one.asked) - len(one.least)) for one in profiles),
        least={
            one.id: {id_: tuple(_places(changes)) for id_, changes in one.least.items() if changes}
            for one in profiles
        },
    )


class _Profile:
    """A profile: what each technique needs on it, and what it has once remedies are made."""

    def __init__(
        self, one: Assessed, wanted: Mapping[int, str], planned: Sequence[PlannedRemedy]
    ) -> None:
        self.id, self.count = one.group.profile_id, one.group.count
        self._one = one
        self._planned = planned
        self.asked = {n: id_ for n, id_ in wanted.items() if one.evaluation.applicable(n)}
        bits = {(p.remedy.key, p.remedy.text): 1 << at for at, p in enumerate(planned)}
        sets = Least(one.evaluation, bits)
        found = {id_: sets.changes(number) for number, id_ in self.asked.items()}
        self.least = {id_: changes for id_, changes in found.items() if changes is not None}
        self.achieved = self._achieved(one.evaluation)
        self._useful = 0
        for changes in self.least.values():
            self._useful |= changes
        self.done = 0
        self._once_made: dict[int, set[str]] = {}

    def gained(self, chosen: int) -> set[str]:
        """The techniques that these remedies would gain here, with those that were made."""
        made = self.done | (chosen & self._useful)
        if made == self.done:
            return set()
        if made not in self._once_made:
            remedies = [self._planned[place].remedy for place in _places(made)]
            changed = applied(self._one.evaluation, self._one.group.facts, remedies)
            self._once_made[made] = self._achieved(changed)
        return self._once_made[made] - self.achieved

    def make(self, chosen: int) -> set[str]:
        """Make these remedies if they gain anything here; the techniques that it gains."""
        gained = self.gained(chosen)
        if gained:
            self.done |= chosen & self._useful
            self.achieved |= gained
        return gained

    def _achieved(self, evaluation: Evaluation) -> set[str]:
        return {id_ for number, id_ in self.asked.items() if evaluation.achievable(number)}


def _steps(profiles: Sequence[_Profile], planned: Sequence[PlannedRemedy]) -> Iterator[PlanStep]:
    tried: set[int] = set()
    for _ in range(MOST):
        best = _best(_left(profiles, tried))
        chosen = _needed(best, profiles)
        if not chosen:
            return
        tried.add(best)
        gained = [(one, one.make(chosen)) for one in profiles]
        touched = [one for one, techniques in gained if techniques]
        if not touched:
            continue
        yield PlanStep(
            remedies=_without_lesser(tuple(_places(chosen)), planned),
            profiles=tuple(one.id for one in touched),
            hosts=sum(one.count for one in touched),
            gain=sum(one.count * len(techniques) for one, techniques in gained),
            achievable=sum(one.count * len(one.achieved) for one in profiles),
            techniques=tuple(sorted(set().union(*(techniques for _, techniques in gained)))),
        )


def _needed(chosen: int, profiles: Sequence[_Profile]) -> int:
    """These remedies without those that gain nothing beside the others."""
    if chosen.bit_count() < 2:
        return chosen
    gain = _gains(chosen, profiles)
    for place in _places(chosen):
        rest = chosen & ~(1 << place)
        if _gains(rest, profiles) == gain:
            chosen = rest
    return chosen


def _gains(chosen: int, profiles: Sequence[_Profile]) -> int:
    return sum(one.count * len(one.gained(chosen)) for one in profiles)


def _left(profiles: Iterable[_Profile], tried: Set[int]) -> Counter[int]:
    """What is still to change -> host x technique pairs that wait for it."""
    left: Counter[int] = Counter()
    for one in profiles:
        for technique, changes in one.least.items():
            rest = changes & ~one.done
            if technique not in one.achieved and rest not in tried:
                left[rest] += one.count
    return left


def _best(left: Mapping[int, int]) -> int:
    """The set that gains most for each remedy in it; 0 where nothing is left to change."""
    open_ = {changes: weight for changes, weight in left.items() if changes}
    likely = sorted(open_, key=lambda one: (-open_[one] / one.bit_count(), one))[:_CANDIDATES]
    return max(likely, key=lambda one: _gain(one, open_), default=0)


def _gain(candidate: int, left: Mapping[int, int]) -> tuple[float, int]:
    """What a set gains for each remedy in it; of equals, the one whose remedies gain most alone."""
    gain = sum(weight for changes, weight in left.items() if not changes & ~candidate)
    return gain / candidate.bit_count(), -candidate


def _places(changes: int) -> Iterator[int]:
    while changes:
        lowest = changes & -changes
        yield lowest.bit_length() - 1
        changes ^= lowest


def _without_lesser(places: Sequence[int], planned: Sequence[PlannedRemedy]) -> tuple[int, ...]:
    """Without 'Success' where 'Success and Failure' of the same subcategory is among them."""
    return tuple(
        place
        for place in places
        if not any(
            exceeds(planned[other].remedy, planned[place].remedy)
            for other in places
            if other != place
        )
    )
