"""Small helpers with which the graph is put together."""

from __future__ import annotations

from collections.abc import Iterable

from logreach.coverage.engine.graph import Combine, Edge, Graph, Node, Prerequisite
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import PARTIAL, Verdict


def leaf(graph: Graph, key: NodeKey, label: str, prerequisite: Prerequisite) -> NodeKey:
    """A prerequisite as a node."""
    if key in graph:
        return key
    return graph.add(Node(key, Combine.LEAF, "prerequisite", label, prerequisite))


def inner(graph: Graph, key: NodeKey, combine: Combine, kind: str, label: str) -> NodeKey:
    """A node that combines others."""
    if key in graph:
        return key
    return graph.add(Node(key, combine, kind, label))


def link_all(
    graph: Graph, parent: NodeKey, children: Iterable[NodeKey], *, gate: bool = False
) -> None:
    """Edges without a limit."""
    for child in children:
        graph.link(parent, Edge(child, gate=gate))


def cover(
    graph: Graph,
    key: NodeKey,
    kind: str,
    label: str,
    children: Iterable[tuple[NodeKey, str]],
    partly: str,
) -> NodeKey:
    """A node that is YES where all children are, and at least PARTIAL where some are.

    That is an ANY of 'all of them' and of each one limited to PARTIAL. `children` are keys with
    their titles; `partly` says in words what it means that only one of them holds.
    """
    if key in graph:
        return key
    pairs = list(children)
    if len(pairs) == 1:
        inner(graph, key, Combine.ANY, kind, label)
        graph.link(key, Edge(pairs[0][0]))
        return key
    complete = inner(graph, key.helper("whole"), Combine.ALL, "whole", f"{label}: all of it")
    link_all(graph, complete, (child for child, _ in pairs))
    inner(graph, key, Combine.ANY, kind, label)
    graph.link(key, Edge(complete))
    for child, title in pairs:
        part = inner(graph, key.helper("part", child), Combine.ANY, "part", title)
        graph.link(part, Edge(child))
        limit: Verdict = PARTIAL
        graph.link(key, Edge(part, limit, partly))
    return key
