"""The graph as GraphML, for Gephi, yEd, Cytoscape and networkx."""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.assessment.result import Assessment
from logreach.reports.graph.build import assessment_graph, spelt_ids
from logreach.reports.graph.standing import as_text


def write_graphml(assessment: Assessment, path: Path) -> Path:
    """Write it in UTF-8; several values stand in one text, set apart by semicolons."""
    import networkx as nx

    graph = assessment_graph(assessment)
    plain: nx.DiGraph[str] = nx.DiGraph(**graph.graph)
    ids = spelt_ids(graph.nodes, lambda node: f"{node.kind}:{node.key}")
    for node, properties in graph.nodes.items():
        plain.add_node(ids[node], label=properties["name"], **as_text(properties))
    for (start, end), properties in graph.edges.items():
        plain.add_edge(ids[start], ids[end], **as_text(properties))
    path.parent.mkdir(parents=True, exist_ok=True)
    # The writer on top of lxml, which is taken where that is installed, writes other bytes.
    nx.write_graphml_xml(plain, path)
    return path
