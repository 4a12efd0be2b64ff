"""Witness sets, against a search through all sets of things that may be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations

from graph_words import Says, node_key
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate
from logreach.coverage.engine.folding import CODE, DOUBT, NEVER
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
from logreach.coverage.engine.witness_sets import Ask, Witnesses, WitnessSets
from logreach.inventories.facts.facts import Facts

_SETTINGS = settings(deadline=None, max_examples=150)
_THINGS = 4
_INNER = [Combine.ANY, Combine.ANY, Combine.ALL, Combine.ALL, Combine.EITHER, Combine.BRACKET]
_KINDS: list[dict[str, bool]] = [{}, {}, {}, {"gate": True}, {"elsewhere": True}]
_LIMITS = [None, None, None, None, YES, PARTIAL, UNKNOWN]
_OTHERS = [YES, YES, PARTIAL, NO, UNKNOWN, NOT_APPLICABLE]
Needed = Mapping[int, Mapping[Ask, tuple[int, ...]]]
"""By the number of a leaf, the sets of things with which it holds whole, in part, or may hold."""


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Evaluation, Needed]:
    """A random graph, some of whose leaves hold with certain things only."""
    graph = Graph()
    keys = []
    needed: dict[str, Mapping[Ask, tuple[int, ...]]] = {}
    for number in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from(["leaf", "leaf", "role"])) + str(number)
        verdict = draw(st.sampled_from(_OTHERS))
        leaf = Says(name, verdict, fixable=False)
        keys.append(graph.add(Node(node_key(name), Combine.LEAF, "prerequisite", name, leaf)))
        needed[name] = draw(_alternatives(verdict))
    for number in range(draw(st.integers(1, 6))):
        combine = draw(st.sampled_from(_INNER))
        least, most = (2, 2) if combine is Combine.BRACKET else (1, 4)
        children = st.lists(st.sampled_from(keys), unique=True, min_size=least, max_size=most)
        if len(keys) < least:
            continue
        key = graph.add(Node(node_key(f"node{number}"), combine, "inner", f"node{number}"))
        for place, child in enumerate(draw(children)):
            kind = draw(st.sampled_from(_KINDS))
            limit = draw(st.sampled_from(_LIMITS))
            if combine is Combine.BRACKET and place == 0:
                kind, limit = {"gate": True}, None
            graph.link(key, Edge(child, limit, "why", **kind))
        keys.append(key)
    compiled = Compiled(graph)
    by_number = {compiled.number[node_key(name)]: sets for name, sets in needed.items()}
    return evaluate(compiled, Facts()), by_number


@st.composite
def _alternatives(draw: st.DrawFn, verdict: Verdict) -> Mapping[Ask, tuple[int, ...]]:
    """What a leaf takes: as its verdict says, or some things."""
    if draw(st.booleans()):
        return {ask: (0,) if ask.met_by(verdict) else () for ask in Ask}
    things = st.lists(st.integers(0, (1 << _THINGS) - 1), max_size=2).map(tuple)
    whole, more, still_more = draw(things), draw(things), draw(things)
    return {
        Ask.WHOLE: whole,
        Ask.PART: (*whole, *more),
        Ask.POSSIBLE: (*whole, *more, *still_more),
    }


def _witnesses(evaluation: Evaluation, needed: Needed, most: int = 256) -> WitnessSets:
    def whole(number: int) -> tuple[int, ...]:
        return needed[number][Ask.WHOLE]

    def less(number: int, ask: Ask) -> tuple[int, ...]:
        return needed[number][ask]

    return WitnessSets(evaluation, whole, most, less)


def _with(evaluation: Evaluation, needed: Needed, there: int) -> Evaluation:
    """The evaluation with these things and no others, by evaluating again.

    A role that is unknown stays in doubt, whatever is supposed of it.
    """
    codes = bytearray(evaluation.codes)
    for number, sets in needed.items():
        if codes[number] != NEVER:
            met = {ask: any(each & there == each for each in sets[ask]) for ask in Ask}
            proven = Level.YES if met[Ask.WHOLE] else Level(int(met[Ask.PART]))
            possible = Level.YES if met[Ask.POSSIBLE] else Level.NO
            codes[number] = CODE[Verdict.of(proven, possible)] + DOUBT * (codes[number] > NEVER)
    for number in evaluation.compiled.inner:
        codes[number] = evaluation.compiled.combine(number, codes)
    return Evaluation(evaluation.compiled, evaluation.facts, codes, evaluation.leaves)


def _subsets() -> Iterator[int]:
    """Every set of things, the smallest first."""
    things = [1 << place for place in range(_THINGS)]
    sizes = range(_THINGS + 1)
    return (sum(each) for each in chain.from_iterable(combinations(things, n) for n in sizes))


def _minimal(evaluation: Evaluation, needed: Needed) -> dict[tuple[int, Ask], set[int]]:
    """By node and question, the minimal sets with which it holds."""
    numbers = range(len(evaluation.compiled.keys))
    minimal: dict[tuple[int, Ask], set[int]] = {(n, ask): set() for n in numbers for ask in Ask}
    for there in _subsets():
        after = _with(evaluation, needed, there)
        for (number, ask), sets in minimal.items():
            met = after.applicable(number) and ask.met_by(after.verdict_at(number))
            if met and not any(each & ~there == 0 for each in sets):
                sets.add(there)
    return minimal


@_SETTINGS
@given(_cases())
def test_the_sets_are_those_that_a_search_through_all_sets_finds(
    case: tuple[Evaluation, Needed],
) -> None:
    evaluation, needed = case
    witnesses = _witnesses(evaluation, needed)
    for (number, ask), expected in _minimal(evaluation, needed).items():
        sets = witnesses.of(number, ask)
        assert sets.complete
        assert set(sets.sets) == expected, (evaluation.compiled.keys[number], ask)
        assert len(sets.sets) == len(expected)


@_SETTINGS
@given(_cases())
def test_whether_a_node_holds_with_some_things_is_what_evaluating_says(
    case: tuple[Evaluation, Needed],
) -> None:
    evaluation, needed = case
    witnesses = _witnesses(evaluation, needed)
    for there in _subsets():
        after = _with(evaluation, needed, there)
        for number in range(len(evaluation.compiled.keys)):
            for ask in Ask:
                met = after.applicable(number) and ask.met_by(after.verdict_at(number))
                assert witnesses.holds(number, there, ask) == met


@_SETTINGS
@given(_cases(), st.integers(1, 3))
def test_a_bound_leaves_minimal_sets_and_says_so(
    case: tuple[Evaluation, Needed], most: int
) -> None:
    evaluation, needed = case
    witnesses = _witnesses(evaluation, needed, most)
    for (number, ask), expected in _minimal(evaluation, needed).items():
        sets = witnesses.of(number, ask)
        assert set(sets.sets) <= expected
        assert bool(sets.sets) == bool(expected)
        assert len(sets.sets) == len(set(sets.sets))
        if sets.complete:
            assert set(sets.sets) == expected


def test_who_asks_for_the_whole_only_says_no_more_of_leaves() -> None:
    graph = Graph()
    leaf = Says("leaf", YES, fixable=False)
    graph.add(Node(node_key("leaf"), Combine.LEAF, "prerequisite", "leaf", leaf))
    witnesses = WitnessSets(evaluate(Compiled(graph), Facts()), lambda _: (0b1,))
    assert witnesses.of(0).sets == (0b1,)
    assert witnesses.of(0, Ask.PART).sets == ()


def test_what_is_in_every_set_is_in_none_where_there_is_no_set() -> None:
    assert Witnesses((0b011, 0b110)).in_every == 0b010
    assert Witnesses((0b001, 0b110)).in_every == 0
    assert Witnesses(()).in_every == 0
