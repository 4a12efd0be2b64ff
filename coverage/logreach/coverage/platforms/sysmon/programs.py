"""The Sysmon programs that a host's facts may mean, and what they make of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.filters import Remembering
from logreach.coverage.platforms.sysmon.engine import (
    Config,
    SysmonFilter,
    document,
    loading,
    releases,
    systems,
)
from logreach.coverage.platforms.sysmon.engine.defects import (
    Defect,
    reached,
    taking_and_for_or,
)
from logreach.coverage.platforms.sysmon.engine.releases import Binary, PossibleBinaries
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.windows.facts import OS, SYSMON, SysmonState

READS = (SYSMON, OS)
"""What decides which programs are meant: the Sysmon of Windows is told by the build of Windows."""


def number_of(event: EventId) -> int:
    """The number of an event of Sysmon."""
    return int(event.number)


def state_of(facts: Facts) -> Known[SysmonState] | Missing:
    """What is told of Sysmon; missing with a reason that says what that leaves open."""
    fact = facts.get(SYSMON)
    if isinstance(fact, Missing):
        return Missing(f"whether Sysmon runs here is unknown ({fact.reason})", fact.fault)
    return fact


def not_asked(subject: str, link: str, evidence: tuple[Evidence, ...] = ()) -> Reason:
    """Whether Sysmon runs is asked once; what it would do is not asked where it does not."""
    explanation = "not asked: it hangs on Sysmon being installed"
    return Reason(link, subject, NOT_APPLICABLE, explanation, evidence)


class Sieve(Remembering):
    """The filter of a configuration, beside the configuration itself and its text.

    `remedies` remembers what to change for a pattern of events.
    """

    def __init__(self, config: Config, xml: str = "") -> None:
        self.engine = SysmonFilter(config)
        super().__init__(self.engine)
        self.config = config
        self.remedies: dict[object, Remedy | None] = {}
        self._xml = xml
        self._reached: dict[str, Mapping[str, int]] = {}

    def reached_by(self, defect: Defect) -> Mapping[str, int]:
        """The tags whose elements a defect reaches, each with its first line."""
        if defect.id not in self._reached:
            root = _parsed(self._xml)
            lines = {} if isinstance(root, InputError) else reached(defect, self.config, root)
            self._reached[defect.id] = lines
        return self._reached[defect.id]

    @cached_property
    def taking_and_for_or(self) -> Sieve:
        """The filter as a release applies it that takes groupRelation="and" for "or"."""
        return Sieve(taking_and_for_or(self.config), self._xml)


@lru_cache(maxsize=8)
def _parsed(xml: str) -> document.XmlNode | InputError:
    try:
        return document.parse(xml)
    except InputError as error:
        return error


@lru_cache(maxsize=256)
def _sieve(xml: str, binary: Binary) -> Sieve | InputError:
    root = _parsed(xml)
    if isinstance(root, InputError):
        return root
    try:
        return Sieve(loading.build(root, binary), xml)
    except InputError as error:
        return error


def clash_of(state: SysmonState, facts: Facts) -> str:
    """Why what is told of Sysmon does not fit the Windows that is told; '' where it does."""
    os = facts.get(OS)
    if isinstance(os, Missing):
        return ""
    version = state.version or ""
    if state.inbox or releases.windows_build(version) is not None:
        first = min(releases.inbox(), key=lambda update: update.from_build)
        if os.value.build >= first.from_build:
            return ""
        fact = f"Windows brings a Sysmon of its own from build {first.from_build} on"
        return f"{fact}, and this is {os.value}"
    return systems.doubt(version, os.value)


def meant_by(state: SysmonState, facts: Facts) -> PossibleBinaries:
    """The programs that may be meant; of a file that the host has loaded, those that load it.

    None where what is told of Sysmon and of Windows cannot both be true: either may be wrong.
    """
    os, clash = facts.get(OS), clash_of(state, facts)
    if clash:
        return PossibleBinaries((), f"sources disagree: {clash}")
    build = os.value.build if isinstance(os, Known) else None
    return _meant(state.version, state.inbox, build, state.config if state.config_loaded else None)


@lru_cache(maxsize=256)
def _meant(
    version: str | None, inbox: bool, build: int | None, loaded: str | None
) -> PossibleBinaries:
    possible = releases.possible_binaries(version, inbox, build)
    if loaded is None or len(possible.binaries) < 2:
        return possible
    able = tuple(
        binary for binary in possible.binaries if isinstance(_sieve(loaded, binary), Sieve)
    )
    if not able:
        return PossibleBinaries(
            (), "no Sysmon known here loads the configuration that it has loaded"
        )
    return PossibleBinaries(able, possible.reason if len(able) > 1 else "")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the programs that may be meant make of a configuration, oldest first.

    `doubt` says why this does not tell what is kept, '' where it does: the verdict then is the
    hull over `loaded`, and `why` says why they are several. `refusal` is what the only program
    that is meant says against the file.
    """

    loaded: tuple[Sieve, ...] = ()
    doubt: str = ""
    why: str = ""
    refusal: Fault | None = None


def filters(state: SysmonState, facts: Facts) -> Filters:
    """What filters on this host, as far as it is told."""
    if state.config is None:
        return Filters(doubt="the configuration of Sysmon is not told")
    if state.config_loaded is False:
        return Filters(doubt="Sysmon says that it has loaded another configuration than this file")
    return _filters(state.config, meant_by(state, facts))


@lru_cache(maxsize=256)
def _filters(xml: str, possible: PossibleBinaries) -> Filters:
    if not possible.binaries:
        return Filters(doubt=f"what the configuration does is unknown: {possible.reason}")
    sieves = {binary: _sieve(xml, binary) for binary in possible.binaries}
    loaded = tuple(sieve for sieve in sieves.values() if isinstance(sieve, Sieve))
    refused = {binary: error for binary, error in sieves.items() if isinstance(error, InputError)}
    if not refused:
        return Filters(loaded, why=possible.reason)
    newest = max(refused)
    fault = refused[newest].faults[0]
    if len(sieves) == 1:
        doubt = (
            f"Sysmon with schema {newest.schema} refuses this configuration, so that another one "
            f"or none is in force: {fault}"
        )
        return Filters(doubt=doubt, refusal=fault)
    if not loaded:
        doubt = f"{possible.reason}, and none that it may be loads this configuration: {fault}"
        return Filters(doubt=doubt)
    schemas = sorted({binary.schema for binary in refused})
    span = str(schemas[0]) if len(schemas) == 1 else f"{schemas[0]} to {schemas[-1]}"
    return Filters(
        loaded,
        f"{possible.reason}, and with schema {span} it would refuse this configuration and run "
        "with another one or none",
    )


def sieve_of(state: SysmonState) -> Remembering | None:
    """The filter of a Sysmon, the same for all hosts that have it; None where it is not one."""
    if not state.installed or state.config is None:
        return None
    possible = releases.possible_binaries(state.version, state.inbox)
    if len(possible.binaries) != 1:
        return None
    sieve = _sieve(state.config, possible.binaries[0])
    return None if isinstance(sieve, InputError) else sieve
