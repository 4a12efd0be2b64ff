"""The plan as reports show it: the changes in steps, and the pairs that no step reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.method_notes import SYSMON_GAIN
from logreach.coverage.assessment.result import Assessment, Plan, PlannedRemedy
from logreach.reports.counts import percent_text
from logreach.reports.reason_text import remedy_title

STEPS_MEANING = (
    "Each step is a small set of changes that makes the most detections "
    "achievable for its size, once the earlier steps are done. Steps are chosen one after the "
    "other, so a better plan may exist. A setting that the inventory does not tell counts as still "
    "to be changed."
)
GAIN_MEANING = (
    "Gain: the number of host and technique verdicts that this change alone raises. A change of "
    f"gain 0 may still be needed together with others. {SYSMON_GAIN}"
)
RULE_GAIN_MEANING = (
    "Rules raised: the rules whose verdict this change alone raises on some host. Weighted: the "
    "weights of their levels times the hosts; a rule counts half where part of it was proven "
    "before, or only part of it is proven then."
)
RULE_STEPS_MEANING = (
    "As above, for rules: each pair of a host and a rule counts as much as the level of the rule."
)
NEEDLESS = "needless"
NEEDLESS_MEANING = "Needless: another change of the same fact asks for less and gains as much."


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step with its changes, in full and by their titles.

    `share` (0 to 1) and `share_text` are the share of the pairs (of a host and a technique, or of
    a host and a rule by its weight) that apply and are achievable once the step is done. `kinds`
    are the kinds of its changes, `volume` is the class of the events that they bring.
    """

    number: int
    changes: tuple[str, ...]
    titles: tuple[str, ...]
    gain: float
    hosts: int
    profiles: tuple[str, ...]
    techniques: tuple[str, ...]
    rules: tuple[str, ...]
    share: float
    share_text: str
    kinds: str
    volume: str


def step_lines(assessment: Assessment) -> tuple[StepLine, ...]:
    """The steps of the plan for techniques, first step first."""
    return _lines(assessment.plan, assessment.remedies)


def rule_step_lines(assessment: Assessment) -> tuple[StepLine, ...]:
    """The steps of the plan for rules, first step first."""
    return _lines(assessment.rule_plan, assessment.remedies)


def _lines(plan: Plan, remedies: Sequence[PlannedRemedy]) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(
            number,
            tuple(remedies[position].remedy.text for position in step.remedies),
            tuple(remedy_title(remedies[position].remedy) for position in step.remedies),
            step.gain,
            step.hosts,
            step.profiles,
            step.techniques,
            step.rules,
            step.achievable / plan.pairs if plan.pairs else 0.0,
            percent_text(step.achievable, plan.pairs),
            ", ".join(step.kinds),
            step.volume.value,
        )
        for number, step in enumerate(plan.steps, start=1)
    )


def marked(text: str, planned: PlannedRemedy) -> str:
    """A change's text or title, marked where it is needless."""
    return f"{text} ({NEEDLESS})" if planned.needless else text


def gain_meaning(remedies: Sequence[PlannedRemedy]) -> str:
    """The caption of a table of single changes; it explains rule gains and 'needless' only where
    they occur."""
    meanings = [GAIN_MEANING]
    if raises_rules(remedies):
        meanings.append(RULE_GAIN_MEANING)
    if any(planned.needless for planned in remedies):
        meanings.append(NEEDLESS_MEANING)
    return " ".join(meanings)


def raises_rules(remedies: Sequence[PlannedRemedy]) -> bool:
    """Whether some change raises a rule."""
    return any(planned.rules_raised for planned in remedies)


def rules_raised(planned: PlannedRemedy) -> int:
    """The number of rules that a change raises on some host."""
    return len({rule_id for ids in planned.rules_raised.values() for rule_id in ids})


def out_of_reach(assessment: Assessment) -> str:
    """The share of pairs that no offered change makes achievable; '' where there are none."""
    plan = assessment.plan
    if not plan.open:
        return ""
    share = percent_text(plan.open, plan.pairs)
    return (
        f"{share} of the pairs need a missing fact, or a change that no remedy offers, and are in "
        "no step."
    )
