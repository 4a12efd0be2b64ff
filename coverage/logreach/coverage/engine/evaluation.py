"""The one way in which the graph is evaluated.

A graph is compiled once into plain lists, as it is evaluated for every profile and, to weigh
remedies and missing facts, many times with a few leaves changed. Verdicts are numbers there; the
tables that combine them are made from `any_of` and `all_of`, so that the rules stand in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from logreach.coverage.engine.graph import Combine, Edge, Graph
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import (
    NOT_APPLICABLE,
    PARTIAL,
    YES,
    Verdict,
    all_of,
    any_of,
    hull,
)
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

_APPLYING = tuple(verdict for verdict in Verdict if verdict.applicable)
_NEVER = len(_APPLYING)
_DOUBT = _NEVER + 1
_VERDICTS = (*_APPLYING, NOT_APPLICABLE, *_APPLYING)
"""A verdict's code is its place here. Those from _DOUBT on may turn out not to apply: the host's
role is unknown. Of these, a need must not settle what it would then leave alone."""
_CODE = {verdict: number for number, verdict in enumerate(_VERDICTS[:_DOUBT])}
_ACHIEVABLE = frozenset({_CODE[YES], _CODE[YES] + _DOUBT})
_NOTHING = -1
_Combine = Callable[[Iterable[Verdict]], Verdict]


def _combined(combine: _Combine, one: int, other: int) -> int:
    """The code of two together; what may not apply is counted both as there and as not."""
    if _NEVER in (one, other):
        return one if other == _NEVER else other
    first, second = _VERDICTS[one], _VERDICTS[other]
    cases = [combine((first, second))]
    cases += [second] if one > _NEVER else []
    cases += [first] if other > _NEVER else []
    return _CODE[hull(cases)] + (_DOUBT if min(one, other) > _NEVER else 0)


def _table(combine: _Combine) -> list[list[int]]:
    codes = range(len(_VERDICTS))
    return [[_combined(combine, one, other) for other in codes] for one in codes]


_ANY = _table(any_of)
_ALL = _table(all_of)


def _shared(code: int, *, sure: bool) -> int:
    """A verdict of which another host shows a part, or, where that is not `sure`, may do so."""
    if code == _NEVER:
        return code
    verdict = _VERDICTS[code]
    limited = verdict.limited(PARTIAL)
    found = limited if sure else Verdict.of(limited.proven, verdict.possible)
    return _CODE[found] + (_DOUBT if code > _NEVER else 0)


_SHARED = [_shared(code, sure=True) for code in range(len(_VERDICTS))]
_PERHAPS_SHARED = [_shared(code, sure=False) for code in range(len(_VERDICTS))]


class Compiled:
    """A graph as lists, children before parents. Its keys are numbered in that order."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.keys = graph.order()
        self.number = {key: number for number, key in enumerate(self.keys)}
        nodes = [graph.node(key) for key in self.keys]
        self.leaves = {n: node.leaf for n, node in enumerate(nodes) if node.leaf is not None}
        self.tables = [_ANY if node.combine is Combine.ANY else _ALL for node in nodes]
        self.links = [
            tuple((self.number[edge.child], edge) for edge in graph.edges(key)) for key in self.keys
        ]
        self.edges = [
            tuple(
                (child, _NEVER if edge.limit is None else _CODE[edge.limit], edge.gate)
                for child, edge in links
            )
            for links in self.links
        ]
        self.same_as = [
            links[0][0] if len(links) == 1 and links[0][1].limit is None else _NOTHING
            for links in self.links
        ]
        """The only child of a node, where its verdict is the node's; two in five nodes have one."""
        self.any_of = [node.combine is Combine.ANY for node in nodes]
        self.elsewhere = {
            number: shared
            for number, links in enumerate(self.links)
            if (shared := tuple(child for child, edge in links if edge.elsewhere))
        }
        """Nodes with needs that other hosts may meet -> these children."""
        self.parents: list[list[int]] = [[] for _ in self.keys]
        for parent, links in enumerate(self.links):
            for child, _ in links:
                self.parents[child].append(parent)
        self.fixed = {n: leaf.check(Facts()) for n, leaf in self.leaves.items() if not leaf.reads}
        self.readers: dict[FactKey[object], list[int]] = {}
        for number, leaf in self.leaves.items():
            for fact in leaf.reads:
                self.readers.setdefault(fact, []).append(number)

    def reading(self, key: FactKey[object]) -> Iterator[int]:
        """The leaves that read a fact, by its own name or as one of its family."""
        yield from self.readers.get(key, ())
        yield from self.readers.get(key.family.every, ())

    def combine(self, number: int, codes: Sequence[int]) -> int:
        """The verdict of an inner node from those of its children."""
        only = self.same_as[number]
        if only != _NOTHING:
            return codes[only]
        table, found, doubt, sure = self.tables[number], _NEVER, False, True
        for child, limit, gate in self.edges[number]:
            code = codes[child]
            if code < _NEVER:
                found = table[found][_ALL[code][limit]]
                continue
            sure = False
            if code == _NEVER:
                if gate:
                    return _NEVER
            elif gate:
                doubt, found = True, table[found][_ALL[code - _DOUBT][limit]]
            else:
                found = table[found][_ALL[code - _DOUBT][limit] + _DOUBT]
        if not sure and number in self.elsewhere:
            found = self._without_elsewhere(number, found, codes)
        return found + _DOUBT if doubt and found < _NEVER else found

    def _without_elsewhere(self, number: int, found: int, codes: Sequence[int]) -> int:
        children = [codes[child] for child in self.elsewhere[number]]
        if _NEVER in children:
            return _SHARED[found]
        return _PERHAPS_SHARED[found] if max(children) > _NEVER else found


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A graph evaluated for one host: a verdict for each node, for each leaf what it said.

    `changed` are the nodes whose verdict is another than in the evaluation that it was made from.
    Two are equal only where they are the same, so that one can be remembered by.
    """

    compiled: Compiled
    codes: Sequence[int]
    leaves: Sequence[Reason | None]
    changed: Set[int] = frozenset()

    @property
    def graph(self) -> Graph:
        return self.compiled.graph

    def verdicts(self) -> list[Verdict]:
        """The verdict of every node, by its number."""
        return [_VERDICTS[code] for code in self.codes]

    def verdict(self, key: NodeKey) -> Verdict:
        """The verdict of a node."""
        return _VERDICTS[self.codes[self.compiled.number[key]]]

    def achievable(self, number: int) -> bool:
        """Whether the verdict of a node, by its number, is YES."""
        return self.codes[number] in _ACHIEVABLE

    def applicable(self, number: int) -> bool:
        """Whether a node, by its number, applies to the host, or may do so."""
        return self.codes[number] != _NEVER

    def doubtful(self, key: NodeKey) -> bool:
        """Whether a node may turn out not to apply, once the host's role is known."""
        return self.doubtful_number(self.compiled.number[key])

    def doubtful_number(self, number: int) -> bool:
        """The same for a node by its number."""
        return self.codes[number] > _NEVER

    def reason(self, key: NodeKey) -> Reason | None:
        """What a leaf said; None for other nodes."""
        return self.leaves[self.compiled.number[key]]

    def reasons(self) -> Iterator[tuple[int, Reason]]:
        """What every leaf said, by its number."""
        for number in self.compiled.leaves:
            reason = self.leaves[number]
            if reason is not None:
                yield number, reason

    def through(self, edge: Edge) -> Verdict:
        """What a child counts for over an edge."""
        verdict = self.verdict(edge.child)
        if edge.limit is None or not verdict.applicable:
            return verdict
        return verdict.limited(edge.limit)


