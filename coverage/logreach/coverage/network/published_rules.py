"""What published rules read, as ways to detect techniques: by event and fields, without patterns.

Where a filter, or the audit entries of objects, leaves only some of an event, nothing tells whether
these are the ones that a published rule looks for: the user's own rules would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from logreach.coverage.attack import AttackModel, carry_into
from logreach.coverage.detections.published import EventFields, published_rules
from logreach.coverage.detections.tags import most_specific
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
    """The rules of the shipped table by technique id of this ATT&CK, as nodes of the graph.

    A rule of a technique that was several before stands under each, though not under a technique
    of which a sub-technique is among them. Rules that read the same count together.
    """
    counts: dict[str, Counter[tuple[EventFields, ...]]] = {}
    for technique, several in published_rules().items():
        for carried in most_specific(carry_into(attack, technique).ids):
            numbers = counts.setdefault(carried, Counter())
            for rules in several:
                numbers[rules.reads] += sum(rules.counts.values())
    return {
        technique: [_way(graph, events, reads, count) for reads, count in numbers.items()]
        for technique, numbers in counts.items()
    }


def _way(graph: Graph, events: Events, reads: Sequence[EventFields], count: int) -> RuleWay:
    # Rules are written for what Windows has; what a product on top of it writes can only stand in.
    chosen = [each for each in reads if not events.separate(each.event)] or reads
    nodes = [_read(graph, events, each) for each in chosen]
    key = NodeKey.of("published rules", *(str(each) for each in chosen))
    if key not in graph:
        names = ", ".join(dict.fromkeys(each.event for each in chosen))
        inner(graph, key, Combine.ANY, "rules read", f"published rules on {names}")
        for node in nodes:
            graph.link(key, Edge(node))
    read = zip((each.event for each in chosen), nodes, strict=True)
    return RuleWay("", key, tuple(read), count)


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
