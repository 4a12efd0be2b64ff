"""Windows as a sensor: the events that its own providers write, and what they ask of a host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.requirement import AnyOf, Choice, Need, Requirement, Together
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.sensor import OnObject, Recorder, Sensor
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.coverage.platforms.windows.fact_titles import title_of
from logreach.coverage.platforms.windows.headers import header_on, header_texts, is_shared
from logreach.coverage.platforms.windows.hosts import WINDOWS
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Event, EventKnowledge
from logreach.coverage.platforms.windows.knowledge.subcategory_cases import subcategory_cases
from logreach.coverage.platforms.windows.policy import audited, need_of, policy_needs
from logreach.coverage.platforms.windows.prerequisites.os import (
    HasRole,
    OsFillsField,
    OsWrites,
    written,
)
from logreach.coverage.platforms.windows.prerequisites.sacl import ObjectAudited
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn, LogFull, SettingOn
from logreach.coverage.platforms.windows.prerequisites.where_written import WhereWritten
from logreach.coverage.platforms.windows.sacls import WITH_GLOBAL, AccessNeed, ObjectScope
from logreach.coverage.platforms.windows.sacls.pattern_objects import (
    AuditedObject,
    objects_of_pattern,
)
from logreach.coverage.platforms.windows.subcategories import cases_of, possible_cases
from logreach.coverage.platforms.windows.variants import variant_of
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory
from logreach.inventories.windows.facts import OS, ROLE

_REMOVABLE = "removable"
_REMOVABLE_STORAGE = "Removable Storage"
_UNAUDITED_PARTS = {
    _REMOVABLE: (("file",), "is on removable storage, a part of all files"),
    "token": (("file", "key"), "is a token, one of several kinds of object"),
}
"""Kinds of object that need no audit entry: the kinds among which they are where a pattern leaves
the object open, and what to say of them."""
_ELSEWHERE = frozenset({"Sysmon"})
"""Channels of the table that have a sensor of their own."""


class WindowsSensor(Sensor):
    """The event log of Windows, but for what other sensors write to it."""

    name = "Windows"
    host_kind = WINDOWS
    expected_facts = (OS, ROLE)
    header_reads = (OS,)

    @cached_property
    def knowledge(self) -> EventKnowledge:
        """The tables, read when they are first asked for."""
        return load_events()

    @cached_property
    def _subcategories(self) -> Mapping[str, AuditSubcategory]:
        return {entry.name: entry for entry in self.knowledge.subcategories.values()}

    @cached_property
    def channels(self) -> Mapping[str, str]:
        return {
            short: channel.name
            for short, channel in self.knowledge.channels.items()
            if short not in _ELSEWHERE
        }

    def events(self) -> Iterable[EventId]:
        return self.knowledge.events

    def knows(self, event: EventId) -> bool:
        return event in self.knowledge.events

    def undescribed(self) -> Mapping[EventId, str]:
        return self.knowledge.unknown_events

    def retired(self, event: EventId) -> str:
        return self.knowledge.retired(event)

    def separate(self, event: EventId) -> bool:
        channel = self.knowledge.channels.get(event.channel)
        return channel is not None and channel.separate

    def outcomes(self, event: EventId) -> frozenset[str]:
        entry = self.knowledge.events.get(event)
        return entry.outcomes if entry else frozenset()

    def fields(self, event: EventId) -> tuple[str, ...]:
        names: dict[str, None] = {}
        entry = self.knowledge.events.get(event)
        for layout in reversed(entry.layouts if entry else ()):
            names.update(dict.fromkeys(layout.fields))
        return tuple(names)

    def all_fields_known(self, event: EventId) -> bool:
        entry = self.knowledge.events.get(event)
        return entry is None or all(layout.fields_known for layout in entry.layouts)

    def always_there(self, event: EventId, field: str) -> bool:
        entry = self.knowledge.events.get(event)
        if entry is None or field in entry.field_settings or not entry.layouts:
            return False
        return all(field in layout.fields for layout in entry.layouts)

    def needs(self, event: EventId) -> tuple[Need, ...]:
        entry = self.knowledge.events.get(event)
        return tuple(self._undescribed_needs(event) if entry is None else self._needs(entry))

    def _undescribed_needs(self, event: EventId) -> Iterator[Need]:
        """An event that no table describes: only its channel can be asked."""
        retired = self.knowledge.retired(event)
        explanation = f"no source at hand describes {event}"
        if event.any_number:
            explanation = f"it is not told which events of {event.channel} are meant"
        explanation = self.knowledge.unknown_events.get(event, explanation)
        answer = (
            Fixed(event, NO, f"{event}: {retired}")
            if retired
            else Fixed(event, UNKNOWN, explanation)
        )
        yield need_of("unknown event", event, prerequisite=answer)
        yield from self._channel(event)

    def _needs(self, entry: Event) -> Iterator[Need]:
        yield need_of("os", entry.key, prerequisite=OsWrites(entry))
        for name in entry.settings:
            setting = self.knowledge.settings[name]
            prerequisite: Prerequisite = SettingOn(entry.key, setting, entry.without_setting)
            if setting.retention:
                prerequisite = LogFull(entry.key, setting)
            leaf = WhereWritten(prerequisite, entry)
            yield need_of("setting", entry.key, name, prerequisite=leaf)
        yield from self._channel(entry.key, entry)

    def _channel(self, event: EventId, entry: Event | None = None) -> Iterator[Need]:
        channel = self.knowledge.channels.get(event.channel)
        if channel is not None:
            enabled: Prerequisite = ChannelOn(event, channel)
            if entry is not None:
                enabled = WhereWritten(enabled, entry)
            yield need_of("channel", event, prerequisite=enabled)

    def role_gate(self, event: EventId, role: str = "", what: str = "") -> Need | None:
        entry = self.knowledge.events.get(event)
        roles = frozenset({role}) if role else entry.roles if entry else frozenset()
        if not roles:
            return None
        titles = tuple(sorted(self.knowledge.roles[name] for name in roles))
        gate = HasRole(event, roles, titles, entry.reference if entry else "", what)
        key = NodeKey.of("need", "role", event, *sorted(roles), what)
        return Need(key, gate, f"{event}: role")

    def recorder(self, event: EventId, role: str = "") -> Recorder | None:
        need = self.role_gate(event, role)
        if need is None:
            return None
        gate = need.prerequisite
        assert isinstance(gate, HasRole)  # noqa: S101 - role_gate makes no other
        if gate.roles <= self.knowledge.own_roles:
            return None
        return Recorder(" or ".join(sorted(gate.roles)), " or ".join(gate.titles), gate)

    def allowed(self, shown: Shown) -> tuple[Requirement, ...]:
        entry = self.knowledge.events.get(shown.event)
        return () if entry is None else tuple(self._allowed(entry, shown))

    def _allowed(self, entry: Event, shown: Shown) -> Iterator[Requirement]:
        yield from policy_needs(entry, shown)
        if entry.sacl is not None:
            yield self._object_audited(entry, shown)

    def _object_audited(self, entry: Event, shown: Shown) -> Requirement:
        """The SACL that an operation, or else the event as such, asks for."""
        need = entry.sacl
        assert need is not None  # noqa: S101 - the caller asked
        if shown.object_kind:
            return _on_object(entry, shown, shown.object_kind, need.rights)
        kinds = [kind for kind in need.objects if kind in WITH_GLOBAL] or need.objects[:1]
        audited = Together(
            NodeKey.of("object sacl", entry.key, shown.object_path, *shown.rights, shown.outcome),
            f"audit entries for {entry.key}",
            tuple((_on_object(entry, shown, kind, need.rights), kind) for kind in kinds),
            "is one of several kinds of object that it tells of",
        )
        if _REMOVABLE not in need.exempt:
            return audited
        return AnyOf(
            NodeKey.of("object", entry.key),
            f"{entry.key}: object",
            (Choice(audited), *self._on_removable(entry)),
        )

    def _on_removable(self, entry: Event) -> Iterator[Choice]:
        """The event as such is written for removable storage without any entry."""
        storage = self._subcategories[_REMOVABLE_STORAGE]
        if storage.guid in entry.subcategories:
            caveat = "needs no audit entry, and tells of removable storage only"
            yield Choice(audited(entry, storage, entry.outcomes), PARTIAL, caveat)

    def field_needs(self, event: EventId, field: str) -> tuple[Requirement, ...]:
        entry = self.knowledge.events.get(event)
        return () if entry is None else tuple(self._field_needs(entry, field))

    def _field_needs(self, entry: Event, field: str) -> Iterator[Need]:
        yield need_of("field", entry.key, field, prerequisite=OsFillsField(entry, field))
        if field in entry.field_settings:
            setting = self.knowledge.settings[entry.field_settings[field]]
            needed = WhereWritten(SettingOn(entry.key.field(field), setting), entry, field)
            yield need_of("field setting", entry.key, field, prerequisite=needed)

    def header(self, event: EventId, facts: Facts) -> EventMetadata | None:
        return header_on(event, facts)

    def default_access(self, event: EventId) -> str:
        channel = self.knowledge.channels.get(event.channel)
        return channel.access if channel else ""

    def absent(self, event: EventId, facts: Facts) -> bool:
        entry, os = self.knowledge.events.get(event), facts.get(OS)
        return entry is not None and not isinstance(os, Missing) and written(entry, os.value) == NO

    def provider_among_many(self, event: EventId) -> str:
        entry = self.knowledge.events.get(event)
        return entry.provider if entry is not None and is_shared(event.channel) else ""

    def header_texts(self, event: EventId, field: str) -> tuple[str, ...]:
        return header_texts(event, field)

    def variant(self, pattern: EventPattern) -> Sense | None:
        return variant_of(pattern)

    def objects(self, pattern: EventPattern) -> tuple[tuple[OnObject, ...], ...] | None:
        entry = self.knowledge.events.get(pattern.event)
        if entry is None or (entry.sacl is None and pattern.event not in subcategory_cases()):
            return None
        outcome = (variant_of(pattern) or ANY_SENSE).outcome
        groups = tuple(
            tuple(self._audited_object(entry, pattern, target, outcome) for target in group)
            for group in objects_of_pattern(entry, pattern)
        )
        if not groups and possible_cases(pattern):
            return ((OnObject(_by_fields(Shown(entry.key, outcome=outcome), pattern)),),)
        return groups

    def _audited_object(
        self, entry: Event, pattern: EventPattern, target: AuditedObject, outcome: str
    ) -> OnObject:
        shown = Shown(
            entry.key,
            object_kind=target.kind,
            object_path=target.path,
            object_scope=target.scope,
            rights=target.rights,
            outcome=outcome,
        )
        for kind in () if entry.sacl is None or target.path else entry.sacl.exempt:
            wholes, explanation = _UNAUDITED_PARTS[kind]
            cases = cases_of(entry.key, pattern, kind)
            if target.kind in wholes and any(case.kind == kind for case in cases):
                part = replace(shown, object_kind=kind, rights=())
                return OnObject(_by_fields(shown, pattern), _by_fields(part, pattern), explanation)
        return OnObject(_by_fields(shown, pattern))

    def fact_title(self, key: FactKey[object]) -> str:
        return title_of(self.knowledge, key)


def _by_fields(shown: Shown, pattern: EventPattern) -> Shown:
    """With the subcategory that writes such events, or where that is not sure with the pattern."""
    cases = cases_of(shown.event, pattern, shown.object_kind)
    names = {case.subcategories for case in cases}
    if len(names) == 1 and not any(case.doubt for case in cases):
        (subcategories,) = names
        if len(subcategories) == 1:
            return replace(shown, subcategory=subcategories[0])
    return replace(shown, pattern=pattern) if cases else shown


def _on_object(entry: Event, shown: Shown, kind: str, rights: tuple[str, ...]) -> Need:
    access = AccessNeed(
        kind=kind,
        path=shown.object_path,
        rights=shown.rights or (() if shown.object_kind else rights),
        outcome="failure" if entry.outcomes == {"failure"} else shown.outcome or "success",
        scope=ObjectScope(shown.object_scope) if shown.object_scope else ObjectScope.TREE,
    )
    entries = WhereWritten(ObjectAudited(entry.key, access, entry.reference), entry)
    return need_of("object audited", entry.key, str(access), prerequisite=entries)
