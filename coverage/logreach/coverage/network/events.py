"""The part of the graph between an event and the facts of a host, as the sensors describe it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from logreach.coverage.engine.construction import cover, inner, leaf, link_all
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Edge, Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.requirement import Need, Requirement, require
from logreach.coverage.engine.verdict import UNKNOWN, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.host_kinds import HostKinds, OnHosts
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.sensor import OnObject, Recorder, Sensor, Sensors
from logreach.coverage.events.variant import ANY_HOST
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.forwarding.readable import Readable
from logreach.coverage.network.keys import attribute_key, event_key, held_key


class Events:
    """Puts events, fields and their prerequisites into a graph, each once."""

    def __init__(
        self, graph: Graph, sensors: Sensors, limits: Mapping[EventId, tuple[Verdict, str]]
    ) -> None:
        self._graph = graph
        self._sensors = sensors
        self._limits = limits

    @property
    def sensor_names(self) -> str:
        """The sensors whose events are asked, in words."""
        return self._sensors.names

    def knows(self, event: EventId) -> bool:
        """Whether some sensor knows the event."""
        return self._sensors.knows(event)

    def separate(self, event: EventId) -> bool:
        """Whether the event comes with a product that is installed on top of the platform."""
        sensor = self._sensors.of(event)
        return sensor is not None and sensor.separate(event)

    def fields(self, event: EventId) -> tuple[str, ...]:
        """Every field that any version of the event has, the newest version's order first."""
        return self._sensors.fields(event)

    def event(self, event: EventId) -> NodeKey:
        """An event as such, no better than it can be by its nature.

        Beside it stands `held_key`: the same on the host itself, forwarded or not.
        """
        key = event_key(event)
        if key not in self._graph:
            inner(self._graph, key, Combine.ANY, "event", event)
            limit, caveat = self._limits.get(event, (None, ""))
            self._graph.link(key, Edge(self.written(event), limit, caveat))
            on_host = inner(self._graph, held_key(event), Combine.ANY, "held", event)
            self._graph.link(on_host, Edge(self.on_host(event), limit, caveat))
        return key

    def written(self, event: EventId) -> NodeKey:
        """Logged, passed by the sensor's filter and, if assessed, forwarded; object and outcome
        ignored."""
        key = NodeKey.of("written", event)
        if key in self._graph:  # every field of the event asks for it
            return key
        return self._all_of(key, event, self.on_host(event), self._forwarded(EventPattern(event)))

    def on_host(self, event: EventId) -> NodeKey:
        """An event is written and kept on the host itself, forwarded or not."""
        key = NodeKey.of("on host", event)
        return self._all_of(key, event, self.able(event), self._kept(EventPattern(event)))

    def able(self, event: EventId, outcome: str = "", role: str = "", what: str = "") -> NodeKey:
        """The host can write such events: system, policy, SACL, sensor and channel allow it.

        `outcome` and `role` as in `Shown`, or ANY_HOST: also where the role that the event as such
        asks for is wanting; `what` says which events only such hosts write.
        """
        shown = Shown(event, outcome=outcome, role="" if role == ANY_HOST else role)
        key = NodeKey.of("able", event, outcome, role, what)
        return self._all_of(key, event, self.core(event, role, what), self._allowed(shown))

    def allowed(self, shown: Shown) -> NodeKey:
        """Audit policy and SACL allow events on an object; whatever else they need is not asked."""
        fields = str(shown.pattern.fields) if shown.pattern else ""
        key = NodeKey.of(
            "allowed", shown.event, *_object_of(shown), shown.outcome, fields, *shown.rights
        )
        if key not in self._graph:
            inner(self._graph, key, Combine.ALL, key.kind, shown.event)
            link_all(self._graph, key, self._allowed(shown))
        return key

    def seen(self, shown: Shown) -> NodeKey:
        """An event so far as it shows one operation: scoped policy, object and pattern."""
        sensor = self._sensors.of(shown.event)
        told_apart = sensor is not None and len(sensor.outcomes(shown.event)) > 1
        scope = (
            shown.outcome if told_apart else "",
            *_object_of(shown),
            " ".join(shown.rights),
            str(shown.pattern.fields) if shown.pattern else "",
            " ".join(shown.needs),
            shown.role,
        )
        if not any(scope):
            return self.written(shown.event)
        key = NodeKey.of("seen", shown.event, *scope)
        return self._all_of(
            key, shown.event, self.core(shown.event, shown.role), self._scoped(shown)
        )

    def recorded(self, shown: Shown) -> NodeKey:
        """An event so far as it records an act: as `seen`, the object being what the pattern says.

        Where the pattern leaves open which of several kinds of object is meant, it may be either.
        """
        sensor = self._sensors.of(shown.event)
        pattern = shown.pattern
        groups = sensor.objects(pattern) if sensor and pattern and not shown.object_kind else None
        if not groups:
            return self.seen(shown)
        key = NodeKey.of(
            "recorded",
            shown.event,
            shown.subcategory,
            str(pattern),
            " ".join(shown.needs),
            shown.role,
        )
        if key in self._graph:
            return key
        inner(self._graph, key, Combine.EITHER, "recorded", shown.event)
        for number, group in enumerate(groups):
            targets = [self._recorded_on(shown, target) for target in group]
            covered = key.helper("objects", str(number))
            cover(self._graph, covered, "coverage", shown.event, targets, "is one of the objects")
            self._graph.link(key, Edge(covered))
        return key

    def _recorded_on(self, shown: Shown, target: OnObject) -> tuple[NodeKey, str]:
        """The same on one of the objects that a pattern means, with the object's name."""
        on_object = replace(
            target.shown,
            subcategory=shown.subcategory or target.shown.subcategory,
            outcome=shown.outcome,
            needs=shown.needs,
            pattern=shown.pattern,
            role=shown.role,
        )
        return self.seen(on_object), target.shown.object_path or target.shown.object_kind

    def recorder(self, shown: Shown) -> Recorder | None:
        """The hosts that record such events for all others; None where each records its own."""
        sensor = self._sensors.of(shown.event)
        return sensor.recorder(shown.event, shown.role) if sensor else None

    def attribute(self, event: EventId, field: str) -> NodeKey:
        """A field of an event: the event is there and the field is filled."""
        key = attribute_key(event, field)
        return self._all_of(
            key, event.field(field), self.written(event), self._filled(event, field)
        )

    def filled(self, event: EventId, field: str) -> NodeKey:
        """A field is filled wherever the event is written."""
        key = NodeKey.of("filled", event, field)
        if key not in self._graph:
            inner(self._graph, key, Combine.ALL, "filled", event.field(field))
            link_all(self._graph, key, self._filled(event, field))
        return key

    def core(self, event: EventId, role: str = "", what: str = "") -> NodeKey:
        """What an event asks of a host whatever outcome and object it tells of.

        With a role, it is asked of such hosts only; with ANY_HOST, also of hosts that do not
        write the event in its main sense.
        """
        core = self._core(event, anywhere=role == ANY_HOST)
        if not role or role == ANY_HOST:
            return core
        key = NodeKey.of("core", event, role, what)
        if key not in self._graph:
            inner(self._graph, key, Combine.ALL, "core", event)
            sensor = self._sensors.of(event)
            gate = sensor.role_gate(event, role, what) if sensor else None
            if gate is not None:
                self._graph.link(key, Edge(require(self._graph, gate), gate=True))
            self._graph.link(key, Edge(core, gate=True))
        return key

    def _core(self, event: EventId, *, anywhere: bool) -> NodeKey:
        """What holds for the event whatever it tells: role, system, settings, sensor, channel."""
        key = NodeKey.of("core", event, *([ANY_HOST] if anywhere else []))
        if key in self._graph:
            return key
        inner(self._graph, key, Combine.ALL, "core", event)
        sensor = self._sensors.of(event)
        if sensor is None:
            explanation = f"no source at hand describes {event}"
            unknown = Fixed(event, UNKNOWN, explanation)
            child = leaf(self._graph, NodeKey.of("need", "unknown event", event), event, unknown)
            self._graph.link(key, Edge(child))
            return key
        role = None if anywhere else sensor.role_gate(event)
        first, *further = (*([] if role is None else [role]), *sensor.needs(event))
        gated = self._gate(sensor, first)
        self._graph.link(
            key, Edge(require(self._graph, gated), gate=role is not None or gated is not first)
        )
        link_all(self._graph, key, (require(self._graph, need) for need in further))
        return key

    def _gate(self, sensor: Sensor, need: Need) -> Need:
        """The first need of an event, which passes on that the sensor is for other hosts.

        Where there is one kind of host only, none is another's.
        """
        kinds = HostKinds(self._sensors.kinds, (sensor.host_kind,))
        if len(kinds.every) == 1:
            return need
        gated = OnHosts(need.prerequisite, kinds, need.label)
        return replace(need, key=need.key.helper("host kind"), prerequisite=gated)

    def _all_of(self, key: NodeKey, label: str, gate: NodeKey, needs: Iterable[NodeKey]) -> NodeKey:
        """A node that needs a gate (what does not apply there does not apply here) and more."""
        if key not in self._graph:
            inner(self._graph, key, Combine.ALL, key.kind, label)
            self._graph.link(key, Edge(gate, gate=True))
            link_all(self._graph, key, needs)
        return key

    def _allowed(self, shown: Shown) -> Iterable[NodeKey]:
        """Audit policy and SACL, as narrow as the operation asks."""
        sensor = self._sensors.of(shown.event)
        return self._required(sensor.allowed(shown) if sensor else ())

    def _scoped(self, shown: Shown) -> Iterable[NodeKey]:
        """All that an operation asks of an event besides its core."""
        yield from self._allowed(shown)
        for name in shown.needs:
            yield from self._filled(shown.event, name)
        pattern = shown.pattern or EventPattern(shown.event)
        yield from self._kept(pattern)
        yield from self._forwarded(pattern)

    def _kept(self, pattern: EventPattern) -> Iterable[NodeKey]:
        sensor = self._sensors.of(pattern.event)
        kept = sensor.filtered(pattern) if sensor else None
        if kept is not None:
            key = NodeKey.of("need", "kept", pattern.event, str(pattern.fields))
            yield leaf(self._graph, key, pattern.event, kept)

    def _forwarded(self, pattern: EventPattern) -> Iterable[NodeKey]:
        key = NodeKey.of("need", "forwarded", pattern.event, str(pattern.fields))
        sensor = self._sensors.of(pattern.event)
        yield leaf(self._graph, key, pattern.event, Forwarded(pattern, sensor))
        if (readable := readable_by(sensor, pattern.event)) is not None:
            key = NodeKey.of("need", "readable", readable.channel)
            yield leaf(self._graph, key, readable.channel, readable)

    def _filled(self, event: EventId, field: str) -> Iterable[NodeKey]:
        sensor = self._sensors.of(event)
        return self._required(sensor.field_needs(event, field) if sensor else ())

    def _required(self, requirements: Iterable[Requirement]) -> Iterable[NodeKey]:
        """Nodes for requirements, made as they are taken."""
        return (require(self._graph, requirement) for requirement in requirements)


def readable_by(sensor: Sensor | None, event: EventId) -> Readable | None:
    """That what collects the events of a channel may read it; None where no one has the channel."""
    channel = sensor.channels.get(event.channel) if sensor else None
    if sensor is None or channel is None:
        return None
    return Readable(channel, sensor.default_access(event))


def _object_of(shown: Shown) -> tuple[str, ...]:
    return (shown.subcategory, shown.object_kind, shown.object_path, shown.object_scope)
