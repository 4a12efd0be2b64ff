"""The leaves of a compiled graph: which read a fact, and what they say of a host."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from logreach.coverage.engine.folding import CODE, DOUBT, NEVER
from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey

_STATES = 12
_CHANGES = 1024
"""For so many states of a host the answers of a group of leaves that come by the thousand are
kept: each profile and, beside it, what a remedy would make of it."""


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


@runtime_checkable
class PerHostInPart(PerHost, Protocol):
    """One of which a change of the host concerns a few only."""

    def concerned(self, before: Facts, after: Facts) -> Callable[[Any], bool] | None:
        """Tells of a leaf of this kind and topic whether its verdict may be another after a change;
        False is certain. None where all may be.

        What a leaf says that is not concerned may still be worded for the host before. The same
        object for equal changes, by which the leaves concerned are remembered.
        """
        ...


@runtime_checkable
class ReadsSome(Prerequisite, Protocol):
    """A prerequisite that reads all facts of a family, most of which are nothing to it."""

    def hangs_on(self, key: FactKey[object]) -> bool:
        """Whether its answer may be another once this fact is; False is certain."""
        ...


class Answers(NamedTuple):
    """What leaves say of a host: their numbers, and for each its reason and the code of that."""

    numbers: Sequence[int]
    reasons: Sequence[Reason]
    codes: Sequence[int]


class Leaves:
    """Prerequisites by the numbers of their nodes."""

    def __init__(self) -> None:
        self.by_number: dict[int, Prerequisite] = {}
        self._groups: dict[tuple[type, tuple[FactKey[object], ...], Hashable], _Group] = {}
        self._readers: dict[FactKey[object], dict[_Group, None]] = {}

    def add(self, number: int, prerequisite: Prerequisite) -> None:
        """Add a leaf."""
        self.by_number[number] = prerequisite
        reads = prerequisite.reads
        name = (type(prerequisite), reads, getattr(prerequisite, "topic", None))
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = _Group(prerequisite)
            for fact in reads:
                self._readers.setdefault(fact, {})[group] = None
        group.add(number, prerequisite)

    def answers(self, facts: Facts) -> Iterator[Answers]:
        """What all leaves say of a host with these facts."""
        for group in self._groups.values():
            yield group.answers(facts)

    def answers_again(
        self, changed: Iterable[FactKey[object]], before: Facts, after: Facts
    ) -> Iterator[Answers]:
        """What those say that may say something else after some facts changed."""
        for group, keys in self._touched(changed).items():
            yield group.answers_again(keys, before, after)

    def hanging(self, changed: Iterable[FactKey[object]]) -> list[int] | None:
        """The numbers of those that may say something else after some facts changed; None where
        to find out takes asking."""
        numbers: list[int] = []
        for group, keys in self._touched(changed).items():
            if not group.selective:
                return None
            numbers += group.hanging(keys)
        return numbers

    def _touched(self, changed: Iterable[FactKey[object]]) -> dict[_Group, list[FactKey[object]]]:
        """The groups that read any of these facts, and which of them they read."""
        touched: dict[_Group, list[FactKey[object]]] = {}
        for key in changed:
            for fact in (key, key.family.every):
                for group in self._readers.get(fact, ()):
                    touched.setdefault(group, []).append(key)
        return touched


class _Group:
    """Leaves of one kind that read the same facts, and of one topic where their kind has such."""

    def __init__(self, example: Prerequisite) -> None:
        self._per_host = example if isinstance(example, PerHost) else None
        self._in_part = example if isinstance(example, PerHostInPart) else None
        self.selective = isinstance(example, ReadsSome)
        self._is_fixed = not example.reads
        self._numbers: list[int] = []
        self._leaves: list[Any] = []
        self._by_state: dict[object, Answers] = {}
        self._hanging: dict[FactKey[object], tuple[int, ...]] = {}
        self._concerned: dict[Callable[[Any], bool], tuple[int, ...]] = {}

    def add(self, number: int, leaf: Prerequisite) -> None:
        """Add a leaf."""
        self._numbers.append(number)
        self._leaves.append(leaf)
        self._by_state.clear()
        self._hanging.clear()
        self._concerned.clear()

    def answers(self, facts: Facts) -> Answers:
        """What they say of a host with these facts.

        A remedy is weighed alone and again in every set that has it: leaves that come by the
        thousand, and those that say the same of every host, are asked once a state.
        """
        if self._per_host is None and not self._is_fixed:
            return self._asked(facts)
        state = self._per_host.state(facts) if self._per_host else None
        answers = self._by_state.pop(state, None) or self._asked(facts)
        if len(self._by_state) == _STATES:
            del self._by_state[next(iter(self._by_state))]
        self._by_state[state] = answers
        return answers

    def answers_again(
        self, changed: Iterable[FactKey[object]], before: Facts, after: Facts
    ) -> Answers:
        """What those say that may say something else."""
        if self._per_host is not None:
            if self._per_host.state(before) == self._per_host.state(after):
                return _NONE
            part = self._in_part
            concerned = None if part is None else part.concerned(before, after)
            if concerned is None:
                return self.answers(after)
            places: Sequence[int] = self._concerned_by(concerned)
            check = self._per_host.on_host(after)
        elif self.selective:
            places = self._places(changed)

            def check(leaf: Prerequisite) -> Reason:
                return leaf.check(after)
        else:
            return self.answers(after)
        numbers = [self._numbers[place] for place in places]
        return _answers(numbers, [check(self._leaves[place]) for place in places])

    def hanging(self, changed: Iterable[FactKey[object]]) -> list[int]:
        """The numbers of those that may say something else, of a kind that reads some facts."""
        return [self._numbers[place] for place in self._places(changed)]

    def _concerned_by(self, concerned: Callable[[Any], bool]) -> tuple[int, ...]:
        """The places of the leaves that a change concerns; found once, as `_hanging_on`."""
        places = self._concerned.get(concerned)
        if places is None:
            if len(self._concerned) == _CHANGES:
                self._concerned.clear()
            listed = (place for place, leaf in enumerate(self._leaves) if concerned(leaf))
            places = self._concerned[concerned] = tuple(listed)
        return places

    def _places(self, changed: Iterable[FactKey[object]]) -> list[int]:
        return sorted({place for key in changed for place in self._hanging_on(key)})

    def _hanging_on(self, key: FactKey[object]) -> tuple[int, ...]:
        """The places of the leaves that may say something else once a fact is another; found once,
        as the same remedy is weighed for many profiles."""
        places = self._hanging.get(key)
        if places is None:
            hanging = (place for place, leaf in enumerate(self._leaves) if leaf.hangs_on(key))
            places = self._hanging[key] = tuple(hanging)
        return places

    def _asked(self, facts: Facts) -> Answers:
        if self._per_host is None:
            return _answers(self._numbers, [leaf.check(facts) for leaf in self._leaves])
        return _answers(self._numbers, list(map(self._per_host.on_host(facts), self._leaves)))


_NONE = Answers((), (), ())


def _answers(numbers: Sequence[int], reasons: Iterable[Reason]) -> Answers:
    """Those that say the same share one object: whoever gathers reasons then compares identities,
    which costs nothing."""
    first: dict[tuple[str, str], Reason] = {}
    shared = []
    for reason in reasons:
        same = first.setdefault((reason.subject, reason.text), reason)
        shared.append(same if same == reason else reason)
    return Answers(numbers, shared, bytes(map(_code, shared)))


def _code(reason: Reason) -> int:
    """The code of a leaf. Only a role decides whether a question is asked of a host at all."""
    verdict = reason.verdict
    if not verdict.applicable:
        return NEVER
    doubtful = reason.link == "role" and not verdict.settled
    return CODE[verdict] + (DOUBT if doubtful else 0)
