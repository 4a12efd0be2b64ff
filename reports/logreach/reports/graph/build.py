"""The graph of an assessment, as other programs take it: what detects what, with every verdict.

    technique -> data component -> event -> attribute
    technique -> event (direct evidence), way (an analytic, or procedures) -> event
    technique -> sub-technique, rule
    event, attribute, rule -> change that mends it, fact that is missing
    profile -> event

An edge carries the verdict of what it leads to, for each profile; that to a change or a fact is the
verdict of the link that asks for it. A data component that a technique narrows to operations of its
own is a node of its own. Edges that apply to no host are left out, and so are nodes without edges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from logreach.coverage.assessment.result import (
    Assessment,
    ComponentResult,
    Profile,
    TechniqueResult,
    WayKind,
)
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import NOT_APPLICABLE
from logreach.reports.graph.standing import Standing, Value
from logreach.reports.labels import UNKNOWN_LABELS
from logreach.reports.reason_text import fact_name, remedy_title
from logreach.reports.safe_text import one_line, technique_url
from logreach.reports.scope import scope_lines

if TYPE_CHECKING:
    import networkx as nx

Properties = dict[str, Value]
_APPLIES_NOWHERE = NOT_APPLICABLE.label


class NodeId(NamedTuple):
    """What a node stands for, and which of these it is."""

    kind: str
    key: str


class AssessmentGraph:
    """Gathers nodes, edges and their verdicts, profile by profile."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self.nodes: dict[NodeId, Properties] = {}
        self._standing: dict[NodeId, Standing] = {}
        self._edges: dict[tuple[NodeId, NodeId], tuple[str, Standing]] = {}
        self._remedies = {
            planned.remedy.name: (number, planned)
            for number, planned in enumerate(assessment.remedies, start=1)
        }
        self._facts = {missing.key: missing for missing in assessment.missing}
        for profile in assessment.profiles:
            self._profile(profile)
            for name, component in profile.components.items():
                self._component(profile, NodeId("component", name), component)
            for technique in profile.techniques.values():
                self._technique(profile, technique)
            for event, judged in profile.events.items():
                node = self._event(event)
                self._tell(profile, node, judged.verdict.label)
                start = NodeId("profile", profile.profile_id)
                self._link(profile, start, "records", node, judged.verdict.label)
                self._mending(profile, node, judged)
            for attribute, judged in profile.attributes.items():
                self._attribute(profile, attribute, judged)

    def digraph(self) -> nx.DiGraph[NodeId]:
        """The graph; nodes have 'kind', 'key' and 'name', edges 'kind', both their properties."""
        import networkx as nx

        graph: nx.DiGraph[NodeId] = nx.DiGraph()
        for line in scope_lines(self._assessment):
            graph.graph[line.heading] = one_line(line.text)
        edges = [
            (start, end, kind, dict(standing.properties()))
            for (start, end), (kind, standing) in self._edges.items()
        ]
        applying = [edge for edge in edges if edge[3]["verdict"] != _APPLIES_NOWHERE]
        linked = {node for start, end, _, _ in applying for node in (start, end)}
        for node, properties in self.nodes.items():
            if node in linked:
                standing = self._standing.get(node)
                more = dict(standing.properties()) if standing else {}
                graph.add_node(node, kind=node.kind, key=one_line(node.key), **properties, **more)
        for start, end, kind, properties in applying:
            graph.add_edge(start, end, kind=kind, **properties)
        return graph

    def _add(self, kind: str, key: str, name: str, **properties: Value) -> NodeId:
        node = NodeId(kind, key)
        if node not in self.nodes:
            filled = {each: value for each, value in properties.items() if value not in ("", ())}
            self.nodes[node] = {"name": one_line(name), **filled}
        return node

    def _link(self, profile: Profile, start: NodeId, kind: str, end: NodeId, label: str) -> None:
        self._edges.setdefault((start, end), (kind, Standing()))[1].tell(profile, label)

    def _tell(self, profile: Profile, node: NodeId, label: str) -> None:
        self._standing.setdefault(node, Standing()).tell(profile, label)

    def _profile(self, profile: Profile) -> None:
        self._add(
            "profile",
            profile.profile_id,
            profile.profile_id,
            hosts=tuple(map(one_line, profile.hosts)),
            host_count=profile.count,
            os=one_line(profile.os),
            role=one_line(profile.role),
        )

    def _technique(self, profile: Profile, technique: TechniqueResult) -> None:
        technique_id = technique.technique_id
        node = self._add(
            "technique",
            technique_id,
            f"{technique_id} {technique.name}",
            tactics=technique.tactics,
            url=technique_url(technique_id),
        )
        self._tell(profile, node, technique.detection.label)
        for name, component in technique.components.items():
            general = component is profile.components.get(name)
            end = NodeId("component", name if general else f"{name} for {technique_id}")
            if not general:
                self._component(profile, end, component)
            self._link(profile, node, "needs", end, component.judged.verdict.label)
        self._ways(profile, node, technique)
        for rule in profile.rules.values():
            if technique_id in rule.techniques:
                end = self._add("rule", rule.rule_id, rule.title, level=one_line(rule.level))
                self._tell(profile, end, rule.judged.verdict.label)
                self._link(profile, node, "has_rule", end, rule.judged.verdict.label)
                self._mending(profile, end, rule.judged)
        parent = NodeId("technique", technique_id.partition(".")[0])
        if parent in self.nodes and parent != node:
            self._link(profile, parent, "has_subtechnique", node, technique.detection.label)

    def _ways(self, profile: Profile, node: NodeId, technique: TechniqueResult) -> None:
        """Direct evidence leads to its event, an analytic or procedures to the events they read."""
        for way in technique.detection.ways:
            label = way.verdict.label
            if way.kind is WayKind.DIRECT and way.name in profile.events:
                self._link(profile, node, "recorded_by", self._event(way.name), label)
            elif way.kind in (WayKind.DIRECT, WayKind.ANALYTIC):
                key = way.name if way.kind is WayKind.ANALYTIC else f"{technique.technique_id} acts"
                end = self._add("way", key, f"{way.kind} {way.name}")
                self._link(profile, node, "detected_by", end, label)
                for event in (*way.holds, *way.lacks):
                    if (judged := profile.events.get(event)) is not None:
                        read = self._event(event)
                        self._link(profile, end, "reads", read, judged.verdict.label)

    def _component(self, profile: Profile, node: NodeId, component: ComponentResult) -> None:
        node = self._add(*node, node.key)
        self._tell(profile, node, component.judged.verdict.label)
        for event, judged in component.via.items():
            self._link(profile, node, "shown_by", self._event(event), judged.verdict.label)

    def _event(self, event: str) -> NodeId:
        channel = event.rpartition(":")[0]
        return self._add("event", event, event, channel=one_line(channel))

    def _attribute(self, profile: Profile, attribute: str, judged: Judged) -> None:
        event, _, field = attribute.partition("/")
        end = self._add("attribute", attribute, field)
        start = self._event(event)
        self._link(profile, start, "has_attribute", end, judged.verdict.label)
        self._mending(profile, end, judged)

    def _mending(self, profile: Profile, node: NodeId, judged: Judged) -> None:
        """The changes and the missing facts on which a verdict hangs."""
        for reason in judged.reasons:
            label = reason.verdict.label
            if reason.remedy is not None and reason.remedy.name in self._remedies:
                number, planned = self._remedies[reason.remedy.name]
                end = self._add(
                    "change",
                    f"R{number}",
                    remedy_title(planned.remedy),
                    text=one_line(planned.remedy.text),
                    cost=one_line(planned.remedy.cost),
                    hosts=planned.hosts,
                    gain=planned.gain,
                )
                self._link(profile, node, "mended_by", end, label)
            if reason.missing is not None and label in UNKNOWN_LABELS:
                missing = self._facts.get(reason.missing)
                title = fact_name(reason.missing, missing.title if missing else "")
                end = self._add("fact", str(reason.missing), title)
                self._link(profile, node, "waits_for", end, label)


def assessment_graph(assessment: Assessment) -> nx.DiGraph[NodeId]:
    """The graph of an assessment."""
    return AssessmentGraph(assessment).digraph()


def spelt_ids(nodes: Iterable[NodeId], spell: Callable[[NodeId], str]) -> dict[NodeId, str]:
    """An id for each node as a format spells it; those that come out equal are numbered."""
    ids: dict[NodeId, str] = {}
    taken: set[str] = set()
    for node in nodes:
        spelt = chosen = one_line(spell(node))
        number = 1
        while chosen in taken:
            number += 1
            chosen = f"{spelt}#{number}"
        taken.add(chosen)
        ids[node] = chosen
    return ids
