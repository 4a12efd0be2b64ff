"""Evidence that other hosts of the fleet hold: a domain controller's 4769 for any workstation.

A host is judged by its own facts. What is recorded for it elsewhere is one fact more: what the
recording hosts of the fleet show, found by judging these first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, Level, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.sensor import Recorder
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactFamily, FactKey


@dataclass(frozen=True, slots=True)
class FleetEvidence:
    """What the hosts of one role record: for each node of direct evidence, over all of them."""

    hosts: tuple[str, ...]
    verdicts: Mapping[NodeKey, Verdict]


ELSEWHERE = FactFamily("evidence of other hosts", FleetEvidence)


def recorders_title(key: FactKey[object]) -> str:
    """The title of a fact that holds what hosts of a role record; '' for other facts."""
    return f"what hosts with the role {key.name} record" if key.family == ELSEWHERE else ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Direct evidence of what is done on this host, as other hosts of the fleet record it.

    `evidence` is the node of the same evidence on a host that records it.
    """

    evidence: NodeKey
    event: EventId
    recorder: Recorder

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (*self.recorder.gate.reads, ELSEWHERE(self.recorder.name))

    def check(self, facts: Facts) -> Reason:
        role_reason = self.recorder.gate.check(facts)
        statement = f"{self.event} is recorded by hosts of the role {self.recorder.title}"
        if role_reason.verdict.applicable and role_reason.verdict.settled:
            explanation = f"{statement}, and this is one: it records what is done here itself"
            return self._reason(NOT_APPLICABLE, explanation)
        key = ELSEWHERE(self.recorder.name)
        fact = facts.get(key)
        if isinstance(fact, Missing):
            explanation = f"{statement}, and the inventory has none"
            return self._reason(UNKNOWN, explanation, missing=key)
        verdict = fact.value.verdicts.get(self.evidence, NO)
        explanation = f"{statement}: {verdict.label} on {', '.join(fact.value.hosts)}"
        if role_reason.verdict.applicable:
            explanation = f"{explanation}; whether this is one of them is unknown"
            return self._reason(
                Verdict.of(Level.NO, verdict.possible), explanation, role_reason.missing
            )
        return self._reason(verdict, explanation)

    def _reason(
        self, verdict: Verdict, explanation: str, missing: FactKey[object] | None = None
    ) -> Reason:
        return Reason("elsewhere", self.event, verdict, explanation, missing=missing)
