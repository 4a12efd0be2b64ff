"""What published rules read, as ways to detect techniques: by event and fields, without patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logreach.coverage.engine.graph import Graph
from logreach.coverage.network.events import Events
from logreach.coverage.network.ways import RuleWay


def published_ways(graph: Graph, events: Events) -> Mapping[str, Sequence[RuleWay]]:
    """The rules of the shipped table by technique id, as nodes of the graph."""
    return {}
