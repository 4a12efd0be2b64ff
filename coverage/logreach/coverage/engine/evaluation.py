"""The one way in which the graph is evaluated: for a host, and again with a few facts changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.folding import CODE, CODED, DOUBT, NEVER
from logreach.coverage.engine.graph import Edge, Graph
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import YES, Level, Verdict
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

_ACHIEVABLE = frozenset({CODE[YES], CODE[YES] + DOUBT})


class LeafReasons(Protocol):
    """What each leaf said, by its number; None for other nodes."""

    def __getitem__(self, number: int, /) -> Reason | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Again:
    """The same after some leaves were asked again.

    Remedies are weighed by the hundred, and hardly anyone reads what leaves say of one: to copy the
    48,000 reasons of an assessment with rules for each took 0.1 s.
    """

    before: LeafReasons
    again: Mapping[int, Reason]

    def __getitem__(self, number: int, /) -> Reason | None:
        return self.again.get(number) or self.before[number]


def _laid_over(leaves: LeafReasons, again: Mapping[int, Reason]) -> LeafReasons:
    """Two deep at most, however many remedies were made one after the other."""
    if isinstance(leaves, _Again):
        return _Again(leaves.before, {**leaves.again, **again})
    return _Again(leaves, again)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A graph evaluated for a host with these facts: a verdict for each node, for each leaf what
    it said.

    `changed` are the nodes whose verdict is another than in the evaluation that it was made from.
    Two are equal only where they are the same, so that one can be remembered by.
    """

    compiled: Compiled
    facts: Facts
    codes: Sequence[int]
    leaves: LeafReasons
    changed: Set[int] = frozenset()

    @property
    def graph(self) -> Graph:
        return self.compiled.graph

    def verdicts(self) -> list[Verdict]:
        """The verdict of every node, by its number."""
        return [CODED[code] for code in self.codes]

    def verdict(self, key: NodeKey) -> Verdict:
        """The verdict of a node."""
        return CODED[self.codes[self.compiled.number[key]]]

    def verdict_at(self, number: int) -> Verdict:
        """The verdict of a node by its number."""
        return CODED[self.codes[number]]

    def proven(self, number: int) -> Level:
        """What is proven of a node, by its number."""
        return CODED[self.codes[number]].proven

    def achieved(self, numbers: Iterable[int]) -> set[int]:
        """Of nodes, by their numbers, those whose verdict is YES."""
        codes = self.codes
        return {number for number in numbers if codes[number] in _ACHIEVABLE}

    def applicable(self, number: int) -> bool:
        """Whether a node, by its number, applies to the host, or may do so."""
        return self.codes[number] != NEVER

    def doubtful(self, key: NodeKey) -> bool:
        """Whether a node may turn out not to apply, once the host's role is known."""
        return self.doubtful_number(self.compiled.number[key])

    def doubtful_number(self, number: int) -> bool:
        """The same for a node by its number."""
        return self.codes[number] > NEVER

    def reason(self, key: NodeKey) -> Reason | None:
        """What a leaf said; None for other nodes."""
        return self.leaves[self.compiled.number[key]]

    def reasons(self) -> Iterator[tuple[int, Reason]]:
        """What every leaf said, by its number."""
        for number in self.compiled.leaves.by_number:
            reason = self.leaves[number]
            if reason is not None:
                yield number, reason

    def through(self, edge: Edge) -> Verdict:
        """What a child counts for over an edge."""
        verdict = self.verdict(edge.child)
        return verdict if edge.limit is None else verdict.limited(edge.limit)


def evaluate(compiled: Compiled, facts: Facts) -> Evaluation:
    """Evaluate the whole graph for a host with these facts."""
    codes = bytearray([NEVER]) * len(compiled.keys)
    leaves: list[Reason | None] = [None] * len(codes)
    for answers in compiled.leaves.answers(facts):
        for number, reason, code in zip(*answers, strict=True):
            leaves[number] = reason
            codes[number] = code
    combine = compiled.combine
    for number in compiled.inner:
        codes[number] = combine(number, codes)
    return Evaluation(compiled, facts, codes, leaves)


def reevaluate(old: Evaluation, facts: Facts, changed: Iterable[FactKey[object]]) -> Evaluation:
    """Evaluate again after some facts changed; only nodes above a changed leaf are recomputed."""
    again: dict[int, Reason] = {}
    new: dict[int, int] = {}
    for numbers, reasons, codes in old.compiled.leaves.answers_again(changed, old.facts, facts):
        again.update(zip(numbers, reasons, strict=True))
        new.update(zip(numbers, codes, strict=True))
    return _spread(old, new, _laid_over(old.leaves, again), facts)


def at_best(old: Evaluation, changed: Iterable[FactKey[object]]) -> Evaluation | None:
    """An evaluation that proves at least as much of every node as evaluating again after these
    facts changed for the better.

    Leaves that may say something else are taken to hold instead of being asked; None where to find
    them takes asking, or where one is not asked of the host today.
    """
    leaves = old.compiled.leaves.hanging(changed)
    if leaves is None or any(old.codes[number] >= NEVER for number in leaves):
        return None
    return supposing(old, dict.fromkeys(leaves, YES))


def supposing(old: Evaluation, leaves: Mapping[int, Verdict]) -> Evaluation:
    """The evaluation if these leaves had these verdicts: what hangs on a missing fact."""
    return _spread(old, {n: CODE[verdict] for n, verdict in leaves.items()}, old.leaves, old.facts)


def _spread(
    old: Evaluation, new: Mapping[int, int], leaves: LeafReasons, facts: Facts
) -> Evaluation:
    """Carry changed leaves upwards; a node that comes out as before ends its path."""
    # Copied for each remedy that is weighed: of bytes, that is one move of memory.
    combine, parents, codes = old.compiled.combine, old.compiled.parents, bytearray(old.codes)
    waiting = bytearray(len(codes))
    changed: set[int] = set()
    for number, code in new.items():
        if codes[number] != code:
            codes[number] = code
            changed.add(number)
            for parent in parents[number]:
                waiting[parent] = 1
    number = waiting.find(1)
    while number >= 0:
        code = combine(number, codes)
        if code != codes[number]:
            codes[number] = code
            changed.add(number)
            for parent in parents[number]:
                waiting[parent] = 1
        number = waiting.find(1, number + 1)  # parents stand behind their children
    return Evaluation(old.compiled, facts, codes, leaves, changed)
