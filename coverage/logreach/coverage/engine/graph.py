"""The graph: prerequisites, and what is combined out of them.

Every node is a leaf (a prerequisite), an ANY of its children or an ALL of them. Of EITHER, one
child holds and nobody knows which. A BRACKET has two children: the answers for a set of events
around the one in question and for one inside it. An edge can carry a limit: the child counts for
no more than that. An edge marked as gate passes on 'not applicable': an event of domain
controllers does not apply to a workstation, whatever else holds. Any other child that does not
apply drops out, except over an edge marked `elsewhere`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

if TYPE_CHECKING:
    import networkx as nx


class Prerequisite(Protocol):
    """Something that must hold on a host; a leaf of the graph."""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        """The facts that its answer depends on."""
        ...

    def check(self, facts: Facts) -> Reason:
        """Whether it holds on a host with these facts, and why."""
        ...


class Combine(StrEnum):
    ANY = "any of"
    ALL = "all of"
    EITHER = "one of, not known which"
    BRACKET = "between an outer and an inner set"
    LEAF = "prerequisite"


class Node(NamedTuple):
    """A node: `kind` is what it stands for ('technique', 'component', 'event', ...)."""

    key: NodeKey
    combine: Combine
    kind: str
    label: str
    leaf: Prerequisite | None = None


class Edge(NamedTuple):
    """From a node to a child. `why` explains the limit; `source` says who states the edge.

    With `elsewhere`, a child that does not apply to the host is a need that other hosts meet: the
    parent counts for no more than PARTIAL here, as this host shows the rest at best.
    """

    child: NodeKey
    limit: Verdict | None = None
    why: str = ""
    gate: bool = False
    source: str = ""
    elsewhere: bool = False


class Graph:
    """A directed acyclic graph of nodes; children keep the order in which they were added.

    It is a networkx graph, whose nodes have the attribute 'node' and whose edges have 'edge'.
    networkx is imported with the first graph: commands that build none do without it.
    """

    def __init__(self) -> None:
        import networkx as nx

        self.digraph: nx.DiGraph[NodeKey] = nx.DiGraph()

    def __contains__(self, key: NodeKey) -> bool:
        return key in self.digraph

    def __len__(self) -> int:
        return len(self.digraph)

    def add(self, node: Node) -> NodeKey:
        """Add a node (again adding the same key changes nothing) and return its key."""
        if node.key not in self.digraph:
            self.digraph.add_node(node.key, node=node)
        return node.key

    def link(self, parent: NodeKey, edge: Edge) -> None:
        """Add an edge; both nodes exist already. The same child again changes nothing."""
        if parent not in self.digraph or edge.child not in self.digraph:
            raise KeyError(f"{parent} -> {edge.child}: a node is missing")
        if not self.digraph.has_edge(parent, edge.child):
            self.digraph.add_edge(parent, edge.child, edge=edge)

    def node(self, key: NodeKey) -> Node:
        node: Node = self.digraph.nodes[key]["node"]
        return node

    def edges(self, key: NodeKey) -> tuple[Edge, ...]:
        return tuple([attributes["edge"] for attributes in self.digraph[key].values()])

    def nodes(self, kind: str) -> list[Node]:
        """All nodes of a kind, in the order in which they were added."""
        nodes: Iterable[Node] = (node["node"] for node in self.digraph.nodes.values())
        return [node for node in nodes if node.kind == kind]

    def order(self) -> list[NodeKey]:
        """Every key, children before parents; a ValueError on a cycle names its nodes."""
        import networkx as nx

        try:
            order = list(nx.topological_sort(self.digraph))
        except nx.NetworkXUnfeasible:
            cycle = [parent for parent, _ in nx.find_cycle(self.digraph)]
            names = " -> ".join(str(key) for key in (*cycle, cycle[0]))
            raise ValueError(f"the knowledge has a cycle: {names}") from None
        order.reverse()
        return order

    def below(self, keys: Iterable[NodeKey]) -> Graph:
        """The part of the graph that the verdicts of these nodes hang on, with these nodes."""
        import networkx as nx

        reached = set(keys)
        for key in tuple(reached):
            reached |= nx.descendants(self.digraph, key)
        part = Graph()
        # Not `subgraph`, which may hand its nodes out in the order of a set.
        part.digraph.add_nodes_from(
            (key, attributes) for key, attributes in self.digraph.nodes.items() if key in reached
        )
        part.digraph.add_edges_from(
            (*edge, attributes)
            for edge, attributes in self.digraph.edges.items()
            if edge[0] in reached
        )
        return part
