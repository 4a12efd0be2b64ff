"""Reasons, read off an evaluation: follow the children that decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from logreach.coverage.engine.compiled import Link
from logreach.coverage.engine.deciding import deciding
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.graph import Combine, Edge
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import PARTIAL, YES, Verdict

MOST = 8
"""No verdict carries more reasons than this; the tree of `explain` has them all."""
T = TypeVar("T")


class Reasons:
    """Reads reasons off one evaluation; asked again for a node, it answers from memory."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._verdicts = evaluation.verdicts()
        self._judged: dict[int, Judged] = {}
        self._reasons: dict[int, tuple[Reason, ...]] = {}
        self._sources: dict[int, int] = {}
        self._leaves: dict[tuple[str, str], tuple[int, Reason]] = {}
        self._several: dict[int, Sequence[Link]] = {}
        self._limits: dict[int, Reason] = {}
        self._limited: dict[tuple[Verdict, Verdict], Verdict] = {}

    def judged(self, key: NodeKey) -> Judged:
        """The verdict of a node with the links that decided it."""
        return self.judged_at(self._evaluation.compiled.number[key])

    def of(self, key: NodeKey) -> tuple[Reason, ...]:
        """The links that decided a node, the most telling first."""
        return self._of(self._evaluation.compiled.number[key])

    def judged_at(self, number: int) -> Judged:
        """The same as `judged` for a node by its number; one object a node."""
        number = self._evaluation.compiled.sources[number]
        judged = self._judged.get(number)
        if judged is None:
            judged = self._judged[number] = Judged(self._verdicts[number], self._of(number))
        return judged

    def source(self, number: int) -> int:
        """The node below that alone makes a node what it is: its verdict and reasons are the same.

        Of leaves that say the same it is the first; a node that hangs on several is its own.
        """
        number = self._evaluation.compiled.sources[number]
        source = self._sources.get(number)
        if source is None:
            source = self._sources[number] = self._followed(number)
        return source

    def _followed(self, number: int) -> int:
        reason = self._evaluation.leaves[number]
        if reason is not None:
            first, earlier = self._leaves.setdefault(
                (reason.subject, reason.text), (number, reason)
            )
            return first if earlier is reason else number
        if self._evaluation.compiled.kinds[number] is Combine.BRACKET:
            return number
        deciding = self._deciding(number)
        if len(deciding) == 1:
            child, edge = deciding[0]
            if edge.limit is None and not (edge.elsewhere and self._met_elsewhere(number, child)):
                return self.source(child)
        self._several[number] = deciding
        return number

    def _of(self, number: int) -> tuple[Reason, ...]:
        source = self.source(number)
        reasons = self._reasons.get(source)
        if reasons is None:
            reasons = self._reasons[source] = self._gathered(source)
        return reasons

    def _gathered(self, number: int) -> tuple[Reason, ...]:
        reason = self._evaluation.leaves[number]
        if reason is not None:
            return (reason,)
        if self._evaluation.compiled.kinds[number] is Combine.BRACKET:
            return self._of_bracket(number)
        return self._first(number, self._several.pop(number))

    def _of_bracket(self, number: int) -> tuple[Reason, ...]:
        """The reasons of the outer set; first, that they do not settle it for the one inside."""
        (outer, _), (_, inside) = self._evaluation.compiled.links(number)
        verdict, reasons = self._verdicts[number], self._of(outer)
        if verdict is self._verdicts[outer] or not self._verdicts[outer].settled:
            return reasons
        return (Reason(reasons[0].link, reasons[0].subject, verdict, inside.why), *reasons)

    def _first(self, number: int, deciding: Sequence[Link]) -> tuple[Reason, ...]:
        """The first reasons; where the verdict is not settled, the last place is kept for one
        that is not settled either, as it names the fact that is missing."""
        chosen: dict[int, Reason] = {}
        unsettled = not self._verdicts[number].settled
        for group in self._groups(number, deciding):
            for reason in group:
                settled = reason.verdict.settled
                if settled and unsettled and len(chosen) == MOST - 1:
                    continue
                chosen.setdefault(id(reason), reason)
                unsettled = unsettled and settled
                if len(chosen) == MOST:
                    return tuple(chosen.values())
        return tuple(chosen.values())

    def _groups(self, number: int, deciding: Sequence[Link]) -> Iterator[tuple[Reason, ...]]:
        for child, edge in deciding:
            if edge.elsewhere and self._met_elsewhere(number, child):
                yield (self._limit(edge, PARTIAL),)
            elif edge.limit is not None:
                verdict, through = self._verdicts[child], self._through(child, edge.limit)
                if through != verdict:
                    if edge.why:
                        yield (self._limit(edge, through),)
                    if through.settled and through.possible < verdict.possible:
                        yield self._better(number)
            yield self._of(child)

    def _met_elsewhere(self, number: int, child: int) -> bool:
        return self._verdicts[number].applicable and not self._verdicts[child].applicable

    def _better(self, number: int) -> tuple[Reason, ...]:
        """What breaks the alternative that would have counted in full."""
        child, first = self._evaluation.compiled.links(number)[0]
        if first.limit is None and self._verdicts[child] != YES:
            return self._of(child)
        return ()

    def _through(self, child: int, limit: Verdict) -> Verdict:
        """What a child counts for over an edge with this limit."""
        pair = (self._verdicts[child], limit)
        if pair not in self._limited:
            self._limited[pair] = pair[0].limited(limit)
        return self._limited[pair]

    def _limit(self, edge: Edge, verdict: Verdict) -> Reason:
        """The edge's own reason; one object an edge, as an edge that says why has one child."""
        if id(edge) not in self._limits:  # an edge lives as long as the graph does
            label = self._evaluation.graph.node(edge.child).label
            self._limits[id(edge)] = Reason("knowledge", label, verdict, f"{label} {edge.why}")
        return self._limits[id(edge)]

    def _deciding(self, number: int) -> Sequence[Link]:
        """The edges whose children made the verdict what it is, at either end."""
        compiled, codes = self._evaluation.compiled, self._evaluation.codes
        children = compiled.edges_and_codes(number, codes)
        places = deciding(compiled.kinds[number], codes[number], children)
        return [compiled.link(number, place) for place in places]


def each_once(reasons: Sequence[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Reasons in their order, each once; those of a single verdict are so already."""
    if len(reasons) == 1:
        return reasons[0]
    return tuple(dict.fromkeys(reason for several in reasons for reason in several))
