"""The fewest changes that would make a verdict achievable, found from the leaves upwards.

A set of changes is a whole number, one bit a remedy. A need takes the changes of all its children,
without those that another of them does as well; an alternative takes those of the child that takes
fewest, of equals the one that asks less of the same facts. Children that share a change are not
weighed against each other, so a smaller set may exist; the set found is always one that suffices,
which `applied` shows by evaluating with all of them made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from logreach.coverage.engine.evaluation import Evaluation, reevaluate, supposing
from logreach.coverage.engine.folding import CODED, NEVER
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.judged import Remedy, RemedyName
from logreach.coverage.engine.verdict import YES, Level
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import StructuredValue, added_to

_NONE = -1
"""No change that is known makes it achievable."""


class Least:
    """For the nodes of an evaluation, the changes with which at least `goal` is proven of them.

    `lesser` are, by the bit of a remedy, those that it exceeds.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        bits: Mapping[RemedyName, int],
        goal: Level = Level.YES,
        lesser: Mapping[int, int] | None = None,
    ) -> None:
        self._evaluation = evaluation
        self._bits = bits
        self._goal = goal
        self._lesser = lesser or {}
        self._wide = sum(self._lesser)
        self._enough = frozenset(
            code for code, verdict in enumerate(CODED) if verdict.proven >= goal
        )
        self._sets = _Sets(self._changes)

    def changes(self, number: int) -> int | None:
        """The remedies that a node waits for, as bits; None where no known ones suffice."""
        changes = self._sets[number]
        return None if changes == _NONE else changes

    def _changes(self, number: int) -> int:
        code, compiled = self._evaluation.codes[number], self._evaluation.compiled
        if code in self._enough:
            return 0
        source = compiled.sources[number]
        if source != number:
            return self._sets[source]
        if code == NEVER:
            return _NONE
        kind = compiled.kinds[number]
        if kind is Combine.LEAF:
            reason = self._evaluation.leaves[number]
            remedy = reason.remedy if reason else None
            return self._bits.get(remedy.name, _NONE) if remedy else _NONE
        if kind is Combine.BRACKET:
            # All of the outer set is enough for all, some of the inner set is enough for some.
            outer, inner = compiled.children[number]
            return self._sets[outer if self._goal is Level.YES else inner]
        elsewhere = compiled.elsewhere.get(number)
        if elsewhere and any(self._evaluation.codes[child] == NEVER for child in elsewhere):
            return _NONE
        return self._fewest(number) if kind is Combine.ANY else self._together(number)

    def _fewest(self, number: int) -> int:
        sets, worthless = self._sets, self._worthless(number)
        children = self._evaluation.compiled.children[number]
        changes = [sets[child] for child in children if child not in worthless]
        candidates = [change_set for change_set in changes if change_set != _NONE]
        best = min(candidates, key=int.bit_count, default=_NONE)
        if best > 0 and best & self._wide:
            for candidate in candidates:
                if candidate.bit_count() == best.bit_count() and self._asks_less(candidate, best):
                    best = candidate
        return best

    def _asks_less(self, changes: int, more: int) -> bool:
        """Whether of two sets one has, for each change that only the other has, a lesser one."""
        only = more & ~changes
        wide = [bit for bit in self._lesser if bit & only]
        return 0 < only == sum(wide) and all(self._lesser[bit] & changes for bit in wide)

    def _together(self, number: int) -> int:
        codes, needed, worthless = self._evaluation.codes, 0, self._worthless(number)
        for child in self._evaluation.compiled.children[number]:
            if codes[child] == NEVER:
                continue
            changes = _NONE if child in worthless else self._sets[child]
            if changes == _NONE:
                return _NONE
            needed |= changes
        for wide in self._lesser if needed & self._wide else ():
            if needed & wide:
                needed &= ~self._lesser[wide]
        return needed

    def _worthless(self, number: int) -> Collection[int]:
        """The children that count for too little over their edges, however much is proven."""
        compiled = self._evaluation.compiled
        if not compiled.has_limits(number):
            return ()
        return [
            child
            for child, edge in compiled.links(number)
            if edge.limit is not None and edge.limit.proven < self._goal
        ]


