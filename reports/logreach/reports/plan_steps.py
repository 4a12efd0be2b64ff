"""The plan as reports show it: the changes in steps, and the pairs that no step reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logreach.coverage.assessment.method_notes import SYSMON_GAIN
from logreach.coverage.assessment.result import Assessment, PlannedRemedy
from logreach.reports.counts import percent_text
from logreach.reports.reason_text import remedy_title

STEPS_MEANING = (
    "Each step is a small set of changes that makes the most detections (with alternatives) "
    "achievable for its size, once the earlier steps are done. Steps are chosen one after the "
    "other, so a better plan may exist. A setting that the inventory does not tell counts as still "
    "to be changed."
)
GAIN_MEANING = (
    "Gain: the number of host and technique verdicts that this change alone raises. A change of "
    f"gain 0 may still be needed together with others. {SYSMON_GAIN}"
)
NEEDLESS = "needless"
NEEDLESS_MEANING = "Needless: another change of the same fact asks for less and gains as much."


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step with its changes, in full and by their titles.

    `share` (0 to 1) and `share_text` are the share of the host and technique pairs that apply on
    which detection is achievable once the step is done.
    """

    number: int
    changes: tuple[str, ...]
    titles: tuple[str, ...]
    gain: int
    hosts: int
    profiles: tuple[str, ...]
    techniques: tuple[str, ...]
    share: float
    share_text: str


def step_lines(assessment: Assessment) -> tuple[StepLine, ...]:
    """The steps of the plan, first step first."""
    plan = assessment.plan
    return tuple(
        StepLine(
            number,
            tuple(assessment.remedies[position].remedy.text for position in step.remedies),
            tuple(remedy_title(assessment.remedies[position].remedy) for position in step.remedies),
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
    """A change's text or title, marked where it is needless."""
    return f"{text} ({NEEDLESS})" if planned.needless else text


def gain_meaning(remedies: Sequence[PlannedRemedy]) -> str:
    """The caption of a table of single changes; it explains 'needless' only where it occurs."""
    needless = any(planned.needless for planned in remedies)
    return f"{GAIN_MEANING} {NEEDLESS_MEANING}" if needless else GAIN_MEANING


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
