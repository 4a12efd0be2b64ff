"""The least to change, step by step: which few remedies together make most detections achievable.

Each step is the set of remedies that makes most host x question pairs achievable for each remedy
in it, given the steps before. The choice is greedy, so a better plan may exist; what a step is
said to gain is not estimated, but evaluated with all remedies up to it made. A plan is made for
techniques or for rules; what a step gains of the other kind is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from logreach.coverage.assessment.evaluated import Assessed, Fleet
from logreach.coverage.assessment.questions import Question, QuestionKind, Questions
from logreach.coverage.assessment.result import Plan, PlannedRemedy, PlanStep
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.judged import Volume
from logreach.coverage.engine.minimal_changes import Least, applied, exceeds, lesser_of, places

MOST = 8
_CANDIDATES = 100
"""Only so many sets are weighed against each other in a step, the most promising ones."""


def plan_for(
    kind: QuestionKind,
    questions: Questions,
    assessed: Sequence[Assessed],
    fleet: Fleet,
    planned: Sequence[PlannedRemedy],
) -> Plan:
    """The plan, the step that gains most for its size first: for detection of techniques, or for
    rules, each weighed by its level."""
    lesser = lesser_of([each.remedy for each in planned])
    profiles = [_Profile(profile, questions, kind, planned, lesser) for profile in assessed]
    return Plan(
        steps=tuple(_steps(profiles, fleet, planned)),
        pairs=sum(profile.count * _weight(profile.asked.values()) for profile in profiles),
        open=sum(
            profile.count
            * _weight(x for number, x in profile.asked.items() if number not in profile.least)
            for profile in profiles
        ),
        least={
            profile.id: {
                questions[number].name: tuple(places(changes))
                for number, changes in profile.least.items()
                if changes
            }
            for profile in profiles
        },
    )


def _weight(questions: Iterable[Question]) -> float:
    return sum(question.weight for question in questions)


class _Profile:
    """A profile: what each question waits for on it, and what it has once remedies are made.

    `asked` are the questions that the plan is made for, `beside` those of the other kind.
    """

    def __init__(
        self,
        profile: Assessed,
        questions: Questions,
        kind: QuestionKind,
        planned: Sequence[PlannedRemedy],
        lesser: Mapping[int, int],
    ) -> None:
        self.id, self.count = profile.group.profile_id, profile.group.count
        self._profile = profile
        self._planned = planned
        applicable = profile.evaluation.applicable
        self.asked = {n: q for n, q in questions.items() if q.kind is kind and applicable(n)}
        self._beside = {n: q for n, q in questions.items() if q.kind is not kind and applicable(n)}
        bits = {p.remedy.name: 1 << at for at, p in enumerate(planned)}
        sets = Least(profile.evaluation, bits, lesser=lesser)
        changes = {number: sets.changes(number) for number in self.asked}
        self.least = {number: some for number, some in changes.items() if some is not None}
        self.achieved = profile.evaluation.achieved(self.asked)
        self._achieved_beside = profile.evaluation.achieved(self._beside)
        self._useful = 0
        for some in self.least.values():
            self._useful |= some
        self.done = 0
        self._now = profile.evaluation
        self._once_made: dict[int, Evaluation] = {}

    def gained(self, chosen: int) -> Set[int]:
        """The questions that these remedies would gain here, with those that were made."""
        more = chosen & self._useful & ~self.done
        return self._with(more).achieved(self.asked) - self.achieved if more else set()

    def make(self, chosen: int) -> list[Question]:
        """Make these remedies if they gain anything here; the questions that it gains."""
        if not self.gained(chosen):
            return []
        more = chosen & self._useful & ~self.done
        self.done |= more
        return self.take(self._with(more))

    def take(self, evaluation: Evaluation) -> list[Question]:
        """Go on from this evaluation, in which more may hold; the questions that it gains."""
        self._now = evaluation
        self._once_made = {}
        gained = evaluation.achieved(self.asked) - self.achieved
        beside = evaluation.achieved(self._beside) - self._achieved_beside
        self.achieved |= gained
        self._achieved_beside |= beside
        return [self.asked[n] for n in gained] + [self._beside[n] for n in beside]

    def now(self) -> Assessed:
        """The profile once all remedies so far have been made."""
        return Assessed(self._profile.group, self._now)

    def _with(self, more: int) -> Evaluation:
        """The evaluation with these remedies and all earlier ones made."""
        if more not in self._once_made:
            remedies = [self._planned[place].remedy for place in places(more)]
            earlier = (self._planned[place].remedy for place in places(self.done))
            # A remedy without a value changes no fact: its prerequisites are assumed to hold anew.
            assumed = [remedy for remedy in earlier if remedy.value is None]
            self._once_made[more] = applied(self._now, [*assumed, *remedies])
        return self._once_made[more]

    def weight(self, numbers: Iterable[int]) -> float:
        """What these questions are worth on the hosts of the profile."""
        return self.count * _weight(self.asked[number] for number in numbers)


def _steps(
    profiles: Sequence[_Profile], fleet: Fleet, planned: Sequence[PlannedRemedy]
) -> Iterator[PlanStep]:
    tried: set[int] = set()
    for _ in range(MOST):
        best = _best(_waiting(profiles, tried))
        chosen = _needed(best, profiles)
        if not chosen:
            return
        tried.add(best)
        before = _achieved(profiles)
        gained = [(profile, profile.make(chosen)) for profile in profiles]
        touched = [profile for profile, questions in gained if questions]
        updated = fleet.spread([profile.now() for profile in profiles])
        for (profile, questions), after in zip(gained, updated, strict=True):
            questions += profile.take(after.evaluation)
        gain = _achieved(profiles) - before
        if gain:
            yield _step(places(chosen), planned, gain, profiles, touched, gained)


def _step(
    places: Iterable[int],
    planned: Sequence[PlannedRemedy],
    gain: float,
    profiles: Iterable[_Profile],
    touched: Sequence[_Profile],
    gained: Iterable[tuple[_Profile, Sequence[Question]]],
) -> PlanStep:
    """A step: the profiles on which it is made, and what each profile gains by it."""
    rules = QuestionKind.RULE
    gained_on: dict[str, tuple[str, ...]] = {}
    for profile, questions in gained:
        for technique in sorted({each.name for each in questions if each.kind is not rules}):
            gained_on[technique] = (*gained_on.get(technique, ()), profile.id)
    kept = _without_lesser(tuple(places), planned)
    changes = [planned[place].remedy for place in kept]
    return PlanStep(
        remedies=kept,
        kinds=tuple(dict.fromkeys(change.kind for change in changes if change.kind)),
        volume=Volume.together(change.volume for change in changes),
        profiles=tuple(profile.id for profile in touched),
        hosts=sum(profile.count for profile in touched),
        gain=gain,
        achievable=_achieved(profiles),
        techniques=tuple(sorted(gained_on)),
        gained_on=gained_on,
        rules=tuple(sorted({q.name for _, qs in gained for q in qs if q.kind is rules})),
        rule_gain=sum(
            (p.count * q.weight for p, qs in gained for q in qs if q.kind is rules), start=0.0
        ),
    )


def _achieved(profiles: Iterable[_Profile]) -> float:
    return sum(profile.weight(profile.achieved) for profile in profiles)


def _needed(chosen: int, profiles: Sequence[_Profile]) -> int:
    """These remedies without those that gain nothing beside the others."""
    if chosen.bit_count() < 2:
        return chosen
    gain = _gains(chosen, profiles)
    for place in places(chosen):
        without = chosen & ~(1 << place)
        if _gains(without, profiles) == gain:
            chosen = without
    return chosen


def _gains(chosen: int, profiles: Sequence[_Profile]) -> float:
    return sum(profile.weight(profile.gained(chosen)) for profile in profiles)


def _waiting(profiles: Iterable[_Profile], tried: Set[int]) -> Mapping[int, float]:
    """What is still to change -> the weight of the host x question pairs that wait for it."""
    waiting: dict[int, float] = {}
    for profile in profiles:
        for number, changes in profile.least.items():
            undone = changes & ~profile.done
            if number not in profile.achieved and undone not in tried:
                weight = profile.count * profile.asked[number].weight
                waiting[undone] = waiting.get(undone, 0) + weight
    return waiting


def _best(waiting: Mapping[int, float]) -> int:
    """The set that gains most for each remedy in it; 0 where nothing is left to change."""
    unmade = {changes: weight for changes, weight in waiting.items() if changes}
    likely = sorted(unmade, key=lambda x: (-unmade[x] / x.bit_count(), x))[:_CANDIDATES]
    return max(likely, key=lambda x: _gain(x, unmade), default=0)


def _gain(candidate: int, waiting: Mapping[int, float]) -> tuple[float, int]:
    """What a set gains for each remedy in it; of equals, the one whose remedies gain most alone."""
    gain = sum(weight for changes, weight in waiting.items() if not changes & ~candidate)
    return gain / candidate.bit_count(), -candidate


def _without_lesser(places: Sequence[int], planned: Sequence[PlannedRemedy]) -> tuple[int, ...]:
    """Without 'Success' where 'Success and Failure' of the same subcategory is among them."""
    return tuple(
        place
        for place in places
        if not any(
            exceeds(planned[greater].remedy, planned[place].remedy)
            for greater in places
            if greater != place
        )
    )