class _Sets(dict[int, int]):
    """The changes of each node, found when they are first asked for."""

    def __init__(self, changes: Callable[[int], int]) -> None:
        super().__init__()
        self._changes = changes

    def __missing__(self, number: int) -> int:
        changes = self[number] = self._changes(number)
        return changes


def fewest(
    evaluation: Evaluation,
    number: int,
    goal: Level = Level.YES,
    leaves: Iterable[int] | None = None,
) -> tuple[Remedy, ...] | None:
    """Changes that together prove at least `goal` of a node, each of them necessary.

    None if no known changes suffice. `leaves` are the leaves below the node, for a caller that
    knows them: none of the others is looked at then.
    """
    reasons = (
        (reason for _, reason in evaluation.reasons())
        if leaves is None
        else (evaluation.leaves[leaf] for leaf in leaves)
    )
    offered = {
        remedy.name: remedy
        for reason in reasons
        if reason is not None and (remedy := reason.remedy) is not None
    }
    bits = {name: 1 << place for place, name in enumerate(offered)}
    least = Least(evaluation, bits, goal, lesser_of(list(offered.values())))
    changes = least.changes(number)
    if changes is None:
        return None
    chosen = [remedy for place, remedy in enumerate(offered.values()) if changes >> place & 1]
    if applied(evaluation, chosen).proven(number) < goal:
        return None
    for remedy in tuple(chosen):
        without = [kept for kept in chosen if kept is not remedy]
        if applied(evaluation, without).proven(number) >= goal:
            chosen = without
    return tuple(chosen)


def applied(evaluation: Evaluation, remedies: Iterable[Remedy]) -> Evaluation:
    """The evaluation of the same host once all of these remedies have been made."""
    facts = evaluation.facts
    values, unvalued = facts_after(facts, remedies)
    for key, value in values.items():
        facts = facts.stating(key, value)
    changed = reevaluate(evaluation, facts, values) if values else evaluation
    if not unvalued:
        return changed
    offering = _offering(changed)
    return supposing(
        changed,
        {number: YES for remedy in unvalued for number in offering.get(remedy.name, ())},
    )


def facts_after(
    facts: Facts, remedies: Iterable[Remedy]
) -> tuple[dict[FactKey[object], object], set[Remedy]]:
    """The new values of the facts that remedies change, and the remedies without a value."""
    values: dict[FactKey[object], object] = {}
    unvalued: set[Remedy] = set()
    for remedy in remedies:
        if remedy.value is None:
            unvalued.add(remedy)
        else:
            stated = facts.known.get(remedy.key)
            before = values.get(remedy.key, stated.value if stated else None)
            values[remedy.key] = added_to(before, remedy.value)
    return values, unvalued


@lru_cache(maxsize=1)  # every remedy of a host is weighed after the other
def _offering(evaluation: Evaluation) -> dict[RemedyName, list[int]]:
    """The leaves that offer each remedy without a value, by its key and text."""
    offering: dict[RemedyName, list[int]] = {}
    for number, reason in evaluation.reasons():
        remedy = reason.remedy
        if remedy is not None and remedy.value is None and reason.verdict.applicable:
            offering.setdefault(remedy.name, []).append(number)
    return offering


def lesser_of(remedies: Sequence[Remedy]) -> dict[int, int]:
    """By the bit of each remedy that exceeds others, the bits of these."""
    by_topic: dict[tuple[FactKey[object], Hashable], list[int]] = {}
    for place, remedy in enumerate(remedies):
        if isinstance(remedy.value, StructuredValue):
            for topic in remedy.value.topics():
                by_topic.setdefault((remedy.key, topic), []).append(place)
    lesser: dict[int, int] = {}
    for comparable in by_topic.values():
        for more in comparable:
            less = sum(1 << x for x in comparable if exceeds(remedies[more], remedies[x]))
            if less:
                lesser[1 << more] = lesser.get(1 << more, 0) | less
    return lesser


def places(changes: int) -> Iterator[int]:
    """The places of the remedies in a set of changes, the first one first."""
    while changes:
        lowest = changes & -changes
        yield lowest.bit_length() - 1
        changes ^= lowest


def exceeds(more: Remedy, less: Remedy) -> bool:
    """Whether one remedy turns on all that another of the same fact does, and more."""
    if more.key != less.key:
        return False
    return isinstance(more.value, StructuredValue) and more.value.exceeds(less.value)
