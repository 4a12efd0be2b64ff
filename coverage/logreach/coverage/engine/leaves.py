"""The leaves of a compiled graph: which read a fact, and what they say of a host."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Protocol, cast, runtime_checkable

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

_STATES = 12
"""For so many states of a host the answers of a group of leaves that come by the thousand are
kept: each profile and, beside it, what a remedy would make of it."""
_Check = Callable[[Any], Reason]


@runtime_checkable
class PerHost(Prerequisite, Protocol):
    """A prerequisite of which thousands are put to one host, so that what they have in common is
    worked out once."""

    @property
    def topic(self) -> Hashable:
        """Leaves of other topics may answer otherwise after a change that leaves this one alone."""
        ...

    @staticmethod
    def on_host(facts: Facts) -> Callable[[Any], Reason]:
        """The check of every prerequisite of this kind on a host with these facts."""
        ...

    def state(self, facts: Facts) -> Hashable:
        """What of the facts the answers of this kind and topic depend on, if they read the same
        facts: where it is the same, so are they."""
        ...


Group = tuple[type, tuple[FactKey[object], ...], Hashable]
"""Leaves of one kind that read the same facts, and of one topic where their kind has such."""


class Leaves:
    """Prerequisites by the numbers of their nodes."""

    def __init__(self) -> None:
        self.by_number: dict[int, Prerequisite] = {}
        self._fixed: dict[int, Reason] = {}
        self._groups: dict[int, Group] = {}
        self._per_host: dict[Group, PerHost | None] = {}
        self._by_thousands: dict[type, bool] = {}
        self._readers: dict[FactKey[object], dict[Group, list[int]]] = {}
        self._answered: dict[Group, dict[Hashable, dict[int, Reason]]] = {}

    def add(self, number: int, prerequisite: Prerequisite) -> None:
        """Add a leaf; one that reads no fact says the same of every host."""
        self.by_number[number] = prerequisite
        reads = prerequisite.reads
        kind = type(prerequisite)
        if kind not in self._by_thousands:
            self._by_thousands[kind] = isinstance(prerequisite, PerHost)
        per_host = cast("PerHost", prerequisite) if self._by_thousands[kind] else None
        topic = per_host.topic if per_host else None
        group = self._groups[number] = (kind, reads, topic)
        self._per_host.setdefault(group, per_host)
        if not reads:
            self._fixed[number] = prerequisite.check(Facts())
        for fact in reads:
            self._readers.setdefault(fact, {}).setdefault(group, []).append(number)

    def touched(
        self, changed: Iterable[FactKey[object]], before: Facts, after: Facts
    ) -> Iterator[int]:
        """The leaves that may say something else after some facts changed; some come twice."""
        for key in changed:
            for fact in (key, key.family.every):
                for group, numbers in self._readers.get(fact, {}).items():
                    example = self._per_host[group]
                    if example is None or example.state(before) != example.state(after):
                        yield from numbers

    def answers(self, numbers: Iterable[int], facts: Facts) -> Iterator[tuple[int, Reason]]:
        """What leaves say of a host with these facts."""
        checks: dict[Group, tuple[dict[int, Reason], _Check]] = {}
        for number in numbers:
            reason = self._fixed.get(number)
            if reason is None:
                leaf, group = self.by_number[number], self._groups[number]
                example = self._per_host[group]
                if example is None:
                    reason = leaf.check(facts)
                else:
                    if group not in checks:
                        checks[group] = self._on_host(group, example, facts)
                    answered, check = checks[group]
                    reason = answered.get(number)
                    if reason is None:
                        reason = answered[number] = check(leaf)
            yield number, reason

    def _on_host(
        self, group: Group, example: PerHost, facts: Facts
    ) -> tuple[dict[int, Reason], _Check]:
        """What leaves of a group said in the same state of a host, and how to ask the others.

        A remedy is weighed alone and again in every set that has it: each leaf is asked once.
        """
        states, state = self._answered.setdefault(group, {}), example.state(facts)
        answered = states.pop(state, None)
        if answered is None:
            answered = {}
            if len(states) >= _STATES:
                del states[next(iter(states))]
        states[state] = answered
        return answered, example.on_host(facts)
