"""Sysmon as a sensor: events by its schema, kept by its configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Prerequisite
from logreach.coverage.engine.judged import Volume
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.requirement import Need, Requirement
from logreach.coverage.engine.verdict import UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.sensor import Sensor
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.headers import header_texts, sysmon_header
from logreach.coverage.platforms.sysmon.prerequisites import (
    HASH_FIELDS,
    SysmonFillsField,
    SysmonHashes,
    SysmonKeeps,
    SysmonKnows,
    SysmonRuns,
    all_fields,
    contradictions,
)
from logreach.coverage.platforms.windows.hosts import WINDOWS
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import SYSMON

CHANNEL = "Sysmon"


def is_numbered(event: EventId) -> bool:
    """Whether an event of the channel has a number, as all that Sysmon writes have."""
    return event.number.isdecimal()


class SysmonSensor(Sensor):
    """Sysmon on a Windows host."""

    name = "Sysmon"
    host_kind = WINDOWS
    channels: Mapping[str, str] = {CHANNEL: "Microsoft-Windows-Sysmon/Operational"}
    expected_facts = (SYSMON,)
    header_reads = (SYSMON,)

    def events(self) -> Iterable[EventId]:
        return (EventId.of(CHANNEL, event.id) for event in manifest.events(manifest.newest()))

    def knows(self, event: EventId) -> bool:
        return is_numbered(event)

    def fields(self, event: EventId) -> tuple[str, ...]:
        return all_fields(event) if is_numbered(event) else ()

    def always_there(self, event: EventId, field: str) -> bool:
        layouts = _layouts(event)
        return bool(layouts) and all(field in layout for layout in layouts)

    def never_has(self, event: EventId, field: str) -> str:
        layouts = _layouts(event)
        if not layouts or any(field in layout for layout in layouts):
            return ""
        return f"no version of Sysmon writes {field} in event {event}"

    def needs(self, event: EventId) -> tuple[Need, ...]:
        runs = _need("sysmon runs", event, prerequisite=SysmonRuns())
        enabled = ChannelOn(self.name, load_events().channels[CHANNEL])
        channel = _need("channel", event, prerequisite=enabled)
        if is_numbered(event):
            return (runs, channel, _need("sysmon knows", event, prerequisite=SysmonKnows(event)))
        explanation = f"no source at hand describes {event}"
        if event.any_number:
            explanation = f"it is not told which events of {CHANNEL} are meant"
        unknown = _need("unknown event", event, prerequisite=Fixed(event, UNKNOWN, explanation))
        return (unknown, runs, channel)

    def field_needs(self, event: EventId, field: str) -> tuple[Requirement, ...]:
        return tuple(_field_needs(event, field)) if is_numbered(event) else ()

    def filtered(self, pattern: EventPattern, *, broad: bool = False) -> Prerequisite | None:
        return SysmonKeeps(pattern, broad) if is_numbered(pattern.event) else None

    def header(self, event: EventId, facts: Facts) -> EventMetadata | None:
        sysmon = facts.get(SYSMON)
        return sysmon_header(event, None if isinstance(sysmon, Missing) else sysmon.value.version)

    def default_access(self, event: EventId) -> str:
        return load_events().channels[event.channel].access

    def header_texts(self, event: EventId, field: str) -> tuple[str, ...]:
        return header_texts(event, field)

    def fact_title(self, key: FactKey[object]) -> str:
        return "Sysmon: presence, version and configuration" if key == SYSMON else ""

    def volume_of(self, event: EventId) -> Volume:
        """In what numbers an event of Sysmon comes where nothing filters it; of others, unknown."""
        if event.channel != CHANNEL or not is_numbered(event):
            return Volume.UNKNOWN
        return Volume.of(manifest.volume_of(int(event.number)))

    def contradictions(self, facts: Facts) -> tuple[Fault, ...]:
        return contradictions(facts)


def _field_needs(event: EventId, field: str) -> Iterator[Need]:
    """'Hashes:SHA256' stands for one hash among those of a field."""
    name, _, algorithm = field.partition(":")
    yield _need("field", event, name, prerequisite=SysmonFillsField(event, name))
    if name in HASH_FIELDS:
        hashes = SysmonHashes(event.field(name), algorithm)
        yield _need("hashes", event, field, prerequisite=hashes)


@lru_cache(maxsize=64)
def _layouts(event: EventId) -> tuple[tuple[str, ...], ...]:
    """The fields of an event by every schema that has it."""
    if not is_numbered(event):
        return ()
    layouts = (manifest.fields_of(int(event.number), schema) for schema in manifest.schemas())
    return tuple(layout for layout in layouts if layout)


def _need(what: str, event: EventId, *parts: str, prerequisite: Prerequisite) -> Need:
    """A prerequisite; those of Sysmon itself are labelled by what they are about."""
    label = getattr(prerequisite, "subject", event)
    return Need(NodeKey.of("need", what, event, *parts), prerequisite, label)
