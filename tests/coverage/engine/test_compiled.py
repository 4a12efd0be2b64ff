"""Nodes that are added to the lists directly, against the same nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from graph_words import VERDICTS, Says, node_key
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.compiled import _PLAIN, Compiled
from logreach.coverage.engine.construction import cover
from logreach.coverage.engine.evaluation import Evaluation, evaluate, reevaluate
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence

TOP = NodeKey.of("top")
_VERDICTS = st.lists(st.sampled_from(list(VERDICTS.values())), min_size=2, max_size=4)
_ROLES = st.sampled_from([YES, UNKNOWN, VERDICTS["n/a"]])


def leaves_of(verdicts: Sequence[Verdict], role: Verdict = YES) -> Graph:
    """A graph of leaves, of which the first asks for a role."""
    graph = Graph()
    for number, verdict in enumerate((role, *verdicts)):
        name = f"leaf{number}" if number else "role"
        leaf = Says(name, verdict, fixable=True)
        graph.add(Node(node_key(name), Combine.LEAF, "prerequisite", name, leaf))
    return graph


def numbers(compiled: Compiled) -> list[int]:
    """The leaves, that which asks for a role left out."""
    return [compiled.number[node.key] for node in compiled.graph.nodes("prerequisite")][1:]


def same_node(evaluation: Evaluation, direct: int, key: NodeKey = TOP) -> None:
    """Verdict and doubt of a node without a key are those of one with a key."""
    number = evaluation.compiled.number[key]
    assert evaluation.codes[direct] == evaluation.codes[number]


@given(
    _VERDICTS, _ROLES, st.sampled_from([Combine.ANY, Combine.ALL, Combine.EITHER]), st.booleans()
)
def test_a_combination_is_that_of_the_graph(
    verdicts: list[Verdict], role: Verdict, combine: Combine, gate: bool
) -> None:
    graph = leaves_of(verdicts, role)
    graph.add(Node(TOP, combine, "inner", "top"))
    for place, node in enumerate(graph.nodes("prerequisite")):
        graph.link(TOP, Edge(node.key, gate=gate and not place))
    compiled = Compiled(graph)
    every = [compiled.number[node.key] for node in graph.nodes("prerequisite")]
    direct = compiled.combined(combine, every, gate=gate)
    assert direct == compiled.combined(combine, list(every), gate=gate)
    assert direct != compiled.combined(combine, every, gate=not gate)
    assert not compiled.has_limits(direct)
    for number in (direct, compiled.number[TOP]):
        links = compiled.links(number)
        assert links == tuple(compiled.link(number, place) for place in range(len(every)))
        gates = [(child, edge.gate and edge.limit is None) for child, edge in links]
        assert gates == [(child, gate and not place) for place, child in enumerate(every)]
    evaluation = evaluate(compiled, Facts())
    same_node(evaluation, direct)
    reasons = Reasons(evaluation)
    assert reasons.judged_at(direct) == reasons.judged(TOP)


@given(_VERDICTS)
def test_a_cover_is_that_of_the_graph_and_its_reasons_name_what_is_lacking(
    verdicts: list[Verdict],
) -> None:
    graph = leaves_of(verdicts)
    children = [(node.key, node.label) for node in graph.nodes("prerequisite")[1:]]
    cover(graph, TOP, "cover", "top", children, "is a part")
    compiled = Compiled(graph)
    direct = compiled.cover(numbers(compiled))
    assert direct == compiled.cover(numbers(compiled))
    evaluation = evaluate(compiled, Facts())
    same_node(evaluation, direct)
    judged = Reasons(evaluation).judged_at(direct)
    assert {reason.link for reason in judged.reasons} == {"setting"}
    if judged.verdict.applicable and judged.verdict is not YES:
        assert any(reason.verdict is not YES for reason in judged.reasons)


@given(st.sampled_from(list(VERDICTS.values())), st.sampled_from(list(VERDICTS.values())))
def test_a_part_is_worth_no_more_than_partial_beside_the_whole(
    whole: Verdict, part: Verdict
) -> None:
    graph = leaves_of([whole, part])
    graph.add(Node(TOP, Combine.ANY, "inner", "top"))
    for place, node in enumerate(graph.nodes("prerequisite")[1:]):
        graph.link(TOP, Edge(node.key, PARTIAL if place else None))
    compiled = Compiled(graph)
    direct = compiled.at_least(*numbers(compiled))
    assert direct == compiled.at_least(*numbers(compiled))
    assert direct != compiled.at_least(*reversed(numbers(compiled)))
    same_node(evaluate(compiled, Facts()), direct)


def test_a_single_child_stands_for_itself() -> None:
    compiled = Compiled(leaves_of([NO]))
    (child,) = numbers(compiled)
    assert compiled.combined(Combine.ALL, [child]) == child
    assert compiled.cover([child]) == child


def test_a_leaf_is_added_once_for_each_time_and_one_that_changes_is_asked_again() -> None:
    compiled = Compiled(leaves_of([NO]))
    says = Says("late", NO, fixable=True)
    first, second = compiled.leaf(says), compiled.leaf(says)
    top = compiled.combined(Combine.ALL, [first, second])
    assert len({first, second, top}) == 3
    before = evaluate(compiled, Facts())
    assert before.verdict_at(top) is NO
    after = reevaluate(before, Facts().stating(says.key, value=True), [says.key])
    assert after.verdict_at(top) is YES
    assert after.changed == {first, second, top}


def test_a_named_node_is_worth_what_its_child_is_and_says_the_same() -> None:
    compiled = Compiled(leaves_of([NO, YES]))
    child = compiled.combined(Combine.ALL, numbers(compiled))
    named = compiled.named(TOP, child)
    evaluation = evaluate(compiled, Facts())
    assert compiled.number[TOP] == named != child
    assert compiled.sources[named] == child
    assert evaluation.verdict(TOP) is NO
    assert Reasons(evaluation).of(TOP) == Reasons(evaluation).judged_at(child).reasons


@pytest.mark.parametrize("order", [list, reversed])
def test_a_node_of_the_graph_that_comes_later_is_included_with_what_it_hangs_on(
    order: Callable[[list[NodeKey]], list[NodeKey]],
) -> None:
    graph = leaves_of([NO, YES])
    compiled = Compiled(graph)
    late = Says("late", UNKNOWN, fixable=True)
    key = graph.add(Node(node_key("late"), Combine.LEAF, "prerequisite", "late", late))
    inner = graph.add(Node(NodeKey.of("inner"), Combine.ALL, "inner", "inner"))
    graph.add(Node(TOP, Combine.ANY, "inner", "top"))
    graph.link(inner, Edge(key))
    graph.link(inner, Edge(node_key("leaf2")))
    graph.link(TOP, Edge(inner))
    graph.link(TOP, Edge(node_key("leaf1")))
    for each in order([inner, TOP]):
        assert compiled.include(each) == compiled.number[each] == compiled.include(each)
    evaluation = evaluate(compiled, Facts())
    assert evaluation.verdict(inner) is evaluation.verdict(TOP) is UNKNOWN
    assert [compiled.keys[number] for number in compiled.parents[compiled.number[key]]] == [inner]
    known = reevaluate(evaluation, Facts().stating(late.key, value=True), [late.key])
    assert known.verdict(TOP) is YES


@given(
    st.sampled_from(list(VERDICTS.values())),
    st.sampled_from(list(VERDICTS.values())),
)
def test_between_two_sets_the_outer_one_settles_all_or_nothing_and_the_inner_one_the_rest(
    outer: Verdict, inner: Verdict
) -> None:
    compiled = Compiled(leaves_of([outer, inner]))
    number = compiled.bracket(*numbers(compiled), "is only a part of it")
    evaluation = evaluate(compiled, Facts())
    verdict, reasons = evaluation.verdict_at(number), Reasons(evaluation).judged_at(number).reasons
    if not outer.applicable or outer in (YES, NO):
        assert verdict is outer
        assert [reason.text for reason in reasons] == ["leaf1"]
    elif inner.applicable and outer.settled and verdict is not outer:
        assert [reason.text for reason in reasons] == ["is only a part of it", "leaf1"]
        assert reasons[0].verdict is verdict
    else:
        assert [reason.text for reason in reasons] == ["leaf1"]


@pytest.mark.parametrize(
    ("edge", "is_plain"),
    [
        ({}, True),
        ({"limit": PARTIAL}, False),
        ({"gate": True}, False),
        ({"elsewhere": True}, False),
        ({"why": "in part only"}, False),
    ],
)
def test_a_node_over_one_plain_edge_is_its_child(edge: dict[str, Any], *, is_plain: bool) -> None:
    graph = leaves_of([YES])
    (child,) = [node.key for node in graph.nodes("prerequisite")][1:]
    graph.add(Node(TOP, Combine.ALL, "inner", "top"))
    graph.link(TOP, Edge(child, **edge))
    compiled = Compiled(graph)
    number, below = compiled.number[TOP], compiled.number[child]
    assert compiled.sources[number] == (below if is_plain else number)
    assert compiled.has_limits(number) is not is_plain
    assert compiled.links(number) == ((below, Edge(child, **edge) if edge else _PLAIN),)


def test_a_node_over_several_plain_edges_is_its_own() -> None:
    graph = leaves_of([YES, NO])
    graph.add(Node(TOP, Combine.ALL, "inner", "top"))
    for node in graph.nodes("prerequisite"):
        graph.link(TOP, Edge(node.key))
    compiled = Compiled(graph)
    number = compiled.number[TOP]
    assert compiled.sources[number] == number
    assert not compiled.has_limits(number)
    assert compiled.elsewhere == {}


@dataclass(frozen=True)
class Worded:
    """A leaf whose reason rests on evidence of its own."""

    place: str

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return ()

    def check(self, facts: Facts) -> Reason:  # noqa: ARG002
        return Reason("setting", "x", NO, "it is off", (Evidence(self.place),))


def test_leaves_that_say_the_same_share_a_source_and_others_with_the_same_text_do_not() -> None:
    compiled = Compiled(Graph())
    first, same, other = (compiled.leaf(Worded(place)) for place in ("a", "a", "b"))
    reasons = Reasons(evaluate(compiled, Facts()))
    assert [reasons.source(number) for number in (first, same, other)] == [first, first, other]
    assert reasons.judged_at(other).reasons[0].evidence == (Evidence("b"),)
    assert reasons.judged_at(same) == reasons.judged_at(first)


@pytest.mark.parametrize("combine", [Combine.ALL, Combine.ANY])
@pytest.mark.parametrize("first", VERDICTS)
@pytest.mark.parametrize("second", ["yes", "partial", "no"])
def test_a_need_of_this_host_does_not_hide_that_another_may_be_met_elsewhere(
    first: str, second: str, combine: Combine
) -> None:
    """To say of a need that applies here that other hosts may meet it changes nothing."""
    codes = []
    for also in (False, True):
        graph = leaves_of([VERDICTS[second]], VERDICTS[first])
        graph.add(Node(TOP, combine, "inner", "top"))
        role, need = (node.key for node in graph.nodes("prerequisite"))
        graph.link(TOP, Edge(role, elsewhere=True))
        graph.link(TOP, Edge(need, elsewhere=also))
        compiled = Compiled(graph)
        codes.append(evaluate(compiled, Facts()).codes[compiled.number[TOP]])
    assert codes[0] == codes[1]
