"""The graph as OpenGraph JSON, which BloodHound takes (Community Edition 8.0 and later).

Source: the OpenGraph pages of SpecterOps' documentation, and the JSON schemas of nodes, edges and
metadata in its repository (cmd/api/src/services/upload/jsonschema): names of kinds have letters,
digits and underscores, values are primitive or lists of one primitive type, property names are in
small letters. BloodHound keeps ids in capitals.
"""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.assessment.result import Assessment
from logreach.reports.graph.build import Properties, assessment_graph, spelt_ids
from logreach.reports.json.lines import write_json_lines

SOURCE_KIND = "LogReach"
_PREFIX = "LR_"
_KINDS = {
    "profile": "Profile",
    "technique": "Technique",
    "component": "DataComponent",
    "event": "Event",
    "attribute": "Attribute",
    "way": "Way",
    "rule": "Rule",
    "change": "Change",
    "fact": "MissingFact",
}


def write_opengraph(assessment: Assessment, path: Path) -> Path:
    """Write it in UTF-8, a node or an edge a line."""
    graph = assessment_graph(assessment)
    ids = spelt_ids(graph.nodes, lambda node: f"LogReach-{node.kind}:{node.key}".upper())
    nodes = [_node(ids[node], properties) for node, properties in graph.nodes.items()]
    edges = [
        _edge(ids[start], ids[end], properties) for (start, end), properties in graph.edges.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "metadata": {"source_kind": SOURCE_KIND},
        "graph": {"nodes": nodes, "edges": edges},
    }
    write_json_lines(document, path, {"graph": 2})
    return path


def _node(node_id: str, properties: Properties) -> dict[str, object]:
    kind = str(properties["kind"])
    kept = {name: value for name, value in properties.items() if name != "kind"}
    return {"id": node_id, "kinds": [f"{_PREFIX}{_KINDS[kind]}"], "properties": kept}


def _edge(start: str, end: str, properties: Properties) -> dict[str, object]:
    words = str(properties["kind"]).split("_")
    kept = {name: value for name, value in properties.items() if name != "kind"}
    return {
        "kind": _PREFIX + "".join(word.capitalize() for word in words),
        "start": {"match_by": "id", "value": start},
        "end": {"match_by": "id", "value": end},
        "properties": kept,
    }
