"""Requirements as nodes of a graph."""

from __future__ import annotations

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.requirement import AnyOf, Choice, Need, Requirement, Together, require
from logreach.coverage.engine.verdict import NO, PARTIAL, YES, Verdict
from logreach.inventories.facts.facts import Facts


def need(name: str, verdict: Verdict) -> Need:
    return Need(NodeKey.of("need", name), Fixed(name, verdict, name), name)


def verdict_of(requirement: Requirement) -> Verdict:
    graph = Graph()
    key = require(graph, requirement)
    return evaluate(Compiled(graph), Facts()).verdict(key)


def test_the_best_choice_counts_no_more_than_its_limit() -> None:
    limited = AnyOf(
        NodeKey.of("any"),
        "any",
        (Choice(need("policy", NO)), Choice(need("storage", YES), PARTIAL, "is a part")),
    )
    assert verdict_of(limited) is PARTIAL


def test_a_part_of_what_is_needed_together_counts_in_part() -> None:
    def together(*verdicts: Verdict) -> Together:
        parts = tuple((need(f"n{n}", verdict), f"n{n}") for n, verdict in enumerate(verdicts))
        return Together(NodeKey.of("all"), "all", parts, "is a part")

    assert verdict_of(together(YES, YES)) is YES
    assert verdict_of(together(YES, NO)) is PARTIAL
    assert verdict_of(together(NO, NO)) is NO
    assert verdict_of(together(YES)) is YES


def test_what_is_required_twice_is_one_node() -> None:
    graph = Graph()
    shared = need("shared", YES)
    require(graph, AnyOf(NodeKey.of("a"), "a", (Choice(shared),)))
    require(graph, AnyOf(NodeKey.of("b"), "b", (Choice(shared),)))
    assert len(graph) == 3
