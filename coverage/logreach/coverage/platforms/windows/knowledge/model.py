"""What is known of events: the typed form of the data files in this folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Level, Verdict, any_of
from logreach.coverage.events.event_id import EventId
from logreach.inventories.facts.values import Off, Scalar
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory
from logreach.inventories.windows.facts import OperatingSystem, OsKind


@dataclass(frozen=True, slots=True)
class Span:
    """The builds on which something holds, as far as sources go.

    From `proven_from` on a source says so; between `possible_from` and `proven_from` it may hold
    (None for `proven_from`: no source proves it for any build). Before `possible_from` it does
    not. `until` is the first build on which it no longer holds; between `doubtful_from` and
    `until` it may have ended. Builds are numbers such as 7601 or 22631.
    """

    possible_from: int
    proven_from: int | None
    doubtful_from: int | None = None
    until: int | None = None

    def holds(self, build: int) -> Verdict:
        """Whether it holds on a build."""
        if build < self.possible_from or (self.until is not None and build >= self.until):
            return Verdict.of(Level.NO, Level.NO)
        doubted = self.doubtful_from is not None and build >= self.doubtful_from
        if doubted or self.proven_from is None or build < self.proven_from:
            return Verdict.of(Level.NO, Level.YES)
        return Verdict.of(Level.YES, Level.YES)


@dataclass(frozen=True, slots=True)
class Layout:
    """One form in which an event is written: its version number and fields, by OS.

    `client` and `server` are None where that kind of Windows never writes it. `fields` is complete
    where `fields_known`; no source at hand names them otherwise.
    """

    version: int
    client: Span | None
    server: Span | None
    fields: tuple[str, ...]
    note: str = ""
    source: str = ""
    fields_known: bool = True

    def has(self, field: str) -> Verdict:
        """Whether a record of this form has the field."""
        if field in self.fields:
            return YES
        return NO if self.fields_known else UNKNOWN

    def span(self, os: OperatingSystem) -> Span | None:
        """The builds of this kind of Windows that write the layout."""
        return self.client if os.kind is OsKind.CLIENT else self.server


class Policy(StrEnum):
    """What the audit policy has to say about an event."""

    SUBCATEGORY = "subcategory"  # written where its subcategory is on
    IGNORES = "ignores"  # has a subcategory, but is written whatever the policy says
    NONE = "none"  # not an audit event
    UNDOCUMENTED = "undocumented"  # an audit event; no source tells its subcategory


@dataclass(frozen=True, slots=True)
class SaclNeed:
    """The audit entry without which an event is not written.

    `objects` are the kinds of object that the event tells of ('key', 'file', 'process', 'ad',
    'sam', 'kernel', 'share', 'service'); `rights` the access rights of which one must be
    audited ('KEY_SET_VALUE'); empty: the right that was used. `exempt` are kinds of object that
    need none ('removable').
    """

    objects: tuple[str, ...]
    rights: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that events depend on, and how to turn it on.

    `name` is that of the fact. `mask` holds the bits of a number that must all be set; 0: any
    value but zero, false and nothing turns it on. `whole` is the entry of a list (parts between
    ';') that covers everything, where other entries cover a part; '': any entry will do. `exactly`
    are the only numbers that turn it on, those `in_part` do so for a part; (): any. `volume` is a
    source's word for how many events it yields, '' for none. `channel` and `retention` ask what a
    log does when it is full ('retain', 'archive') instead of a setting.
    """

    name: str
    title: str
    remedy: str
    note: str = ""
    source: str = ""
    mask: int = 0
    whole: str = ""
    volume: str = ""
    exactly: tuple[int, ...] = ()
    in_part: tuple[int, ...] = ()
    channel: str = ""
    retention: str = ""

    def level(self, value: Scalar) -> Level:
        """How far the fact's value turns it on; True stands for every bit and every entry."""
        if isinstance(value, Off):
            return Level.NO
        if self.exactly and value is not True:
            return self._level_of_number(value)
        if self.mask and value is not True:
            on = isinstance(value, int) and value & self.mask == self.mask
        else:
            on = bool(value)
        if not on:
            return Level.NO
        if self.whole and isinstance(value, str):
            return Level.YES if self.whole in value.split(";") else Level.PARTIAL
        return Level.YES

    def _level_of_number(self, value: Scalar) -> Level:
        if value in self.exactly:
            return Level.YES
        return Level.PARTIAL if value in self.in_part else Level.NO


