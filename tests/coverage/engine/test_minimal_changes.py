"""The least to change, against a search through all sets of changes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations

import hosts
import pytest
from graph_words import VERDICTS, Says
from graphs import graphs
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.assessment.explain import explain
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node, Prerequisite
from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.minimal_changes import (
    Least,
    applied,
    facts_after,
    fewest,
    lesser_of,
    places,
)
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.network.keys import technique_key
from logreach.coverage.network.model import build
from logreach.coverage.platforms.sysmon.kept_events import KeptPattern
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import AUDIT, SETTING, SYSMON, AuditSetting, SysmonState


def _remedies(evaluation: Evaluation) -> list[Remedy]:
    return [reason.remedy for _, reason in evaluation.reasons() if reason.remedy]


def _sets(remedies: list[Remedy]) -> list[tuple[Remedy, ...]]:
    """Every set of remedies, the smallest first."""
    sizes = range(len(remedies) + 1)
    return list(chain.from_iterable(combinations(remedies, size) for size in sizes))


@given(graphs())
def test_a_set_of_changes_is_found_where_one_suffices_and_suffices(
    drawn: tuple[Graph, Facts],
) -> None:
    graph, facts = drawn
    compiled = Compiled(graph)
    before = evaluate(compiled, facts)
    remedies = _remedies(before)
    least = Least(before, {one.name: 1 << n for n, one in enumerate(remedies)})
    outcomes = [(made, applied(before, made)) for made in _sets(remedies)]
    for number, key in enumerate(compiled.keys):
        sufficing = [made for made, after in outcomes if after.verdict(key) == YES]
        changes = least.changes(number)
        if not sufficing:
            assert changes is None, key
            continue
        assert changes is not None, key
        chosen = [one for place, one in enumerate(remedies) if changes >> place & 1]
        assert applied(before, chosen).verdict(key) == YES, key
        assert bool(chosen) == bool(sufficing[0])
        leanest = fewest(before, number)
        assert leanest is not None
        assert applied(before, leanest).verdict(key) == YES, key
        for one in leanest:
            rest = [other for other in leanest if other is not one]
            assert applied(before, rest).verdict(key) != YES, key


def test_explaining_a_technique_ends_with_changes_that_suffice_none_of_them_idle() -> None:
    known = hosts.facts({"os": "Windows 11 23H2", "role": "workstation"})
    said = known.stating(SYSMON, SysmonState(installed=False))
    model = build(load_attack(), ["T1112"])
    before = evaluate(model.compiled, said)
    question = technique_key("T1112", "detection")
    changes = fewest(before, before.compiled.number[question])
    assert changes
    assert applied(before, changes).verdict(question) == YES
    for one in changes:
        rest = [other for other in changes if other is not one]
        assert applied(before, rest).verdict(question) != YES
    inventory = Inventory("t", (Host("one", 1, said),))
    last = explain("T1112", inventory, load_attack())[0].tree.children[-1]
    assert last.changes == changes


def test_a_remedy_exceeds_those_of_the_same_fact_that_turn_on_less() -> None:
    less, more = AuditSetting(success=True, failure=False), AuditSetting(success=True, failure=True)
    few = [Remedy(AUDIT("A"), value, str(value)) for value in (more, less)]
    assert lesser_of(few) == {0b01: 0b10}
    assert lesser_of([*few, Remedy(AUDIT("B"), less, "of another")]) == {0b01: 0b10}
    assert lesser_of([Remedy(SETTING("s"), value=True, text="on")]) == {}


@dataclass(frozen=True)
class _Recorded:
    """A leaf that asks for an outcome of one subcategory."""

    failure_too: bool
    name: str = "A"

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (AUDIT(self.name),)

    def check(self, facts: Facts) -> Reason:
        wanted = AuditSetting(success=True, failure=self.failure_too)
        fact = facts.get(AUDIT(self.name))
        held = not isinstance(fact, Missing) and wanted.added_to(fact.value) == fact.value
        remedy = None if held else Remedy(AUDIT(self.name), wanted, str(wanted))
        return Reason("audit policy", self.name, YES if held else NO, str(wanted), remedy=remedy)


def test_what_asks_for_more_does_for_what_asks_for_less_and_is_not_asked_for_in_vain() -> None:
    graph = Graph()
    leaves = [
        graph.add(Node(NodeKey.of(str(both)), Combine.LEAF, "prerequisite", "", _Recorded(both)))
        for both in (True, False)
    ]
    for combine in (Combine.ALL, Combine.ANY):
        key = graph.add(Node(NodeKey.of(combine.name), combine, "inner", ""))
        for leaf in leaves:
            graph.link(key, Edge(leaf))
    compiled = Compiled(graph)
    evaluation = evaluate(compiled, Facts())
    chosen = {
        name: [x.text for x in fewest(evaluation, compiled.number[NodeKey.of(name)]) or ()]
        for name in ("ALL", "ANY")
    }
    assert chosen == {"ALL": ["Success and Failure"], "ANY": ["Success"]}


@given(st.sets(st.integers(0, 70)))
def test_the_places_of_a_set_of_changes_are_its_bits(bits: set[int]) -> None:
    assert list(places(sum(1 << bit for bit in bits))) == sorted(bits)


def test_remedies_of_one_fact_add_up_and_those_without_a_value_stay_apart() -> None:
    success, failure = AuditSetting(True, False), AuditSetting(False, True)
    both = AuditSetting(True, True)
    asked, unvalued = Remedy(AUDIT("A"), failure, "failure"), Remedy(SYSMON, None, "by hand")
    told = Facts().stating(AUDIT("A"), success)
    assert facts_after(told, [asked, unvalued]) == ({AUDIT("A"): both}, {unvalued})
    assert facts_after(told, []) == ({}, set())
    twice = [Remedy(AUDIT("A"), success, "success"), asked]
    assert facts_after(Facts(), twice) == ({AUDIT("A"): both}, set())


@dataclass(frozen=True)
class _ByHand:
    """A leaf that only what no fact tells of would change."""

    reads: tuple[FactKey[object], ...] = (SYSMON,)

    def check(self, facts: Facts) -> Reason:  # noqa: ARG002
        return Reason("setting", "A", NO, "off", remedy=Remedy(SYSMON, None, "by hand"))


def test_a_remedy_without_a_value_is_taken_to_do_what_it_says() -> None:
    compiled = Compiled(Graph())
    numbers = [compiled.leaf(_ByHand()), compiled.leaf(_Recorded(failure_too=True))]
    top = compiled.combined(Combine.ALL, numbers)
    evaluation = evaluate(compiled, Facts())
    chosen = fewest(evaluation, top)
    assert chosen is not None
    assert {remedy.text for remedy in chosen} == {"by hand", "Success and Failure"}
    for made in _sets(list(chosen)):
        after = applied(evaluation, made)
        assert after.achieved([*numbers, top]) == {
            number
            for number, texts in (
                (numbers[0], {"by hand"}),
                (numbers[1], {"Success and Failure"}),
                (top, {"by hand", "Success and Failure"}),
            )
            if texts <= {remedy.text for remedy in made}
        }


LEAVES = [_Recorded(both, name) for name in "AB" for both in (True, False)]
"""Bit 1 asks more of A than bit 2 does, bit 4 more of B than bit 8."""
LESSER = {0b0001: 0b0010, 0b0100: 0b1000}


def least_of(*combinations_of: tuple[Combine, tuple[int, ...]]) -> list[int | None]:
    """The least changes of nodes over these leaves; places from 4 on are the nodes before."""
    compiled = Compiled(Graph())
    numbers = [compiled.leaf(leaf) for leaf in LEAVES]
    for combine, children in combinations_of:
        numbers.append(compiled.combined(combine, [numbers[place] for place in children]))
    evaluation = evaluate(compiled, Facts())
    remedies = _remedies(evaluation)
    assert lesser_of(remedies) == LESSER
    bits = {remedy.name: 1 << place for place, remedy in enumerate(remedies)}
    least = Least(evaluation, bits, lesser=LESSER)
    return [least.changes(number) for number in numbers[4:]]


@pytest.mark.parametrize(
    ("nodes", "changes"),
    [
        ([(Combine.ALL, (0, 1))], 0b0001),  # what asks for more does for both
        ([(Combine.ALL, (1, 2, 3))], 0b0110),
        ([(Combine.ALL, (0, 1, 2, 3))], 0b0101),
        ([(Combine.ANY, (0, 1))], 0b0010),
        ([(Combine.ANY, (1, 0))], 0b0010),
        ([(Combine.ANY, (0, 2))], 0b0001),  # neither asks less of the other's facts
        ([(Combine.ANY, (2, 0))], 0b0100),
        ([(Combine.ANY, (0, 3))], 0b0001),
        ([(Combine.ALL, (0, 2)), (Combine.ANY, (4, 1))], 0b0010),
        ([(Combine.ALL, (0, 2)), (Combine.ALL, (1, 3)), (Combine.ANY, (4, 5))], 0b1010),
        ([(Combine.ALL, (0, 2)), (Combine.ALL, (1, 2)), (Combine.ANY, (4, 5))], 0b0110),
        ([(Combine.ALL, (0, 3)), (Combine.ALL, (1, 2)), (Combine.ANY, (4, 5))], 0b1001),
    ],
)
def test_no_change_is_asked_for_that_another_one_holds_or_undercuts(
    nodes: list[tuple[Combine, tuple[int, ...]]], changes: int
) -> None:
    assert least_of(*nodes)[-1] == changes


def test_a_change_is_lesser_in_any_of_several_respects() -> None:
    kept = [KeptPattern(EventId.of("Sysmon", number)) for number in (1, 2)]
    inside = [
        KeptPattern(each.event, (("Image", (Constraint(Test.EQUALS, ("x",)),)),)) for each in kept
    ]
    values = [SysmonState(True, keeps_also=each) for each in (*((x,) for x in inside), tuple(kept))]
    few = [Remedy(SYSMON, value, str(place)) for place, value in enumerate(values)]
    assert lesser_of(few) == {0b100: 0b011}


@pytest.mark.parametrize(("verdict", "changes"), [("yes", 1), ("n/a", None)])
def test_no_change_here_makes_whole_what_another_host_has_to_supply_a_part_of(
    verdict: str, changes: int | None
) -> None:
    graph = Graph()
    top = graph.add(Node(NodeKey.of("top"), Combine.ALL, "inner", ""))
    leaves: list[tuple[Prerequisite, bool]] = [
        (Says("x", VERDICTS[verdict], fixable=False), True),
        (LEAVES[0], False),
    ]
    for place, (leaf, elsewhere) in enumerate(leaves):
        key = graph.add(Node(NodeKey.of(str(place)), Combine.LEAF, "prerequisite", "", leaf))
        graph.link(top, Edge(key, elsewhere=elsewhere))
    compiled = Compiled(graph)
    before = evaluate(compiled, Facts())
    (remedy,) = _remedies(before)
    assert Least(before, {remedy.name: 1}).changes(compiled.number[top]) == changes
    assert (applied(before, [remedy]).verdict(top) == YES) is (changes is not None)


@pytest.mark.parametrize("places_of", [(0, 1), (1, 0)])
def test_an_alternative_that_nothing_mends_is_none(places_of: tuple[int, ...]) -> None:
    compiled = Compiled(Graph())
    numbers = [compiled.leaf(Says("x", NO, fixable=False)), compiled.leaf(LEAVES[0])]
    top = compiled.combined(Combine.ANY, [numbers[place] for place in places_of])
    before = evaluate(compiled, Facts())
    (remedy,) = _remedies(before)
    least = Least(before, {remedy.name: 1})
    assert [least.changes(number) for number in (*numbers, top)] == [None, 1, 1]
