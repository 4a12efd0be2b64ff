"""Rules as nodes of the graph.

A rule is ANY of its ways: each of its branches on each of the events that it may fire on. A way is
ANY of the candidate events that would show it, and a candidate event is ALL of: such an event can
be there, the fields are filled, what the event allows at best, and what filters leave of it.
Rules share what they ask, so most of these nodes are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress

from logreach.coverage.detections.correlation import excluded_in
from logreach.coverage.detections.mapping import knowledge
from logreach.coverage.detections.model import (
    And,
    CandidateEvent,
    Correlation,
    Demand,
    Lit,
    Literal,
    Need,
    Node,
    Not,
    Or,
    Rule,
)
from logreach.coverage.detections.node_types import (
    CandidateNode,
    DemandNode,
    EventNodes,
    FieldNode,
    MemberNode,
    RuleNode,
    WayNode,
)
from logreach.coverage.detections.reading import read
from logreach.coverage.detections.references import References
from logreach.coverage.detections.results import State
from logreach.coverage.detections.truncation import condition_node, mapped_events_of
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, YES, Verdict, all_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.events.variant import ANY_SENSE

_UNDECIDED = "which of the rule's own events the filter lets through could not be decided"


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
        self._references = References(rules)
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

    def _unjudged(self, rule: Rule, verdict: Verdict, state: State, reason: str) -> RuleNode:
        leaf = self._leaf(Fixed(rule.title, verdict, reason))
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
        cached = self._candidates.get(id(candidate))
        if cached is None:
            demand = self._demand(candidate.demand)
            passes = self._passes(candidate)
            node = self._compiled.combined(Combine.ALL, (demand.node, passes), gate=True)
            cached = (candidate, CandidateNode(node, demand, passes))
            self._candidates[id(candidate)] = cached
        return cached[1]

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
        node = self._demands.get(demand)
        if node is None:
            node = self._demands[demand] = self._built(demand)
        return node

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
                (self._fields(event, (need,))[0], self._fields(event, other_needs))
                for need, other_needs in demand.overbroad_exclusions
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
        rules_by_name = {name: self._references.meant(name, rule) for name in correlation.rules}
        absent = [name for name, rules in rules_by_name.items() if not rules]
        if absent:
            reason = f"it counts on rules that were not given: {', '.join(absent)}"
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, reason)
        shared = [name for name, rules in rules_by_name.items() if len(rules) > 1]
        if shared:
            reason = f"several rules have the name that it counts on: {', '.join(shared)}"
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, reason)
        if rule.id in above:
            return self._unjudged(rule, UNKNOWN, State.NOT_JUDGED, "it counts on itself")
        if not correlation.rules:
            reason = "it names no rule that it counts"
            return self._unjudged(rule, UNKNOWN, State.UNKNOWN, reason)
        excluded = excluded_in(correlation.condition)
        members = {
            name: self._member(self._add(counted_rule, (*above, rule.id)), correlation, name)
            for name, (counted_rule,) in rules_by_name.items()
        }
        counted = [member.node for name, member in members.items() if name not in excluded]
        joined = self._joined(correlation.condition, members)
        if counted:
            # Where no counted rule applies to the host, neither does the correlation, whatever
            # other hosts record.
            any_member = self._compiled.combined(Combine.ANY, list(dict.fromkeys(counted)))
            joined = self._compiled.combined(Combine.ALL, (any_member, joined), gate=True)
        judged_members = tuple(x._replace(excluded=name in excluded) for name, x in members.items())
        return RuleNode(self._named(rule, joined), rule, members=judged_members)

    def _joined(self, condition: Node, members: Mapping[str, MemberNode]) -> int:
        """The condition of a correlation over the rules that it names."""
        match condition:
            case Lit():
                return members[condition.literal.field].node
            case Not():
                reason = "it asks that another rule does not fire"
                return self._leaf(Fixed("condition", YES, reason))
            case Or():
                nodes = [self._joined(child, members) for child in condition.children]
                if not nodes:
                    reason = "it asks for more rules than it names"
                    return self._leaf(Fixed("condition", NO, reason))
                return self._compiled.combined(Combine.ANY, list(dict.fromkeys(nodes)))
            case And():
                nodes = [
                    self._everywhere(members[child.literal.field])
                    if isinstance(child, Lit)
                    else self._joined(child, members)
                    for child in condition.children
                ]
                return self._compiled.combined(Combine.ALL, list(dict.fromkeys(nodes)))

    def _everywhere(self, member: MemberNode) -> int:
        """A rule that must fire beside others, here or on a host that records for this one."""
        rule = member.rule.rule
        if not rule.applicable:
            reason = f"whether {rule.title} fires is not known: {rule.unjudged}"
            return self._compiled.at_least(
                member.node, self._leaf(Fixed(rule.title, UNKNOWN, reason))
            )
        key = NodeKey.of("rule", rule.id)
        events = {
            x.event: x for branch in rule.branches for alt in branch.alternatives for x in alt
        }
        numbers = (
            self._events.recorded_elsewhere(key, event, candidate.demand.sense)
            for event, candidate in events.items()
        )
        elsewhere = [number for number in numbers if number is not None]
        if elsewhere:
            part = self._compiled.combined(Combine.ANY, list(dict.fromkeys(elsewhere)))
            return self._compiled.at_least(member.node, part)
        never = self._leaf(
            Fixed(rule.title, NO, f"{rule.title}, which it needs, does not apply here")
        )
        return self._compiled.combined(Combine.ANY, (member.node, never))

    def _member(self, rule: RuleNode, correlation: Correlation, name: str) -> MemberNode:
        """A rule on events that fill the fields by which it is counted."""
        by_event: dict[EventId, list[int]] = {}
        for way in rule.ways:
            for candidate in way.candidates:
                by_event.setdefault(candidate.demand.event, []).append(candidate.node)
        if not correlation.fields or not by_event:
            return MemberNode(rule.node, rule, {})
        names = (name, rule.rule.id, rule.rule.name)
        fields = {
            event: tuple(
                self._counted(rule.rule, event, counted.names_in(names))
                for counted in correlation.fields
            )
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

    def _counted(self, rule: Rule, event: EventId, names: Sequence[str]) -> int:
        """Whether a field by which events are counted is filled in an event of the rule; the first
        of its names that the event has."""
        tables = knowledge()
        mapped = tables.mapped(event)
        exists = Constraint(Test.EXISTS)
        readings = [read(Literal(name, exists), mapped, tables) for name in names]
        reading = next((reading for reading in readings if not reading.lost), readings[0])
        need, name = reading.need, names[0]
        if need is None:
            return self._leaf(Fixed(f"{event}/{name}", YES, f"every event has {name}"))
        if need.lost:
            reason = f"{rule.title}: its events cannot be counted by {name} ({need.why})"
            return self._leaf(Fixed(f"{event}/{name}", NO, reason))
        return self._need(event, need)

    def _leaf(self, fixed: Fixed) -> int:
        number = self._fixed.get(fixed)
        if number is None:
            number = self._fixed[fixed] = self._compiled.leaf(fixed)
        return number
