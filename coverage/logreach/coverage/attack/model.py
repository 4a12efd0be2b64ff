"""One version of MITRE ATT&CK: the ids, names and relations that detections need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar

from logreach.coverage.events.event_id import EventId

TECHNIQUES_URL: Final = "https://attack.mitre.org/techniques/"
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Tactic:
    """A tactic: 'TA0003', 'persistence', 'Persistence'."""

    id: str
    shortname: str
    name: str


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique or sub-technique; `tactics` are shortnames, `parent` an id or ''."""

    id: str
    name: str
    tactics: tuple[str, ...]
    platforms: tuple[str, ...]
    is_subtechnique: bool
    parent: str

    @property
    def url(self) -> str:
        """Its page at MITRE, made from the id; a link in a bundle is not trusted."""
        return TECHNIQUES_URL + self.id.replace(".", "/")


@dataclass(frozen=True, slots=True)
class LogSourceRef:
    """A log source of a data component, as ATT&CK 18 and later write it.

    `source` ('WinEventLog:Sysmon') and `channel` ('EventCode=3, 22') are ATT&CK's own text.
    `events` are the event keys in it, under the log that ATT&CK names even if it is the wrong one
    (see `log_sources.misnamed`). `parsed` is False and `events` empty if the text is not a list of
    events.
    """

    component: str
    source: str
    channel: str
    events: tuple[EventId, ...] = ()
    parsed: bool = False


@dataclass(frozen=True, slots=True)
class DataComponent:
    """A data component. Versions up to 17 give a `data_source` but no `id`, later ones the reverse.

    `log_sources` are those of the component itself; analytics may name others.
    """

    id: str
    name: str
    data_source: str = ""
    log_sources: tuple[LogSourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectionStrategy:
    """A detection strategy: the analytics that detect its techniques (ATT&CK 18 and later)."""

    id: str
    name: str
    techniques: tuple[str, ...]
    analytics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analytic:
    """An analytic for some platforms; it needs all of its data components."""

    id: str
    platforms: tuple[str, ...]
    strategies: tuple[str, ...]
    techniques: tuple[str, ...]
    refs: tuple[LogSourceRef, ...]

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the data components that it reads, in order, without repetition."""
        return tuple(dict.fromkeys(ref.component for ref in self.refs))


@dataclass(frozen=True, slots=True, order=True)
class ComponentLink:
    """A data component that detects a technique according to the ATT&CK version `origin`."""

    component: str
    technique: str
    origin: str


@dataclass(frozen=True, slots=True)
class ThreatGroup:
    """A threat group; `techniques` are those that it or a campaign attributed to it uses."""

    id: str
    name: str
    aliases: tuple[str, ...]
    techniques: tuple[str, ...]


class Presence(StrEnum):
    """Whether a version of ATT&CK has an id."""

    CURRENT = "current"
    REPLACED = "replaced"
    DEPRECATED = "deprecated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class IdAnswer:
    """Whether a version of ATT&CK has an id; `replacement` is the new id of a REPLACED one."""

    id: str
    presence: Presence
    replacement: str = ""


@dataclass(frozen=True)
class AttackModel:
    """One version of ATT&CK for Enterprise, without revoked and deprecated objects.

    `version` is '18.1', `spec` the version of the ATT&CK specification of its objects, `sha256`
    the digest of the decompressed STIX bundle. `detects` are links from data components to
    techniques; versions from 18 on have none and borrow those of 17.1. `uncarried` are borrowed
    links whose component or technique this version lacks. `former` maps a revoked or deprecated
    id to the id that replaces it, or to ''.
    """

    version: str
    spec: str
    sha256: str
    tactics: tuple[Tactic, ...]
    techniques: tuple[Technique, ...]
    components: tuple[DataComponent, ...]
    strategies: tuple[DetectionStrategy, ...] = ()
    analytics: tuple[Analytic, ...] = ()
    groups: tuple[ThreatGroup, ...] = ()
    detects: tuple[ComponentLink, ...] = ()
    uncarried: tuple[ComponentLink, ...] = ()
    former: Mapping[str, str] = field(default_factory=dict)

    @property
    def major(self) -> int:
        """The version's number before the dot."""
        return int(self.version.split(".", 1)[0])

    @cached_property
    def technique_by_id(self) -> Mapping[str, Technique]:
        return {technique.id: technique for technique in self.techniques}

    @cached_property
    def component_by_name(self) -> Mapping[str, DataComponent]:
        return {component.name: component for component in self.components}

    @cached_property
    def _analytics_of(self) -> Mapping[str, tuple[Analytic, ...]]:
        return _grouped(
            (technique, analytic)
            for analytic in self.analytics
            for technique in analytic.techniques
        )

    @cached_property
    def _links_of(self) -> Mapping[str, tuple[ComponentLink, ...]]:
        return _grouped((link.technique, link) for link in self.detects)

    @cached_property
    def _subtechniques_of(self) -> Mapping[str, tuple[Technique, ...]]:
        return _grouped(
            (technique.parent, technique) for technique in self.techniques if technique.parent
        )

    def analytics_of(self, technique: str) -> tuple[Analytic, ...]:
        """The analytics for a technique, by id; none for versions up to 17."""
        return self._analytics_of.get(technique, ())

    def links_of(self, technique: str) -> tuple[ComponentLink, ...]:
        """The data components linked to a technique, by this version or by 17.1."""
        return self._links_of.get(technique, ())

    def subtechniques_of(self, technique: str) -> tuple[Technique, ...]:
        return self._subtechniques_of.get(technique, ())

    def techniques_of_tactic(self, shortname: str) -> tuple[Technique, ...]:
        return tuple(technique for technique in self.techniques if shortname in technique.tactics)

    def find_tactic(self, query: str) -> Tactic | None:
        """A tactic by id, shortname or name, in any letter case."""
        folded = query.strip().casefold()
        for tactic in self.tactics:
            names = (tactic.id, tactic.shortname, tactic.name)
            if folded in (name.casefold() for name in names):
                return tactic
        return None

    def find_group(self, query: str) -> tuple[ThreatGroup, ...]:
        """Groups by id, name or alias, in any letter case; an alias may be shared."""
        folded = query.strip().casefold()
        exact = tuple(
            group for group in self.groups if folded in (group.id.casefold(), group.name.casefold())
        )
        if exact:
            return exact
        return tuple(
            group
            for group in self.groups
            if folded in (alias.casefold() for alias in group.aliases)
        )

    def look_up(self, technique: str) -> IdAnswer:
        """Whether this version has a technique id, and which id replaces it if it does not."""
        technique_id = technique.strip().upper()
        if technique_id in self.technique_by_id:
            return IdAnswer(technique_id, Presence.CURRENT)
        if technique_id not in self.former:
            return IdAnswer(technique_id, Presence.UNKNOWN)
        replacement = self.former[technique_id]
        presence = Presence.REPLACED if replacement else Presence.DEPRECATED
        return IdAnswer(technique_id, presence, replacement)


def _grouped(pairs: Iterable[tuple[str, V]]) -> Mapping[str, tuple[V, ...]]:
    groups: dict[str, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
