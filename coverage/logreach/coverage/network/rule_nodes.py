"""What detection rules ask of events, as nodes of the same graph that techniques hang on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from logreach.coverage.detections.event_variants import sense_of
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Graph
from logreach.coverage.engine.verdict import UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.network.events import Events
from logreach.coverage.platforms.sysmon.prerequisites import SysmonKeeps
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Event, EventKnowledge
from logreach.coverage.platforms.windows.sacls.pattern_objects import (
    AuditedObject,
    objects_of_pattern,
)

_REMOVABLE_STORAGE = "Removable Storage"


@dataclass(frozen=True, slots=True)
class RuleEvents:
    """Answers `detections.nodes.EventNodes` for Windows and Sysmon."""

    compiled: Compiled
    events: Events
    knowledge: EventKnowledge

    @staticmethod
    def alone() -> RuleEvents:
        """A graph of their own for rules, without techniques."""
        graph, knowledge = Graph(), load_events()
        return RuleEvents(Compiled(graph), Events(graph, knowledge, {}), knowledge)

    def event(self, event: EventId, variant: Sense) -> int:
        """Such events can be there at all: role, system, audit policy, sensor, channel.

        The audit policy and SACL for events on objects depend on the object, which the pattern
        says: see `passes`.
        """
        entry = self.knowledge.events.get(event)
        if entry is None or entry.sacl is None:
            return self.compiled.include(self.events.able(event, *variant))
        return self.compiled.include(self.events.core(event, variant.role, variant.what))

    def field(self, event: EventId, name: str) -> int:
        """A field of that event is filled."""
        if self.events.known(event):
            return self.compiled.include(self.events.filled(event, name))
        text = f"no source at hand tells the fields of {event}"
        return self.compiled.leaf(Fixed(f"{event}/{name}", UNKNOWN, text))

    def passes(self, pattern: EventPattern) -> int:
        """Filters let such events through, after the audit policy and SACL of their object."""
        entry = self.knowledge.events.get(pattern.event)
        filtered = self._filtered(pattern)
        if entry is None or entry.sacl is None:
            return filtered
        return self.compiled.combined(
            Combine.ALL, (self._objects(entry, pattern), filtered), gate=True
        )

    def _filtered(self, pattern: EventPattern) -> int:
        forwarded = self.compiled.leaf(Forwarded(pattern))
        if pattern.event.channel != "Sysmon" or pattern.event.any_number:
            return forwarded
        kept = self.compiled.leaf(SysmonKeeps(pattern))
        return self.compiled.combined(Combine.ALL, (kept, forwarded))

    def _objects(self, event: Event, pattern: EventPattern) -> int:
        """Events on the objects that a pattern means; of several kinds of object it may be any."""
        outcome = (sense_of(pattern) or ANY_SENSE).outcome
        groups = objects_of_pattern(event, pattern)
        if not groups:
            return self.compiled.include(self.events.able(event.key, outcome))
        kinds = [
            self.compiled.cover([self._on(event, target, outcome) for target in group])
            for group in groups
        ]
        return self.compiled.combined(Combine.EITHER, kinds)

    def _on(self, event: Event, target: AuditedObject, outcome: str) -> int:
        """Events on one object, or on any of a kind."""
        names = {self.knowledge.subcategories[guid].name for guid in event.subcategories}
        shown = Shown(
            event.key,
            subcategory=target.subcategory if target.subcategory in names else "",
            object_kind=target.kind,
            object_path=target.path,
            object_scope=target.scope,
            rights=target.rights,
            outcome=outcome,
        )
        audited = self.compiled.include(self.events.audited(shown))
        if target.kind != "file" or target.path or _REMOVABLE_STORAGE not in names:
            return audited
        # Files on removable storage need no entry, whatever right; they are a part of all files.
        removable = replace(
            shown, subcategory=_REMOVABLE_STORAGE, object_kind="removable", rights=()
        )
        part = self.compiled.include(self.events.audited(removable))
        return self.compiled.at_least(audited, part)
