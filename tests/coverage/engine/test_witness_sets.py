"""Witness sets, against a search through all sets of things that may be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations

from graph_words import Says, node_key
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate, supposing
from logreach.coverage.engine.folding import DOUBT, NEVER
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    YES,
    Level,
    Verdict,
)
from logreach.coverage.engine.witness_sets import Witnesses, WitnessSets
from logreach.inventories.facts.facts import Facts

_SETTINGS = settings(deadline=None, max_examples=300)
_THINGS = 4
_INNER = [Combine.ANY, Combine.ANY, Combine.ALL, Combine.ALL, Combine.EITHER, Combine.BRACKET]
_KINDS: list[dict[str, bool]] = [{}, {}, {}, {"gate": True}, {"elsewhere": True}]
_LIMITS = [None, None, None, None, YES, PARTIAL, UNKNOWN]
_OTHERS = [YES, YES, PARTIAL, NO, UNKNOWN, NOT_APPLICABLE]
Needed = Mapping[int, tuple[int, ...]]
"""By the number of a leaf, the sets of things with which it holds."""


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Evaluation, Needed]:
    """A random graph, some of whose leaves hold with certain things only."""
    graph = Graph()
    keys = []
    needed: dict[str, tuple[int, ...]] = {}
    for number in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from(["leaf", "leaf", "role"])) + str(number)
        verdict = draw(st.sampled_from(_OTHERS))
        leaf = Says(name, verdict, fixable=False)
        keys.append(graph.add(Node(node_key(name), Combine.LEAF, "prerequisite", name, leaf)))
        held = (0,) if verdict is YES else ()
        things = st.lists(st.integers(0, (1 << _THINGS) - 1), max_size=3).map(tuple)
        needed[name] = draw(st.one_of(st.just(held), things, things))
    for number in range(draw(st.integers(1, 6))):
        combine = draw(st.sampled_from(_INNER))
        least, most = (2, 2) if combine is Combine.BRACKET else (1, 4)
        children = st.lists(st.sampled_from(keys), unique=True, min_size=least, max_size=most)
        if len(keys) < least:
            continue
        key = graph.add(Node(node_key(f"node{number}"), combine, "inner", f"node{number}"))
        for child in draw(children):
            kind = draw(st.sampled_from(_KINDS))
            graph.link(key, Edge(child, draw(st.sampled_from(_LIMITS)), "why", **kind))
        keys.append(key)
    compiled = Compiled(graph)
    by_number = {compiled.number[node_key(name)]: sets for name, sets in needed.items()}
    return evaluate(compiled, Facts()), by_number


def _with(evaluation: Evaluation, needed: Needed, there: int) -> Evaluation:
    """The evaluation with these things and no others, by evaluating again."""
    leaves: dict[int, Verdict] = {}
    codes = bytearray(evaluation.codes)
    for number, sets in needed.items():
        if codes[number] != NEVER:
            held = any(each & there == each for each in sets)
            leaves[number] = YES if held else NO
    # A role that is unknown stays in doubt, whatever is supposed of it.
    sure = {n: v for n, v in leaves.items() if codes[n] < NEVER}
    after = supposing(evaluation, sure)
    doubtful = {n: v for n, v in leaves.items() if codes[n] >= NEVER}
    return _in_doubt(after, doubtful)


def _in_doubt(evaluation: Evaluation, leaves: Mapping[int, Verdict]) -> Evaluation:
    codes = bytearray(evaluation.codes)
    for number, verdict in leaves.items():
        codes[number] = list(Verdict).index(verdict) + DOUBT
    for number in evaluation.compiled.inner:
        codes[number] = evaluation.compiled.combine(number, codes)
    return Evaluation(evaluation.compiled, evaluation.facts, codes, evaluation.leaves)


def _subsets() -> Iterator[int]:
    """Every set of things, the smallest first."""
    things = [1 << place for place in range(_THINGS)]
    sizes = range(_THINGS + 1)
    return (sum(each) for each in chain.from_iterable(combinations(things, n) for n in sizes))


def _minimal(evaluation: Evaluation, needed: Needed) -> list[set[int]]:
    """By node, the minimal sets with which it is proven whole."""
    minimal: list[set[int]] = [set() for _ in evaluation.compiled.keys]
    for there in _subsets():
        after = _with(evaluation, needed, there)
        for number, sets in enumerate(minimal):
            if after.proven(number) is Level.YES and not any(each & ~there == 0 for each in sets):
                sets.add(there)
    return minimal


@_SETTINGS
@given(_cases())
def test_the_sets_are_those_that_a_search_through_all_sets_finds(
    case: tuple[Evaluation, Needed],
) -> None:
    evaluation, needed = case
    witnesses = WitnessSets(evaluation, needed.__getitem__)
    for number, expected in enumerate(_minimal(evaluation, needed)):
        sets = witnesses.of(number)
        assert sets.complete
        assert set(sets.sets) == expected, evaluation.compiled.keys[number]
        assert len(sets.sets) == len(expected)


@_SETTINGS
@given(_cases())
def test_whether_a_node_holds_with_some_things_is_what_evaluating_says(
    case: tuple[Evaluation, Needed],
) -> None:
    evaluation, needed = case
    witnesses = WitnessSets(evaluation, needed.__getitem__)
    for there in _subsets():
        after = _with(evaluation, needed, there)
        for number in range(len(evaluation.compiled.keys)):
            assert witnesses.holds(number, there) == (after.proven(number) is Level.YES)


@_SETTINGS
@given(_cases(), st.integers(1, 3))
def test_a_bound_leaves_minimal_sets_and_says_so(
    case: tuple[Evaluation, Needed], most: int
) -> None:
    evaluation, needed = case
    witnesses = WitnessSets(evaluation, needed.__getitem__, most)
    for number, expected in enumerate(_minimal(evaluation, needed)):
        sets = witnesses.of(number)
        assert set(sets.sets) <= expected
        assert bool(sets.sets) == bool(expected)
        assert len(sets.sets) == len(set(sets.sets))
        if sets.complete:
            assert set(sets.sets) == expected


def test_what_is_in_every_set_is_in_none_where_there_is_no_set() -> None:
    assert Witnesses((0b011, 0b110)).in_every == 0b010
    assert Witnesses((0b001, 0b110)).in_every == 0
    assert Witnesses(()).in_every == 0
