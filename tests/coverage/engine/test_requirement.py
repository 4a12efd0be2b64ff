"""Requirements as nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.chain import Chain
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.requirement import (
    AllOf,
    AnyOf,
    Choice,
    Need,
    OneOf,
    Requirement,
    Together,
    require,
)
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import (
    NO,
    PARTIAL,
    YES,
    Verdict,
    all_of,
    any_of,
    hull,
    together,
)
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


def needs(verdicts: Sequence[Verdict]) -> tuple[Need, ...]:
    return tuple(need(f"n{n}", verdict) for n, verdict in enumerate(verdicts))


KEY = NodeKey.of("asked")
KINDS: dict[str, tuple[Callable[[Sequence[Verdict]], Requirement], Callable[..., Verdict]]] = {
    "any": (lambda said: AnyOf(KEY, "asked", tuple(map(Choice, needs(said)))), any_of),
    "all": (lambda said: AllOf(KEY, "asked", needs(said)), all_of),
    "one": (lambda said: OneOf(KEY, "asked", needs(said)), hull),
    "together": (
        lambda said: Together(
            KEY, "asked", tuple((each, each.label) for each in needs(said)), "is a part"
        ),
        together,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@given(verdicts=st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=4))
def test_a_requirement_is_worth_what_its_parts_come_to(kind: str, verdicts: list[Verdict]) -> None:
    made, combined = KINDS[kind]
    assert verdict_of(made(verdicts)) is combined(verdicts)


@pytest.mark.parametrize("kind", KINDS)
def test_a_requirement_that_is_there_already_is_not_made_again(kind: str) -> None:
    graph, (made, _) = Graph(), KINDS[kind]
    first = require(graph, made([YES, NO]))
    size, edges = len(graph), graph.edges(first)
    assert first == KEY == require(graph, made([YES, NO]))
    assert (len(graph), graph.edges(first)) == (size, edges)


def test_a_part_of_what_is_needed_together_is_named_as_one_where_there_are_several() -> None:
    def tree(*verdicts: Verdict) -> Branch:
        graph = Graph()
        key = require(graph, KINDS["together"][0](verdicts))
        evaluation = evaluate(Compiled(graph), Facts())
        return Chain(evaluation, Reasons(evaluation)).below(key)

    assert tree(YES, NO).note == "achievable if all of these are, conditional if some are"
    assert tree(YES).note == ""
    assert [reason.text for reason in tree(YES, NO).reasons] == ["n0", "n1"]


def test_the_reason_for_half_of_what_is_needed_together_says_that_it_is_a_part() -> None:
    graph = Graph()
    key = require(graph, KINDS["together"][0]([YES, NO]))
    reasons = Reasons(evaluate(Compiled(graph), Facts())).of(key)
    assert [reason.text for reason in reasons] == ["n0 is a part", "n1", "n0"]


def test_what_is_required_twice_is_one_node() -> None:
    graph = Graph()
    shared = need("shared", YES)
    require(graph, AnyOf(NodeKey.of("a"), "a", (Choice(shared),)))
    require(graph, AnyOf(NodeKey.of("b"), "b", (Choice(shared),)))
    assert len(graph) == 3
