"""Reasons, read off an evaluation: follow the children that decided."""

from __future__ import annotations

from collections.abc import Iterator

from logreach.coverage.assessment import Judged, Reason
from logreach.coverage.evaluation import Evaluation
from logreach.coverage.graph import Combine, Edge
from logreach.coverage.verdict import YES, Verdict

MOST = 8
"""No verdict carries more reasons than this; the tree of `explain` has them all."""


class Reasons:
    """Reads reasons off one evaluation; asked again for a node, it answers from memory."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._known: dict[str, tuple[Reason, ...]] = {}

    def judged(self, key: str) -> Judged:
        """The verdict of a node with the links that decided it."""
        return Judged(self._evaluation.verdict(key), self.of(key))

    def of(self, key: str) -> tuple[Reason, ...]:
        """The links that decided a node, the most telling first."""
        if key not in self._known:
            found: dict[Reason, None] = {}
            for reason in self._found(key):
                found.setdefault(reason)
                if len(found) == MOST:
                    break
            self._known[key] = tuple(found)
        return self._known[key]

    def _found(self, key: str) -> Iterator[Reason]:
        said = self._evaluation.reason(key)
        if said is not None:
            yield said
            return
        for edge in self.deciding(key):
            verdict = self._evaluation.verdict(edge.child)
            through = self._evaluation.through(edge)
            if through != verdict:
                yield self._limit(edge, through)
                if through.settled and through.possible < verdict.possible:
                    yield from self._better(key)
            yield from self.of(edge.child)

    def _better(self, key: str) -> Iterator[Reason]:
        """What breaks the alternative that would have counted in full."""
        first = self._evaluation.graph.edges(key)[0]
        if first.limit is None and self._evaluation.verdict(first.child) != YES:
            yield from self.of(first.child)

    def _limit(self, edge: Edge, verdict: Verdict) -> Reason:
        label = self._evaluation.graph.node(edge.child).label
        return Reason("knowledge", label, verdict, f"{label} {edge.why}")

    def deciding(self, key: str) -> list[Edge]:
        """The edges whose children made the verdict what it is, at either end."""
        evaluation = self._evaluation
        edges = evaluation.graph.edges(key)
        verdict = evaluation.verdict(key)
        if not verdict.applicable:
            gates = [e for e in edges if e.gate and not evaluation.verdict(e.child).applicable]
            return gates[:1] or list(edges[:1])
        applying = [e for e in edges if evaluation.verdict(e.child).applicable]
        if evaluation.graph.node(key).combine is Combine.ANY:
            return _best(applying, evaluation)
        found = _worst(applying, evaluation, verdict)
        role = [e for e in edges if e.gate and evaluation.doubtful(e.child) and e not in found]
        return found + role


def _best(edges: list[Edge], evaluation: Evaluation) -> list[Edge]:
    """Of alternatives: the one that proves most, and the one that could give most."""
    if not edges:
        return []
    proving = max(edges, key=lambda e: _ends(evaluation.through(e)))
    hoping = max(edges, key=lambda e: _ends(evaluation.through(e))[::-1])
    return [proving] if proving is hoping else [proving, hoping]


def _ends(verdict: Verdict) -> tuple[int, int]:
    return verdict.proven, verdict.possible


def _worst(edges: list[Edge], evaluation: Evaluation, verdict: Verdict) -> list[Edge]:
    """Of needs: those that hold the verdict down at either end; all of them where it is YES."""
    if verdict == YES:
        return edges
    through = {edge.child: evaluation.through(edge) for edge in edges}
    lowest = [e for e in edges if through[e.child].possible == verdict.possible != YES.possible]
    unproven = [e for e in edges if through[e.child].proven == verdict.proven and e not in lowest]
    return lowest + unproven
