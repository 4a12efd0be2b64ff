"""Kinds of host: which platforms there are, and how a host shows that it is of one."""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey


@dataclass(frozen=True, slots=True)
class HostKind:
    """A platform by the `name` that ATT&CK gives it ('Windows').

    A host of which one of the facts `marks` is known is of this kind. Where no kind's marks are
    known, it is of those that are `assumed`: their inventories need not say what they are.
    Reports list the facts `system` and `role` of each host.
    """

    name: str
    marks: tuple[FactKey[object], ...]
    assumed: bool = False
    system: FactKey[object] | None = None
    role: FactKey[object] | None = None

    def marked(self, facts: Facts) -> bool:
        """Whether the facts of a host say that it is of this kind."""
        return any(mark in facts.known for mark in self.marks)


@dataclass(frozen=True, slots=True)
class HostKinds:
    """All kinds of host, and in `meant` those that something (an analytic, an event) is for."""

    every: tuple[HostKind, ...]
    meant: tuple[HostKind, ...]
    _named: dict[tuple[str, ...], HostKinds] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def names(self) -> str:
        """The kinds that are meant, in words."""
        return " or ".join(kind.name for kind in self.meant)

    @property
    def all_meant(self) -> bool:
        """Whether something is meant for every kind of host."""
        return len(self.meant) == len(self.every)

    @property
    def marks(self) -> tuple[FactKey[object], ...]:
        """The facts that tell the kinds apart."""
        return tuple(mark for kind in self.every for mark in kind.marks)

    def named(self, names: tuple[str, ...]) -> HostKinds:
        """All kinds, with those meant that have one of these names.

        Remembered: the graph asks 29,000 times for the same few platforms, which took 0.04 s.
        """
        kinds = self._named.get(names)
        if kinds is None:
            matching = tuple(kind for kind in self.every if kind.name in names)
            kinds = self._named[names] = HostKinds(self.every, matching)
        return kinds

    def of(self, facts: Facts) -> tuple[HostKind, ...]:
        """The kinds, meant or not, that a host with these facts is of."""
        marked = tuple(kind for kind in self.every if kind.marked(facts))
        return marked or tuple(kind for kind in self.every if kind.assumed)

    def include(self, facts: Facts) -> bool:
        """Whether a host with these facts is of a kind that is meant."""
        return any(kind in self.meant for kind in self.of(facts))


@dataclass(frozen=True, slots=True)
class OnHosts:
    """A prerequisite that is asked of some kinds of host only; to others it does not apply."""

    prerequisite: Prerequisite
    kinds: HostKinds
    subject: str

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (*self.prerequisite.reads, *self.kinds.marks)

    def check(self, facts: Facts) -> Reason:
        if self.kinds.include(facts):
            return self.prerequisite.check(facts)
        return _for_others(self.subject, self.kinds)


@dataclass(frozen=True, slots=True)
class OfKind:
    """The host is of a kind for which something is meant; to others it does not apply."""

    subject: str
    kinds: HostKinds
    reference: str = ""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return self.kinds.marks

    def check(self, facts: Facts) -> Reason:
        if not self.kinds.include(facts):
            return _for_others(self.subject, self.kinds, self.reference)
        explanation = f"{self.subject} is for {self.kinds.names} hosts, and this is one"
        return Reason("platform", self.subject, YES, explanation, reference=self.reference)


def _for_others(subject: str, kinds: HostKinds, reference: str = "") -> Reason:
    explanation = f"{subject} is for {kinds.names} hosts only"
    return Reason("platform", subject, NOT_APPLICABLE, explanation, reference=reference)
