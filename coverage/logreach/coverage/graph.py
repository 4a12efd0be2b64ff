"""The graph, and the one way in which it is evaluated.

Every node is a leaf (a prerequisite), an ANY of its children or an ALL of them. An edge can carry
a limit: the child counts for no more than that. An edge marked as gate passes on 'not applicable':
an event of domain controllers does not apply to a workstation, whatever else holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import networkx as nx

from logreach.coverage.assessment import Reason
from logreach.coverage.verdict import NOT_APPLICABLE, Verdict, all_of, any_of
from logreach.inventories.facts import FactKey, Facts


class Prerequisite(Protocol):
    """Something that must hold on a host; a leaf of the graph."""

    @property
    def reads(self) -> tuple[FactKey, ...]:
        """The facts that its answer depends on."""
        ...

    def check(self, facts: Facts) -> Reason:
        """Whether it holds on a host with these facts, and why."""
        ...


class Combine(StrEnum):
    ANY = "any of"
    ALL = "all of"
    LEAF = "prerequisite"


@dataclass(frozen=True, slots=True)
class Node:
    """A node: `kind` is what it stands for ('technique', 'component', 'event', ...)."""

    key: str
    combine: Combine
    kind: str
    label: str
    leaf: Prerequisite | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """From a node to a child. `why` explains the limit; `source` says who states the edge."""

    child: str
    limit: Verdict | None = None
    why: str = ""
    gate: bool = False
    source: str = ""


class Graph:
    """A directed acyclic graph of nodes; children keep the order in which they were added."""

    def __init__(self) -> None:
        self._graph: nx.DiGraph[str] = nx.DiGraph()
        self._order: list[str] | None = None
        self._ranks: dict[str, int] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._graph and "node" in self._graph.nodes[key]

    def __len__(self) -> int:
        return len(self._graph)

    def add(self, node: Node) -> str:
        """Add a node (again adding the same key changes nothing) and return its key."""
        if node.key not in self:
            self._graph.add_node(node.key, node=node, edges=[])
            self._order = None
        return node.key

    def link(self, parent: str, edge: Edge) -> None:
        """Add an edge; both nodes exist already. The same child may be linked once only."""
        if parent not in self or edge.child not in self:
            raise KeyError(f"{parent} -> {edge.child}: a node is missing")
        if self._graph.has_edge(parent, edge.child):
            return
        self._graph.add_edge(parent, edge.child)
        self._graph.nodes[parent]["edges"].append(edge)
        self._order = None

    def node(self, key: str) -> Node:
        node: Node = self._graph.nodes[key]["node"]
        return node

    def edges(self, key: str) -> Sequence[Edge]:
        edges: list[Edge] = self._graph.nodes[key]["edges"]
        return edges

    def nodes(self, kind: str) -> list[Node]:
        """All nodes of a kind, in the order in which they were added."""
        return [
            data["node"] for _, data in self._graph.nodes(data=True) if data["node"].kind == kind
        ]

    def order(self) -> list[str]:
        """Every key, children before parents; raises ValueError on a cycle."""
        if self._order is None:
            try:
                self._order = list(reversed(list(nx.topological_sort(self._graph))))
            except nx.NetworkXUnfeasible as error:
                raise ValueError("the knowledge has a cycle") from error
        return self._order

    def above(self, keys: Iterable[str]) -> list[str]:
        """The keys themselves and everything that depends on them, children before parents."""
        found = set(keys)
        waiting = list(found)
        while waiting:
            for parent in self._graph.predecessors(waiting.pop()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        rank = self._rank()
        return sorted(found, key=rank.__getitem__)

    def _rank(self) -> Mapping[str, int]:
        order = self.order()
        if len(self._ranks) != len(order):
            self._ranks = {key: number for number, key in enumerate(order)}
        return self._ranks


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A graph evaluated for one host: a verdict for each node, a reason for each leaf."""

    graph: Graph
    verdicts: Mapping[str, Verdict]
    leaves: Mapping[str, Reason]

    def through(self, edge: Edge) -> Verdict:
        """What a child counts for over an edge."""
        verdict = self.verdicts[edge.child]
        return (
            verdict
            if edge.limit is None
            else verdict.limited(edge.limit)
            if verdict.applicable
            else verdict
        )


def combine(node: Node, edges: Sequence[Edge], verdicts: Mapping[str, Verdict]) -> Verdict:
    """The verdict of an inner node from those of its children."""
    counted: list[Verdict] = []
    for edge in edges:
        verdict = verdicts[edge.child]
        if not verdict.applicable:
            if edge.gate:
                return NOT_APPLICABLE
            continue
        counted.append(verdict if edge.limit is None else verdict.limited(edge.limit))
    return any_of(counted) if node.combine is Combine.ANY else all_of(counted)


def evaluate(graph: Graph, facts: Facts) -> Evaluation:
    """Evaluate the whole graph for a host with these facts."""
    verdicts: dict[str, Verdict] = {}
    leaves: dict[str, Reason] = {}
    _fill(graph, graph.order(), facts, verdicts, leaves)
    return Evaluation(graph, verdicts, leaves)


def reevaluate(old: Evaluation, facts: Facts, changed: frozenset[FactKey]) -> Evaluation:
    """Evaluate again after some facts changed; work grows with what depends on them."""
    graph = old.graph
    touched = [key for key in old.leaves if _reads(graph.node(key), changed)]
    verdicts, leaves = dict(old.verdicts), dict(old.leaves)
    _fill(graph, graph.above(touched), facts, verdicts, leaves)
    return Evaluation(graph, verdicts, leaves)


def supposing(old: Evaluation, leaves: Mapping[str, Verdict]) -> Evaluation:
    """The evaluation if these leaves had these verdicts: what hangs on a missing fact."""
    verdicts = dict(old.verdicts)
    verdicts.update(leaves)
    for key in old.graph.above(leaves):
        if key not in leaves:
            verdicts[key] = combine(old.graph.node(key), old.graph.edges(key), verdicts)
    return Evaluation(old.graph, verdicts, old.leaves)


def _reads(node: Node, changed: frozenset[FactKey]) -> bool:
    return node.leaf is not None and not changed.isdisjoint(node.leaf.reads)


def _fill(
    graph: Graph,
    keys: Iterable[str],
    facts: Facts,
    verdicts: dict[str, Verdict],
    leaves: dict[str, Reason],
) -> None:
    for key in keys:
        node = graph.node(key)
        if node.leaf is not None:
            leaves[key] = node.leaf.check(facts)
            verdicts[key] = leaves[key].verdict
        else:
            verdicts[key] = combine(node, graph.edges(key), verdicts)
