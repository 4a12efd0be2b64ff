"""What is asked of every host: of each technique whether it is detected, of each rule whether it
fires.

Remedies, missing facts and the plan weigh questions, whatever they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from logreach.coverage.network.model import Model

WEIGHTS = {"critical": 4.0, "high": 3.0, "medium": 2.0, "low": 1.0, "informational": 0.5}
"""What a rule counts for by its level, as README says; a rule without a level counts 1."""


class QuestionKind(StrEnum):
    """What a question is about."""

    TECHNIQUE = "technique"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Question:
    """A node whose verdict matters to people.

    `name` is the id of the technique or rule. `weight` is what one host is worth on which it is
    achievable.
    """

    number: int
    kind: QuestionKind
    name: str
    weight: float = 1


Questions = Mapping[int, Question]
"""Questions by the numbers of their nodes."""


def technique_questions(model: Model) -> dict[int, Question]:
    """Whether each technique of the graph is detected."""
    return {
        number: Question(number, QuestionKind.TECHNIQUE, technique)
        for number, technique in model.questions.items()
    }


def rule_questions(rules: Iterable[tuple[int, str, str]]) -> dict[int, Question]:
    """Whether each rule fires; of a rule, its node, its id and its level."""
    return {
        number: Question(number, QuestionKind.RULE, rule_id, weight=WEIGHTS.get(level, 1.0))
        for number, rule_id, level in rules
    }
