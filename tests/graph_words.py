"""Graphs out of the words of a YAML case.

A leaf is 'name verdict', with '+' behind it where it offers a remedy; its name begins with 'role'
where it asks for a role. An inner node is {any: children} or {all: children}, at will with a
`name` and a `kind`. An edge is a node, or {of: node} with what is said of the edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from logreach.coverage.engine.chain import Chain
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import Evaluation, evaluate
from logreach.coverage.engine.graph import Combine, Edge, Graph, Node
from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.minimal_changes import fewest
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES, Level, Verdict
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import SETTING

VERDICTS = {
    "yes": YES,
    "partial": Verdict.of(Level.PARTIAL, Level.PARTIAL),
    "no": Verdict.of(Level.NO, Level.NO),
    "unknown": Verdict.of(Level.NO, Level.YES),
    "at-least-partial": Verdict.of(Level.PARTIAL, Level.YES),
    "at-best-partial": Verdict.of(Level.NO, Level.PARTIAL),
    "n/a": NOT_APPLICABLE,
}
COMBINING = {combine.name.lower(): combine for combine in Combine}


@dataclass(frozen=True)
class Says:
    """A leaf that says what its words say, and YES once its setting is on."""

    name: str
    verdict: Verdict
    fixable: bool

    @property
    def key(self) -> FactKey[Any]:
        return SETTING(self.name)

    @property
    def reads(self) -> tuple[FactKey[Any], ...]:
        return (self.key,)

    def check(self, facts: Facts) -> Reason:
        on = not isinstance(facts.get(self.key), Missing)
        verdict = YES if on else self.verdict
        remedy = Remedy(self.key, True, self.name) if self.fixable and not on else None
        link = "role" if self.name.startswith("role") else "setting"
        missing = None if verdict.settled else self.key
        return Reason(link, self.name, verdict, self.name, remedy=remedy, missing=missing)


@dataclass(frozen=True)
class Drawn:
    """A graph, the key of its top node, and its evaluation where nothing is told of the host."""

    graph: Graph
    top: NodeKey
    evaluation: Evaluation


def drawn(words: Any) -> Drawn:
    """The graph of a case, evaluated."""
    graph = Graph()
    top = _node(graph, words, "top")
    return Drawn(graph, top, evaluate(Compiled(graph), Facts()))


def node_key(name: str) -> NodeKey:
    """The key of a leaf or an inner node, by its name."""
    return NodeKey.of("node", name)


def _node(graph: Graph, words: Any, key: str) -> NodeKey:
    if isinstance(words, str):
        name, verdict, *rest = words.split()
        leaf = Says(name, VERDICTS[verdict], fixable=rest == ["+"])
        return graph.add(Node(node_key(name), Combine.LEAF, "prerequisite", name, leaf))
    combine = next(word for word in words if word in COMBINING)
    children = [_edge(graph, child, f"{key}.{n}") for n, child in enumerate(words[combine])]
    name = words.get("name", key)
    node = Node(node_key(name), COMBINING[combine], words.get("kind", "inner"), name)
    graph.add(node)
    for edge in children:
        graph.link(node.key, edge)
    return node.key


def _edge(graph: Graph, words: Any, key: str) -> Edge:
    told: dict[str, Any] = dict(words) if isinstance(words, Mapping) and "of" in words else {}
    child = _node(graph, told.pop("of", words), key)
    if "limit" in told:
        told["limit"] = VERDICTS[told["limit"]]
    return Edge(child, **told)


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Of the top node of a case's graph, whatever the case says something of."""
    made = drawn(case["graph"])
    evaluation = made.evaluation
    asked = {
        "verdict": lambda: evaluation.verdict(made.top).label,
        "doubtful": lambda: evaluation.doubtful(made.top),
        "reasons": lambda: [reason.text for reason in Reasons(evaluation).of(made.top)],
        "changes": lambda: _changes(evaluation, made.top, Level.YES),
        "partly": lambda: _changes(evaluation, made.top, Level.PARTIAL),
        "tree": lambda: list(_tree(Chain(evaluation, Reasons(evaluation)).below(made.top))),
    }
    return {name: ask() for name, ask in asked.items() if name in case}


def _changes(evaluation: Evaluation, top: NodeKey, goal: Level) -> list[str] | None:
    changes = fewest(evaluation, evaluation.compiled.number[top], goal)
    return None if changes is None else sorted(remedy.text for remedy in changes)


def _tree(branch: Branch, depth: int = 0) -> Iterator[str]:
    """A line a link: its label, its verdict (in brackets where it was judged as a whole), how its
    children combine, and the reasons that speak for it itself."""
    verdict = branch.verdict.label
    line = f"{'- ' * depth}{branch.label}: {verdict if branch.judged is None else f'[{verdict}]'}"
    line += f" ({branch.note})" if branch.note else ""
    line += f" <- {', '.join(reason.text for reason in branch.reasons)}" if branch.reasons else ""
    yield line
    for child in branch.children:
        yield from _tree(child, depth + 1)
