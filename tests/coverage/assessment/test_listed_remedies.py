"""Which remedies an assessment lists, and that plans still name the right ones."""

from __future__ import annotations

from functools import cache

import hosts

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.listed_remedies import listed
from logreach.coverage.assessment.result import Assessment, Plan, PlannedRemedy, PlanStep
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.judged import Remedy, Volume
from logreach.inventories.windows.facts import SETTING


def _planned(name: str, gain: int = 0, rule_gain: float = 0.0) -> PlannedRemedy:
    remedy = Remedy(SETTING(name), value=True, text=name)
    return PlannedRemedy(remedy, ("P1",), 1, gain, {}, rule_gain=rule_gain)


def _names(remedies: tuple[PlannedRemedy, ...], places: tuple[int, ...]) -> list[str]:
    return [remedies[place].remedy.text for place in places]


def test_what_gains_nothing_is_left_out_unless_a_plan_needs_it() -> None:
    every = [
        _planned("idle"),
        _planned("gains", gain=3),
        _planned("in a step"),
        _planned("idle too"),
        _planned("in a set"),
        _planned("gains rules", rule_gain=0.5),
    ]
    steps = (PlanStep((2, 1), ("P1",), 1, 1, 1, ()),)
    plan = Plan(steps, least={"P1": {"T1": (4, 5)}})
    remedies, (kept, none) = listed(every, plan, Plan())
    assert _names(remedies, tuple(range(4))) == ["gains", "in a step", "in a set", "gains rules"]
    assert _names(remedies, kept.steps[0].remedies) == ["in a step", "gains"]
    assert _names(remedies, kept.least["P1"]["T1"]) == ["in a set", "gains rules"]
    assert none == Plan()


@cache
def _assessment() -> Assessment:
    words = {"role": "server", "audit": "none", "sysmon": "none"}
    fleet = hosts.inventory(
        new=words | {"os": "Windows Server 2022"}, old=words | {"os": "Windows Server 2012"}
    )
    return assess(fleet, load_attack(), Scope(("T1547.001", "T1055.001")))


def test_an_assessment_lists_none_that_gains_nothing() -> None:
    found = _assessment()
    steps = {place for step in found.plan.steps for place in step.remedies}
    sets = {place for least in found.plan.least.values() for x in least.values() for place in x}
    idle = [
        planned.remedy.title
        for place, planned in enumerate(found.remedies)
        if not planned.gain and place not in steps | sets
    ]
    assert idle == []


def test_each_host_is_offered_the_sysmon_that_runs_there() -> None:
    profiles = {profile.profile_id: profile.hosts for profile in _assessment().profiles}
    offered = {
        planned.remedy.title: [host for one in planned.profiles for host in profiles[one]]
        for planned in _assessment().remedies
        if planned.remedy.kind == "Sysmon installation"
    }
    assert offered == {"Sysmon 15.22: installed": ["new"], "Sysmon 14.11: installed": ["old"]}


def test_steps_carry_the_kinds_and_the_volume_of_their_changes() -> None:
    for step in _assessment().plan.steps:
        changes = [_assessment().remedies[place].remedy for place in step.remedies]
        assert set(step.kinds) == {change.kind for change in changes}
        assert step.volume is Volume.together(change.volume for change in changes)
        assert step.hosts > 0
        assert all(change.kind for change in changes)
