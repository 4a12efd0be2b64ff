"""Whether Sysmon runs at all, and whether what is told of it can be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES
from logreach.coverage.platforms.sysmon.of_program import OfProgram
from logreach.coverage.platforms.sysmon.programs import READS, clash_of, filters, state_of
from logreach.coverage.platforms.sysmon.remedies import install
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import OS, SYSMON, SysmonState


@dataclass(frozen=True, slots=True)
class SysmonRuns(OfProgram):
    """Sysmon is installed.

    Where that Sysmon is not known to run on that Windows, one of the two is told wrongly, and
    nobody can say which: unknown.
    """

    subject: str = "Sysmon"

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        state = state_of(facts)
        if isinstance(state, Missing):
            return Reason("sensor", self.subject, UNKNOWN, state.reason, missing=SYSMON)
        if not state.value.installed:
            explanation, remedy = "Sysmon is not installed", install(facts.get(OS))
            return Reason("sensor", self.subject, NO, explanation, state.evidence, remedy)
        clash, os = clash_of(state.value, facts), facts.get(OS)
        if clash and isinstance(os, Known):
            explanation, evidence = f"sources disagree: {clash}", (*state.evidence, *os.evidence)
            return Reason("sensor", self.subject, UNKNOWN, explanation, evidence, missing=SYSMON)
        name = "Sysmon of Windows itself" if state.value.inbox else "Sysmon"
        version = f" {state.value.version}" if state.value.version else ", version not told,"
        return Reason("sensor", self.subject, YES, f"{name}{version} is installed", state.evidence)


def contradictions(facts: Facts) -> tuple[Fault, ...]:
    """What the facts of a host say of Sysmon that cannot be true together.

    What hangs on it counts as unknown.
    """
    state = facts.get(SYSMON)
    if isinstance(state, Missing) or not state.value.installed:
        return ()
    return tuple(_contradictions(state, facts))


def _contradictions(state: Known[SysmonState], facts: Facts) -> Iterator[Fault]:
    clash = clash_of(state.value, facts)
    if clash:
        evidence = state.evidence[0]
        hint = "Correct what is told of Sysmon or of Windows."
        yield Fault(f"sources disagree: {clash}", evidence.source, evidence.where, hint)
    refusal = filters(state.value, facts).refusal
    if refusal:
        message = f"Sysmon {state.value.version or ''}".strip()
        message = f"{message} refuses the configuration that it is said to have: {refusal.message}"
        yield Fault(message, state.value.config_source, refusal.where, refusal.hint)
