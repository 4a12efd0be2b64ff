"""The fewest changes that would make a verdict achievable, found from the leaves upwards.

A set of changes is a whole number, one bit a remedy. A need takes the changes of all its children,
an alternative those of the child that takes fewest. Children that share a change are not weighed
against each other, so a smaller set may exist; the set found is always one that suffices, which
`applied` shows by evaluating with all of them made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from logreach.coverage.engine.evaluation import Evaluation, reevaluate, supposing
from logreach.coverage.engine.judged import Remedy
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import YES
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import StructuredValue, added_to

_NONE = -1
"""No change that is known makes it achievable."""


class Least:
    """For the nodes of an evaluation, the changes that make them achievable."""

    def __init__(
        self, evaluation: Evaluation, bits: Mapping[tuple[FactKey[object], str], int]
    ) -> None:
        self._evaluation = evaluation
        self._bits = bits
        self._known: dict[int, int] = {}

    def changes(self, number: int) -> int | None:
        """The remedies that make a node achievable, as bits; None where no known ones do."""
        found = self._set(number)
        return None if found == _NONE else found

    def _set(self, number: int) -> int:
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._found(number)
        return known

    def _found(self, number: int) -> int:
        evaluation = self._evaluation
        if evaluation.achievable(number):
            return 0
        if not evaluation.applicable(number):
            return _NONE
        said = evaluation.leaves[number]
        if said is not None:
            remedy = said.remedy
            return self._bits.get((remedy.key, remedy.text), _NONE) if remedy else _NONE
        elsewhere = evaluation.compiled.elsewhere.get(number, ())
        if not all(evaluation.applicable(child) for child in elsewhere):
            return _NONE
        if evaluation.compiled.any_of[number]:
            return self._fewest(number)
        return self._together(number)

    def _fewest(self, number: int) -> int:
        links = self._evaluation.compiled.links[number]
        sets = [self._set(child) for child, edge in links if edge.limit is None]
        return min((one for one in sets if one != _NONE), key=int.bit_count, default=_NONE)

    def _together(self, number: int) -> int:
        found = 0
        for child, edge in self._evaluation.compiled.links[number]:
            if not self._evaluation.applicable(child):
                continue
            changes = self._set(child) if edge.limit is None else _NONE
            if changes == _NONE:
                return _NONE
            found |= changes
        return found


def fewest(evaluation: Evaluation, facts: Facts, key: NodeKey) -> tuple[Remedy, ...] | None:
    """Changes that make a node achievable, none of which could be left out; None: none known."""
    offered = {
        (one.key, one.text): one
        for _, reason in evaluation.reasons()
        if (one := reason.remedy) is not None
    }
    number = evaluation.compiled.number[key]
    least = Least(evaluation, {name: 1 << place for place, name in enumerate(offered)})
    changes = least.changes(number)
    if changes is None:
        return None
    chosen = [one for place, one in enumerate(offered.values()) if changes >> place & 1]
    for one in tuple(chosen):
        rest = [other for other in chosen if other is not one]
        if applied(evaluation, facts, rest).achievable(number):
            chosen = rest
    return tuple(chosen)


def applied(evaluation: Evaluation, facts: Facts, remedies: Iterable[Remedy]) -> Evaluation:
    """The evaluation of a host with these facts once all of these remedies have been made."""
    wished: dict[FactKey[object], object] = {}
    unvalued: set[Remedy] = set()
    for one in remedies:
        if one.value is None:
            unvalued.add(one)
        else:
            has = facts.known.get(one.key)
            old = wished.get(one.key, has.value if has else None)
            wished[one.key] = added_to(old, one.value)
    for key, value in wished.items():
        facts = facts.stating(key, value)
    changed = reevaluate(evaluation, facts, wished) if wished else evaluation
    if not unvalued:
        return changed
    offering = _offering(changed)
    return supposing(changed, {number: YES for one in unvalued for number in offering.get(one, ())})


@lru_cache(maxsize=1)  # every remedy of a host is weighed after the other
def _offering(evaluation: Evaluation) -> dict[Remedy, list[int]]:
    """The leaves that offer each remedy without a value."""
    found: dict[Remedy, list[int]] = {}
    for number, reason in evaluation.reasons():
        remedy = reason.remedy
        if remedy is not None and remedy.value is None and reason.verdict.applicable:
            found.setdefault(remedy, []).append(number)
    return found


def exceeds(more: Remedy, less: Remedy) -> bool:
    """Whether one remedy turns on all that another of the same fact does, and more."""
    if more.key != less.key:
        return False
    return isinstance(more.value, StructuredValue) and more.value.exceeds(less.value)
