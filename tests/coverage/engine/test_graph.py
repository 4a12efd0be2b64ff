"""The graph against a slow, plain oracle, and its own shortcuts against itself."""

from __future__ import annotations

import pytest
from graphs import VERDICTS, Asks, graphs
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import (
    Evaluation,
    evaluate,
    reevaluate,
    supposing,
)
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import MOST, Reasons
from logreach.coverage.engine.verdict import (
    PARTIAL,
    Level,
    Verdict,
)
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SETTING


def plainly(graph: Graph, key: NodeKey, facts: Facts) -> tuple[int, int] | None:
    """The same by plain recursion on pairs of numbers; None: does not apply."""
    node = graph.node(key)
    if node.leaf is not None:
        verdict = node.leaf.check(facts).verdict
        return (int(verdict.proven), int(verdict.possible)) if verdict.applicable else None
    pairs, elsewhere = [], False
    for edge in graph.edges(key):
        pair = plainly(graph, edge.child, facts)
        if pair is None:
            if edge.gate:
                return None
            elsewhere = elsewhere or edge.elsewhere
            continue
        if edge.limit is not None:
            pair = (min(pair[0], edge.limit.proven), min(pair[1], edge.limit.possible))
        pairs.append(pair)
    if not pairs:
        return None
    choose = max if node.combine is Combine.ANY else min
    best = 1 if elsewhere else 2
    return (
        min(best, choose(pair[0] for pair in pairs)),
        min(best, choose(pair[1] for pair in pairs)),
    )


def verdicts(evaluation: Evaluation) -> dict[NodeKey, Verdict]:
    return {key: evaluation.verdict(key) for key in evaluation.compiled.keys}


@given(graphs())
def test_the_evaluation_equals_a_plain_recursion(drawn: tuple[Graph, Facts]) -> None:
    graph, facts = drawn
    for key, verdict in verdicts(evaluate(Compiled(graph), facts)).items():
        pair = (int(verdict.proven), int(verdict.possible)) if verdict.applicable else None
        assert pair == plainly(graph, key, facts)


@given(graphs(), st.integers(0, 4))
def test_evaluating_again_equals_evaluating_afresh(drawn: tuple[Graph, Facts], value: int) -> None:
    graph, facts = drawn
    key = SETTING("leaf0")
    changed = facts.stating(key, value)
    compiled = Compiled(graph)
    again = reevaluate(evaluate(compiled, facts), changed, [key])
    assert verdicts(again) == verdicts(evaluate(compiled, changed))


@given(graphs())
def test_supposing_lies_within_what_was_possible(drawn: tuple[Graph, Facts]) -> None:
    """A missing fact at its worst and at its best brackets nothing beyond the ends."""
    graph, facts = drawn
    before = evaluate(Compiled(graph), facts)
    open_ = {n: r.verdict for n, r in before.reasons() if not r.verdict.settled}
    for end in ("proven", "possible"):
        level: dict[int, Level] = {n: getattr(v, end) for n, v in open_.items()}
        after = supposing(before, {n: Verdict.of(one, one) for n, one in level.items()})
        for key, verdict in verdicts(after).items():
            old = before.verdict(key)
            assert old.proven <= verdict.proven <= verdict.possible <= old.possible


@given(graphs())
def test_every_verdict_has_a_reason_that_can_account_for_it(drawn: tuple[Graph, Facts]) -> None:
    graph, facts = drawn
    evaluation = evaluate(Compiled(graph), facts)
    reasons = Reasons(evaluation)
    for key, verdict in verdicts(evaluation).items():
        assert reasons.of(key), key
        if verdict.applicable and verdict.possible is Level.NO:
            said = [reason.verdict for reason in reasons.of(key)]
            assert any(one.possible is Level.NO for one in said)


def test_a_missing_node_and_a_cycle_are_refused() -> None:
    graph = Graph()
    first, second = (
        graph.add(Node(NodeKey.of("inner", name), Combine.ANY, "inner", name)) for name in "ab"
    )
    with pytest.raises(KeyError, match="inner:c: a node is missing"):
        graph.link(first, Edge(NodeKey.of("inner", "c")))
    graph.link(first, Edge(second))
    graph.link(second, Edge(first))
    cycle = r"cycle: (inner:a -> inner:b -> inner:a|inner:b -> inner:a -> inner:b)"
    with pytest.raises(ValueError, match=cycle):
        graph.order()


@given(graphs(), st.data())
def test_the_part_below_some_nodes_gives_them_the_same_verdicts(
    graph_and_facts: tuple[Graph, Facts], data: st.DataObject
) -> None:
    graph, facts = graph_and_facts
    keys = data.draw(st.lists(st.sampled_from(graph.order()), min_size=1, max_size=3))
    part = Compiled(graph.below(keys))
    whole = evaluate(Compiled(graph), facts)
    assert {key: evaluate(part, facts).verdict(key) for key in part.keys} == {
        key: whole.verdict(key) for key in part.keys
    }
    assert set(keys) <= set(part.keys)


def test_an_unsettled_verdict_names_what_is_missing_however_much_else_there_is_to_say() -> None:
    graph = Graph()
    inner = graph.add(Node(NodeKey.of("all"), Combine.ALL, "event", "all"))
    names = [f"leaf{number}" for number in range(12)]
    for name in names:
        leaf = Node(NodeKey.of(name), Combine.LEAF, "prerequisite", name, Asks(name))
        graph.link(inner, Edge(graph.add(leaf)))
    partial = [
        Statement(SETTING(name), VERDICTS.index(PARTIAL), Evidence("test")) for name in names[:-1]
    ]
    judged = Reasons(evaluate(Compiled(graph), Facts.of(partial))).judged(inner)
    assert judged.verdict == Verdict.of(Level.NO, Level.PARTIAL)
    assert len(judged.reasons) == MOST
    assert [one.missing for one in judged.reasons if one.missing] == [Asks(names[-1]).key]


def test_an_edge_needs_both_of_its_nodes() -> None:
    graph, missing = Graph(), NodeKey.of("missing")
    there = graph.add(Node(NodeKey.of("there"), Combine.ANY, "inner", ""))
    assert there in graph
    assert missing not in graph
    for parent, child in ((there, missing), (missing, there), (missing, missing)):
        with pytest.raises(KeyError, match="a node is missing"):
            graph.link(parent, Edge(child))
    assert missing not in graph
