"""Blinding costs, proven twice: by evaluating changed hosts anew, and by trying smaller sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import pytest
from resilience_fleets import TECHNIQUES, fleet

from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.profiles import group
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.verdict import Level
from logreach.coverage.engine.witness_sets import Ask, Witnesses, WitnessSets
from logreach.coverage.network.elsewhere import Elsewhere
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.switches import SwitchKind
from logreach.coverage.resilience.blinding import fewest_off
from logreach.coverage.resilience.fleet_switches import FleetSwitches
from logreach.inventories.facts.facts import Facts

_MOST_TRIED = 3
"""So many switches are turned off together in the search through all sets."""


@dataclass(frozen=True)
class _Question:
    place: int
    number: int
    technique: str
    ask: Ask


@cache
def _model() -> Model:
    return build(load_attack(), TECHNIQUES, narrow=True)


@cache
def _fleet(controllers: int = 2, unknown_roles: int = 0) -> FleetSwitches:
    inventory = fleet(controllers=controllers, unknown_roles=unknown_roles)
    assessed, spread = evaluate_fleet(_model(), group(inventory.hosts))
    return FleetSwitches(_model().compiled, assessed, spread)


def _questions(switches: FleetSwitches) -> Iterator[_Question]:
    """Every technique on every profile that is detected, whole or in part."""
    for place, profile in enumerate(switches.assessed):
        for number, technique in _model().questions.items():
            for ask in (Ask.WHOLE, Ask.PART):
                if ask.met_by(profile.evaluation.verdict_at(number)):
                    yield _Question(place, number, technique, ask)


def _anew(switches: FleetSwitches, off: int) -> list[Assessed]:
    """The fleet judged from nothing but its facts, with switches off."""
    groups = []
    for host in switches.hosts:
        facts: Facts = host.assessed.group.facts
        for switch in host.among(off):
            facts = switch.off(facts)
        first, *others = host.assessed.group.hosts
        changed = (replace(first, facts=facts), *others)
        groups.append(replace(host.assessed.group, hosts=changed))
    return evaluate_fleet(_model(), groups)[0]


def _holds(assessed: list[Assessed], question: _Question) -> bool:
    evaluation = assessed[question.place].evaluation
    verdict = evaluation.verdict_at(question.number)
    return evaluation.applicable(question.number) and question.ask.met_by(verdict)


@pytest.mark.parametrize(("controllers", "unknown_roles"), [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)])
def test_the_switches_named_turn_it_off_and_none_of_them_is_idle(
    controllers: int, unknown_roles: int
) -> None:
    switches = _fleet(controllers, unknown_roles)
    asked = 0
    for question in _questions(switches):
        place, number, ask = question.place, question.number, question.ask
        witnesses = switches.witnesses[place].of(number, ask)
        cut = fewest_off(switches, place, number, ask, witnesses)
        assert cut.exact
        assert cut.cost == cut.switches.bit_count() > 0
        assert not _holds(_anew(switches, cut.switches), question), question
        for each in switches.among(cut.switches):
            without = cut.switches & ~(1 << each)
            assert _holds(_anew(switches, without), question), (question, each)
        asked += 1
    assert asked > 10


def test_no_smaller_set_of_switches_turns_it_off() -> None:
    """Every set of at most three switches that stand in some way, and every single switch."""
    switches = _fleet()
    costs = set()
    for question in _questions(switches):
        place, number, ask = question.place, question.number, question.ask
        witnesses = switches.witnesses[place].of(number, ask)
        cost = fewest_off(switches, place, number, ask, witnesses).cost
        assert cost is not None
        costs.add(cost)
        relevant = 0
        for each in witnesses.sets:
            relevant |= each
        for each in switches.among(switches.everything & ~relevant):
            assert switches.holds_without(place, number, 1 << each, ask), question
        bits = [1 << each for each in switches.among(relevant)]
        for size in range(1, min(cost - 1, _MOST_TRIED) + 1):
            for off in combinations(bits, size):
                assert switches.holds_without(place, number, sum(off), ask), question
    assert {1, 2, 3} <= costs


def test_what_stands_in_every_way_is_what_turns_it_off_alone() -> None:
    switches = _fleet()
    for question in _questions(switches):
        place, number, ask = question.place, question.number, question.ask
        witnesses = switches.witnesses[place].of(number, ask)
        alone = sum(
            1 << each
            for each in range(len(switches.switches))
            if not switches.holds_without(place, number, 1 << each, ask)
        )
        assert witnesses.complete
        assert witnesses.in_every == alone, question


def test_a_witness_set_keeps_it_up_by_itself_and_needs_each_of_its_switches() -> None:
    switches = _fleet()
    for question in _questions(switches):
        place, number, ask = question.place, question.number, question.ask
        for each in switches.witnesses[place].of(number, ask).sets[:3]:
            off = switches.everything & ~each
            assert switches.holds_without(place, number, off, ask), question
            for needed in switches.among(each):
                assert not switches.holds_without(place, number, off | 1 << needed, ask), question


def test_a_cost_is_found_though_few_witness_sets_are_listed() -> None:
    switches = _fleet()
    for question in _questions(switches):
        place, number, ask = question.place, question.number, question.ask
        whole = switches.witnesses[place]
        cost = fewest_off(switches, place, number, ask, whole.of(number, ask)).cost
        few = replace(whole.of(number, ask), sets=whole.of(number, ask).sets[:1], complete=False)
        found = fewest_off(switches, place, number, ask, few)
        assert (found.cost, found.exact) == (cost, True)


def test_two_lists_of_entries_that_cover_the_same_keys_are_both_turned_off() -> None:
    switches = _fleet()
    host = switches.hosts[0]
    entries = [each for each in host.switches if each.kind is SwitchKind.SACL]
    assert len(entries) == 2
    leaves = switches.compiled.leaves.by_number
    both = [number for number in leaves if len(host.alternatives(number, Ask.WHOLE)) == 2]
    assert both
    needed = {host.bit(each) for each in entries}
    assert needed in [set(host.alternatives(number, Ask.WHOLE)) for number in both]


def test_two_ways_of_forwarding_are_both_turned_off() -> None:
    switches = _fleet()
    host = switches.hosts[1]
    paths = {host.bit(each) for each in host.switches if each.kind is SwitchKind.PATH}
    assert len(paths) == 2
    leaves = switches.compiled.leaves.by_number
    assert paths in [set(host.alternatives(number, Ask.WHOLE)) for number in leaves]


def test_what_domain_controllers_record_hangs_on_the_switches_of_each_of_them() -> None:
    switches = _fleet()
    number = next(n for n, each in _model().questions.items() if each == "T1558.003")
    witnesses: WitnessSets = switches.witnesses[0]
    sole = witnesses.of(number).in_every
    owners = {switches.switches[each].place for each in switches.among(sole)}
    titles = {switches.switches[each].switch.title for each in switches.among(sole)}
    assert owners == {2, 3}
    assert titles >= {"Security", "Kerberos Service Ticket Operations"}


def test_hosts_that_may_be_domain_controllers_have_to_record_too() -> None:
    switches = _fleet(1, unknown_roles=1)
    number = next(n for n, each in _model().questions.items() if each == "T1558.003")
    assert switches.assessed[0].evaluation.proven(number) < Level.YES
    assert switches.witnesses[0].of(number).sets == ()


@pytest.mark.parametrize("unknown_roles", [0, 1])
def test_nothing_hangs_on_a_host_that_may_record_where_none_surely_does(unknown_roles: int) -> None:
    switches = _fleet(0, unknown_roles)
    leaves = switches.compiled.leaves.by_number
    elsewhere = [number for number, leaf in leaves.items() if isinstance(leaf, Elsewhere)]
    assert elsewhere
    for number in elsewhere:
        for ask in (Ask.WHOLE, Ask.PART):
            assert switches.witnesses[0].of(number, ask).sets == ()


def test_no_switch_is_known_where_the_system_alone_decides() -> None:
    switches = _fleet()
    number = next(iter(_model().questions))
    cut = fewest_off(switches, 0, number, Ask.WHOLE, Witnesses((0,)))
    assert (cut.cost, cut.switches) == (None, 0)