@dataclass(frozen=True, slots=True)
class FieldUpdate:
    """An update that brings a field to an event, as a setting, and the builds where it does."""

    setting: Setting
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One event id of one channel; there is one object for each, so it is hashed as such.

    `key` is its name everywhere ('Security:4688'). `subcategories` are GUIDs in upper case;
    where there are several, each stands for another kind of object or cause (any of them writes
    it); `subcategory_spans` holds the builds of those that do not govern it on every build (see
    `governs`). With Policy.UNDOCUMENTED they are a guess, and no source names them.
    `also_subcategories` must be on besides; `also_doubted` maps one of these to the outcome for
    which no source settles whether it must. `outcomes` is a subset of {'success',
    'failure'}; empty: not documented. `settings` must be true for it to be written,
    `without_setting` is what is still written where they are not; `field_settings` must be true
    for one field to be filled; `field_updates` are updates that bring a field to some builds.
    `roles` are the roles or features one of which
    the host must have ('domain-controller', 'ad-cs'); empty: any host. `never_emitted` marks
    events that are defined and not written by any Windows. `client` and `server` are the builds
    on which it is written in some layout or other, where that is surer than any one layout (an
    update changed the layout, no source says which hosts have it); None: as the layouts say.
    """

    key: EventId
    event_id: int
    channel: str
    provider: str
    title: str
    layouts: tuple[Layout, ...]
    policy: Policy = Policy.NONE
    subcategories: tuple[str, ...] = ()
    also_subcategories: tuple[str, ...] = ()
    outcomes: frozenset[str] = frozenset()
    sacl: SaclNeed | None = None
    settings: tuple[str, ...] = ()
    field_settings: Mapping[str, str] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    never_emitted: bool = False
    caveats: tuple[str, ...] = ()
    reference: str = ""
    source: str = ""
    client: Span | None = None
    server: Span | None = None
    subcategory_spans: Mapping[str, Span] = field(default_factory=dict)
    without_setting: Level = Level.NO
    also_doubted: Mapping[str, str] = field(default_factory=dict)
    field_updates: Mapping[str, FieldUpdate] = field(default_factory=dict)

    def written_on(self, os: OperatingSystem) -> Verdict:
        """Whether this Windows writes it at all, in any layout; policy and role aside."""
        span = self.client if os.kind is OsKind.CLIENT else self.server
        if span is not None:
            return span.holds(os.build)
        spans = [layout.span(os) for layout in self.layouts]
        return any_of([NO, *(span.holds(os.build) for span in spans if span is not None)])

    def governs(self, guid: str, build: int) -> Verdict:
        """Whether one of its subcategories decides about it on this build."""
        span = self.subcategory_spans.get(guid)
        return YES if span is None else span.holds(build)


@dataclass(frozen=True, slots=True)
class Channel:
    """An event log channel: `short` is the part of an event key before the colon. `separate`: it
    comes with a product that is installed on top of Windows. `access` is the access list with which
    it is created, as SDDL, '' where no source tells it. `on_builds` are the builds that have it on
    by default (None: none), by kind of Windows, where that hangs on the release. `always_on`:
    nobody can turn it off.
    """

    short: str
    name: str
    providers: tuple[str, ...]
    on_by_default: bool | None = None
    source: str = ""
    separate: bool = False
    access: str = ""
    on_builds: Mapping[OsKind, Span | None] = field(default_factory=dict)
    always_on: bool = False

    def default(self, os: OperatingSystem | None) -> Verdict:
        """Whether a Windows (None: an unknown one) has it on by default."""
        if self.on_by_default is not None:
            return YES if self.on_by_default else NO
        if os is None or os.kind not in self.on_builds:
            return UNKNOWN
        span = self.on_builds[os.kind]
        return NO if span is None else span.holds(os.build)


@dataclass(frozen=True, slots=True)
class Retired:
    """Numbers, the last one among them, that no Windows since Vista writes to a channel."""

    channel: str
    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventKnowledge:
    """Every table of this folder, by key.

    `roles` maps a role or feature to its title; hosts of `own_roles` record nothing for others.
    `unknown_events` maps event keys that a mapping or an analytic names, and that no channel is
    known to hold, to the reason.
    """

    events: Mapping[EventId, Event]
    subcategories: Mapping[str, AuditSubcategory]
    channels: Mapping[str, Channel]
    settings: Mapping[str, Setting]
    roles: Mapping[str, str] = field(default_factory=dict)
    own_roles: frozenset[str] = frozenset()
    unknown_events: Mapping[EventId, str] = field(default_factory=dict)
    retired_events: tuple[Retired, ...] = ()

    def retired(self, key: EventId) -> str:
        """Why no Windows since Vista writes an event of this key; '' if one may."""
        if not key.number.isdecimal():
            return ""
        return next(
            (
                entry.reason
                for entry in self.retired_events
                if entry.channel == key.channel and entry.first <= int(key.number) <= entry.last
            ),
            "",
        )
