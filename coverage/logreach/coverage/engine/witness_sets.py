"""Witness sets: the minimal sets of things that together make a node hold whole.

A set is a whole number, one bit a thing. What a leaf needs is said by the caller: the plan asks
for changes, and there a leaf needs its remedy; resilience asks for what holds today, and there a
leaf needs the setting that it reads. Which nodes apply to the host stays as evaluated.

Only the proven end of a verdict is asked, and only whether it is YES. That end of a node is made of
the same end of its children: it takes any of them, or all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from logreach.coverage.engine.compiled import Link
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.folding import NEVER
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.verdict import Level, Verdict

Alternatives = Sequence[int]
"""The sets of things with which a leaf holds whole: (0,) without any, () whatever is there."""
MOST = 256
"""So many sets are kept of a node, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The minimal sets with which a node holds whole, the smallest first.

    Each is minimal. Where it is not `complete`, there are others: the node has at least so many,
    and what hits all of these need not hit all.
    """

    sets: tuple[int, ...]
    complete: bool = True

    @property
    def in_every(self) -> int:
        """The things that are in every set; 0 where there is no set."""
        common = self.sets[0] if self.sets else 0
        for each in self.sets:
            common &= each
        return common


class _Family(NamedTuple):
    """Sets that suffice, none of which holds another; where not complete, some are left out, and
    one may hold more than it needs."""

    sets: tuple[int, ...]
    complete: bool = True


class _Needs(NamedTuple):
    """What a node takes to hold whole: all of some children, or any of them."""

    every: bool
    children: tuple[int, ...]


_NOTHING_SUFFICES = _Needs(every=False, children=())


class WitnessSets:
    """The witness sets of the nodes of an evaluation, found when they are first asked for.

    `leaf` says of a leaf, by its number, with which sets of things it holds whole. It is not asked
    of leaves that do not apply to the host.
    """

    def __init__(
        self, evaluation: Evaluation, leaf: Callable[[int], Alternatives], most: int = MOST
    ) -> None:
        self._evaluation = evaluation
        self._leaf = leaf
        self._most = most
        self._families: dict[int, _Family] = {}
        self._needs: dict[int, _Needs] = {}
        self._leaves: dict[int, Alternatives] = {}

    def of(self, number: int) -> Witnesses:
        """The witness sets of a node."""
        family = self._family(number)
        if family.complete:
            return Witnesses(family.sets)
        lean = {self.minimal(number, each) for each in family.sets}
        return Witnesses(tuple(sorted(lean, key=_size)), complete=False)

    def holds(self, number: int, there: int) -> bool:
        """Whether a node holds whole with these things and no others."""
        return self._holds(number, there, {})

    def minimal(self, number: int, enough: int) -> int:
        """A minimal set within a set that suffices; things of higher bits are left out first."""
        rest = enough
        while rest:
            thing = 1 << (rest.bit_length() - 1)
            rest ^= thing
            if self.holds(number, enough & ~thing):
                enough ^= thing
        return enough

    def _holds(self, number: int, there: int, answers: dict[int, bool]) -> bool:
        number = self._evaluation.compiled.sources[number]
        answer = answers.get(number)
        if answer is None:
            if self._is_leaf(number):
                answer = any(not each & ~there for each in self._of_leaf(number))
            else:
                every, children = self._needs_of(number)
                combined = all if every else any
                answer = combined([self._holds(child, there, answers) for child in children])
            answers[number] = answer
        return answer

    def _family(self, number: int) -> _Family:
        number = self._evaluation.compiled.sources[number]
        family = self._families.get(number)
        if family is None:
            family = self._families[number] = self._found(number)
        return family

    def _found(self, number: int) -> _Family:
        if self._is_leaf(number):
            return self._kept(self._of_leaf(number))
        every, children = self._needs_of(number)
        return self._together(children) if every else self._any(children)

    def _any(self, children: Iterable[int]) -> _Family:
        """With what one of the children holds."""
        sets: set[int] = set()
        complete = True
        for child in children:
            family = self._family(child)
            if family.sets == (0,):
                return family
            sets.update(family.sets)
            complete = complete and family.complete
        return self._kept(sets, complete=complete)

    def _together(self, children: Iterable[int]) -> _Family:
        """With what all of the children hold."""
        families = sorted({self._family(child) for child in children}, key=_count)
        if families and not families[0].sets:
            return families[0]
        together = _Family((0,))
        for family in families:
            joined = {left | right for left in together.sets for right in family.sets}
            complete = together.complete and family.complete
            together = self._kept(joined, complete=complete)
        return together

    def _kept(self, sets: Iterable[int], *, complete: bool = True) -> _Family:
        """As many sets as are kept of a node, the smallest ones."""
        kept = tuple(islice(lean(sets), self._most + 1))
        if kept == (0,):
            return _Family(kept)
        return _Family(kept[: self._most], complete=complete and len(kept) <= self._most)

    def _is_leaf(self, number: int) -> bool:
        return self._evaluation.compiled.kinds[number] is Combine.LEAF

    def _of_leaf(self, number: int) -> Alternatives:
        if self._evaluation.codes[number] == NEVER:
            return ()
        alternatives = self._leaves.get(number)
        if alternatives is None:
            alternatives = self._leaves[number] = tuple(self._leaf(number))
        return alternatives

    def _needs_of(self, number: int) -> _Needs:
        needs = self._needs.get(number)
        if needs is None:
            needs = self._needs[number] = self._asked(number)
        return needs

    def _asked(self, number: int) -> _Needs:
        """What a node takes, by the rules of `folding` for the proven end."""
        compiled, codes = self._evaluation.compiled, self._evaluation.codes
        if codes[number] == NEVER:
            return _NOTHING_SUFFICES
        if any(codes[child] >= NEVER for child in compiled.elsewhere.get(number, ())):
            return _NOTHING_SUFFICES  # another host supplies a need, or may have to
        links = [link for link in compiled.links(number) if codes[link[0]] != NEVER]
        kind = compiled.kinds[number]
        if kind is Combine.BRACKET and not self._in_doubt(links[0]):
            links = links[:1]  # the outer set: all of it, or nothing is sure of the whole
        if kind is Combine.ANY:
            # What may not apply proves nothing beside what does.
            certain = [link for link in links if not self._in_doubt(link)]
            if certain:
                counting = (child for child, edge in certain if _counts_whole(edge.limit))
                return _Needs(every=False, children=tuple(counting))
        if not all(_counts_whole(edge.limit) for _, edge in links):
            return _NOTHING_SUFFICES
        return _Needs(every=True, children=tuple(child for child, _ in links))

    def _in_doubt(self, link: Link) -> bool:
        """Whether a child may turn out not to apply; one over a gate then takes the node along."""
        child, edge = link
        return not edge.gate and self._evaluation.codes[child] > NEVER


def _counts_whole(limit: Verdict | None) -> bool:
    return limit is None or limit.proven is Level.YES


def _size(things: int) -> tuple[int, int]:
    return things.bit_count(), things


def _count(family: _Family) -> tuple[int, tuple[int, ...]]:
    return len(family.sets), family.sets


def lean(sets: Iterable[int]) -> Iterator[int]:
    """The sets that hold none of the others, the smallest first."""
    kept: list[int] = []
    for candidate in sorted(set(sets), key=_size):
        if not any(not each & ~candidate for each in kept):
            kept.append(candidate)
            yield candidate
