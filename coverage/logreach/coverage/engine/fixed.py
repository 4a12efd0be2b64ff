"""A leaf whose answer lies in the knowledge, not on the host."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same verdict on every host: what sources say, or that none is at hand."""

    subject: str
    verdict: Verdict
    text: str
    reference: str = ""
    link: str = "knowledge"

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return ()

    def check(self, facts: Facts) -> Reason:  # noqa: ARG002 - the protocol's signature
        return Reason(self.link, self.subject, self.verdict, self.text, reference=self.reference)
