"""The graph: prerequisites, and what is combined out of them.

Every node is a leaf (a prerequisite), an ANY of its children or an ALL of them. An edge can carry
a limit: the child counts for no more than that. An edge marked as gate passes on 'not applicable':
an event of domain controllers does not apply to a workstation, whatever else holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import networkx as nx

from logreach.coverage.assessment import Reason
from logreach.coverage.verdict import Verdict
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

    def __contains__(self, key: str) -> bool:
        return key in self._graph and "node" in self._graph.nodes[key]

    def __len__(self) -> int:
        return len(self._graph)

    def add(self, node: Node) -> str:
        """Add a node (again adding the same key changes nothing) and return its key."""
        if node.key not in self:
            self._graph.add_node(node.key, node=node, edges=[])
        return node.key

    def link(self, parent: str, edge: Edge) -> None:
        """Add an edge; both nodes exist already. The same child may be linked once only."""
        if parent not in self or edge.child not in self:
            raise KeyError(f"{parent} -> {edge.child}: a node is missing")
        if self._graph.has_edge(parent, edge.child):
            return
        self._graph.add_edge(parent, edge.child)
        self._graph.nodes[parent]["edges"].append(edge)

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
        try:
            return list(reversed(list(nx.topological_sort(self._graph))))
        except nx.NetworkXUnfeasible as error:
            raise ValueError("the knowledge has a cycle") from error

    def parents(self, key: str) -> Iterator[str]:
        """The nodes that have this one as a child."""
        found: Iterator[str] = self._graph.predecessors(key)
        return found
