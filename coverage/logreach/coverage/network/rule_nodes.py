"""What detection rules ask of events, as nodes of the same graph that techniques hang on."""

from __future__ import annotations

from dataclasses import dataclass, field

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.construction import inner
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import UNKNOWN
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.sensor import OnObject, Recorder, Sensors
from logreach.coverage.events.variant import ANY_SENSE, Sense
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.network.elsewhere import Elsewhere
from logreach.coverage.network.events import Events, readable_by
from logreach.coverage.network.keys import rule_key
from logreach.coverage.platforms.registry import sensors as registered_sensors


@dataclass(frozen=True, slots=True)
class RuleEvents:
    """Answers `detections.node_types.EventNodes` by the sensors.

    `broad`: what to change of a filter is named for all events of a kind, as rules by the thousand
    ask for patterns of their own. `shared` are the rules that a host may need and other hosts fire,
    with the role of these, `channels` the nodes by which channels can be read.
    """

    compiled: Compiled
    events: Events
    sensors: Sensors
    broad: bool = True
    shared: dict[NodeKey, Recorder] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)

    @staticmethod
    def alone(*, broad: bool = True) -> RuleEvents:
        """A graph of their own for rules, without techniques."""
        graph, sensors = Graph(), registered_sensors()
        return RuleEvents(Compiled(graph), Events(graph, sensors, {}), sensors, broad)

    def event(self, event: EventId, variant: Sense) -> int:
        """Such events can be there at all: role, system, audit policy, sensor, channel.

        The audit policy and SACL may depend on the object and on fields, of which the pattern
        tells: see `passes`.
        """
        sensor = self.sensors.of(event)
        if sensor is None or sensor.objects(EventPattern(event)) is None:
            return self.compiled.include(self.events.able(event, *variant))
        return self.compiled.include(self.events.core(event, variant.role, variant.what))

    def named_rule(self, rule_id: str, title: str, number: int) -> NodeKey:
        """The node of a rule by a key, under which techniques can hang on it."""
        key = rule_key(rule_id)
        inner(self.compiled.graph, key, Combine.ANY, "rule", title)
        if key not in self.compiled.number:
            self.compiled.named(key, number)
        return key

    def recorded_elsewhere(self, rule: NodeKey, event: EventId, variant: Sense) -> int | None:
        """A rule on such events fires on the hosts that record them for this one."""
        sensor = self.sensors.of(event)
        recorder = sensor.recorder(event, variant.role) if sensor else None
        if recorder is None:
            return None
        self.shared[rule] = recorder
        return self.compiled.leaf(Elsewhere(rule, event, recorder))

    def field(self, event: EventId, name: str) -> int:
        """A field of that event is filled."""
        if self.events.knows(event):
            return self.compiled.include(self.events.filled(event, name))
        explanation = f"no source at hand tells the fields of {event}"
        return self.compiled.leaf(Fixed(event.field(name), UNKNOWN, explanation))

    def passes(self, pattern: EventPattern) -> int:
        """Filters let such events through, after audit policy and SACL where these depend on
        what the events hold.

        What else the events need of a host is left to `event`: asked here again, a role that is
        unknown would hide that the policy is off.
        """
        sensor = self.sensors.of(pattern.event)
        groups = sensor.objects(pattern) if sensor else None
        filtered = self._filtered(pattern)
        if groups is None:
            return filtered
        return self.compiled.combined(Combine.ALL, (self._objects(pattern, groups), filtered))

    def _filtered(self, pattern: EventPattern) -> int:
        sensor = self.sensors.of(pattern.event)
        needs = [self.compiled.leaf(Forwarded(pattern, sensor)), *self._readable(pattern.event)]
        kept = sensor.filtered(pattern, broad=self.broad) if sensor else None
        if kept is not None:
            needs.insert(0, self.compiled.leaf(kept))
        return self.compiled.combined(Combine.ALL, needs)

    def _readable(self, event: EventId) -> list[int]:
        """The node that the channel can be read, one for all its events; none where unknown."""
        readable = readable_by(self.sensors.of(event), event)
        if readable is None:
            return []
        if readable.channel not in self.channels:
            self.channels[readable.channel] = self.compiled.leaf(readable)
        return [self.channels[readable.channel]]

    def _objects(self, pattern: EventPattern, groups: tuple[tuple[OnObject, ...], ...]) -> int:
        """Events on the objects that a pattern means; of several kinds of object it may be any."""
        if not groups:
            sensor = self.sensors.of(pattern.event)
            variant = (sensor.variant(pattern) if sensor else None) or ANY_SENSE
            return self._allowed(Shown(pattern.event, outcome=variant.outcome))
        kinds = [
            self.compiled.cover([self._on_object(target) for target in group]) for group in groups
        ]
        return self.compiled.combined(Combine.EITHER, kinds)

    def _on_object(self, target: OnObject) -> int:
        """Events on one object, or on any of a kind."""
        allowed = self._allowed(target.shown)
        if target.part is None:
            return allowed
        return self.compiled.at_least(allowed, self._allowed(target.part))

    def _allowed(self, shown: Shown) -> int:
        return self.compiled.include(self.events.allowed(shown))
