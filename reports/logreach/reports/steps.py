"""The plan as reports show it: what to change in steps, and what no step reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.method_notes import SYSMON_GAIN
from logreach.coverage.assessment.result import Assessment, PlannedRemedy
from logreach.reports.words import percent_text, remedy_title

STEPS_MEANING = (
    "Each step is the few changes that together make most detections (with alternatives) "
    "achievable once the steps before are done; chosen one after the other, so a better plan may "
    "exist. What may be so already, as nobody tells, counts as still to be changed."
)
GAIN_MEANING = (
    "Gain: host and technique verdicts that this change alone raises; one of gain 0 may still be "
    f"needed beside others. {SYSMON_GAIN}"
)
NEEDLESS = "needless"
NEEDLESS_MEANING = "Needless: another change of the same fact asks for less and gains as much."


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


def marked(text: str, planned: PlannedRemedy) -> str:
    """A change's text or title; one that nobody needs to make says so."""
    return f"{text} ({NEEDLESS})" if planned.needless else text


def gain_meaning(planned: Sequence[PlannedRemedy]) -> str:
    """What the table of single changes must say, where it says 'needless' of some."""
    needless = any(one.needless for one in planned)
    return f"{GAIN_MEANING} {NEEDLESS_MEANING}" if needless else GAIN_MEANING


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
