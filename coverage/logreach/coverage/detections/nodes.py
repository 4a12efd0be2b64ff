"""Rules as nodes of the graph.

A rule is ANY of its ways: each of its branches on each of the events that it may fire on. A way is
ANY of the candidate events that would show it, and a candidate event is ALL of: such an event can
be there, the fields are filled, what the event allows at best, and what filters leave of it.
Rules share what they ask, so most of these nodes are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple, Protocol

from logreach.coverage.detections.mapping import MappedEvent, knowledge
from logreach.coverage.detections.model import (
    CandidateEvent,
    Demand,
    Literal,
    Need,
    Rule,
)
from logreach.coverage.detections.reading import read
from logreach.coverage.detections.results import State
from logreach.coverage.detections.truncation import condition_node, mapped_events_of
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, YES, Verdict, all_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.events.variant import ANY_SENSE, Sense

_UNDECIDED = "which of the rule's own events the filter lets through could not be decided"


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
    """A rule that a correlation counts, and, by event, the fields by which it is counted."""

    node: int
    rule: RuleNode
    fields: Mapping[EventId, tuple[int, ...]]


class RuleNode(NamedTuple):
    """A rule; `state` where it is not judged by its ways."""

    node: int
    rule: Rule
    ways: tuple[WayNode, ...] = ()
    state: State | None = None
    members: tuple[MemberNode, ...] = ()


class RuleNodes:
    """Adds rules to a graph; `by_id` has them in their order."""

    def __init__(self, rules: Iterable[Rule], events: EventNodes) -> None:
        self._events = events
        self._compiled = events.compiled
        self._fixed: dict[Fixed, int] = {}
        self._needs: dict[tuple[EventId, Need], int] = {}
        self._demands: dict[Demand, DemandNode] = {}
        self._candidates: dict[int, tuple[CandidateEvent, CandidateNode]] = {}
        self.by_id: dict[str, RuleNode] = {}
        rules = list(rules)
        self._rules = {rule.name: rule for rule in rules if rule.name}
        self._rules |= {rule.id: rule for rule in rules}
        for rule in rules:
            self._add(rule, ())
        self.by_id = {rule.id: self.by_id[rule.id] for rule in rules}

    def _add(self, rule: Rule, above: tuple[str, ...]) -> RuleNode:
        """Add a rule, after those that it counts; `above` are the ids of those that count it."""
        if rule.id not in self.by_id:
            self.by_id[rule.id] = self._rule(rule, above)
        return self.by_id[rule.id]

    def _rule(self, rule: Rule, above: tuple[str, ...]) -> RuleNode:
        if not rule.applicable:
            return self._unjudged(rule, NOT_APPLICABLE, State.NOT_APPLICABLE, rule.unjudged)
        if rule.unjudged:
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, rule.unjudged)
        if rule.correlation is not None:
            return self._correlation(rule, above)
        ways = tuple(self._ways(rule))
        if not ways and rule.beside:
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, rule.beside)
        if not ways:
            return self._unjudged(rule, NO, State.DEAD, rule.impossible)
        children = [way.node for way in ways if way.possible] or [way.node for way in ways]
        if rule.truncated:
            children += self._beyond(rule)
        if rule.beside:
            children.append(self._leaf(Fixed(rule.title, UNKNOWN, rule.beside)))
        node = self._compiled.combined(Combine.ANY, list(dict.fromkeys(children)))
        return RuleNode(self._named(rule, node), rule, ways)

    def _named(self, rule: Rule, child: int) -> int:
        return self._compiled.named(NodeKey.of("rule", rule.id), child)

    def _unjudged(self, rule: Rule, verdict: Verdict, state: State, text: str) -> RuleNode:
        leaf = self._leaf(Fixed(rule.title, verdict, text))
        return RuleNode(self._named(rule, leaf), rule, (), state)

    def _ways(self, rule: Rule) -> Iterator[WayNode]:
        for place, branch in enumerate(rule.branches):
            for alternatives in branch.alternatives:
                candidates = tuple([self._candidate(candidate) for candidate in alternatives])
                able = [not candidate.lost for candidate in alternatives]
                kept = list(compress(candidates, able)) or candidates
                children = list(dict.fromkeys(candidate.node for candidate in kept))
                node = self._compiled.combined(Combine.ANY, children)
                yield WayNode(node, place, candidates, any(able))

    def _candidate(self, candidate: CandidateEvent) -> CandidateNode:
        known = self._candidates.get(id(candidate))
        if known is None:
            demand = self._demand(candidate.demand)
            passes = self._passes(candidate)
            node = self._compiled.combined(Combine.ALL, (demand.node, passes), gate=True)
            known = (candidate, CandidateNode(node, demand, passes))
            self._candidates[id(candidate)] = known
        return known[1]

    def _passes(self, candidate: CandidateEvent) -> int:
        """What filters leave of exactly the branch's events.

        The pattern may hold more events than the branch; the narrowed one holds fewer.
        """
        outer = self._events.passes(candidate.pattern)
        if candidate.exact:
            return outer
        if candidate.narrowed is None:
            inner = self._leaf(Fixed(candidate.event, UNKNOWN, _UNDECIDED, link="filter"))
        else:
            inner = self._events.passes(candidate.narrowed)
        return self._compiled.bracket(outer, inner, _UNDECIDED)

    def _demand(self, demand: Demand) -> DemandNode:
        known = self._demands.get(demand)
        if known is None:
            known = self._demands[demand] = self._built(demand)
        return known

    def _built(self, demand: Demand) -> DemandNode:
        event = demand.event
        event_node = self._events.event(event, demand.sense)
        needs = self._fields(event, demand.needs)
        children = [event_node, *(node for _, node in needs)]
        limit = None
        if demand.limit != YES:
            limit = self._leaf(Fixed(event, demand.limit, demand.why))
            children.append(limit)
        suppressing = dict.fromkeys(need for needs in demand.suppressors for need in needs)
        return DemandNode(
            len(self._demands),
            event,
            self._compiled.combined(Combine.ALL, list(dict.fromkeys(children)), gate=True),
            event_node,
            needs,
            limit,
            self._fields(event, suppressing),
            tuple(
                (self._fields(event, (need,))[0], self._fields(event, others))
                for need, others in demand.overbroad_exclusions
            ),
        )

    def _fields(self, event: EventId, needs: Iterable[Need]) -> tuple[FieldNode, ...]:
        return tuple((need.sigma, self._need(event, need)) for need in needs)

    def _need(self, event: EventId, need: Need) -> int:
        """A need is met where any of its fields is filled."""
        number = self._needs.get((event, need))
        if number is None:
            number = self._needs[event, need] = self._filled(event, need)
        return number

    def _filled(self, event: EventId, need: Need) -> int:
        subject = f"{event}/{need.sigma}"
        if need.lost:
            return self._leaf(Fixed(subject, NO, need.why or f"{event} has no {need.sigma}"))
        fields = dict.fromkeys(self._events.field(event, name) for name in need.fields)
        if need.doubt:
            fields[self._leaf(Fixed(subject, UNKNOWN, need.doubt))] = None
        filled = self._compiled.combined(Combine.ANY, list(fields))
        if need.limit == YES:
            return filled
        limit = self._leaf(Fixed(subject, need.limit, need.why))
        return self._compiled.combined(Combine.ALL, (filled, limit))

    def _beyond(self, rule: Rule) -> Iterator[int]:
        """The branches that were cut off: nothing is proven, and only so much is possible."""
        for mapped in mapped_events_of(knowledge().place(rule.logsource)):
            event = self._events.event(mapped.event, ANY_SENSE)
            best = Fixed(rule.title, all_of((UNKNOWN, mapped.limit)), "branches were cut off")
            children = [event, self._leaf(best)]
            if rule.tree is not None:
                children.append(condition_node(rule.tree, mapped, knowledge(), self))
            yield self._compiled.combined(Combine.ALL, children, gate=True)

    def field(self, event: EventId, need: Need) -> int:
        """Whether a field of an event may be filled, for a whole condition."""
        return self._need(event, need)

    def settled(self, *, holds: bool) -> int:
        """A part of a condition that holds on every host, or on none."""
        return self._leaf(Fixed("condition", YES if holds else NO, "the event's own fields say so"))

    def joined(self, children: Sequence[int], *, every: bool) -> int:
        """A condition over others."""
        combine = Combine.ALL if every else Combine.ANY
        return self._compiled.combined(combine, list(dict.fromkeys(children)))

    def _correlation(self, rule: Rule, above: tuple[str, ...]) -> RuleNode:
        """A rule that counts or joins what other rules find: as good as those are."""
        correlation = rule.correlation
        assert correlation is not None  # noqa: S101 - the caller asked
        absent = [name for name in correlation.rules if name not in self._rules]
        if absent:
            text = f"it counts on rules that were not given: {', '.join(absent)}"
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, text)
        if rule.id in above:
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, "it counts on itself")
        members = tuple(
            self._member(self._add(self._rules[name], (*above, rule.id)), correlation.fields)
            for name in correlation.rules
        )
        if not members:
            text = "it names no rule that it counts"
            return self._unjudged(rule, UNKNOWN, State.UNKNOWN, text)
        children = [member.node for member in members]
        combine = Combine.ANY
        if correlation.every:
            # What one of them needs to find does not apply here: then they never come together.
            never = self._leaf(Fixed(rule.title, NO, "a rule that it needs does not apply here"))
            children = [self._compiled.combined(Combine.ANY, (node, never)) for node in children]
            combine = Combine.ALL
        node = self._compiled.combined(combine, list(dict.fromkeys(children)))
        return RuleNode(self._named(rule, node), rule, members=members)

    def _member(self, rule: RuleNode, names: Sequence[str]) -> MemberNode:
        """A rule on events that fill the fields by which it is counted."""
        by_event: dict[EventId, list[int]] = {}
        for way in rule.ways:
            for candidate in way.candidates:
                by_event.setdefault(candidate.demand.event, []).append(candidate.node)
        if not names or not by_event:
            return MemberNode(rule.node, rule, {})
        fields = {
            event: tuple(self._counted(rule.rule, event, name) for name in names)
            for event in by_event
        }
        countable = [
            self._compiled.combined(
                Combine.ALL,
                (self._compiled.combined(Combine.ANY, list(dict.fromkeys(nodes))), *fields[event]),
                gate=True,
            )
            for event, nodes in by_event.items()
        ]
        return MemberNode(self._compiled.combined(Combine.ANY, countable), rule, fields)

    def _counted(self, rule: Rule, event: EventId, name: str) -> int:
        """Whether a field by which events are counted is filled in an event of the rule."""
        tables = knowledge()
        mapped_events = (
            mapped
            for alternatives in tables.place(rule.logsource).alternatives
            for mapped in alternatives
            if mapped.event == event
        )
        mapped = next(mapped_events, MappedEvent(event))
        need = read(Literal(name, Constraint(Test.EXISTS)), mapped, tables).need
        if need is None:
            return self._leaf(Fixed(f"{event}/{name}", YES, f"every event has {name}"))
        if need.lost:
            text = f"{rule.title}: its events cannot be counted by {name} ({need.why})"
            return self._leaf(Fixed(f"{event}/{name}", NO, text))
        return self._need(event, need)

    def _leaf(self, fixed: Fixed) -> int:
        number = self._fixed.get(fixed)
        if number is None:
            number = self._fixed[fixed] = self._compiled.leaf(fixed)
        return number
