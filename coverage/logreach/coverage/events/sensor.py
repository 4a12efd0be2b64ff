"""What the core asks of a platform: the Sensor protocol, and all sensors together.

A sensor writes events: Windows itself, Sysmon. It says which events it knows, what a host needs
for an event and for its fields, what its filter keeps and what the header holds. The graph is
built out of these answers, so that nothing outside a platform's room knows the platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.requirement import Need, Requirement
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.host_kinds import HostKind, HostKinds
from logreach.coverage.events.operations import NO_OPERATIONS, OperationKnowledge, Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault


@dataclass(frozen=True, slots=True)
class OnObject:
    """Events on one object, or on any of a kind, as `shown` asks for them.

    `part` asks for some of them in a way of its own, `why` says which.
    """

    shown: Shown
    part: Shown | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Hosts of one role that record what is done on others, as domain controllers do.

    `name` tells the role from others, `title` is what people call such a host, `gate` whether a
    host is one.
    """

    name: str
    title: str
    gate: Prerequisite


class Sensor(Protocol):
    """A source of events; a platform inherits from it and leaves out what it has not.

    `name` is what people call it, `host_kind` where it runs. `channels` are its logs, by the
    short name that stands in event ids, with their full names. `operations` says what its events
    show, `mapped` which data components they are for, where no source outside says so.
    `expected_facts` are those that every host of the kind has, `header_reads` those on which
    `header` hangs.
    """

    name: str
    host_kind: HostKind
    operations: OperationKnowledge = NO_OPERATIONS
    mapped: Mapping[str, tuple[EventId, ...]] = {}
    expected_facts: tuple[FactKey[object], ...] = ()
    header_reads: tuple[FactKey[object], ...] = ()

    @property
    def channels(self) -> Mapping[str, str]: ...

    # Events and their fields

    def events(self) -> Iterable[EventId]:
        """Every event that it knows."""
        ...

    def knows(self, event: EventId) -> bool:
        """Whether it knows an event."""
        ...

    def undescribed(self) -> Mapping[EventId, str]:
        """Events that others name and no source describes, with the reason."""
        return {}

    def retired(self, event: EventId) -> str:
        """Why no system of today writes such an event; '': it may be that one does."""
        return ""

    def separate(self, event: EventId) -> bool:
        """Whether the event comes with a product that is installed on top of the platform."""
        return False

    def outcomes(self, event: EventId) -> frozenset[str]:
        """The outcomes of which the event tells: 'success', 'failure'; empty: not told."""
        return frozenset()

    def fields(self, event: EventId) -> tuple[str, ...]:
        """Every field that any version of the event has, the newest version's order first."""
        ...

    def all_fields_known(self, event: EventId) -> bool:
        """Whether no version of the event has fields besides these."""
        return self.knows(event)

    def always_there(self, event: EventId, field: str) -> bool:
        """Whether every version of the event has the field, whatever the host's settings."""
        return False

    def never_has(self, event: EventId, field: str) -> str:
        """Why no version of the event has a field; '': one may have it."""
        return ""

    # What a host needs

    def needs(self, event: EventId) -> tuple[Need, ...]:
        """What must hold on a host for an event, whatever it tells: at least one prerequisite."""
        ...

    def role_gate(self, event: EventId, role: str = "", what: str = "") -> Need | None:
        """The role of the hosts that write the event; None where every host may.

        `role` is another one than the event's own, where `what` says which of its events only
        such hosts write.
        """
        return None

    def recorder(self, event: EventId, role: str = "") -> Recorder | None:
        """The hosts that record the event for all others; None where each records its own.

        `role` as in `Shown`.
        """
        return None

    def allowed(self, shown: Shown) -> tuple[Requirement, ...]:
        """Audit policy and audit entries, as narrow as an operation asks."""
        return ()

    def field_needs(self, event: EventId, field: str) -> tuple[Requirement, ...]:
        """What must hold on a host for a field to be filled, where the event is written."""
        ...

    def filtered(self, pattern: EventPattern, *, broad: bool = False) -> Prerequisite | None:
        """Its filter keeps the events of a pattern; None where it has none for them.

        `broad`: what to change may be named for more events at once, as thousands of patterns are
        asked.
        """
        return None

    # What an event holds

    def header(self, event: EventId, facts: Facts) -> EventMetadata | None:
        """Header and fields of an event on a host, as far as all such events agree."""
        return None

    def default_access(self, event: EventId) -> str:
        """The access list, as SDDL, with which the event's channel is created; '' where no source
        tells it."""
        return ""

    def absent(self, event: EventId, facts: Facts) -> bool:
        """Whether a host surely writes no such event, whatever is set there; by the facts of its
        header alone."""
        return False

    def provider_among_many(self, event: EventId) -> str:
        """The provider of the event that is described, where others may write events of the same
        number to its channel; '' where none does."""
        return ""

    def header_texts(self, event: EventId, field: str) -> tuple[str, ...]:
        """Every text that shippers write for a field of the header; () where that is not known."""
        return ()

    def variant(self, pattern: EventPattern) -> Sense | None:
        """What all events of a pattern have in common; None: no event can be in it."""
        return ANY_SENSE

    def objects(self, pattern: EventPattern) -> tuple[tuple[OnObject, ...], ...] | None:
        """What events of a pattern are on, or what fields tell of the audit policy for them.

        Several groups where it may be either; within a group, some events are on each. (): the
        pattern does not say. None: audit policy and entries are the same for all events of the id.
        """
        return None

    # What people are told

    def fact_title(self, key: FactKey[object]) -> str:
        """What one of its facts is called; '' where it is another's, or the key says it."""
        return ""

    def contradictions(self, facts: Facts) -> tuple[Fault, ...]:
        """What the facts of a host say of the sensor that cannot be true together."""
        return ()


