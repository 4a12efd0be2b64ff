"""Link 5, the sensor: Sysmon runs, its version knows the event, its configuration keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from logreach.coverage.assessment import Reason
from logreach.coverage.patterns import Decider, EventPattern, FilterAnswer
from logreach.coverage.prerequisites.filters import Remembering, evidence_of, verdict_of
from logreach.coverage.prerequisites.sysmon_remedies import install, widen
from logreach.coverage.sysmon import Config, SysmonFilter, load, manifest
from logreach.coverage.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.inventories.facts import (
    Evidence,
    FactKey,
    FactKind,
    Facts,
    Known,
    Missing,
    SysmonState,
)
from logreach.inventories.faults import InputError

SYSMON_KEY = FactKey(FactKind.SYSMON)
CHANNEL_KEY = FactKey(FactKind.CHANNEL, "Microsoft-Windows-Sysmon/Operational")


def number_of(key: str) -> int:
    """The event id in a key such as 'Sysmon:13'."""
    return int(key.partition(":")[2])


def all_fields(key: str) -> tuple[str, ...]:
    """Every field that the newest schema gives the event; () where it has none."""
    return manifest.fields_of(number_of(key), manifest.newest())


def _state(facts: Facts) -> Known[SysmonState] | Missing:
    fact = facts.sysmon()
    if isinstance(fact, Missing):
        return Missing(f"whether Sysmon runs here is unknown ({fact.reason})", fact.fault)
    return fact


@dataclass(frozen=True, slots=True)
class SysmonRuns:
    """Sysmon is installed, and its channel not switched off."""

    subject: str = "Sysmon"

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (SYSMON_KEY, CHANNEL_KEY, FactKey(FactKind.OS))

    def check(self, facts: Facts) -> Reason:
        state = _state(facts)
        if isinstance(state, Missing):
            return Reason("sensor", self.subject, UNKNOWN, state.reason, missing=SYSMON_KEY)
        if not state.value.installed:
            text, remedy = "Sysmon is not installed", install(facts.os())
            return Reason("sensor", self.subject, NO, text, state.evidence, remedy)
        channel = facts.channel(CHANNEL_KEY.name)
        if not isinstance(channel, Missing) and channel.value.enabled is False:
            text = f"channel {CHANNEL_KEY.name} is disabled"
            return Reason("channel", self.subject, NO, text, channel.evidence)
        name = "Sysmon of Windows itself" if state.value.inbox else "Sysmon"
        version = f" {state.value.version}" if state.value.version else ", version not told,"
        return Reason("sensor", self.subject, YES, f"{name}{version} is installed", state.evidence)


@lru_cache(maxsize=256)
def _schema(version: str | None) -> manifest.Schema | Missing:
    if version is None:
        return Missing("the version of Sysmon is not told")
    return manifest.schema_for(version)


def _by_schema(facts: Facts, subject: str, event_id: int, field: str = "") -> Reason:
    """Whether the Sysmon there writes an event, or that field of it, by its schema."""
    state = _state(facts)
    if isinstance(state, Known) and not state.value.installed:
        return _not_asked(subject, "sensor", state.evidence)
    if isinstance(state, Missing):
        state = Known(SysmonState(installed=True))
    schema = _schema(state.value.version)
    possible = manifest.schemas() if isinstance(schema, Missing) else (schema,)
    have = [_has(one, event_id, field) for one in possible]
    what = f"field {field} of event {event_id}" if field else f"event {event_id}"
    if all(have):
        text = (
            f"every Sysmon schema known here has {what}"
            if isinstance(schema, Missing)
            else f"Sysmon schema {schema} has {what}"
        )
        return Reason("sensor", subject, YES, text, state.evidence)
    if not any(have):
        text = (
            f"no Sysmon schema known here has {what}"
            if isinstance(schema, Missing)
            else f"Sysmon schema {schema} has no {what}"
        )
        return Reason("sensor", subject, NO, text, state.evidence)
    reason = schema.reason if isinstance(schema, Missing) else ""
    text = f"whether this Sysmon has {what} hangs on its version: {reason}"
    return Reason("sensor", subject, UNKNOWN, text, state.evidence, missing=SYSMON_KEY)


def _not_asked(subject: str, link: str, evidence: tuple[Evidence, ...] = ()) -> Reason:
    """Whether Sysmon runs is asked once; what it would do is not asked where it does not."""
    text = "not asked: it hangs on Sysmon being installed"
    return Reason(link, subject, NOT_APPLICABLE, text, evidence)


@lru_cache(maxsize=8192)
def _has(schema: manifest.Schema, event_id: int, field: str) -> bool:
    fields = manifest.fields_of(event_id, schema)
    return field in fields if field else bool(fields)


@dataclass(frozen=True, slots=True)
class SysmonKnows:
    """The version of Sysmon there writes such events at all."""

    subject: str

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (SYSMON_KEY,)

    def check(self, facts: Facts) -> Reason:
        return _by_schema(facts, self.subject, number_of(self.subject))


@dataclass(frozen=True, slots=True)
class SysmonFillsField:
    """The version of Sysmon there writes that field."""

    event: str
    name: str

    @property
    def subject(self) -> str:
        return f"{self.event}/{self.name}"

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (SYSMON_KEY,)

    def check(self, facts: Facts) -> Reason:
        return _by_schema(facts, self.subject, number_of(self.event), self.name)


HASH_FIELDS = ("Hashes", "Hash")
_ANY_HASH = ""


@dataclass(frozen=True, slots=True)
class SysmonHashes:
    """The configuration asks for a hash: the one named, or, with '' for `algorithm`, any.

    Where the option is absent, Sysmon's help says that SHA1 is the default and its table of
    configuration entries says none; so SHA1 is unknown then, and every other one is not there.
    """

    subject: str
    algorithm: str = _ANY_HASH

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (SYSMON_KEY,)

    def check(self, facts: Facts) -> Reason:
        state = _state(facts)
        if isinstance(state, Missing) or not state.value.installed:
            return _not_asked(self.subject, "sensor")
        if state.value.config is None:
            text = "the configuration of Sysmon, which names the hashes, is not told"
            return self._reason(UNKNOWN, text, state.evidence, missing=SYSMON_KEY)
        sieve = _sieve(state.value.config, state.value.version)
        if isinstance(sieve, InputError):
            return self._reason(NO, "the configuration does not load", state.evidence)
        option = sieve.config.option("HashAlgorithms")
        if option is None:
            verdict = UNKNOWN if self.algorithm.upper() in (_ANY_HASH, "SHA1") else NO
            text = "the configuration names no HashAlgorithms; sources differ on the default"
            return self._reason(verdict, text, state.evidence)
        named = {part.strip().upper() for part in option.value.split(",") if part.strip()}
        held = bool(named) if not self.algorithm else bool({"*", self.algorithm.upper()} & named)
        where = (
            Evidence(
                state.value.config_source,
                where=f"line {option.line}",
                quote=f"HashAlgorithms {option.value}",
            ),
        )
        text = f"HashAlgorithms is {option.value or 'empty'}"
        return self._reason(YES if held else NO, text, where)

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "sensor", self.subject)


class _Sieve(Remembering):
    """The filter of a configuration, beside the configuration itself."""

    def __init__(self, config: Config) -> None:
        super().__init__(SysmonFilter(config))
        self.config = config


@lru_cache(maxsize=256)
def _sieve(text: str, version: str | None) -> _Sieve | InputError:
    # A version that no table lists is loaded as the published engine would: not listed is no fault
    # of the configuration.
    known = None if isinstance(_schema(version), Missing) else version
    try:
        return _Sieve(load(text, sysmon_version=known))
    except InputError as error:
        return error


def sieve_of(state: SysmonState) -> Remembering | None:
    """The filter of a Sysmon, the same for all hosts that have it; None where none is known."""
    if not state.installed or state.config is None:
        return None
    sieve = _sieve(state.config, state.version)
    return None if isinstance(sieve, InputError) else sieve


_SETTLED_DEFAULTS = (12, 3)
_SCHEMA_OF_LATER = manifest.Schema(4, 50)


def _default_is_doubtful(config: Config, state: SysmonState, number: int) -> bool:
    """Whether a default decides, and the binary may be older than the defaults known here.

    Schema dumps: 11.0 logs 2, 6, 11 to 15 by default, 12.0 still 11 to 15, 12.03 and later only
    1 and 5. A configuration that declares 4.50 or more was written for a later binary.
    """
    event = manifest.event(number)
    if event is None or not event.tag or event.logged_by_default or config.elements_of(number):
        return False
    version = manifest.version_numbers(state.version or "")
    return version < _SETTLED_DEFAULTS if version else config.declared < _SCHEMA_OF_LATER


@dataclass(frozen=True, slots=True)
class SysmonKeeps:
    """The configuration logs every event of a pattern, some, or none."""

    pattern: EventPattern

    @property
    def subject(self) -> str:
        return self.pattern.event

    @property
    def reads(self) -> tuple[FactKey, ...]:
        return (SYSMON_KEY,)

    def check(self, facts: Facts) -> Reason:
        state = _state(facts)
        if isinstance(state, Missing):
            return _not_asked(self.subject, "filter")
        sysmon, evidence = state.value, state.evidence
        if not sysmon.installed:
            return _not_asked(self.subject, "filter", evidence)
        if sysmon.config is None:
            text = "the configuration of Sysmon is not told"
            return self._reason(UNKNOWN, text, evidence, missing=SYSMON_KEY)
        sieve = _sieve(sysmon.config, sysmon.version)
        if isinstance(sieve, InputError):
            text = f"the configuration does not load: {sieve.faults[0]}"
            return self._reason(NO, text, evidence)
        number = number_of(self.subject)
        if _default_is_doubtful(sieve.config, sysmon, number):
            text = (
                "the configuration has no element for the event, and what Sysmon before 12.03 "
                "logs by default differs from version to version"
            )
            return self._reason(UNKNOWN, text, evidence, missing=SYSMON_KEY)
        answer = sieve.answer(self.pattern)
        verdict = verdict_of(answer)
        remedy = None if verdict == YES else widen(number)
        where = (*_where(answer, sysmon), *evidence)
        return self._reason(verdict, _told(answer, verdict), where, remedy)

    @property
    def _reason(self) -> partial[Reason]:
        return partial(Reason, "filter", self.subject)


def _told(answer: FilterAnswer, verdict: Verdict) -> str:
    words = {
        YES: "the configuration logs every such event",
        NO: "the configuration logs no such event",
        PARTIAL: "the configuration logs some of such events and drops others",
    }
    text = words.get(verdict, "what the configuration does with such events could not be decided")
    if answer.reason:
        text = f"{text}: {answer.reason}"
    elif answer.deciders:
        text = f"{text}: {'; '.join(_named(one) for one in answer.deciders[:2])}"
    if answer.dropped and verdict == PARTIAL:
        text = f"{text}; dropped, for one: {_witness(answer.dropped)}"
    return text


def _named(decider: Decider) -> str:
    line = f" (line {decider.line})" if decider.line else ""
    return f"{decider.name}{line} {decider.text}".strip()


def _witness(fields: Mapping[str, str]) -> str:
    """What tells an event apart; ids and times do not."""
    idle = ("guid", "id", "time")
    shown = [
        f"{name}={value}"
        for name, value in fields.items()
        if value and not name.casefold().endswith(idle)
    ]
    return ", ".join(shown[:4]) or "any other"


def _where(answer: FilterAnswer, sysmon: SysmonState) -> tuple[Evidence, ...]:
    return tuple(evidence_of(one, sysmon.config_source) for one in answer.deciders[:3] if one.line)
