"""The graph holds every verdict of the result, and other programs read its files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import networkx as nx
import pytest
from sample_assessment import CONTROL, FORMULA, MARKUP, empty, sample

from logreach.coverage.assessment.result import Assessment, RuleSummary
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import YES
from logreach.reports.graph.build import NodeId, assessment_graph
from logreach.reports.graph.graphml import write_graphml
from logreach.reports.graph.opengraph import write_opengraph

Json = dict[str, Any]


@pytest.fixture(scope="module")
def graph() -> nx.DiGraph[NodeId]:
    return assessment_graph(sample())


def edge(graph: nx.DiGraph[NodeId], start: tuple[str, str], end: tuple[str, str]) -> Json:
    return dict(graph.edges[NodeId(*start), NodeId(*end)])


def test_an_edge_has_the_verdict_of_each_profile(graph: nx.DiGraph[NodeId]) -> None:
    told = edge(graph, ("component", "Process Creation"), ("event", "Security:4688"))
    assert told == {
        "kind": "shown_by",
        "verdict": "achievable",
        "hosts_achievable": 850,
        "profiles_achievable": ("P1",),
        "hosts_not_achievable": 52,
        "profiles_not_achievable": ("P2",),
    }


def test_every_verdict_of_the_result_stands_on_an_edge(assessment: Assessment) -> None:
    graph = assessment_graph(assessment)
    for profile in assessment.profiles:
        for event, judged in profile.events.items():
            _stands(graph, ("profile", profile.profile_id), ("event", event), judged, profile)
        for attribute, judged in profile.attributes.items():
            event = attribute.partition("/")[0]
            _stands(graph, ("event", event), ("attribute", attribute), judged, profile)
        for technique_id, technique in profile.techniques.items():
            for name, component in technique.components.items():
                narrowed = ("component", f"{name} for {technique_id}")
                _stands(graph, ("technique", technique_id), narrowed, component.judged, profile)
                for event, judged in component.via.items():
                    _stands(graph, narrowed, ("event", event), judged, profile)
        for rule in profile.rules.values():
            for technique_id in rule.techniques:
                node = ("rule", rule.rule_id)
                _stands(graph, ("technique", technique_id), node, rule.judged, profile)


def _stands(
    graph: nx.DiGraph[NodeId],
    start: tuple[str, str],
    end: tuple[str, str],
    judged: Judged,
    profile: Any,
) -> None:
    label = judged.verdict.label
    if not graph.has_edge(NodeId(*start), NodeId(*end)):
        # Only what applies to no host may be missing.
        assert label == "not applicable"
        return
    property_name = "profiles_" + label.replace(",", "").replace(" ", "_")
    assert profile.profile_id in edge(graph, start, end)[property_name]


def test_techniques_lead_to_evidence_ways_rules_and_sub_techniques(
    graph: nx.DiGraph[NodeId],
) -> None:
    here = ("technique", "T1543")
    assert edge(graph, here, ("event", "Security:4688"))["kind"] == "recorded_by"
    assert edge(graph, here, ("technique", "T1543.003"))["kind"] == "has_subtechnique"
    way = edge(graph, ("technique", "T1547.001"), ("way", "AN0004"))
    assert (way["kind"], way["verdict"]) == ("detected_by", "conditional")
    assert edge(graph, ("way", "AN0004"), ("event", "Security:4688"))["kind"] == "reads"
    rule = edge(graph, ("technique", "T1543.003"), ("rule", "r-1"))
    assert rule["hosts_conditional"] == 902


def test_what_breaks_leads_to_what_mends_it_or_to_the_fact(graph: nx.DiGraph[NodeId]) -> None:
    change = edge(graph, ("event", "Security:4688"), ("change", "R1"))
    assert (change["kind"], change["profiles_not_achievable"]) == ("mended_by", ("P2",))
    assert graph.nodes[NodeId("change", "R1")]["name"] == (
        "Turn on Success auditing of Process Creation"
    )
    line = ("attribute", "Security:4688/CommandLine")
    assert edge(graph, line, ("change", "R2"))["verdict"] == "unknown"
    (fact,) = (end for _, end in graph.out_edges(NodeId(*line)) if end.kind == "fact")
    assert graph.nodes[fact]["name"] == "setting Command line"


def test_no_node_stands_alone_and_every_edge_applies_somewhere(graph: nx.DiGraph[NodeId]) -> None:
    assert not [*nx.isolates(graph)]
    assert nx.is_directed_acyclic_graph(graph)
    assert {told["verdict"] for *_, told in graph.edges(data=True)} > {"achievable", "unknown"}
    assert "not applicable" not in {told["verdict"] for *_, told in graph.edges(data=True)}


def test_the_graph_tells_its_scope(graph: nx.DiGraph[NodeId]) -> None:
    assert graph.graph["Hosts"] == "all 902 hosts of the inventory, in 2 profiles"


def test_networkx_reads_the_graphml(graph: nx.DiGraph[NodeId], tmp_path: Path) -> None:
    read = nx.read_graphml(write_graphml(sample(), tmp_path / "g.graphml"))
    assert len(read) == len(graph)
    assert read.number_of_edges() == graph.number_of_edges()
    told = read.edges["component:Process Creation", "event:Security:4688"]
    assert told["hosts_achievable"] == 850
    assert told["profiles_not_achievable"] == "P2"
    assert read.nodes["profile:P1"]["hosts"] == "WS; 日本-01"


# The rules of SpecterOps' documentation of nodes, edges and metadata, in our words.
_VALUE = {
    "anyOf": [
        {"type": ["string", "number", "boolean"]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "array", "items": {"type": "number"}},
    ]
}
_PROPERTIES = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z0-9_]+$", "not": {"const": "objectid"}},
    "additionalProperties": _VALUE,
}
_END = {
    "type": "object",
    "properties": {"match_by": {"const": "id"}, "value": {"type": "string", "minLength": 1}},
    "required": ["match_by", "value"],
    "additionalProperties": False,
}
OPENGRAPH = {
    "type": "object",
    "required": ["graph"],
    "additionalProperties": False,
    "properties": {
        "metadata": {
            "type": "object",
            "properties": {"source_kind": {"type": "string"}},
            "additionalProperties": False,
        },
        "graph": {
            "type": "object",
            "required": ["nodes", "edges"],
            "properties": {
                "nodes": {
                    "items": {
                        "type": "object",
                        "required": ["id", "kinds"],
                        "additionalProperties": False,
                        "properties": {
                            "id": {"type": "string", "minLength": 1},
                            "kinds": {
                                "items": {"pattern": "^[A-Za-z0-9_]+$"},
                                "minItems": 1,
                                "maxItems": 3,
                            },
                            "properties": _PROPERTIES,
                        },
                    }
                },
                "edges": {
                    "items": {
                        "type": "object",
                        "required": ["start", "end", "kind", "properties"],
                        "additionalProperties": False,
                        "properties": {
                            "start": _END,
                            "end": _END,
                            "kind": {"pattern": "^[A-Za-z0-9_]+$"},
                            "properties": _PROPERTIES,
                        },
                    }
                },
            },
        },
    },
}


def test_the_opengraph_keeps_to_the_documented_rules(
    any_assessment: Assessment, tmp_path: Path
) -> None:
    told = json.loads(write_opengraph(any_assessment, tmp_path / "o.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(OPENGRAPH).validate(told)
    ids = [node["id"] for node in told["graph"]["nodes"]]
    # BloodHound keeps ids in capitals: none may become another's.
    assert len({each.upper() for each in ids}) == len(ids)
    ends = {one[side]["value"] for one in told["graph"]["edges"] for side in ("start", "end")}
    assert ends <= set(ids)


def test_a_library_for_opengraph_finds_nothing_to_blame(tmp_path: Path) -> None:
    opengraph = pytest.importorskip("bhopengraph.OpenGraph", reason="bhopengraph not installed")
    path = write_opengraph(sample(), tmp_path / "o.json")
    read = opengraph.OpenGraph()
    assert read.import_from_file(str(path))
    assert read.validate_graph() == (True, [])
    assert read.get_node_count() == len(assessment_graph(sample()))


def test_ids_that_differ_in_case_or_unseen_characters_stay_apart(tmp_path: Path) -> None:
    rules = {
        rule_id: RuleSummary(rule_id, rule_id, "high", "a.yml", (), Judged(YES), ("T1543",))
        for rule_id in ("a", "A", "a\u202e", "a\u2066", FORMULA, MARKUP, CONTROL)
    }
    one = sample()
    hostile = replace(one, profiles=tuple(replace(each, rules=rules) for each in one.profiles))
    told = json.loads(write_opengraph(hostile, tmp_path / "o.json").read_text("utf-8"))
    nodes = [node for node in told["graph"]["nodes"] if node["kinds"] == ["LR_Rule"]]
    assert len({node["id"] for node in nodes}) == len(rules)
    read = nx.read_graphml(write_graphml(hostile, tmp_path / "g.graphml"))
    assert sum(node.startswith("rule:") for node in read) == len(rules)
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        assert all(char.isprintable() or char == "\n" for char in text)
        assert not re.search("<script>", text) or path.suffix == ".json"


def test_the_same_assessment_gives_the_same_bytes(tmp_path: Path) -> None:
    for write, name in ((write_opengraph, "o.json"), (write_graphml, "g.graphml")):
        first, second = (write(sample(), tmp_path / part / name) for part in ("1", "2"))
        assert first.read_bytes() == second.read_bytes()


def test_an_empty_assessment_gives_an_empty_graph(tmp_path: Path) -> None:
    told = json.loads(write_opengraph(empty(), tmp_path / "o.json").read_text("utf-8"))
    assert told["graph"] == {"nodes": [], "edges": []}
    assert len(nx.read_graphml(write_graphml(empty(), tmp_path / "g.graphml"))) == 0
