"""Link 3, the audit entry on the object itself."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.assessment import Reason
from logreach.coverage.verdict import UNKNOWN
from logreach.inventories.facts import FactKey, FactKind, Facts


@dataclass(frozen=True, slots=True)
class ObjectAudited:
    """The object carries an audit entry for the rights that are used.

    `kind` is 'key', 'file', 'process', 'ad', ...; `path` '' stands for any object of the kind.
    """

    subject: str
    kind: str
    path: str = ""
    rights: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (FactKey(FactKind.SACL),)

    def check(self, facts: Facts) -> Reason:  # noqa: ARG002 - no SACL is read yet
        what = self.path or f"the {self.kind} concerned"
        rights = f" for {' or '.join(self.rights)}" if self.rights else ""
        text = f"{self.subject} needs an audit entry (SACL) on {what}{rights}; none is known"
        return Reason("object SACL", self.subject, UNKNOWN, text, missing=FactKey(FactKind.SACL))
