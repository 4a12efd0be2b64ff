"""What to change, and what to find out: remedies with their gain, missing facts with their weight.

Both are computed by evaluating again: with the fact as the remedy would make it, or with the
missing fact at its worst and at its best. Techniques and rules are questions to the same graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache, partial

from logreach.coverage.assessment.evaluated import Assessed, Fleet
from logreach.coverage.assessment.questions import Question, QuestionKind, Questions
from logreach.coverage.assessment.result import MissingFact, PlannedRemedy
from logreach.coverage.engine.evaluation import Evaluation, at_best, supposing
from logreach.coverage.engine.judged import Remedy, RemedyName
from logreach.coverage.engine.minimal_changes import applied, lesser_of, places
from logreach.coverage.engine.verdict import YES, Verdict
from logreach.coverage.events.sensor import Sensors
from logreach.coverage.network.elsewhere import recorders_title
from logreach.inventories.facts.facts import Missing
from logreach.inventories.facts.keys import FactKey


@dataclass
class _Gains:
    """What a remedy gains over all profiles.

    `offered` are the places of the profiles that ask for it, `raising` of those where it alone
    gains anything.
    """

    remedy: Remedy
    offered: list[int] = field(default_factory=list)
    raising: list[int] = field(default_factory=list)
    gain: int = 0
    raised: dict[str, set[str]] = field(default_factory=dict)
    rule_gain: float = 0.0
    rules_raised: dict[str, dict[str, None]] = field(default_factory=dict)

    def planned(self, assessed: Sequence[Assessed], *, needless: bool) -> PlannedRemedy:
        """The same for the result document."""
        groups = [assessed[place].group for place in self.raising or self.offered]
        return PlannedRemedy(
            self.remedy,
            tuple(group.profile_id for group in groups),
            sum(group.count for group in groups),
            self.gain,
            {name: "; ".join(sorted(words)) for name, words in sorted(self.raised.items())},
            needless,
            {words: tuple(sorted(rules)) for words, rules in sorted(self.rules_raised.items())},
            self.rule_gain,
        )


def planned_remedies(
    questions: Questions,
    assessed: Sequence[Assessed],
    fleet: Fleet,
    progress: Callable[[str, int, int], None],
) -> tuple[PlannedRemedy, ...]:
    """Every remedy that some link asks for, the one that raises most verdicts first.

    Those that ask for more than another, and gain no more, come last.
    """
    gains: dict[RemedyName, _Gains] = {}
    recorded_for_others: dict[RemedyName, _Gains] = {}
    watched = questions.keys() | fleet.recorded_nodes
    # Profile by profile, so that what Sysmon and other sensors say of one host is asked once for
    # all its remedies: remedy by remedy took twice as long for 50 profiles.
    for place, profile in enumerate(assessed):
        progress("weighing remedies", place, len(assessed))
        may_gain = cache(partial(_may_gain, watched, profile.evaluation))
        for remedy in offered_remedies(profile.evaluation):
            entry = gains.setdefault(remedy.name, _Gains(remedy))
            entry.offered.append(place)
            if remedy.value is not None and not may_gain(remedy.key):
                continue
            changed = applied(profile.evaluation, [remedy])
            if not fleet.recorded_nodes.isdisjoint(changed.changed):
                recorded_for_others[remedy.name] = entry
            elif _weigh_on(questions, profile, changed, entry):
                entry.raising.append(place)
    for name, entry in recorded_for_others.items():
        gains[name] = _weighed_on_all(questions, assessed, fleet, entry)
    entries = list(gains.values())
    lesser = lesser_of([entry.remedy for entry in entries])
    planned = [
        entry.planned(
            assessed,
            needless=any(
                _gains_as_much(entries[rival], entry) for rival in places(lesser.get(1 << place, 0))
            ),
        )
        for place, entry in enumerate(entries)
    ]
    return tuple(sorted(planned, key=_rank))


def _rank(planned: PlannedRemedy) -> tuple[bool, int, float, str, str]:
    remedy = planned.remedy
    gains = (-planned.gain, -planned.rule_gain)
    return planned.needless, *gains, str(remedy.key), remedy.text


def _gains_as_much(rival: _Gains, entry: _Gains) -> bool:
    return rival.gain >= entry.gain and rival.rule_gain >= entry.rule_gain


def offered_remedies(evaluation: Evaluation) -> list[Remedy]:
    """The remedies that prerequisites which fall short ask for."""
    remedies: dict[RemedyName, Remedy] = {}
    for _, reason in evaluation.reasons():
        if reason.remedy and reason.verdict.applicable and reason.verdict != YES:
            remedies.setdefault(reason.remedy.name, reason.remedy)
    return list(remedies.values())


def _weighed_on_all(
    questions: Questions, assessed: Sequence[Assessed], fleet: Fleet, offered: _Gains
) -> _Gains:
    """What a remedy gains that is made on hosts which record evidence for others: there too."""
    remedy = offered.remedy
    entry = _Gains(remedy, offered.offered)
    watched = questions.keys() | fleet.recorded_nodes
    changes = {
        place: applied(assessed[place].evaluation, [remedy])
        for place in entry.offered
        if remedy.value is None or _may_gain(watched, assessed[place].evaluation, remedy.key)
    }
    for place, evaluation in fleet.changed(assessed, changes).items():
        if _weigh_on(questions, assessed[place], evaluation, entry) and place in changes:
            entry.raising.append(place)
    return entry


def _may_gain(watched: Set[int], before: Evaluation, fact: FactKey[object]) -> bool:
    """Whether a change of a fact may prove more of what is watched; False is certain.

    Of the audit entries that are missing, nine in ten gain nothing alone, whatever they would make
    of the objects: to find that out first costs a fifth of evaluating each again.
    """
    best = at_best(before, [fact])
    return best is None or any(
        best.proven(number) > before.proven(number) for number in best.changed & watched
    )


def _weigh_on(questions: Questions, profile: Assessed, changed: Evaluation, entry: _Gains) -> bool:
    """Add what the remedy gains on one profile; whether it gains anything there."""
    hosts, raising = profile.group.count, False
    for question, before, after in _changed(questions, profile.evaluation, changed):
        if after.proven <= before.proven:
            continue
        words = f"{before.label} -> {after.label}"
        if question.kind is QuestionKind.RULE:
            entry.rule_gain += hosts * question.weight * rise(before, after)
            entry.rules_raised.setdefault(words, {})[question.name] = None
        else:
            entry.raised.setdefault(question.name, set()).add(words)
            entry.gain += hosts
        raising = True
    return raising


def rise(before: Verdict, after: Verdict) -> float:
    """How much more is proven: 1 from nothing to all, a half for each part of the way."""
    return (after.proven - before.proven) / 2


def _changed(
    questions: Questions, before: Evaluation, after: Evaluation
) -> Iterable[tuple[Question, Verdict, Verdict]]:
    """The questions that come out otherwise in one of two evaluations made from the same."""
    for number in sorted(questions.keys() & (before.changed | after.changed)):
        if before.codes[number] != after.codes[number]:
            yield questions[number], before.verdict_at(number), after.verdict_at(number)


def missing_facts(
    questions: Questions, assessed: Sequence[Assessed], sensors: Sensors
) -> tuple[MissingFact, ...]:
    """Every fact that is missing and that some verdict hangs on, the weightiest first."""
    facts: dict[FactKey[object], MissingFact] = {}
    for profile in assessed:
        leaves: dict[FactKey[object], dict[int, Verdict]] = {}
        for number, reason in profile.evaluation.reasons():
            if reason.missing is not None and not reason.verdict.settled:
                leaves.setdefault(reason.missing, {})[number] = reason.verdict
        for key, hanging in leaves.items():
            counts = _hanging(questions, profile.evaluation, hanging)
            if any(counts.values()):
                facts[key] = _with(facts.get(key), key, profile, counts, sensors)
    return tuple(
        sorted(facts.values(), key=lambda fact: (-fact.verdicts, -fact.rules, str(fact.key)))
    )


def _with(
    fact: MissingFact | None,
    key: FactKey[object],
    profile: Assessed,
    counts: Mapping[QuestionKind, int],
    sensors: Sensors,
) -> MissingFact:
    """A missing fact with what hangs on it on one more profile."""
    title = sensors.fact_title(key) or recorders_title(key)
    fact = fact or MissingFact(key, (), _why(profile, key), 0, title)
    hosts = profile.group.count
    return replace(
        fact,
        profiles=(*fact.profiles, profile.group.profile_id),
        verdicts=fact.verdicts + counts[QuestionKind.TECHNIQUE] * hosts,
        rules=fact.rules + counts[QuestionKind.RULE] * hosts,
    )


def _hanging(
    questions: Questions, evaluation: Evaluation, leaves: dict[int, Verdict]
) -> Counter[QuestionKind]:
    """How many verdicts differ between the fact at its worst and at its best."""
    worst = supposing(evaluation, {k: Verdict.of(v.proven, v.proven) for k, v in leaves.items()})
    best = supposing(evaluation, {k: Verdict.of(v.possible, v.possible) for k, v in leaves.items()})
    return Counter(question.kind for question, _, _ in _changed(questions, worst, best))


def _why(profile: Assessed, fact: FactKey[object]) -> str:
    state = profile.group.facts.get(fact)
    return state.reason if isinstance(state, Missing) else "the inventory does not say all of it"
