"""What meeting requirements gains in detections: apply the changes, evaluate again, compare.

The changes are remedies as the plan weighs them, applied in the same way; `compare --with` makes
the same changes to an inventory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logreach.coverage.assessment.evaluated import Assessed, Fleet
from logreach.coverage.assessment.questions import QuestionKind, Questions
from logreach.coverage.baselines.result import NO_GAIN, Gain
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.minimal_changes import applied
from logreach.coverage.engine.verdict import Level


def gains(
    questions: Questions,
    assessed: Sequence[Assessed],
    fleet: Fleet,
    remedies: Mapping[int, Sequence[Remedy]],
) -> list[Gain]:
    """For each profile what it gains where these remedies are made, by the profiles' places.

    A profile also gains what others then record for it.
    """
    changes = {
        place: applied(assessed[place].evaluation, several)
        for place, several in remedies.items()
        if several
    }
    after = fleet.changed(assessed, changes) if changes else {}
    return [
        _gain(questions, profile.evaluation, after[place]) if place in after else NO_GAIN
        for place, profile in enumerate(assessed)
    ]


def _gain(questions: Questions, before: Evaluation, after: Evaluation) -> Gain:
    achieved: dict[QuestionKind, list[str]] = {kind: [] for kind in QuestionKind}
    in_part: dict[QuestionKind, list[str]] = {kind: [] for kind in QuestionKind}
    lost: list[str] = []
    for number in questions.keys() & (before.changed | after.changed):
        question = questions[number]
        was, now = before.proven(number), after.proven(number)
        if now < was:
            lost.append(question.name)
        elif now > was:
            (achieved if now is Level.YES else in_part)[question.kind].append(question.name)
    technique, rule = QuestionKind.TECHNIQUE, QuestionKind.RULE
    return Gain(
        tuple(sorted(achieved[technique])),
        tuple(sorted(in_part[technique])),
        tuple(sorted(achieved[rule])),
        tuple(sorted(in_part[rule])),
        tuple(sorted(lost)),
    )
