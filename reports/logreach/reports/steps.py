"""The plan as reports show it: what to change in steps, and what no step reaches."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.assessment import Assessment
from logreach.reports.words import percent_text, remedy_title

STEPS_MEANING = (
    "Each step is the few changes that together make most detections (with alternatives) "
    "achievable once the steps before are done; chosen one after the other, so a better plan may "
    "exist. What may be so already, as nobody tells, counts as still to be changed."
)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step with its changes, told in full and by their titles.

    `after` of 0 to 1 and `told` are the share of the host and technique pairs that apply on which
    detection is achievable once the step is done.
    """

    number: int
    changes: tuple[str, ...]
    titles: tuple[str, ...]
    gain: int
    hosts: int
    profiles: tuple[str, ...]
    techniques: tuple[str, ...]
    after: float
    told: str


def step_lines(assessment: Assessment) -> tuple[StepLine, ...]:
    """The steps of the plan, first step first."""
    plan = assessment.plan
    return tuple(
        StepLine(
            number,
            tuple(assessment.remedies[place].remedy.text for place in step.remedies),
            tuple(remedy_title(assessment.remedies[place].remedy) for place in step.remedies),
            step.gain,
            step.hosts,
            step.profiles,
            step.techniques,
            step.achievable / plan.pairs if plan.pairs else 0.0,
            percent_text(step.achievable, plan.pairs),
        )
        for number, step in enumerate(plan.steps, start=1)
    )


def out_of_reach(assessment: Assessment) -> str:
    """What no change that is offered makes achievable; '' where there is none."""
    plan = assessment.plan
    if not plan.open:
        return ""
    share = percent_text(plan.open, plan.pairs)
    return (
        f"{share} of the pairs need a missing fact, or a change that no remedy offers, and are in "
        "no step."
    )
