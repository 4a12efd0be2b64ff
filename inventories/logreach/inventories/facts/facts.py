"""Facts about one host: typed values, each with its evidence, or 'missing' with the reason.

Readers yield `Statement`s; `Facts.of` decides between those that differ. A fact that no source
states is `Missing`: it counts as unknown, neither as yes nor as no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar, cast

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.keys import FactFamily, FactKey, V_co
from logreach.inventories.facts.values import agreed, for_grouping
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Known(Generic[V_co]):
    """A fact that at least one source states."""

    value: V_co
    evidence: tuple[Evidence, ...] = ()
    strength: Strength = Strength.OBSERVED

    @property
    def assumed(self) -> bool:
        """True where the value is only a default of the operating system."""
        return self.strength is Strength.ASSUMED


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that no source states: why, and the fault of the input where there is one."""

    reason: str
    fault: Fault | None = None


Fact = Known[V] | Missing


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as one source states it.

    Of equally strong ones the later wins, as with GPOs, but not of two outputs of the host itself.
    `by_host` is False where a list of many devices tells it, which may be out of date.
    """

    key: FactKey[object]
    value: object
    evidence: Evidence
    strength: Strength = Strength.OBSERVED
    by_host: bool = True

    @property
    def printed(self) -> bool:
        """Whether it stands in output of the host itself."""
        return self.strength is Strength.OBSERVED and self.by_host


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that disagree; where it is settled, `kept` is believed and `dropped` is not."""

    key: FactKey[object]
    kept: Statement
    dropped: Statement

    @property
    def settled(self) -> bool:
        """False where the host itself printed both, in two files: which came later is not told."""
        kept, dropped = self.kept, self.dropped
        together = kept.evidence.source == dropped.evidence.source
        alike = for_grouping(kept.value) == for_grouping(dropped.value)
        return not (kept.printed and dropped.printed) or together or alike

    @property
    def outcome(self) -> str:
        """What becomes of the two, with '{kept}' and '{dropped}' in their places."""
        if self.settled:
            return "{kept} is used; {dropped} is not"
        return "{kept} and {dropped}, both printed by the host: neither is used"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one input: statements, faults, and the facts that the faults cost.

    `missing` names single facts, or by `FactFamily.every` all of a family, that the input should
    have stated and did not. `notes` are remarks on what is in order and yet left out.
    `collected` is the day on which the input's facts were gathered, where it says so.
    """

    statements: tuple[Statement, ...] = ()
    faults: tuple[Fault, ...] = ()
    missing: tuple[tuple[FactKey[object], Missing], ...] = ()
    notes: tuple[Fault, ...] = ()
    collected: date | None = None


def together(*readings: Reading) -> Reading:
    """Several readings as one, in their order."""
    return Reading(
        tuple(statement for reading in readings for statement in reading.statements),
        tuple(fault for reading in readings for fault in reading.faults),
        tuple(pair for reading in readings for pair in reading.missing),
        tuple(note for reading in readings for note in reading.notes),
        min((reading.collected for reading in readings if reading.collected), default=None),
    )


_UNTOLD = Missing("the inventory does not say")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All facts of one host, one value each. `get` looks a fact up by its typed key.

    Compared by identity, so that what is computed from an object can be cached by it.
    """

    known: Mapping[FactKey[object], Known[object]] = field(default_factory=dict)
    missing: Mapping[FactKey[object], Missing] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def of(
        cls,
        statements: Iterable[Statement],
        missing: Iterable[tuple[FactKey[object], Missing]] = (),
    ) -> Facts:
        """Decide between statements: the strongest wins, of equals the last; conflicts are kept.

        Of what the host itself printed none wins over the other.
        """
        best: dict[FactKey[object], list[Statement]] = {}
        printed: dict[FactKey[object], dict[str, Statement]] = defaultdict(dict)
        conflicts: list[Conflict] = []
        for new in statements:
            agreeing = best.setdefault(new.key, [])
            contradicted = None
            if new.printed:
                last_words = printed[new.key]
                contradicted = _contradicted_by(last_words.values(), new)
                last_words[new.evidence.source] = new
            value = agreed(agreeing[0].value, new.value) if agreeing else new.value
            if value is not None:
                is_vague = bool(agreeing) and agreeing[0].value != value
                agreeing.insert(0 if is_vague else len(agreeing), new)
                if contradicted is not None:
                    conflicts.append(Conflict(new.key, kept=new, dropped=contradicted))
                continue
            old = contradicted or max(agreeing, key=lambda statement: statement.strength)
            if new.strength >= old.strength:
                conflicts.append(Conflict(new.key, kept=new, dropped=old))
                best[new.key] = [new]
            else:
                conflicts.append(Conflict(new.key, kept=old, dropped=new))
        open_ones = {each.key: _contradicted(each) for each in conflicts if not each.settled}
        return cls(
            known={
                key: _agreement(agreeing) for key, agreeing in best.items() if key not in open_ones
            },
            missing={**dict(missing), **open_ones},
            conflicts=tuple(conflicts),
        )

    def get(self, key: FactKey[V]) -> Fact[V]:
        """The fact itself, or why it is missing; TypeError where its value is of another type."""
        fact = self.known.get(key)
        if fact is not None:
            return _checked(key, fact)
        if self.missing:
            return self.missing.get(key) or self.missing.get(key.family.every) or _UNTOLD
        return _UNTOLD

    def stating(self, key: FactKey[V], value: V) -> Facts:
        """These facts with one of them changed, as by a remedy.

        Its evidence stays, so that what does not hang on the change is seen to be the same.
        """
        before = self.known.get(key)
        evidence = before.evidence if before else (Evidence("as changed"),)
        stated = {**self.known, key: Known(value, evidence)}
        return Facts(stated, self.missing, self.conflicts)

    def of_family(self, family: FactFamily[V]) -> Iterator[tuple[str, Known[V]]]:
        """Every known fact of a family with its name, sorted by name."""
        for key in sorted(key for key in self.known if key.family == family):
            yield key.name, _checked(family.every, self.known[key])


def _contradicted_by(last_words: Iterable[Statement], new: Statement) -> Statement | None:
    """What another file of the host's own output says last, where it contradicts the new one.

    The value that is believed at the moment may be another source's, which hides it.
    """
    return next(
        (
            old
            for old in last_words
            if not Conflict(new.key, new, old).settled and agreed(old.value, new.value) is None
        ),
        None,
    )


def _agreement(agreeing: list[Statement]) -> Known[object]:
    """A fact out of the statements that agree on it, the one that says most first."""
    first = agreeing[0]
    if len(agreeing) == 1:
        return Known(first.value, (first.evidence,), first.strength)
    evidence = dict.fromkeys(statement.evidence for statement in agreeing)
    return Known(first.value, tuple(evidence), max(each.strength for each in agreeing))


def _contradicted(conflict: Conflict) -> Missing:
    first, second = conflict.dropped.evidence, conflict.kept.evidence
    return Missing(
        f"the host's own outputs contradict each other: {first.source} {first.where} and "
        f"{second.source} {second.where}"
    )


def _checked(key: FactKey[V], fact: Known[object]) -> Known[V]:
    if not isinstance(fact.value, key.family.types):
        types = " or ".join(sorted(each.__name__ for each in key.family.types))
        raise TypeError(f"fact {key} holds {type(fact.value).__name__}, not {types}")
    return cast("Known[V]", fact)
