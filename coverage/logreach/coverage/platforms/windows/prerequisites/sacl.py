"""Link 3, the audit entry on the object itself."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.judged import Reason
from logreach.coverage.platforms.windows.sacls import AccessNeed, covers
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

    def check(self, facts: Facts) -> Reason:
        found = covers(facts, self.need)
        text = f"{self.subject} needs an audit entry (SACL) on {self._what()}: {found.text}"
        # An entry for every key or file of a host is no advice: its volume would drown the rest.
        remedy = found.remedy if self.need.path else None
        return Reason(
            "object SACL",
            self.subject,
            found.verdict,
            text,
            found.evidence,
            remedy,
            self.reference,
            found.missing,
        )

    def _what(self) -> str:
        what = self.need.path or f"every {self.need.what} concerned"
        return f"{what} for {' and '.join(self.need.rights)}" if self.need.rights else what