def _code(reason: Reason) -> int:
    """The code of a leaf. Only a role decides whether a question is asked of a host at all."""
    verdict = reason.verdict
    if not verdict.applicable:
        return _NEVER
    doubtful = reason.link == "role" and not verdict.settled
    return _CODE[verdict] + (_DOUBT if doubtful else 0)


def evaluate(compiled: Compiled, facts: Facts) -> Evaluation:
    """Evaluate the whole graph for a host with these facts."""
    codes = bytearray([_NEVER]) * len(compiled.keys)
    leaves: list[Reason | None] = [None] * len(codes)
    same: dict[tuple[str, str], Reason] = {}
    for number, only in enumerate(compiled.same_as):
        if only != _NOTHING:
            codes[number] = codes[only]
            continue
        leaf = compiled.leaves.get(number)
        if leaf is None:
            codes[number] = compiled.combine(number, codes)
        else:
            # Leaves that say the same share one object: whoever gathers reasons then compares
            # identities, which costs nothing.
            said = compiled.fixed.get(number) or leaf.check(facts)
            alike = same.setdefault((said.subject, said.text), said)
            leaves[number] = said = alike if alike == said else said
            codes[number] = _code(said)
    return Evaluation(compiled, codes, leaves)


def reevaluate(old: Evaluation, facts: Facts, changed: Iterable[FactKey[object]]) -> Evaluation:
    """Evaluate again after some facts changed; work grows with what comes out otherwise."""
    compiled = old.compiled
    touched = sorted({number for key in changed for number in compiled.reading(key)})
    leaves, new = list(old.leaves), {}
    for number in touched:
        leaves[number] = said = compiled.leaves[number].check(facts)
        new[number] = _code(said)
    return _spread(old, new, leaves)


def supposing(old: Evaluation, leaves: Mapping[int, Verdict]) -> Evaluation:
    """The evaluation if these leaves had these verdicts: what hangs on a missing fact."""
    return _spread(old, {n: _CODE[verdict] for n, verdict in leaves.items()}, old.leaves)


def _spread(old: Evaluation, new: Mapping[int, int], leaves: Sequence[Reason | None]) -> Evaluation:
    """Carry changed leaves upwards; a node that comes out as before ends its path."""
    # Copied for each remedy that is weighed: of bytes, that is one move of memory.
    compiled, codes = old.compiled, bytearray(old.codes)
    waiting: list[int] = []
    queued: set[int] = set()
    changed: set[int] = set()
    for number, code in new.items():
        if codes[number] != code:
            codes[number] = code
            changed.add(number)
            queued.update(compiled.parents[number])
    waiting.extend(queued)
    heapify(waiting)
    while waiting:
        number = heappop(waiting)
        code = compiled.combine(number, codes)
        if code == codes[number]:
            continue
        codes[number] = code
        changed.add(number)
        for parent in compiled.parents[number]:
            if parent not in queued:
                queued.add(parent)
                heappush(waiting, parent)
    return Evaluation(compiled, codes, leaves, changed)
