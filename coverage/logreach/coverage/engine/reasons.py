"""Reasons, read off an evaluation: follow the children that decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from logreach.coverage.engine.compiled import Link
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.graph import Combine, Edge
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import PARTIAL, YES, Level, Verdict

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
        judged = self._judged.get(number)
        if judged is None:
            judged = self._judged[number] = Judged(self._verdicts[number], self._of(number))
        return judged

    def source(self, number: int) -> int:
        """The node below that alone makes a node what it is: its verdict and reasons are the same.

        Of leaves that say the same it is the first; a node that hangs on several is its own.
        """
        source = self._sources.get(number)
        if source is None:
            source = self._sources[number] = self._followed(number)
        return source

    def _followed(self, number: int) -> int:
        reason = self._evaluation.leaves[number]
        if reason is not None:
            first, known = self._leaves.setdefault((reason.subject, reason.text), (number, reason))
            return first if known is reason else number
        only_child = self._evaluation.compiled.only_child(number)
        if only_child is not None:
            return self.source(only_child)
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
        reasons = self._reasons.get(number)
        if reasons is None:
            source = self.source(number)
            reasons = self._gathered(number) if source == number else self._of(source)
            self._reasons[number] = reasons
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
                verdict, through = self._verdicts[child], self._through(child, edge)
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

    def _through(self, child: int, edge: Edge) -> Verdict:
        """What a child counts for over an edge."""
        verdict = self._verdicts[child]
        if edge.limit is None or not verdict.applicable:
            return verdict
        pair = (verdict, edge.limit)
        if pair not in self._limited:
            self._limited[pair] = verdict.limited(edge.limit)
        return self._limited[pair]

    def _limit(self, edge: Edge, verdict: Verdict) -> Reason:
        """The edge's own reason; one object an edge, as an edge that says why has one child."""
        if id(edge) not in self._limits:  # an edge lives as long as the graph does
            label = self._evaluation.graph.node(edge.child).label
            self._limits[id(edge)] = Reason("knowledge", label, verdict, f"{label} {edge.why}")
        return self._limits[id(edge)]

    def _deciding(self, number: int) -> Sequence[Link]:
        """The edges whose children made the verdict what it is, at either end."""
        compiled, verdicts = self._evaluation.compiled, self._verdicts
        links, verdict = compiled.links(number), verdicts[number]
        if len(links) == 1:
            return links
        if not verdict.applicable:
            gates = [link for link in links if link[1].gate and not verdicts[link[0]].applicable]
            return gates[:1] or list(links[:1])
        applying = [link for link in links if verdicts[link[0]].applicable]
        if compiled.kinds[number] is Combine.EITHER:
            return sorted(applying, key=lambda link: _worst_first(self._through(*link)))
        if compiled.kinds[number] is Combine.ANY:
            deciding = self._best(applying)
        else:
            deciding = self._worst(applying, verdict)
            if verdict.possible > Level.NO:
                deciding = self._elsewhere(links, verdict) + deciding
        doubtful = self._evaluation.doubtful_number
        return deciding + [
            link for link in links if link[1].gate and doubtful(link[0]) and link not in deciding
        ]

    def _elsewhere(self, links: Sequence[Link], verdict: Verdict) -> list[Link]:
        """Needs that other hosts meet, or may meet, where these hold the verdict down."""
        doubtful = self._evaluation.doubtful_number
        return [
            link
            for link in links
            if link[1].elsewhere
            and (not self._verdicts[link[0]].applicable or (doubtful(link[0]) and verdict != YES))
        ]

    def _best(self, links: list[Link]) -> list[Link]:
        """Of alternatives: the one that proves most, and the one that could give most."""
        if len(links) < 2:
            return links
        through = [self._through(*link) for link in links]
        order = range(len(links))
        proving = max(order, key=lambda n: (through[n].proven, through[n].possible))
        hoping = max(order, key=lambda n: (through[n].possible, through[n].proven))
        return [links[proving]] if proving == hoping else [links[proving], links[hoping]]

    def _worst(self, links: list[Link], verdict: Verdict) -> list[Link]:
        """Of needs: those that hold the verdict down at either end; all of them where it is YES."""
        if verdict == YES:
            return links
        return holding_down([(link, self._through(*link)) for link in links], verdict)


def _worst_first(verdict: Verdict) -> tuple[int, int]:
    return verdict.possible, verdict.proven


def holding_down(needs: Iterable[tuple[T, Verdict]], verdict: Verdict) -> list[T]:
    """Of needs and their verdicts, those that made theirs together what it is, the lowest first."""
    lowest, unproven = [], []
    for need, single in needs:
        if single.possible is verdict.possible is not Level.YES:
            lowest.append(need)
        elif single.proven is verdict.proven:
            unproven.append(need)
    return lowest + unproven


def each_once(reasons: Sequence[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Reasons in their order, each once; those of a single verdict are so already."""
    if len(reasons) == 1:
        return reasons[0]
    return tuple(dict.fromkeys(reason for several in reasons for reason in several))
