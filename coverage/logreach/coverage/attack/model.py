"""MITRE ATT&CK as far as detections need it: ids, names and relations of one version."""

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
    """A column of the matrix: 'TA0003', 'persistence', 'Persistence'."""

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
        """Its page at MITRE, made from the id: a bundle's own link is not trusted."""
        return TECHNIQUES_URL + self.id.replace(".", "/")


@dataclass(frozen=True, slots=True)
class LogSourceRef:
    """Where a data component is to be seen, as ATT&CK 18 and later write it.

    `source` ('WinEventLog:Sysmon') and `channel` ('EventCode=3, 22') stand as written. `events`
    are the keys read from them, under the log that ATT&CK names, be that a slip or not (see
    `log_sources.misnamed`). Not `parsed`: the text names no events that can be told, and
    `events` is empty.
    """

    component: str
    source: str
    channel: str
    events: tuple[EventId, ...] = ()
    parsed: bool = False


@dataclass(frozen=True, slots=True)
class DataComponent:
    """A data component; versions up to 17 give no `id` but a `data_source`, later ones the reverse.

    `log_sources` are the component's own, which need not be those of any analytic.
    """

    id: str
    name: str
    data_source: str = ""
    log_sources: tuple[LogSourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectionStrategy:
    """What groups the analytics for a technique (ATT&CK 18 and later)."""

    id: str
    name: str
    techniques: tuple[str, ...]
    analytics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analytic:
    """A detection on some platforms: all of its components are needed."""

    id: str
    platforms: tuple[str, ...]
    strategies: tuple[str, ...]
    techniques: tuple[str, ...]
    refs: tuple[LogSourceRef, ...]

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the components that it reads, in order, each once."""
        return tuple(dict.fromkeys(ref.component for ref in self.refs))


@dataclass(frozen=True, slots=True, order=True)
class ComponentLink:
    """'This component detects that technique'; `origin` is the ATT&CK version that says so."""

    component: str
    technique: str
    origin: str


@dataclass(frozen=True, slots=True)
class Group:
    """A threat group and the techniques it, or a campaign attributed to it, is known to use."""

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
    """What a version says of an id; `replacement` is filled where it was REPLACED."""

    id: str
    presence: Presence
    replacement: str = ""


@dataclass(frozen=True)
class AttackModel:
    """One version of ATT&CK for Enterprise, without revoked and deprecated objects.

    `version` is '18.1', `spec` the ATT&CK specification of its objects, `sha256` that of the
    STIX bundle (decompressed) it was made from. `detects` are component-to-technique links;
    versions from 18 on have none of their own and borrow 17.1's, each link telling its origin.
    `uncarried` are borrowed links whose component or technique this version lacks. `former` maps
    an id that was revoked or deprecated to the id in its place, or to ''.
    """

    version: str
    spec: str
    sha256: str
    tactics: tuple[Tactic, ...]
    techniques: tuple[Technique, ...]
    components: tuple[DataComponent, ...]
    strategies: tuple[DetectionStrategy, ...] = ()
    analytics: tuple[Analytic, ...] = ()
    groups: tuple[Group, ...] = ()
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
        return _grouped((one.parent, one) for one in self.techniques if one.parent)

    def analytics_of(self, technique: str) -> tuple[Analytic, ...]:
        """The analytics for a technique, by id; none for versions up to 17."""
        return self._analytics_of.get(technique, ())

    def links_of(self, technique: str) -> tuple[ComponentLink, ...]:
        """The component links of a technique, own or borrowed."""
        return self._links_of.get(technique, ())

    def subtechniques_of(self, technique: str) -> tuple[Technique, ...]:
        return self._subtechniques_of.get(technique, ())

    def techniques_of_tactic(self, shortname: str) -> tuple[Technique, ...]:
        return tuple(one for one in self.techniques if shortname in one.tactics)

    def find_tactic(self, text: str) -> Tactic | None:
        """A tactic by id, shortname or name, in any letter case."""
        wanted = text.strip().casefold()
        for tactic in self.tactics:
            names = (tactic.id, tactic.shortname, tactic.name)
            if wanted in (name.casefold() for name in names):
                return tactic
        return None

    def find_group(self, text: str) -> tuple[Group, ...]:
        """Groups by id, name or alias, in any letter case; an alias may be shared."""
        wanted = text.strip().casefold()
        exact = tuple(g for g in self.groups if wanted in (g.id.casefold(), g.name.casefold()))
        if exact:
            return exact
        return tuple(g for g in self.groups if wanted in (a.casefold() for a in g.aliases))

    def ask(self, technique: str) -> IdAnswer:
        """Whether a technique id is current, and what became of it where it is not."""
        wanted = technique.strip().upper()
        if wanted in self.technique_by_id:
            return IdAnswer(wanted, Presence.CURRENT)
        if wanted not in self.former:
            return IdAnswer(wanted, Presence.UNKNOWN)
        replacement = self.former[wanted]
        presence = Presence.REPLACED if replacement else Presence.DEPRECATED
        return IdAnswer(wanted, presence, replacement)


def _grouped(pairs: Iterable[tuple[str, V]]) -> Mapping[str, tuple[V, ...]]:
    found: dict[str, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
