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

    It is built of dicts, and networkx is imported where its algorithms are asked for: to import it
    and to add 16,000 nodes one by one costs 0.1 s and 12 MB, 6 % of an assessment.
    """

    def __init__(self) -> None:
        self._nodes: dict[NodeKey, Node] = {}
        self._edges: dict[NodeKey, dict[NodeKey, Edge]] = {}

    def __contains__(self, key: NodeKey) -> bool:
        return key in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def digraph(self) -> nx.DiGraph[NodeKey]:
        """The same for networkx: nodes are keys with the attribute 'node', edges carry the
        attribute 'edge'."""
        import networkx as nx

        digraph: nx.DiGraph[NodeKey] = nx.DiGraph()
        digraph.add_nodes_from((key, {"node": node}) for key, node in self._nodes.items())
        digraph.add_edges_from(
            (parent, child, {"edge": edge})
            for parent, edges in self._edges.items()
            for child, edge in edges.items()
        )
        return digraph

    def add(self, node: Node) -> NodeKey:
        """Add a node (again adding the same key changes nothing) and return its key."""
        if node.key not in self._nodes:
            self._nodes[node.key] = node
            self._edges[node.key] = {}
        return node.key

    def link(self, parent: NodeKey, edge: Edge) -> None:
        """Add an edge; both nodes exist already. The same child again changes nothing."""
        if parent not in self._nodes or edge.child not in self._nodes:
            raise KeyError(f"{parent} -> {edge.child}: a node is missing")
        self._edges[parent].setdefault(edge.child, edge)

    def node(self, key: NodeKey) -> Node:
        return self._nodes[key]

    def edges(self, key: NodeKey) -> tuple[Edge, ...]:
        return tuple(self._edges[key].values())

    def nodes(self, kind: str) -> list[Node]:
        """All nodes of a kind, in the order in which they were added."""
        return [node for node in self._nodes.values() if node.kind == kind]

    def order(self) -> list[NodeKey]:
        """Every key, children before parents; a ValueError on a cycle names its nodes."""
        parents = dict.fromkeys(self._nodes, 0)
        for edges in self._edges.values():
            for child in edges:
                parents[child] += 1
        order = [key for key, count in parents.items() if not count]
        for key in order:  # which grows
            for child in self._edges[key]:
                parents[child] -= 1
                if not parents[child]:
                    order.append(child)
        if len(order) < len(self._nodes):
            raise ValueError(f"the knowledge has a cycle: {self._cycle()}")
        order.reverse()
        return order

    def _cycle(self) -> str:
        import networkx as nx

        cycle = [parent for parent, _ in nx.find_cycle(self.digraph())]
        return " -> ".join(str(key) for key in (*cycle, cycle[0]))

    def below(self, keys: Iterable[NodeKey]) -> Graph:
        """The part of the graph that the verdicts of these nodes hang on, with these nodes."""
        import networkx as nx

        digraph, reached = self.digraph(), set(keys)
        for key in tuple(reached):
            reached |= nx.descendants(digraph, key)
        part = Graph()
        part._nodes = {key: node for key, node in self._nodes.items() if key in reached}
        part._edges = {key: self._edges[key] for key in part._nodes}
        return part
