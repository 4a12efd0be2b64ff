"""The leaves of a compiled graph: which read a fact, and what they say of a host."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Protocol, cast, runtime_checkable

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

_STATES = 12
"""For so many states of a host the answers of leaves that come by the thousand are kept: each
profile and, beside it, what a remedy would make of it."""
_Check = Callable[[Any], Reason]


@runtime_checkable
class PerHost(Prerequisite, Protocol):
    """A prerequisite of which thousands are put to one host, so that what they have in common is
    worked out once. All of a kind read the same facts."""

    @staticmethod
    def on_host(facts: Facts) -> Callable[[Any], Reason]:
        """The check of every prerequisite of this kind on a host with these facts."""
        ...

    @staticmethod
    def state(facts: Facts) -> Hashable:
        """What of the facts the answers depend on: where it is the same, so are they."""
        ...


class Leaves:
    """Prerequisites by the numbers of their nodes."""

    def __init__(self) -> None:
        self.by_number: dict[int, Prerequisite] = {}
        self._fixed: dict[int, Reason] = {}
        self._per_host: dict[type, bool] = {}
        self._readers: dict[FactKey[object], dict[type, list[int]]] = {}
        self._answered: dict[object, dict[int, Reason]] = {}

    def add(self, number: int, prerequisite: Prerequisite) -> None:
        """Add a leaf; one that reads no fact says the same of every host."""
        self.by_number[number] = prerequisite
        kind = type(prerequisite)
        if kind not in self._per_host:
            self._per_host[kind] = isinstance(prerequisite, PerHost)
        reads = prerequisite.reads
        if not reads:
            self._fixed[number] = prerequisite.check(Facts())
        for fact in reads:
            self._readers.setdefault(fact, {}).setdefault(kind, []).append(number)

    def touched(
        self, changed: Iterable[FactKey[object]], before: Facts, after: Facts
    ) -> Iterator[int]:
        """The leaves that may say something else after some facts changed; some come twice."""
        for key in changed:
            for fact in (key, key.family.every):
                for kind, numbers in self._readers.get(fact, {}).items():
                    if not self._same(kind, before, after):
                        yield from numbers

    def _same(self, kind: type, before: Facts, after: Facts) -> bool:
        if not self._per_host[kind]:
            return False
        per_host = cast("type[PerHost]", kind)
        return per_host.state(before) == per_host.state(after)

    def answers(self, numbers: Iterable[int], facts: Facts) -> Iterator[tuple[int, Reason]]:
        """What leaves say of a host with these facts."""
        checks: dict[type, tuple[dict[int, Reason], _Check]] = {}
        for number in numbers:
            reason = self._fixed.get(number)
            if reason is None:
                leaf = self.by_number[number]
                kind = type(leaf)
                if not self._per_host[kind]:
                    reason = leaf.check(facts)
                else:
                    if kind not in checks:
                        checks[kind] = self._on_host(cast("type[PerHost]", kind), facts)
                    answered, check = checks[kind]
                    reason = answered.get(number)
                    if reason is None:
                        reason = answered[number] = check(leaf)
            yield number, reason

    def _on_host(self, kind: type[PerHost], facts: Facts) -> tuple[dict[int, Reason], _Check]:
        """What leaves of a kind said in the same state of a host, and how to ask the others.

        A remedy is weighed alone and again in every set that has it: each leaf is asked once.
        """
        state = (kind, kind.state(facts))
        answered = self._answered.pop(state, None)
        if answered is None:
            answered = {}
            if len(self._answered) >= _STATES:
                del self._answered[next(iter(self._answered))]
        self._answered[state] = answered
        return answered, kind.on_host(facts)
