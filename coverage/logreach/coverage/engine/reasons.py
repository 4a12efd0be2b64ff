"""Reasons, read off an evaluation: follow the children that decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.graph import Edge
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import PARTIAL, YES, Level, Verdict

MOST = 8
"""No verdict carries more reasons than this; the tree of `explain` has them all."""
_Link = tuple[int, Edge]
T = TypeVar("T")


class Reasons:
    """Reads reasons off one evaluation; asked again for a node, it answers from memory."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._verdicts = evaluation.verdicts()
        self._known: dict[int, tuple[Reason, ...]] = {}
        self._limits: dict[int, Reason] = {}
        self._limited: dict[tuple[int, int], Verdict] = {}

    def judged(self, key: NodeKey) -> Judged:
        """The verdict of a node with the links that decided it."""
        number = self._evaluation.compiled.number[key]
        return Judged(self._verdicts[number], self._of(number))

    def of(self, key: NodeKey) -> tuple[Reason, ...]:
        """The links that decided a node, the most telling first."""
        return self._of(self._evaluation.compiled.number[key])

    def _of(self, number: int) -> tuple[Reason, ...]:
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._gathered(number)
        return known

    def _gathered(self, number: int) -> tuple[Reason, ...]:
        said = self._evaluation.leaves[number]
        if said is not None:
            return (said,)
        deciding = self._deciding(number)
        if len(deciding) == 1:
            child, edge = deciding[0]
            if edge.limit is None and not (edge.elsewhere and self._met_elsewhere(number, child)):
                return self._of(child)
        return self._first(number, deciding)

    def _first(self, number: int, deciding: Sequence[_Link]) -> tuple[Reason, ...]:
        """The first reasons; where the verdict is not settled, the last place is kept for one
        that is not settled either, as it names the fact that is missing."""
        found: dict[int, Reason] = {}
        open_end = not self._verdicts[number].settled
        for group in self._groups(number, deciding):
            for reason in group:
                settled = reason.verdict.settled
                if settled and open_end and len(found) == MOST - 1:
                    continue
                found.setdefault(id(reason), reason)
                open_end = open_end and settled
                if len(found) == MOST:
                    return tuple(found.values())
        return tuple(found.values())

    def _groups(self, number: int, deciding: Sequence[_Link]) -> Iterator[tuple[Reason, ...]]:
        for child, edge in deciding:
            if edge.elsewhere and self._met_elsewhere(number, child):
                yield (self._limit(edge, PARTIAL),)
            elif edge.limit is not None:
                verdict, through = self._verdicts[child], self._through(child, edge)
                if through != verdict:
                    yield (self._limit(edge, through),)
                    if through.settled and through.possible < verdict.possible:
                        yield self._better(number)
            yield self._of(child)

    def _met_elsewhere(self, number: int, child: int) -> bool:
        return self._verdicts[number].applicable and not self._verdicts[child].applicable

    def _better(self, number: int) -> tuple[Reason, ...]:
        """What breaks the alternative that would have counted in full."""
        child, first = self._evaluation.compiled.links[number][0]
        if first.limit is None and self._verdicts[child] != YES:
            return self._of(child)
        return ()

    def _through(self, child: int, edge: Edge) -> Verdict:
        """What a child counts for over an edge."""
        verdict = self._verdicts[child]
        if edge.limit is None or not verdict.applicable:
            return verdict
        pair = (id(verdict), id(edge.limit))  # both live as long as the graph does
        if pair not in self._limited:
            self._limited[pair] = verdict.limited(edge.limit)
        return self._limited[pair]

    def _limit(self, edge: Edge, verdict: Verdict) -> Reason:
        """The edge's own reason; one object an edge, as an edge has one child."""
        if id(edge) not in self._limits:
            label = self._evaluation.graph.node(edge.child).label
            self._limits[id(edge)] = Reason("knowledge", label, verdict, f"{label} {edge.why}")
        return self._limits[id(edge)]

    def _deciding(self, number: int) -> Sequence[_Link]:
        """The edges whose children made the verdict what it is, at either end."""
        compiled, verdicts = self._evaluation.compiled, self._verdicts
        links, verdict = compiled.links[number], verdicts[number]
        if len(links) == 1:
            return links
        if not verdict.applicable:
            gates = [one for one in links if one[1].gate and not verdicts[one[0]].applicable]
            return gates[:1] or list(links[:1])
        applying = [one for one in links if verdicts[one[0]].applicable]
        if compiled.any_of[number]:
            return self._best(applying)
        found = self._worst(applying, verdict)
        if verdict.possible > Level.NO:
            found = self._elsewhere(links, verdict) + found
        doubtful = self._evaluation.doubtful_number
        return found + [
            one for one in links if one[1].gate and doubtful(one[0]) and one not in found
        ]

    def _elsewhere(self, links: Sequence[_Link], verdict: Verdict) -> list[_Link]:
        """Needs that other hosts meet, or may meet, where these hold the verdict down."""
        doubtful = self._evaluation.doubtful_number
        return [
            one
            for one in links
            if one[1].elsewhere
            and (not self._verdicts[one[0]].applicable or (doubtful(one[0]) and verdict != YES))
        ]

    def _best(self, links: list[_Link]) -> list[_Link]:
        """Of alternatives: the one that proves most, and the one that could give most."""
        if len(links) < 2:
            return links
        through = [self._through(*one) for one in links]
        order = range(len(links))
        proving = max(order, key=lambda n: (through[n].proven, through[n].possible))
        hoping = max(order, key=lambda n: (through[n].possible, through[n].proven))
        return [links[proving]] if proving == hoping else [links[proving], links[hoping]]

    def _worst(self, links: list[_Link], verdict: Verdict) -> list[_Link]:
        """Of needs: those that hold the verdict down at either end; all of them where it is YES."""
        if verdict == YES:
            return links
        return holding_down([(one, self._through(*one)) for one in links], verdict)


def holding_down(needs: Iterable[tuple[T, Verdict]], verdict: Verdict) -> list[T]:
    """Of needs and their verdicts, those that made theirs together what it is, the lowest first."""
    lowest, unproven = [], []
    for one, own in needs:
        if own.possible is verdict.possible is not Level.YES:
            lowest.append(one)
        elif own.proven is verdict.proven:
            unproven.append(one)
    return lowest + unproven


def each_once(reasons: Sequence[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Reasons in their order, each once; those of a single verdict are so already."""
    if len(reasons) == 1:
        return reasons[0]
    return tuple(dict.fromkeys(reason for several in reasons for reason in several))
