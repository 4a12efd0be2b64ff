"""Whether the configuration asks for the hash that is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, hull
from logreach.coverage.platforms.sysmon.engine import Config
from logreach.coverage.platforms.sysmon.of_program import OfProgram
from logreach.coverage.platforms.sysmon.programs import READS, filters, not_asked, state_of
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import SYSMON

HASH_FIELDS = ("Hashes", "Hash")
_ANY_HASH = ""


@dataclass(frozen=True, slots=True)
class SysmonHashes(OfProgram):
    """The configuration asks for a hash: the one named, or, with '' for `algorithm`, any.

    Where the option is absent, Sysmon's help says that SHA1 is the default and its table of
    configuration entries says none; so SHA1 is unknown then, and every other one is not there.
    """

    subject: str
    algorithm: str = _ANY_HASH

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        state = state_of(facts)
        if isinstance(state, Missing) or not state.value.installed:
            return not_asked(self.subject, "sensor")
        possible = filters(state.value, facts)
        if possible.doubt:
            explanation = f"which hashes are computed is unknown: {possible.doubt}"
            return self._reason(UNKNOWN, explanation, state.evidence, missing=SYSMON)
        file = Evidence(state.value.config_source, state.value.config_sha256)
        reasons = [self._told(sieve.config, file, state.evidence) for sieve in possible.loaded]
        if len({reason.verdict for reason in reasons}) == 1:
            return reasons[-1]
        explanation = f"which hashes are computed hangs on the version of Sysmon: {possible.why}"
        verdict = hull(reason.verdict for reason in reasons)
        return self._reason(verdict, explanation, state.evidence, missing=SYSMON)

    def _told(self, config: Config, file: Evidence, evidence: tuple[Evidence, ...]) -> Reason:
        option = config.option("HashAlgorithms")
        if option is None:
            verdict = UNKNOWN if self.algorithm.upper() in (_ANY_HASH, "SHA1") else NO
            explanation = "the configuration names no HashAlgorithms; sources differ on the default"
            return self._reason(verdict, explanation, evidence)
        algorithms = {part.strip().upper() for part in option.value.split(",") if part.strip()}
        computed = (
            bool(algorithms)
            if not self.algorithm
            else bool({"*", self.algorithm.upper()} & algorithms)
        )
        quote = f"HashAlgorithms {option.value}"
        places = (replace(file, where=f"line {option.line}", quote=quote),)
        explanation = f"HashAlgorithms is {option.value or 'empty'}"
        return self._reason(YES if computed else NO, explanation, places)

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "sensor", self.subject)
