"""The chain below a node, as a person wants to see it.

The graph has nodes that only serve to combine: an event that is written, kept and allowed is four
of them. Here their children stand directly under what they belong to, and what does not apply is
left out unless nothing else is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.graph import Combine, Edge
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import Verdict

_INNER = frozenset({"written", "on host", "able", "core", "policy", "filled", "seen", "part"})
_NOTES = {
    Combine.ANY: "the best of these counts",
    Combine.ALL: "all of these are needed",
    Combine.EITHER: "one of these counts, and nobody knows which",
    Combine.BRACKET: "the first counts where it is all or nothing, otherwise the second",
}


class Chain:
    """Makes trees out of one evaluation; what was shown once is not told again."""

    def __init__(self, evaluation: Evaluation, reasons: Reasons) -> None:
        self._evaluation = evaluation
        self._reasons = reasons
        self._shown: set[NodeKey] = set()

    def below(self, key: NodeKey, edge: Edge | None = None) -> Branch:
        """A node with everything that it hangs on; `edge` is the one that leads to it."""
        graph = self._evaluation.graph
        label, key = graph.node(key).label, self._resolved(key)
        verdict, note = self._over(key, edge)
        reason = self._evaluation.reason(key)
        if reason is not None:
            return Branch(reason.subject, None, verdict, (reason,), (), note)
        if key in self._shown:
            words = "; ".join(part for part in (note, "as above") if part)
            return Branch(label, None, verdict, (), (), words)
        self._shown.add(key)
        children = list(self._children(key))
        combined = _NOTES[graph.node(key).combine] if len(children) > 1 else ""
        if self._is_cover(key):
            combined = "achievable if all of these are, conditional if some are"
        words = "; ".join(part for part in (note, combined) if part)
        links = tuple(r for child in children if _bare(child) for r in child.reasons)
        below = tuple(child for child in children if not _bare(child))
        return Branch(label, self._reasons.judged(key), verdict, links, below, words)

    def _resolved(self, key: NodeKey) -> NodeKey:
        """The node behind one that only stands for it."""
        graph = self._evaluation.graph
        edges = graph.edges(key)
        while len(edges) == 1 and edges[0].limit is None and self._merely(edges[0].child):
            key = edges[0].child
            edges = graph.edges(key)
        return key

    def _merely(self, key: NodeKey) -> bool:
        return self._evaluation.graph.node(key).kind in (*_INNER, "coverage")

    def _children(self, key: NodeKey) -> Iterator[Branch]:
        edges = list(self._edges(key, self._evaluation.graph.node(key).combine))
        shown = [
            edge
            for edge in edges
            if edge.elsewhere or self._evaluation.verdict(edge.child).applicable
        ]
        if not self._evaluation.verdict(key).applicable:
            shown = self._barring(edges)
        for edge in shown or edges:
            yield self.below(edge.child, edge)

    def _barring(self, edges: list[Edge]) -> list[Edge]:
        """The edges that explain why a node does not apply: its shut gates, else every child that
        does not apply."""
        barred = [edge for edge in edges if not self._evaluation.verdict(edge.child).applicable]
        return [edge for edge in barred if edge.gate] or barred

    def _edges(self, key: NodeKey, combine: Combine) -> Iterator[Edge]:
        """The edges of a node; a child that combines in the same way is replaced by its own
        edges."""
        graph = self._evaluation.graph
        edges = graph.edges(key)
        if self._is_cover(key):
            yield from graph.edges(edges[0].child)
            return
        for edge in edges:
            child = graph.node(edge.child)
            combines_alike = child.combine is combine or len(graph.edges(edge.child)) == 1
            if edge.limit is None and child.kind in _INNER and combines_alike:
                yield from self._edges(edge.child, combine)
            else:
                yield edge

    def _over(self, key: NodeKey, edge: Edge | None) -> tuple[Verdict, str]:
        """The verdict that a node passes over an edge, and a note if the edge limits it."""
        verdict = self._evaluation.verdict(key)
        if edge is not None and edge.elsewhere and not verdict.applicable:
            return verdict, edge.why
        if edge is None or edge.limit is None or not verdict.applicable:
            return verdict, ""
        through = verdict.limited(edge.limit)
        prefix = "" if through == verdict else f"in itself {verdict.label}; "
        return through, f"{prefix}counts at most as {edge.limit.label}: {edge.why}"

    def _is_cover(self, key: NodeKey) -> bool:
        """Whether the node was made by `construction.cover` out of several children."""
        edges = self._evaluation.graph.edges(key)
        return bool(edges) and self._evaluation.graph.node(edges[0].child).kind == "whole"


def _bare(branch: Branch) -> bool:
    """A prerequisite of the node above it, with nothing to add: one line is enough."""
    return branch.judged is None and len(branch.reasons) == 1 and not branch.note
