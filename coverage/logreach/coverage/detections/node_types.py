"""Rules in the graph: what their nodes are, and what they ask of the graph's events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.results import State
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import Sense


class EventNodes(Protocol):
    """What the graph has of events, each node by its number in `compiled`.

    A key such as 'System:*' stands for any event of a channel.
    """

    @property
    def compiled(self) -> Compiled:
        """The lists that rules are added to."""
        ...

    def event(self, event: EventId, variant: Sense) -> int:
        """Such events can be there at all: role, system, audit policy, sensor, channel."""
        ...

    def field(self, event: EventId, name: str) -> int:
        """A field of that event is filled; 'Hashes:SHA256' asks for one hash of it."""
        ...

    def passes(self, pattern: EventPattern) -> int:
        """The object's SACL, the sensor's filter and the forwarding let such events through."""
        ...

    def recorded_elsewhere(self, rule: NodeKey, event: EventId, variant: Sense) -> int | None:
        """A rule on such events fires on other hosts, which record them for this one; None where
        each host records its own."""
        ...


FieldNode = tuple[str, int]
"""A field by the rule's name of it, and the node that says whether it is filled."""


class DemandNode(NamedTuple):
    """What a branch asks of an event whatever the event holds; `place` tells demands apart.

    `needs` are the nodes of the fields that must be filled, `limit` that of what the event allows
    at best. `suppressors` and `overbroad` as in `Demand`.
    """

    place: int
    event: EventId
    node: int
    event_node: int
    needs: tuple[FieldNode, ...]
    limit: int | None
    suppressors: tuple[FieldNode, ...]
    overbroad: tuple[tuple[FieldNode, tuple[FieldNode, ...]], ...]


class CandidateNode(NamedTuple):
    """A candidate event: what it asks of an event, and what filters leave of it."""

    node: int
    demand: DemandNode
    passes: int


class WayNode(NamedTuple):
    """A branch on the events of which any would show it; `branch` is its place in the rule.

    Where it is not `possible`, no event of any host has all the fields: it says nothing of a host.
    """

    node: int
    branch: int
    candidates: tuple[CandidateNode, ...]
    possible: bool = True


class MemberNode(NamedTuple):
    """A rule that a correlation counts, and, by event, the fields by which it is counted.

    `excluded`: the correlation asks that it does not fire.
    """

    node: int
    rule: RuleNode
    fields: Mapping[EventId, tuple[int, ...]]
    excluded: bool = False


class RuleNode(NamedTuple):
    """A rule; `state` where it is not judged by its ways."""

    node: int
    rule: Rule
    ways: tuple[WayNode, ...] = ()
    state: State | None = None
    members: tuple[MemberNode, ...] = ()
