"""The graph: prerequisites, and what is combined out of them.

Every node is a leaf (a prerequisite), an ANY of its children or an ALL of them. An edge can carry
a limit: the child counts for no more than that. An edge marked as gate passes on 'not applicable':
an event of domain controllers does not apply to a workstation, whatever else holds. Any other
child that does not apply drops out, except over an edge marked `elsewhere`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey


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
    """From a node to a child. `why` explains the limit; `source` says who states the edge.

    With `elsewhere`, a child that does not apply to the host is a need that other hosts meet: the
    parent counts for no more than PARTIAL here, as this host shows the rest at best.
    """

    child: str
    limit: Verdict | None = None
    why: str = ""
    gate: bool = False
    source: str = ""
    elsewhere: bool = False


class Graph:
    """A directed acyclic graph of nodes; children keep the order in which they were added."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._edges: dict[str, dict[str, Edge]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def add(self, node: Node) -> str:
        """Add a node (again adding the same key changes nothing) and return its key."""
        if node.key not in self._nodes:
            self._nodes[node.key] = node
            self._edges[node.key] = {}
        return node.key

    def link(self, parent: str, edge: Edge) -> None:
        """Add an edge; both nodes exist already. The same child again changes nothing."""
        if parent not in self._nodes or edge.child not in self._nodes:
            raise KeyError(f"{parent} -> {edge.child}: a node is missing")
        self._edges[parent].setdefault(edge.child, edge)

    def node(self, key: str) -> Node:
        return self._nodes[key]

    def edges(self, key: str) -> tuple[Edge, ...]:
        return tuple(self._edges[key].values())

    def nodes(self, kind: str) -> list[Node]:
        """All nodes of a kind, in the order in which they were added."""
        return [node for node in self._nodes.values() if node.kind == kind]

    def order(self) -> list[str]:
        """Every key, children before parents; raises ValueError on a cycle."""
        open_ = {key: len(edges) for key, edges in self._edges.items()}
        parents: dict[str, list[str]] = {key: [] for key in self._nodes}
        for key, edges in self._edges.items():
            for child in edges:
                parents[child].append(key)
        found = [key for key, children in open_.items() if not children]
        for key in found:  # which grows
            for parent in parents[key]:
                open_[parent] -= 1
                if not open_[parent]:
                    found.append(parent)
        if len(found) < len(self._nodes):
            raise ValueError("the knowledge has a cycle")
        return found
