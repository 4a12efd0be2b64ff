"""The plan in steps on a small fleet: no step asks for what gains nothing, nor of whom."""

from __future__ import annotations

from functools import cache

import hosts

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.result import Assessment
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import Evaluation, evaluate
from logreach.coverage.engine.minimal_changes import applied
from logreach.coverage.engine.verdict import YES
from logreach.coverage.network.keys import technique_key
from logreach.coverage.network.model import build
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory

_TECHNIQUES = ("T1039", "T1059.001", "T1543.003", "T1110.001", "T1011.001", "T1025")
_WORDS = {
    "new": {"os": "Windows 11 23H2", "role": "workstation", "audit": "none", "sysmon": "none"},
    "old": {"os": "Windows Server 2008 SP2", "role": "server", "audit": "none", "sysmon": "none"},
    "server": {"os": "Windows Server 2022", "role": "server", "audit": "success"},
}
_COUNTS = {"new": 20, "old": 3, "server": 1}


@cache
def _facts() -> dict[str, Facts]:
    return {name: hosts.facts(words) for name, words in _WORDS.items()}


@cache
def _plan() -> Assessment:
    fleet = tuple(Host(name, _COUNTS[name], facts) for name, facts in _facts().items())
    return assess(Inventory("fleet", fleet), load_attack(), Scope(_TECHNIQUES))


@cache
def _before() -> dict[str, Evaluation]:
    compiled = build(load_attack(), _TECHNIQUES).compiled
    names = {one.profile_id: one.hosts[0] for one in _plan().profiles}
    return {id_: evaluate(compiled, _facts()[name]) for id_, name in names.items()}


def _achieved(profile: str, places: set[int]) -> set[str]:
    made = [_plan().remedies[place].remedy for place in sorted(places)]
    after = applied(_before()[profile], made)
    return {one for one in _TECHNIQUES if after.verdict(technique_key(one, "detection")) is YES}


def test_there_are_steps_and_they_end_where_no_change_helps() -> None:
    assert len(_plan().plan.steps) > 1
    assert _plan().plan.open > 0


def test_every_step_counts_its_hosts_and_has_nothing_idle() -> None:
    for number in range(len(_plan().plan.steps)):
        _check(number)


def _check(number: int) -> None:
    steps = _plan().plan.steps
    step = steps[number]
    made: dict[str, set[int]] = {profile: set() for profile in _before()}
    for earlier in steps[:number]:
        for profile in earlier.profiles:
            made[profile] |= set(earlier.remedies)
    count = {one.profile_id: one.count for one in _plan().profiles}

    def gain(remedies: set[int], profiles: tuple[str, ...] = step.profiles) -> int:
        return sum(
            count[one] * len(_achieved(one, made[one] | remedies) - _achieved(one, made[one]))
            for one in profiles
        )

    whole = set(step.remedies)
    assert step.hosts == sum(count[one] for one in step.profiles)
    assert gain(whole) == step.gain > 0
    assert all(gain(whole, (one,)) > 0 for one in step.profiles)
    for idle in whole:
        if len(whole) > 1:
            assert gain(whole - {idle}) < step.gain, _plan().remedies[idle].remedy.title


def test_the_first_step_gains_most_for_each_of_its_changes_of_single_changes() -> None:
    first = _plan().plan.steps[0]
    count = {one.profile_id: one.count for one in _plan().profiles}
    alone = max(
        sum(count[one] * len(_achieved(one, {place}) - _achieved(one, set())) for one in count)
        for place in range(len(_plan().remedies))
    )
    assert first.gain / len(first.remedies) >= alone


def test_a_remedy_names_the_profiles_on_which_it_raises_something() -> None:
    old = next(one.profile_id for one in _plan().profiles if one.hosts == ("old",))
    detailed = [one for one in _plan().remedies if "Detailed File Share" in one.remedy.title]
    assert all(old not in one.profiles for one in detailed if one.gain)
