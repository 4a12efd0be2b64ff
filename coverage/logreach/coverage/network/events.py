"""The part of the graph between an event and the facts of a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from logreach.coverage.engine.construction import cover, inner, leaf, link_all
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Edge, Graph, Prerequisite
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.network.keys import attribute_key, event_key, held_key
from logreach.coverage.platforms.sysmon.prerequisites import (
    HASH_FIELDS,
    SysmonFillsField,
    SysmonHashes,
    SysmonKeeps,
    SysmonKnows,
    SysmonRuns,
    all_fields,
)
from logreach.coverage.platforms.windows.knowledge.model import (
    ANY_HOST,
    Event,
    EventKnowledge,
    Policy,
    Subcategory,
)
from logreach.coverage.platforms.windows.prerequisites.audit import Audited
from logreach.coverage.platforms.windows.prerequisites.os import HasRole, OsFillsField, OsWrites
from logreach.coverage.platforms.windows.prerequisites.sacl import ObjectAudited
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn, SettingOn
from logreach.coverage.platforms.windows.sacls import WITH_GLOBAL, AccessNeed, ObjectScope
from logreach.coverage.platforms.windows.sacls.needs import unreported

SYSMON = "Sysmon"
_REMOVABLE = "removable"
_REMOVABLE_STORAGE = "Removable Storage"


class Events:
    """Puts events, fields and their prerequisites into a graph, each once."""

    def __init__(
        self,
        graph: Graph,
        knowledge: EventKnowledge,
        limits: Mapping[EventId, tuple[Verdict, str]],
    ) -> None:
        self._graph = graph
        self._knowledge = knowledge
        self._limits = limits
        self._by_name = {
            subcategory.name: subcategory for subcategory in knowledge.subcategories.values()
        }

    def event(self, key: EventId) -> NodeKey:
        """An event as such, no better than it can be by its nature.

        Beside it stands `held_key`: the same on the host itself, forwarded or not.
        """
        node = event_key(key)
        if node not in self._graph:
            inner(self._graph, node, Combine.ANY, "event", key)
            limit, why = self._limits.get(key, (None, ""))
            self._graph.link(node, Edge(self.written(key), limit, why))
            held = inner(self._graph, held_key(key), Combine.ANY, "held", key)
            self._graph.link(held, Edge(self.on_host(key), limit, why))
        return node

    def written(self, key: EventId) -> NodeKey:
        """An event is written, kept and, where that is judged, forwarded, whatever it tells of."""
        node = NodeKey.of("written", key)
        if node in self._graph:  # every field of the event asks for it
            return node
        return self._all_of(node, key, self.on_host(key), self._forwarded(EventPattern(key)))

    def on_host(self, key: EventId) -> NodeKey:
        """An event is written and kept on the host itself, forwarded or not."""
        node = NodeKey.of("on host", key)
        return self._all_of(node, key, self.able(key), self._kept(EventPattern(key)))

    def able(self, key: EventId, outcome: str = "", role: str = "", what: str = "") -> NodeKey:
        """The host can write such events: system, policy, SACL, sensor and channel allow it.

        `outcome` and `role` as in `Shown`, or '*': also where the role that the event as such asks
        for is wanting; `what` says which events only such hosts write.
        """
        anywhere = role == ANY_HOST
        shown = Shown(key, outcome=outcome, role="" if anywhere else role)
        node = NodeKey.of("able", key, outcome, role, what)
        gate = self._core(key, anywhere=anywhere)
        if shown.role and node not in self._graph:
            gate = self._asked_of(node, gate, shown, what)
        return self._all_of(node, key, gate, self._allowed(shown))

    def core(self, key: EventId, role: str = "", what: str = "") -> NodeKey:
        """What an event asks of a host whatever outcome and object it tells of; as in `able`."""
        anywhere = role == ANY_HOST
        gate = self._core(key, anywhere=anywhere)
        if not role or anywhere:
            return gate
        return self._asked_of(
            NodeKey.of("core of", key, role, what), gate, Shown(key, role=role), what
        )

    def audited(self, shown: Shown) -> NodeKey:
        """The same, so far as it shows one operation: scoped policy and object."""
        node = NodeKey.of("audited", shown.event, *_object_of(shown), shown.outcome, *shown.rights)
        core = self._core(shown.event, anywhere=bool(unreported(shown.object_kind)))
        return self._all_of(node, shown.event, core, self._allowed(shown))

    def _all_of(
        self, node: NodeKey, label: str, gate: NodeKey, needs: Iterable[NodeKey]
    ) -> NodeKey:
        """A node that needs a gate (what does not apply there does not apply here) and more."""
        if node not in self._graph:
            inner(self._graph, node, Combine.ALL, node.kind, label)
            self._graph.link(node, Edge(gate, gate=True))
            link_all(self._graph, node, needs)
        return node

    def seen(self, shown: Shown) -> NodeKey:
        """An event so far as it shows one operation: scoped policy, object and pattern."""
        event = self._knowledge.events.get(shown.event)
        told_apart = event is not None and len(event.outcomes) > 1
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
        node = NodeKey.of("seen", shown.event, *scope)
        gate = self._core(shown.event)
        if shown.role and node not in self._graph:
            gate = self._asked_of(node, gate, shown)
        return self._all_of(node, shown.event, gate, self._scoped(shown))

    def _asked_of(self, node: NodeKey, core: NodeKey, shown: Shown, what: str = "") -> NodeKey:
        """The core of an event, on the hosts where it shows what is meant; others are not asked."""
        both = inner(self._graph, node.helper("core of"), Combine.ALL, "core", shown.event)
        self._graph.link(both, Edge(self._role(shown.event, {shown.role}, what), gate=True))
        self._graph.link(both, Edge(core, gate=True))
        return both

    def attribute(self, key: EventId, name: str) -> NodeKey:
        """A field of an event: the event is there and the field is filled."""
        return self._all_of(
            attribute_key(key, name), key.field(name), self.written(key), self._filled(key, name)
        )

    def filled(self, key: EventId, name: str) -> NodeKey:
        """A field is filled wherever the event is written."""
        node = NodeKey.of("filled", key, name)
        if node not in self._graph:
            inner(self._graph, node, Combine.ALL, "filled", key.field(name))
            link_all(self._graph, node, self._filled(key, name))
        return node

    def known(self, key: EventId) -> bool:
        """Whether the knowledge has the event."""
        return _is_sysmon(key) or key in self._knowledge.events

    def fields(self, key: EventId) -> tuple[str, ...]:
        """Every field that any version of the event has, the newest version's order first."""
        if _is_sysmon(key):
            return all_fields(key)
        names: dict[str, None] = {}
        event = self._knowledge.events.get(key)
        for layout in reversed(event.layouts if event else ()):
            names.update(dict.fromkeys(layout.fields))
        return tuple(names)

    def _core(self, key: EventId, *, anywhere: bool = False) -> NodeKey:
        """What holds for the event whatever it tells of: role, system, settings, channel.

        `anywhere`: but for the role, which the event asks for in its main sense only.
        """
        node = NodeKey.of("core", key, *([ANY_HOST] if anywhere else []))
        if node in self._graph:
            return node
        inner(self._graph, node, Combine.ALL, "core", key)
        if _is_sysmon(key):
            for name, prerequisite in (("runs", SysmonRuns()), ("knows", SysmonKnows(key))):
                self._need(node, f"sysmon {name}", prerequisite)
        elif key in self._knowledge.events:
            self._windows_core(node, self._knowledge.events[key], anywhere=anywhere)
        else:
            self._unknown_core(node, key)
        return node

    def _unknown_core(self, node: NodeKey, key: EventId) -> None:
        """An event that no table describes: only its channel can be asked."""
        short = key.channel
        retired = self._knowledge.retired(key)
        text = self._knowledge.unknown_events.get(key) or f"no source at hand describes {key}"
        if key.any_number:
            text = f"it is not told which events of {short} are meant"
        verdict = NO if retired else UNKNOWN
        self._need(
            node, "unknown event", Fixed(key, verdict, f"{key}: {retired}" if retired else text)
        )
        if short == SYSMON:
            self._need(node, "sysmon runs", SysmonRuns())
        elif short in self._knowledge.channels:
            self._need(node, "channel", ChannelOn(key, self._knowledge.channels[short]))

    def _windows_core(self, node: NodeKey, event: Event, *, anywhere: bool) -> None:
        if event.roles and not anywhere:
            self._graph.link(node, Edge(self._role(event.key, event.roles), gate=True))
        self._need(node, "os", OsWrites(event))
        for name in event.settings:
            setting = self._knowledge.settings[name]
            self._need(
                node, f"setting {name}", SettingOn(event.key, setting, event.without_setting)
            )
        short = event.key.channel
        if short in self._knowledge.channels:
            self._need(node, "channel", ChannelOn(event.key, self._knowledge.channels[short]))

    def _role(self, key: EventId, roles: Iterable[str], what: str = "") -> NodeKey:
        wanted = frozenset(roles)
        event = self._knowledge.events.get(key)
        source = event.reference if event else ""
        titles = tuple(sorted(self._knowledge.roles[role] for role in wanted))
        name = _need("role", key, *sorted(wanted), what)
        role = HasRole(key, wanted, titles, source, what)
        return leaf(self._graph, name, f"{key}: role", role)

    def _allowed(self, shown: Shown) -> Iterable[NodeKey]:
        """Audit policy and SACL, as narrow as the operation asks."""
        event = self._knowledge.events.get(shown.event)
        if event is None:
            return
        guids = event.subcategories
        if shown.subcategory:
            guids = (self._by_name[shown.subcategory].guid,)
        outcomes = event.outcomes
        if shown.outcome in outcomes:
            outcomes = frozenset({shown.outcome})
        yield from self._policy(event, guids, outcomes)
        for guid in event.also_subcategories:
            why = "besides the object's own subcategory"
            also = self._audited(event, self._knowledge.subcategories[guid], outcomes, why)
            doubted = shown.outcome and event.also_doubted.get(guid) == shown.outcome
            yield self._perhaps(event, guid, also) if doubted else also
        if event.sacl is not None:
            yield self._sacl(event, shown)

    def _scoped(self, shown: Shown) -> Iterable[NodeKey]:
        """All that an operation asks of an event besides its core."""
        yield from self._allowed(shown)
        for name in shown.needs:
            yield from self._filled(shown.event, name)
        pattern = shown.pattern or EventPattern(shown.event)
        yield from self._kept(pattern)
        yield from self._forwarded(pattern)

    def _policy(
        self, event: Event, guids: Iterable[str], outcomes: frozenset[str]
    ) -> Iterable[NodeKey]:
        if event.policy is Policy.UNDOCUMENTED:
            text = f"no source at hand tells which audit subcategory writes {event.key}"
            yield self._leaf(_need("subcategory", event.key), Fixed(event.key, UNKNOWN, text))
        if event.policy is not Policy.SUBCATEGORY:
            return
        known = [self._knowledge.subcategories[guid] for guid in guids]
        leaves = [(self._audited(event, one, outcomes), one.name) for one in known]
        partly = "is one of several subcategories, each for other objects or causes"
        yield cover(
            self._graph,
            NodeKey.of("policy", event.key, *(one.guid for one in known), *sorted(outcomes)),
            "policy",
            f"audit policy for {event.key}",
            leaves,
            partly,
        )

    def _audited(
        self, event: Event, subcategory: Subcategory, outcomes: frozenset[str], why: str = ""
    ) -> NodeKey:
        span = event.subcategory_spans.get(subcategory.guid)
        return self._leaf(
            _need("audit", event.key, subcategory.guid, *sorted(outcomes)),
            Audited(event.key, subcategory, outcomes, why, span, event.reference),
        )

    def _perhaps(self, event: Event, guid: str, audited: NodeKey) -> NodeKey:
        """A subcategory of which no source settles whether it is needed."""
        name = self._knowledge.subcategories[guid].name
        node = NodeKey.of("perhaps", event.key, guid)
        if node not in self._graph:
            inner(self._graph, node, Combine.ANY, "policy", f"{event.key}: {name}, perhaps")
            self._graph.link(node, Edge(audited))
            text = f"no source settles whether {event.key} needs {name} too for this outcome"
            unsettled = Fixed(event.key, UNKNOWN, text)
            self._graph.link(node, Edge(self._leaf(node.helper("need"), unsettled)))
        return node

    def _sacl(self, event: Event, shown: Shown) -> NodeKey:
        """The SACL that an operation, or else the event as such, asks for."""
        need = event.sacl
        assert need is not None  # noqa: S101 - the caller asked
        if shown.object_kind:
            return self._on_object(event, shown, shown.object_kind)
        several = [kind for kind in need.objects if kind in WITH_GLOBAL] or need.objects[:1]
        audited = cover(
            self._graph,
            NodeKey.of("object sacl", event.key, shown.object_path, *shown.rights, shown.outcome),
            "policy",
            f"audit entries for {event.key}",
            [(self._on_object(event, shown, kind), kind) for kind in several],
            "is one of several kinds of object that it tells of",
        )
        return self._or_removable(event, audited) if _REMOVABLE in need.exempt else audited

    def _on_object(self, event: Event, shown: Shown, kind: str) -> NodeKey:
        need = event.sacl
        assert need is not None  # noqa: S101 - the caller asked
        access = AccessNeed(
            kind=kind,
            path=shown.object_path,
            rights=shown.rights or (() if shown.object_kind else need.rights),
            outcome="failure" if event.outcomes == {"failure"} else shown.outcome or "success",
            scope=ObjectScope(shown.object_scope) if shown.object_scope else ObjectScope.TREE,
        )
        return self._leaf(
            _need("object audited", event.key, str(access)),
            ObjectAudited(event.key, access, event.reference),
        )

    def _or_removable(self, event: Event, audited: NodeKey) -> NodeKey:
        """The event as such: written for removable storage without any entry."""
        key = inner(
            self._graph,
            NodeKey.of("object", event.key),
            Combine.ANY,
            "policy",
            f"{event.key}: object",
        )
        self._graph.link(key, Edge(audited))
        storage = self._by_name[_REMOVABLE_STORAGE]
        if storage.guid in event.subcategories:
            policy = self._audited(event, storage, event.outcomes)
            why = "needs no audit entry, and tells of removable storage only"
            self._graph.link(key, Edge(policy, PARTIAL, why))
        return key

    def _kept(self, pattern: EventPattern) -> Iterable[NodeKey]:
        if _is_sysmon(pattern.event):
            key = _need("kept", pattern.event, str(pattern.fields))
            yield self._leaf(key, SysmonKeeps(pattern))

    def _forwarded(self, pattern: EventPattern) -> Iterable[NodeKey]:
        key = _need("forwarded", pattern.event, str(pattern.fields))
        yield self._leaf(key, Forwarded(pattern))

    def _filled(self, key: EventId, name: str) -> Iterable[NodeKey]:
        if _is_sysmon(key):
            yield from self._filled_by_sysmon(key, name)
            return
        event = self._knowledge.events.get(key)
        if event is None:
            return
        yield self._leaf(_need("field", key, name), OsFillsField(event, name))
        if name in event.field_settings:
            setting = self._knowledge.settings[event.field_settings[name]]
            yield self._leaf(_need("field setting", key, name), SettingOn(key.field(name), setting))

    def _filled_by_sysmon(self, key: EventId, name: str) -> Iterable[NodeKey]:
        """'Hashes:SHA256' stands for one hash among those of a field."""
        field, _, algorithm = name.partition(":")
        yield self._leaf(_need("field", key, field), SysmonFillsField(key, field))
        if field in HASH_FIELDS:
            yield self._leaf(_need("hashes", key, name), SysmonHashes(key.field(field), algorithm))

    def _need(self, node: NodeKey, name: str, prerequisite: Prerequisite) -> None:
        child = self._leaf(node.helper("need", name), prerequisite)
        self._graph.link(node, Edge(child))

    def _leaf(self, key: NodeKey, prerequisite: Prerequisite) -> NodeKey:
        label = getattr(prerequisite, "subject", str(key))
        return leaf(self._graph, key, label, prerequisite)


def _need(what: str, *parts: str) -> NodeKey:
    """The key of a prerequisite that several nodes may ask for."""
    return NodeKey.of("need", what, *parts)


def _object_of(shown: Shown) -> tuple[str, ...]:
    return (shown.subcategory, shown.object_kind, shown.object_path, shown.object_scope)


def _is_sysmon(key: EventId) -> bool:
    return key.channel == SYSMON and key.number.isdigit()
