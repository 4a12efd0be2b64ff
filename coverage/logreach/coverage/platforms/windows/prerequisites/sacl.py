"""Link 3, the audit entry on the object itself."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.judged import Reason
from logreach.coverage.platforms.windows.sacls import AccessNeed, access_coverage, may_matter
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.facts import OS, SACL


@dataclass(frozen=True, slots=True)
class ObjectAudited:
    """The object that an event tells of carries an audit entry for the access that is meant."""

    subject: str
    need: AccessNeed
    reference: str = ""

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (SACL.every, OS)

    def hangs_on(self, key: FactKey[object]) -> bool:
        """Remedies name one object each: to ask for all objects anew cost 0.1 s of 4.5 s."""
        return key.family != SACL or may_matter(key.name, self.need)

    def check(self, facts: Facts) -> Reason:
        coverage = access_coverage(facts, self.need)
        explanation = (
            f"{self.subject} needs an audit entry (SACL) on {self._what()}: {coverage.explanation}"
        )
        # An entry for every key or file of a host is no advice: its volume would drown the rest.
        remedy = coverage.remedy if self.need.path else None
        return Reason(
            "object SACL",
            self.subject,
            coverage.verdict,
            explanation,
            coverage.evidence,
            remedy,
            self.reference,
            coverage.missing,
        )

    def _what(self) -> str:
        what = self.need.path or f"every {self.need.kind_title} concerned"
        return f"{what} for {' and '.join(self.need.rights)}" if self.need.rights else what
