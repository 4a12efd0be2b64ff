"""What an inventory tells of audit entries, and what follows for one access."""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.coverage.assessment import Remedy
from logreach.coverage.verdict import Verdict
from logreach.inventories.facts import Evidence, FactKey, FactKind, Facts, Known, Sacl
from logreach.inventories.object_names import normal


@dataclass(frozen=True, slots=True)
class Covered:
    """What is known of the audit entry that an access needs.

    `remedy` adds exactly the entry that is wanting, where one can be added; `missing` is the
    fact that would settle an unknown.
    """

    verdict: Verdict
    text: str
    evidence: tuple[Evidence, ...] = ()
    remedy: Remedy | None = None
    missing: FactKey | None = None


@dataclass(slots=True)
class KnownSacls:
    """The SACLs that an inventory tells, by the objects' normal names."""

    facts: Facts
    by_name: dict[str, tuple[FactKey, Known[Sacl]]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts) -> KnownSacls:
        known = cls(facts)
        for written, _ in facts.of_kind(FactKind.SACL):
            fact = facts.sacl(written)
            found = normal(written)
            name = found.name if found else written
            if isinstance(fact, Known) and known._stronger(name, fact):
                known.by_name[name] = (FactKey(FactKind.SACL, written), fact)
        return known

    def _stronger(self, name: str, fact: Known[Sacl]) -> bool:
        """One object under two spellings: what the host itself shows is kept."""
        other = self.get(name)
        return other is None or fact.strength > other.strength

    def get(self, name: str) -> Known[Sacl] | None:
        found = self.by_name.get(name)
        return found[1] if found else None

    def key(self, name: str) -> FactKey:
        """The key under which the object stands, or would."""
        found = self.by_name.get(name)
        return found[0] if found else FactKey(FactKind.SACL, name)
