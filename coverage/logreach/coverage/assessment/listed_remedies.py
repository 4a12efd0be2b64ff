"""Which remedies are listed: those that gain something alone, and those that a plan needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from logreach.coverage.assessment.result import Plan, PlannedRemedy


def listed(
    remedies: Sequence[PlannedRemedy], *plans: Plan
) -> tuple[tuple[PlannedRemedy, ...], tuple[Plan, ...]]:
    """The remedies without those that gain nothing, neither alone nor with others.

    A remedy that gains nothing alone stays where a step of a plan, or a set that suffices for a
    technique or a rule, needs it. The plans come back with the places of the remedies left.
    """
    needed = {place for plan in plans for place in _places(plan)}
    kept = [
        place
        for place, planned in enumerate(remedies)
        if planned.gain or planned.rule_gain or place in needed
    ]
    now = {before: after for after, before in enumerate(kept)}
    return tuple(remedies[place] for place in kept), tuple(_moved(plan, now) for plan in plans)


def _places(plan: Plan) -> Iterator[int]:
    for step in plan.steps:
        yield from step.remedies
    for least in plan.least.values():
        for places in least.values():
            yield from places


def _moved(plan: Plan, now: Mapping[int, int]) -> Plan:
    return replace(
        plan,
        steps=tuple(
            replace(step, remedies=tuple(now[place] for place in step.remedies))
            for step in plan.steps
        ),
        least={
            profile: {name: tuple(now[place] for place in places) for name, places in least.items()}
            for profile, least in plan.least.items()
        },
    )
