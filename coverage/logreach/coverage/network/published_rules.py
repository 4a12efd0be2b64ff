"""What published rules read, as ways to detect techniques: by event and fields, without patterns.

Where a filter, or the audit entries of objects, leaves only some of an event, nothing tells whether
these are the ones that a published rule looks for: the user's own rules would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logreach.coverage.attack import AttackModel, carry_into
from logreach.coverage.detections.published import EventFields, PublishedRules, published_rules
from logreach.coverage.engine.construction import inner, leaf
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.graph import Combine, Edge, Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.verdict import UNKNOWN, YES
from logreach.coverage.network.events import Events
from logreach.coverage.network.ways import RuleWay

_UNDECIDED = "only some of these events are there, and published rules do not tell which they read"


def published_ways(
    graph: Graph, events: Events, attack: AttackModel
) -> Mapping[str, Sequence[RuleWay]]:
    """The rules of the shipped table by technique id of this ATT&CK, as nodes of the graph."""
    ways: dict[str, list[RuleWay]] = {}
    for technique, several in published_rules().items():
        for carried in carry_into(attack, technique).ids:
            ways.setdefault(carried, []).extend(_way(graph, events, rules) for rules in several)
    return ways


def _way(graph: Graph, events: Events, rules: PublishedRules) -> RuleWay:
    # Rules are written for what Windows has; what a product on top of it writes can only stand in.
    chosen = [reads for reads in rules.reads if not events.separate(reads.event)] or rules.reads
    nodes = [_read(graph, events, reads) for reads in chosen]
    key = NodeKey.of("published rules", *(str(reads) for reads in chosen))
    if key not in graph:
        names = ", ".join(dict.fromkeys(reads.event for reads in chosen))
        inner(graph, key, Combine.ANY, "rules read", f"published rules on {names}")
        for node in nodes:
            graph.link(key, Edge(node))
    read = zip((reads.event for reads in chosen), nodes, strict=True)
    return RuleWay("", key, tuple(read), sum(rules.counts.values()))


def _read(graph: Graph, events: Events, reads: EventFields) -> NodeKey:
    """An event with the fields that a rule reads; of some such events only, nobody knows which."""
    key = NodeKey.of("read", str(reads))
    if key in graph:
        return key
    filled = inner(graph, key.helper("filled"), Combine.ALL, "filled", str(reads))
    graph.link(filled, Edge(events.written(reads.event), gate=True))
    for name in reads.fields:
        graph.link(filled, Edge(events.filled(reads.event, name)))
    undecided = leaf(
        graph,
        NodeKey.of("need", "which events", reads.event),
        reads.event,
        Fixed(reads.event, UNKNOWN, f"{reads.event}: {_UNDECIDED}"),
    )
    read = inner(graph, key.helper("some"), Combine.BRACKET, "filled", reads.event)
    graph.link(read, Edge(filled, gate=True))
    graph.link(read, Edge(undecided, why=_UNDECIDED))
    inner(graph, key, Combine.ANY, "read", reads.event)
    limit = None if reads.limit is YES else reads.limit
    graph.link(key, Edge(read, limit, "limits what a rule gets out of it" if limit else ""))
    return key
