"""Requirements as nodes of the graph that techniques and rules hang on.

A requirement is ALL of what it asks for, behind a gate: the hosts that it is for. Checks of facts
are leaves of their own; checks of events are the nodes of these events.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from logreach.coverage.assessment.lookup import resolve_nodes
from logreach.coverage.assessment.suggestions import did_you_mean
from logreach.coverage.engine.construction import inner, leaf, link_all
from logreach.coverage.engine.graph import Combine, Edge
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import UNKNOWN, YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.host_kinds import HostKinds, OfKind
from logreach.coverage.network.model import Model
from logreach.coverage.platforms.windows.hosts import WINDOWS
from logreach.coverage.platforms.windows.prerequisites.required import IsFor, log_names, required
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.windows.baselines.requirements import (
    Baseline,
    ChannelCheck,
    Check,
    CheckGroup,
    LoggedCheck,
    Requirement,
)

FORWARDING_KEY = NodeKey.of("need", "forwarding stated")
"""The node that says whether the inventory states what is forwarded."""
_EVENT = re.compile(r"[^:/]+:[^:/]+(/.+)?")


@dataclass(frozen=True, slots=True)
class ForwardingStated:
    """The inventory says what is forwarded from a host; where it does not, nothing is judged."""

    subject: str

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (FORWARDING,)

    def check(self, facts: Facts) -> Reason:
        fact = facts.get(FORWARDING)
        if isinstance(fact, Missing):
            words = f"what is forwarded from this host is unknown ({fact.reason})"
            return Reason("forwarding", self.subject, UNKNOWN, words, missing=FORWARDING)
        words = "the inventory says what is forwarded from this host"
        return Reason("forwarding", self.subject, YES, words, fact.evidence)


@dataclass(slots=True)
class RequirementNodes:
    """Adds the requirements of a baseline to a graph that is not compiled yet.

    `keys` has the node of each requirement by its id, `check_keys` that of its check alone, whoever
    it is for. Raises InputError where requirements name
    events or fields that nobody knows.
    """

    model: Model
    baseline: Baseline
    keys: dict[str, NodeKey] = field(default_factory=dict)
    check_keys: dict[str, NodeKey] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        for requirement in self.baseline.requirements:
            self.keys[requirement.id] = self._node(requirement)
        if self.faults:
            raise InputError(self.faults)

    def _node(self, requirement: Requirement) -> NodeKey:
        graph = self.model.graph
        key = NodeKey.of("requirement", requirement.id)
        inner(graph, key, Combine.ALL, "requirement", requirement.title)
        subject = requirement.id
        kinds = HostKinds(self.model.sensors.kinds, (WINDOWS,))
        if len(kinds.every) > 1:
            kind_key = NodeKey.of("need", "requirement kind", subject)
            kind = leaf(graph, kind_key, subject, OfKind(subject, kinds))
            graph.link(key, Edge(kind, gate=True))
        hosts = leaf(graph, hosts_key(requirement), subject, IsFor(subject, requirement.applies_to))
        graph.link(key, Edge(hosts, gate=True))
        check = self.check_keys[requirement.id] = self._check(requirement, requirement.check)
        # A gate as well: what does not apply to a host is not met there.
        graph.link(key, Edge(check, gate=True))
        return key

    def _check(self, requirement: Requirement, check: Check) -> NodeKey:
        if isinstance(check, LoggedCheck):
            return self._logged(requirement, check)
        if isinstance(check, CheckGroup):
            children = [self._check(requirement, each) for each in check.checks]
            combine = Combine.ALL if check.every else Combine.ANY
            return self._together(combine, str(check), children)
        if isinstance(check, ChannelCheck):
            self._check_log(requirement, check.name)
        key = NodeKey.of("need", "required", str(check))
        return leaf(self.model.graph, key, str(check), required(check))

    def _check_log(self, requirement: Requirement, name: str) -> None:
        """A fault for a log that is most likely a slip; others may be any program's own."""
        if "/" in name or name.casefold() in log_names():
            return
        if near := did_you_mean(name, ("Application", "Security", "System", "Setup")):
            message = f"{requirement.id} asks for an unknown log {name[:80]!r}"
            self.faults.append(Fault(message, self.baseline.path, _line(requirement), near))

    def _together(self, combine: Combine, label: str, children: list[NodeKey]) -> NodeKey:
        key = NodeKey.of("required", combine.value, *children)
        inner(self.model.graph, key, combine, "required", label)
        link_all(self.model.graph, key, children)
        return key

    def _logged(self, requirement: Requirement, check: LoggedCheck) -> NodeKey:
        graph = self.model.graph
        resolved = [self._resolved(requirement, name, check.forwarded) for name in check.names]
        nodes = [node for node in resolved if node is not None]
        if not check.forwarded:
            return self._together(Combine.ALL, str(check), nodes)
        events = self._together(Combine.ALL, str(check), nodes)
        stated = leaf(graph, FORWARDING_KEY, "forwarding", ForwardingStated("forwarding"))
        key = NodeKey.of("required", "arriving", events)
        inner(graph, key, Combine.ALL, "required", str(check))
        graph.link(key, Edge(events, gate=True))
        graph.link(key, Edge(stated))
        return key

    def _resolved(self, requirement: Requirement, name: str, forwarded: bool) -> NodeKey | None:
        """The node of an event or field that is recorded, and where asked leaves the host; None,
        with a fault, where there is no such event."""
        problem: tuple[Fault, ...] = ()
        try:
            keys = resolve_nodes(name, self.model) if _EVENT.fullmatch(name) else []
        except InputError as error:
            keys, problem = [], error.faults
        if keys:
            return self._recorded(keys[0], forwarded)
        hint = "Name an event (Security:4688) or a field (Security:4688/CommandLine)."
        message = f"{requirement.id} asks for {name[:80]!r}, which is no event or field"
        if problem:
            message = f"{requirement.id}: {problem[0].message}"
            hint = problem[0].hint or hint
        self.faults.append(Fault(message, self.baseline.path, _line(requirement), hint))
        return None

    def _recorded(self, resolved: NodeKey, forwarded: bool) -> NodeKey:
        """The event of a node, or one of its fields, whatever it is worth as evidence."""
        part, graph = self.model.event_part, self.model.graph
        event, *fields = resolved.parts
        assert isinstance(event, EventId)  # noqa: S101 - events and fields are all that was asked
        recorded = part.written(event) if forwarded else part.on_host(event)
        if not fields:
            return recorded
        field = str(fields[0])
        key = NodeKey.of("required", "field", event, field, str(forwarded))
        inner(graph, key, Combine.ALL, "required", event.field(field))
        graph.link(key, Edge(recorded, gate=True))
        graph.link(key, Edge(part.filled(event, field)))
        return key


def hosts_key(requirement: Requirement) -> NodeKey:
    """The node that says whether a requirement is for a host."""
    return NodeKey.of("need", "requirement hosts", requirement.id)


def _line(requirement: Requirement) -> str:
    return f"line {requirement.line}" if requirement.line else ""
