"""Whether the Sysmon there writes an event, or a field of it: by its schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.sysmon.defective import settled_defects, unsure
from logreach.coverage.platforms.sysmon.engine import manifest, releases, systems
from logreach.coverage.platforms.sysmon.engine.releases import PossibleBinaries
from logreach.coverage.platforms.sysmon.of_program import OfProgram
from logreach.coverage.platforms.sysmon.programs import (
    READS,
    meant_by,
    not_asked,
    number_of,
    state_of,
)
from logreach.inventories.facts.facts import Fact, Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.facts import OS, SYSMON, OperatingSystem, SysmonState


def all_fields(key: EventId) -> tuple[str, ...]:
    """Every field that the newest schema gives the event; () where it has none."""
    return manifest.fields_of(number_of(key), manifest.newest())


@dataclass(frozen=True, slots=True)
class SysmonKnows(OfProgram):
    """The version of Sysmon there writes such events at all, and that Windows lets it."""

    event: EventId

    @property
    def subject(self) -> str:
        return self.event

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        reason = _by_schema(facts, self.event, number_of(self.event))
        if not reason.verdict.applicable or reason.verdict == NO:
            return reason
        return _by_system(facts, self.event) or reason


def _by_system(facts: Facts, event: EventId) -> Reason | None:
    """What Windows itself lacks for an event; None where it lacks nothing."""
    state, os, number = facts.get(SYSMON), facts.get(OS), number_of(event)
    reason = partial(Reason, "os", event)
    if isinstance(os, Missing):
        sysmon = state.value if isinstance(state, Known) else SysmonState(installed=True)
        if systems.on_system(number, systems.oldest_build(sysmon.version, sysmon.inbox)):
            return None
        explanation = f"whether this Windows has what event {number} is made of hangs on its build"
        return reason(verdict=UNKNOWN, text=explanation, missing=OS)
    able = systems.on_system(number, os.value.build)
    if able:
        return None
    if able is None:
        explanation = f"no source tells whether {os.value} has what event {number} is made of"
        return reason(verdict=UNKNOWN, text=explanation, evidence=os.evidence)
    explanation = f"{os.value} has nothing that event {number} could be made of"
    return reason(verdict=NO, text=explanation, evidence=os.evidence)


@dataclass(frozen=True, slots=True)
class SysmonFillsField(OfProgram):
    """The version of Sysmon there writes that field."""

    event: EventId
    name: str

    @property
    def subject(self) -> str:
        return f"{self.event}/{self.name}"

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return READS

    def check(self, facts: Facts) -> Reason:
        return _by_schema(facts, self.subject, number_of(self.event), self.name)

    @staticmethod
    def on_host(facts: Facts) -> Callable[[Any], Reason]:
        """The check of many fields: the possible programs are worked out once."""
        program = _Meant.by(facts)
        return lambda leaf: program.has(leaf.subject, number_of(leaf.event), leaf.name)


def _by_schema(facts: Facts, subject: str, event_id: int, field: str = "") -> Reason:
    return _Meant.by(facts).has(subject, event_id, field)


@dataclass(frozen=True, slots=True)
class _Meant:
    """The stated Sysmon of a host, and the programs that it may be."""

    said: SysmonState
    evidence: tuple[Evidence, ...]
    possible: PossibleBinaries
    os: Fact[OperatingSystem]

    @staticmethod
    def by(facts: Facts) -> _Meant:
        state = state_of(facts)
        if isinstance(state, Missing):
            state = Known(SysmonState(installed=True))
        installed = state.value.installed
        possible = meant_by(state.value, facts) if installed else PossibleBinaries(())
        return _Meant(state.value, state.evidence, possible, facts.get(OS))

    def has(self, subject: str, event_id: int, field: str = "") -> Reason:
        """Whether its schema has an event, or a field of it."""
        if not self.said.installed:
            return not_asked(subject, "sensor", self.evidence)
        what = f"field {field} of event {event_id}" if field else f"event {event_id}"
        reason = partial(Reason, "sensor", subject, evidence=self.evidence)
        if not self.possible.binaries:
            return _unlisted(self.said.version, self.possible, event_id, what, reason)
        answer = _of_schemas(self.possible, event_id, field, what, reason)
        if answer.verdict == NO:
            return answer
        for defect in settled_defects(self.said):
            if (f"{event_id}/{field}" in defect.fields) if field else (event_id in defect.events):
                return unsure(answer, defect, self.said, self.os)
        return answer


def _of_schemas(
    possible: PossibleBinaries, event_id: int, field: str, what: str, reason: partial[Reason]
) -> Reason:
    having = {_has(binary.schema, event_id, field) for binary in possible.binaries}
    if len(having) > 1:
        explanation = f"whether this Sysmon has {what} hangs on its version: {possible.reason}"
        return reason(verdict=UNKNOWN, text=explanation, missing=SYSMON)
    verdict = YES if having == {True} else NO
    if len(possible.binaries) == 1:
        word = "has" if verdict == YES else "has no"
        return reason(
            verdict=verdict, text=f"Sysmon schema {possible.binaries[0].schema} {word} {what}"
        )
    word = "every" if verdict == YES else "no"
    return reason(verdict=verdict, text=f"{word} Sysmon that this may be has {what}")


def _unlisted(
    version: str | None,
    possible: PossibleBinaries,
    event_id: int,
    what: str,
    reason: partial[Reason],
) -> Reason:
    """A version that no table lists: only what is known to be younger is surely not there."""
    if releases.before(version, event_id):
        event = manifest.event(event_id)
        explanation = (
            f"Sysmon {version} has no {what}, which came with Sysmon {event.since}"
            if event
            else f"no Sysmon known here has {what}"
        )
        return reason(verdict=NO, text=explanation)
    explanation = f"whether this Sysmon has {what} is unknown: {possible.reason}"
    return reason(verdict=UNKNOWN, text=explanation, missing=SYSMON)


@lru_cache(maxsize=8192)
def _has(schema: manifest.Schema, event_id: int, field: str) -> bool:
    fields = manifest.fields_of(event_id, schema)
    return field in fields if field else bool(fields)
