"""What to change, and what to find out: remedies with their gain, missing facts with their weight.

Both are computed by evaluating again: with the fact as the remedy would make it, or with the
missing fact at its worst and at its best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from logreach.coverage.assessment.fact_views import fact_title
from logreach.coverage.assessment.profiles import HostGroup
from logreach.coverage.assessment.result import MissingFact, PlannedRemedy
from logreach.coverage.engine.evaluation import Evaluation, supposing
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.minimal_changes import applied, exceeds
from logreach.coverage.engine.verdict import YES, Verdict
from logreach.coverage.network.model import Model
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import SACL


@dataclass(frozen=True, slots=True)
class Assessed:
    """A profile that was evaluated."""

    group: HostGroup
    evaluation: Evaluation


@dataclass
class _Gains:
    remedy: Remedy
    offered: list[HostGroup] = field(default_factory=list)
    raising: list[HostGroup] = field(default_factory=list)
    gain: int = 0
    raised: dict[str, set[str]] = field(default_factory=dict)


def planned_remedies(
    model: Model,
    assessed: Sequence[Assessed],
    progress: Callable[[str, int, int], None],
) -> tuple[PlannedRemedy, ...]:
    """Every remedy that some link asks for, the one that raises most verdicts first.

    Those that ask for more than another, and gain no more, come last.
    """
    gains: dict[tuple[FactKey[object], str], _Gains] = {}
    for number, one in enumerate(assessed):
        progress("weighing remedies", number, len(assessed))
        for remedy in _offered(one.evaluation):
            entry = gains.setdefault((remedy.key, remedy.text), _Gains(remedy))
            _weigh(model, one, entry)
    alike: dict[FactKey[object], list[_Gains]] = {}
    for entry in gains.values():
        if entry.remedy.value is not None:
            alike.setdefault(entry.remedy.key, []).append(entry)
    planned = [
        PlannedRemedy(
            entry.remedy,
            tuple(one.profile_id for one in entry.raising or entry.offered),
            sum(one.count for one in entry.raising or entry.offered),
            entry.gain,
            {key: "; ".join(sorted(words)) for key, words in sorted(entry.raised.items())},
            needless=any(_does_as_well(other, entry) for other in alike.get(entry.remedy.key, ())),
        )
        for entry in gains.values()
    ]
    return tuple(sorted(planned, key=_rank))


def _rank(one: PlannedRemedy) -> tuple[bool, int, str, str]:
    return one.needless, -one.gain, str(one.remedy.key), one.remedy.text


def _does_as_well(other: _Gains, one: _Gains) -> bool:
    """Whether another remedy of the same fact asks for less and gains as much."""
    return other.gain >= one.gain and exceeds(one.remedy, other.remedy)


def _offered(evaluation: Evaluation) -> list[Remedy]:
    found: dict[tuple[FactKey[object], str], Remedy] = {}
    for _, reason in evaluation.reasons():
        if reason.remedy and reason.verdict.applicable and reason.verdict != YES:
            found.setdefault((reason.remedy.key, reason.remedy.text), reason.remedy)
    return list(found.values())


def _weigh(model: Model, one: Assessed, entry: _Gains) -> None:
    group = one.group
    changed = applied(one.evaluation, group.facts, [entry.remedy])
    entry.offered.append(group)
    gain = entry.gain
    for key, before, now in _changed(model, one.evaluation, changed):
        if now.proven > before.proven:
            technique, question = key
            words = f"{question.replace('_', ' ')}: {before.label} -> {now.label}"
            entry.raised.setdefault(technique, set()).add(words)
            entry.gain += group.count
    if entry.gain > gain:
        entry.raising.append(group)


def _changed(
    model: Model, before: Evaluation, after: Evaluation
) -> Iterable[tuple[tuple[str, str], Verdict, Verdict]]:
    """The questions that come out otherwise in one of two evaluations made from the same."""
    for number in sorted(model.questions.keys() & (before.changed | after.changed)):
        if before.codes[number] != after.codes[number]:
            key = before.compiled.keys[number]
            yield model.questions[number], before.verdict(key), after.verdict(key)


def missing_facts(model: Model, assessed: Sequence[Assessed]) -> tuple[MissingFact, ...]:
    """Every fact that is missing and that some verdict hangs on, the weightiest first."""
    found: dict[FactKey[object], tuple[list[str], str, int]] = {}
    for one in assessed:
        leaves: dict[FactKey[object], dict[int, Verdict]] = {}
        for key, reason in one.evaluation.reasons():
            if reason.missing is not None and not reason.verdict.settled:
                leaves.setdefault(reason.missing, {})[key] = reason.verdict
        for fact, hanging in leaves.items():
            count = _hanging(model, one.evaluation, hanging)
            if not count:
                continue
            profiles, why, total = found.get(fact, ([], _why(one, fact), 0))
            profiles.append(one.group.profile_id)
            found[fact] = (profiles, why, total + count * one.group.count)
    facts = [
        MissingFact(fact, tuple(profiles), why, count, fact_title(model.events, fact))
        for fact, (profiles, why, count) in found.items()
    ]
    return tuple(sorted(facts, key=lambda one: (-one.verdicts, str(one.key))))


def _hanging(model: Model, evaluation: Evaluation, leaves: dict[int, Verdict]) -> int:
    """How many technique verdicts differ between the fact at its worst and at its best."""
    worst = supposing(evaluation, {k: Verdict.of(v.proven, v.proven) for k, v in leaves.items()})
    best = supposing(evaluation, {k: Verdict.of(v.possible, v.possible) for k, v in leaves.items()})
    return sum(1 for _ in _changed(model, worst, best))


def _why(one: Assessed, fact: FactKey[object]) -> str:
    known = one.group.facts.get(fact)
    reason = getattr(known, "reason", "")
    if fact.family is SACL and not reason:
        return "no SACL is known"
    return str(reason) or "the inventory does not say all of it"
