"""Laws of evaluating: what is learned of a host only narrows what was said without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph_words import VERDICTS, Says, node_key
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.reasons import MOST, Reasons
from logreach.coverage.engine.verdict import NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Level, Verdict
from logreach.inventories.facts.facts import Facts

_SETTINGS = settings(deadline=None, max_examples=60)
_EDGES: list[dict[str, object]] = [
    {},
    {},
    {},
    {"limit": PARTIAL, "why": "is a part"},
    {"limit": UNKNOWN, "why": "may not count"},
    {"gate": True},
    {"elsewhere": True, "why": "is for others"},
]


@dataclass(frozen=True)
class Shape:
    """A graph without its verdicts: leaves, and nodes with edges to what stands before them."""

    leaves: tuple[str, ...]
    nodes: tuple[tuple[str, Combine, tuple[tuple[str, int], ...]], ...]

    def evaluated(self, verdicts: Mapping[str, Verdict]) -> Evaluation:
        graph = Graph()
        for name in self.leaves:
            leaf = Says(name, verdicts[name], fixable=False)
            graph.add(Node(node_key(name), Combine.LEAF, "prerequisite", name, leaf))
        for name, combine, edges in self.nodes:
            parent = graph.add(Node(node_key(name), combine, "inner", name))
            for child, number in edges:
                graph.link(parent, Edge(node_key(child), **_EDGES[number]))  # type: ignore[arg-type]
        return evaluate(Compiled(graph), Facts())


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    leaves = ["role0", "role1", *(f"leaf{n}" for n in range(draw(st.integers(1, 4))))]
    keys, nodes = list(leaves), []
    for number in range(draw(st.integers(1, 6))):
        name = f"node{number}"
        combine = draw(st.sampled_from([Combine.ANY, Combine.ALL]))
        children = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=4))
        # Only needs are met by other hosts.
        kinds = len(_EDGES) - (combine is Combine.ANY)
        edges = [(child, draw(st.integers(0, kinds - 1))) for child in children]
        nodes.append((name, combine, tuple(edges)))
        keys.append(name)
    return Shape(tuple(leaves), tuple(nodes))


def leaf_verdicts(shape: Shape) -> st.SearchStrategy[dict[str, Verdict]]:
    """A role is unknown, given, or of another kind of host; other leaves may be anything."""
    every = st.sampled_from(list(VERDICTS.values()))
    role = st.sampled_from([UNKNOWN, YES, NOT_APPLICABLE])
    return st.fixed_dictionaries(
        {name: role if name.startswith("role") else every for name in shape.leaves}
    )


def narrower(verdict: Verdict, *, role: bool) -> list[Verdict]:
    """What a leaf may say once a fact more is known."""
    if role:
        return [verdict] if verdict is not UNKNOWN else [YES, NOT_APPLICABLE]
    if not verdict.applicable:
        return [verdict]
    return [one for one in Verdict if one.applicable and within(one, verdict)]


def within(new: Verdict, old: Verdict) -> bool:
    """Whether a verdict says nothing that the one with fewer facts excluded."""
    if not new.applicable:
        return not old.applicable or old.proven is Level.NO
    return old.applicable and old.proven <= new.proven and new.possible <= old.possible


@given(st.data())
@_SETTINGS
def test_knowing_more_keeps_every_node_within_its_ends(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    before = data.draw(leaf_verdicts(shape))
    after = {
        name: data.draw(st.sampled_from(narrower(verdict, role=name.startswith("role"))))
        for name, verdict in before.items()
    }
    old, new = shape.evaluated(before), shape.evaluated(after)
    for key in old.compiled.keys:
        if new.verdict(key).applicable or not old.doubtful(key):
            assert within(new.verdict(key), old.verdict(key)), key
        assert new.verdict(key).applicable or old.doubtful(key) or not old.verdict(key).applicable


@given(st.data())
@_SETTINGS
def test_a_better_leaf_never_makes_a_node_worse(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    before = data.draw(leaf_verdicts(shape))
    name = data.draw(st.sampled_from([one for one in shape.leaves if one.startswith("leaf")]))
    better = [
        one
        for one in Verdict
        if one.applicable
        and one.proven >= before[name].proven
        and one.possible >= before[name].possible
    ]
    if not before[name].applicable:
        return
    old = shape.evaluated(before)
    new = shape.evaluated(before | {name: data.draw(st.sampled_from(better))})
    for key in old.compiled.keys:
        assert new.verdict(key).applicable is old.verdict(key).applicable
        assert new.verdict(key).proven >= old.verdict(key).proven
        assert new.verdict(key).possible >= old.verdict(key).possible


@given(st.data())
@_SETTINGS
def test_without_a_role_in_doubt_nothing_is_doubtful(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    told = data.draw(leaf_verdicts(shape))
    settled = {name: YES if told[name] is UNKNOWN else told[name] for name in ("role0", "role1")}
    evaluation = shape.evaluated(told | settled)
    assert not any(evaluation.doubtful(key) for key in evaluation.compiled.keys)


@given(st.data())
@_SETTINGS
def test_reasons_are_few_each_once_and_name_what_is_missing(data: st.DataObject) -> None:
    shape = data.draw(shapes())
    evaluation = shape.evaluated(data.draw(leaf_verdicts(shape)))
    reasons = Reasons(evaluation)
    for key in evaluation.compiled.keys:
        judged = reasons.judged(key)
        assert judged.verdict is evaluation.verdict(key)
        assert judged.reasons == reasons.of(key)
        assert 0 < len(judged.reasons) <= MOST
        assert len(set(map(id, judged.reasons))) == len(judged.reasons)
        if judged.verdict.applicable and not judged.verdict.settled:
            assert any(not reason.verdict.settled for reason in judged.reasons), key
        if not judged.verdict.applicable:
            assert any(not reason.verdict.applicable for reason in judged.reasons), key


@given(st.data())
@_SETTINGS
def test_what_is_asked_of_many_nodes_at_once_is_what_their_verdicts_say(
    data: st.DataObject,
) -> None:
    shape = data.draw(shapes())
    evaluation = shape.evaluated(data.draw(leaf_verdicts(shape)))
    numbers = evaluation.compiled.number
    verdicts = {key: evaluation.verdict(key) for key in numbers}
    assert evaluation.verdicts() == [
        verdicts[key] for key in sorted(numbers, key=numbers.__getitem__)
    ]
    achieved = {numbers[key] for key, verdict in verdicts.items() if verdict is YES}
    assert evaluation.achieved(numbers.values()) == achieved
    for key, verdict in verdicts.items():
        number = numbers[key]
        assert evaluation.verdict_at(number) is verdict
        assert evaluation.applicable(number) is verdict.applicable
        assert evaluation.proven(number) is verdict.proven
        assert evaluation.doubtful_number(number) is evaluation.doubtful(key)
    said = {name: evaluation.reason(node_key(name)) for name in shape.leaves}
    assert dict(evaluation.reasons()) == {numbers[node_key(name)]: said[name] for name in said}
    for name, _, edges in shape.nodes:
        assert evaluation.reason(node_key(name)) is None
        for edge in evaluation.graph.edges(node_key(name)):
            child = verdicts[edge.child]
            through = evaluation.through(edge)
            limit = edge.limit or YES
            if child.applicable:
                assert through.proven is min(child.proven, limit.proven)
                assert through.possible is min(child.possible, limit.possible)
            else:
                assert not through.applicable
        assert len(edges) == len(evaluation.graph.edges(node_key(name)))
