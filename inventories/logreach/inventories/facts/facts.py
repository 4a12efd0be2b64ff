"""Facts about one host: typed values, each with its evidence, or a typed 'missing'.

Readers yield `Statement`s; `Facts.of` settles them. A fact that nobody states is `Missing`,
which is neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.keys import FactKey, FactKind
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.forwarding.subscriptions import Forwarding
from logreach.inventories.windows.facts import (
    AuditSetting,
    ChannelState,
    OperatingSystem,
    Role,
    Sacl,
    SysmonState,
)

Scalar = bool | int | str
FactValue = (
    OperatingSystem | Role | AuditSetting | SysmonState | ChannelState | Sacl | Forwarding | Scalar
)

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Known(Generic[V]):
    """A fact that somebody states."""

    value: V
    evidence: tuple[Evidence, ...] = ()
    strength: Strength = Strength.OBSERVED

    @property
    def assumed(self) -> bool:
        """True where the value is only a default of the operating system."""
        return self.strength is Strength.ASSUMED


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that nobody states; `reason` says why, `fault` what was wrong with the input."""

    reason: str
    fault: Fault | None = None


Fact = Known[V] | Missing


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one fact. Among equals the later one wins (GPO order)."""

    key: FactKey
    value: FactValue
    evidence: Evidence
    strength: Strength = Strength.OBSERVED


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that disagree; `kept` is believed."""

    key: FactKey
    kept: Statement
    dropped: Statement


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one input: statements, and the faults that cost others.

    `missing` names whole families or single facts that the input should have told and could
    not; FactKey(kind, '') stands for every fact of that kind.
    """

    statements: tuple[Statement, ...] = ()
    faults: tuple[Fault, ...] = ()
    missing: tuple[tuple[FactKey, Missing], ...] = ()


_FAMILIES = {kind: FactKey(kind) for kind in FactKind}
_UNTOLD = Missing("the inventory does not say")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All facts of one host, settled. Look up with the typed accessors.

    Two are equal only where they are the same, so that what follows from one can be remembered.
    """

    known: Mapping[FactKey, Known[FactValue]] = field(default_factory=dict)
    missing: Mapping[FactKey, Missing] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def of(
        cls,
        statements: Iterable[Statement],
        missing: Iterable[tuple[FactKey, Missing]] = (),
    ) -> Facts:
        """Settle statements: the strongest wins, among equals the last; conflicts are kept."""
        best: dict[FactKey, list[Statement]] = {}
        conflicts: list[Conflict] = []
        for new in statements:
            agreed = best.setdefault(new.key, [])
            if not agreed or agreed[0].value == new.value:
                agreed.append(new)
                continue
            old = max(agreed, key=lambda statement: statement.strength)
            if new.strength >= old.strength:
                conflicts.append(Conflict(new.key, kept=new, dropped=old))
                best[new.key] = [new]
            else:
                conflicts.append(Conflict(new.key, kept=old, dropped=new))
        return cls(
            known={
                key: Known(
                    agreed[0].value,
                    tuple(dict.fromkeys(one.evidence for one in agreed)),
                    max(one.strength for one in agreed),
                )
                for key, agreed in best.items()
            },
            missing=dict(missing),
            conflicts=tuple(conflicts),
        )

    def get(self, key: FactKey) -> Fact[FactValue]:
        """The fact itself, or why it is missing."""
        known = self.known.get(key)
        if known is not None:
            return known
        if self.missing:
            for wanted in (key, _FAMILIES[key.kind]):
                if wanted in self.missing:
                    return self.missing[wanted]
        return _UNTOLD

    def stating(self, key: FactKey, value: FactValue) -> Facts:
        """These facts, with one of them changed: what a remedy would make of them."""
        known = {**self.known, key: Known(value, (Evidence("as changed"),))}
        return Facts(known, self.missing, self.conflicts)

    def of_kind(self, kind: FactKind) -> Iterator[tuple[str, Known[FactValue]]]:
        """Every known fact of a family, by name."""
        for key in sorted(key for key in self.known if key.kind is kind):
            yield key.name, self.known[key]

    def os(self) -> Fact[OperatingSystem]:
        return self._typed(_FAMILIES[FactKind.OS], OperatingSystem)

    def role(self) -> Fact[Role]:
        return self._typed(_FAMILIES[FactKind.ROLE], Role)

    def feature(self, name: str) -> Fact[bool]:
        return self._typed(FactKey(FactKind.FEATURE, name), bool)

    def audit(self, guid: str) -> Fact[AuditSetting]:
        return self._typed(FactKey(FactKind.AUDIT, guid), AuditSetting)

    def setting(self, name: str) -> Fact[Scalar]:
        fact = self.get(FactKey(FactKind.SETTING, name))
        if isinstance(fact, Missing):
            return fact
        if not isinstance(fact.value, bool | int | str):
            raise TypeError(f"setting {name} holds {type(fact.value).__name__}")
        return Known(fact.value, fact.evidence, fact.strength)

    def sysmon(self) -> Fact[SysmonState]:
        return self._typed(_FAMILIES[FactKind.SYSMON], SysmonState)

    def channel(self, name: str) -> Fact[ChannelState]:
        return self._typed(FactKey(FactKind.CHANNEL, name), ChannelState)

    def sacl(self, name: str) -> Fact[Sacl]:
        return self._typed(FactKey(FactKind.SACL, name), Sacl)

    def forwarding(self) -> Fact[Forwarding]:
        return self._typed(_FAMILIES[FactKind.FORWARDING], Forwarding)

    def _typed(self, key: FactKey, kind: type[V]) -> Fact[V]:
        fact = self.get(key)
        if isinstance(fact, Missing):
            return fact
        if not isinstance(fact.value, kind):
            raise TypeError(f"fact {key} holds {type(fact.value).__name__}, not {kind.__name__}")
        return cast("Known[V]", fact)