@dataclass(frozen=True)
class Sensors:
    """Every sensor there is, in the order in which they are named."""

    every: tuple[Sensor, ...]

    @cached_property
    def _by_channel(self) -> Mapping[str, Sensor]:
        return {channel: sensor for sensor in self.every for channel in sensor.channels}

    @cached_property
    def _undescribed(self) -> Mapping[EventId, Sensor]:
        return {event: sensor for sensor in self.every for event in sensor.undescribed()}

    def of(self, event: EventId) -> Sensor | None:
        """The sensor whose event it is; None where no one has the channel."""
        return self._by_channel.get(event.channel) or self._undescribed.get(event)

    @cached_property
    def kinds(self) -> tuple[HostKind, ...]:
        """Every kind of host."""
        return tuple(dict.fromkeys(sensor.host_kind for sensor in self.every))

    @cached_property
    def hosts(self) -> HostKinds:
        """Hosts of every kind."""
        return HostKinds(self.kinds, self.kinds)

    @property
    def names(self) -> str:
        """The sensors in words: 'Windows or Sysmon'."""
        return " or ".join(sensor.name for sensor in self.every)

    @cached_property
    def channels(self) -> Mapping[str, str]:
        """The short name of every channel by its full name, without letter case."""
        return {
            name.casefold(): short
            for sensor in self.every
            for short, name in sensor.channels.items()
        }

    def knows(self, event: EventId) -> bool:
        """Whether some sensor knows the event."""
        sensor = self.of(event)
        return sensor is not None and sensor.knows(event)

    def fields(self, event: EventId) -> tuple[str, ...]:
        """Every field that any version of the event has; () where no sensor knows it."""
        sensor = self.of(event)
        return sensor.fields(event) if sensor else ()

    def fact_title(self, key: FactKey[object]) -> str:
        """What a fact is called; '' where its key says it."""
        return next(filter(None, (sensor.fact_title(key) for sensor in self.every)), "")
