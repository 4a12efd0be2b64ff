"""Witness sets: the minimal sets of things that together make a node hold.

A set is a whole number, one bit a thing. What a leaf needs is said by the caller: the plan asks
for changes, and there a leaf needs its remedy; resilience asks for what holds today, and there a
leaf needs the setting that it reads. Which nodes apply to the host stays as evaluated.

A node is asked whether it holds whole, in part, or whether it may hold (see `Ask`). Each is made of
the same of its children, of any of them or of all; only a BRACKET mixes the three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import NamedTuple

from logreach.coverage.engine.compiled import Link
from logreach.coverage.engine.evaluation import Evaluation
from logreach.coverage.engine.folding import NEVER
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.verdict import Level, Verdict

Alternatives = Sequence[int]
"""The sets of things with which a leaf holds: (0,) without any, () whatever is there."""
MOST = 256
"""So many sets are kept of a node, unless the caller says otherwise."""


class Ask(Enum):
    """What is asked of a node: proven YES, at least PARTIAL proven, at least PARTIAL possible."""

    WHOLE = "whole"
    PART = "part"
    POSSIBLE = "possible"

    def met_by(self, verdict: Verdict) -> bool:
        """Whether a verdict is as much as that."""
        if self is Ask.WHOLE:
            return verdict.proven is Level.YES
        return (verdict.proven if self is Ask.PART else verdict.possible) > Level.NO


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The minimal sets with which a node holds, the smallest first.

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


class _Asked(NamedTuple):
    """A question to a node."""

    number: int
    ask: Ask


class _Needs(NamedTuple):
    """What a node takes: all of some answers, or any of them."""

    every: bool
    children: tuple[_Asked | _Needs, ...]


_NOTHING_SUFFICES = _Needs(every=False, children=())


def _no_alternatives(_number: int, _ask: Ask) -> Alternatives:
    return ()


class WitnessSets:
    """The witness sets of the nodes of an evaluation, found when they are first asked for.

    `leaf` says of a leaf, by its number, with which sets of things it holds whole; `less` with
    which it holds in part or may hold, for a caller that asks for less than the whole. Neither is
    asked of leaves that do not apply to the host.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        leaf: Callable[[int], Alternatives],
        most: int = MOST,
        less: Callable[[int, Ask], Alternatives] = _no_alternatives,
    ) -> None:
        self._evaluation = evaluation
        self._leaf = leaf
        self._less = less
        self._most = most
        self._families: dict[_Asked, _Family] = {}
        self._needs: dict[_Asked, _Needs] = {}
        self._leaves: dict[_Asked, Alternatives] = {}

    def of(self, number: int, ask: Ask = Ask.WHOLE) -> Witnesses:
        """The witness sets of a node."""
        family = self._family(_Asked(number, ask))
        if family.complete:
            return Witnesses(family.sets)
        minimal = {self.minimal(number, each, ask) for each in family.sets}
        return Witnesses(tuple(sorted(minimal, key=_size)), complete=False)

    def holds(self, number: int, there: int, ask: Ask = Ask.WHOLE) -> bool:
        """Whether a node holds with these things and no others."""
        return self._holds(_Asked(number, ask), there, {})

    def minimal(self, number: int, enough: int, ask: Ask = Ask.WHOLE) -> int:
        """A minimal set within a set that suffices; things of higher bits are left out first."""
        remaining = enough
        while remaining:
            thing = 1 << (remaining.bit_length() - 1)
            remaining ^= thing
            if self.holds(number, enough & ~thing, ask):
                enough ^= thing
        return enough

    def _holds(self, asked: _Asked | _Needs, there: int, answers: dict[_Asked, bool]) -> bool:
        if isinstance(asked, _Needs):
            children = (self._holds(child, there, answers) for child in asked.children)
            return all(children) if asked.every else any(children)
        answer = answers.get(asked)
        if answer is None:
            needs = self._needs_of(asked)
            if needs is None:
                answer = any(not each & ~there for each in self._of_leaf(asked))
            else:
                answer = self._holds(needs, there, answers)
            answers[asked] = answer
        return answer

    def _family(self, asked: _Asked | _Needs) -> _Family:
        if isinstance(asked, _Needs):
            return self._together(asked.children) if asked.every else self._any(asked.children)
        family = self._families.get(asked)
        if family is None:
            needs = self._needs_of(asked)
            family = self._kept(self._of_leaf(asked)) if needs is None else self._family(needs)
            self._families[asked] = family
        return family

    def _any(self, children: Iterable[_Asked | _Needs]) -> _Family:
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

    def _together(self, children: Iterable[_Asked | _Needs]) -> _Family:
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

    def _of_leaf(self, asked: _Asked) -> Alternatives:
        number, ask = asked
        if self._evaluation.codes[number] == NEVER:
            return ()
        alternatives = self._leaves.get(asked)
        if alternatives is None:
            sets = self._leaf(number) if ask is Ask.WHOLE else self._less(number, ask)
            alternatives = self._leaves[asked] = tuple(sets)
        return alternatives

    def _needs_of(self, asked: _Asked) -> _Needs | None:
        """What a node takes; None for a leaf."""
        if self._evaluation.compiled.kinds[asked.number] is Combine.LEAF:
            return None
        needs = self._needs.get(asked)
        if needs is None:
            needs = self._needs[asked] = self._asked(*asked)
        return needs

    def _asked(self, number: int, ask: Ask) -> _Needs:
        """What a node takes, by the rules of `folding` for that end of the verdict."""
        compiled, codes = self._evaluation.compiled, self._evaluation.codes
        if codes[number] == NEVER:
            return _NOTHING_SUFFICES
        if ask is Ask.WHOLE and self._supplied_elsewhere(number):
            return _NOTHING_SUFFICES
        links = [link for link in compiled.links(number) if codes[link[0]] != NEVER]
        kind = compiled.kinds[number]
        if kind is Combine.BRACKET:
            return self._bracket(links, ask)
        every = kind is Combine.ALL or (kind is Combine.EITHER and ask is not Ask.POSSIBLE)
        certain = [link for link in links if not self._in_doubt(link)]
        # A child that may not apply settles nothing beside one that does: as an alternative it
        # proves nothing, as a need it bars nothing.
        if kind is (Combine.ALL if ask is Ask.POSSIBLE else Combine.ANY):
            every = every if certain else not every
            links = certain or links
        counting = [_Asked(child, ask) for child, edge in links if _counts(edge.limit, ask)]
        if every and len(counting) < len(links):
            return _NOTHING_SUFFICES
        return _Needs(every, tuple(counting))

    def _bracket(self, links: Sequence[Link], ask: Ask) -> _Needs:
        """All of the outer set is all of the set itself; if it is neither all nor none, some of
        the inner set is some of it. The outer one stands behind a gate."""
        outer = links[0][0]
        if ask is not Ask.PART or len(links) == 1:
            return _Needs(every=True, children=(_Asked(outer, ask),))
        inner, edge = links[1]
        whole = _Asked(outer, Ask.WHOLE)
        if not _counts(edge.limit, ask):
            return _Needs(every=False, children=(whole,))
        beside = Ask.PART if self._in_doubt(links[1]) else Ask.POSSIBLE
        some = _Needs(every=True, children=(_Asked(inner, ask), _Asked(outer, beside)))
        return _Needs(every=False, children=(whole, some))

    def _supplied_elsewhere(self, number: int) -> bool:
        """Whether another host supplies a need, or may have to. An only need that may not apply
        leaves the whole node in doubt instead."""
        compiled = self._evaluation.compiled
        needs = compiled.elsewhere.get(number, ())
        if len(compiled.children[number]) == 1 and compiled.link(number, 0)[1].limit is None:
            return False
        return any(self._evaluation.codes[child] >= NEVER for child in needs)

    def _in_doubt(self, link: Link) -> bool:
        """Whether a child may turn out not to apply; one over a gate then takes the node along."""
        child, edge = link
        return not edge.gate and self._evaluation.codes[child] > NEVER


def _counts(limit: Verdict | None, ask: Ask) -> bool:
    return limit is None or ask.met_by(limit)


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
