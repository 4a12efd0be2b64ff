"""The whole graph for one version of ATT&CK."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import attrgetter

from logreach.coverage.attack import (
    AttackModel,
    SmapRow,
    Technique,
    facts_carried_into,
    load_smap,
    misnamed,
)
from logreach.coverage.attack.compact import shipped_techniques
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.graph import Graph
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.events.event_id import EventId, FieldId
from logreach.coverage.events.evidence import TechniqueEvidence, load_evidence
from logreach.coverage.events.operations import OperationKnowledge, load_operations, merged
from logreach.coverage.events.sensor import Sensors
from logreach.coverage.network.components import Components, Mapped
from logreach.coverage.network.detection import Detections
from logreach.coverage.network.events import Events
from logreach.coverage.network.keys import technique_key
from logreach.coverage.network.published_rules import published_ways
from logreach.coverage.network.techniques import (
    COMPLETENESS,
    DETECTION,
    DETECTION_HERE,
    Techniques,
)
from logreach.coverage.network.ways import RuleWay
from logreach.coverage.platforms.registry import sensors


@dataclass(frozen=True)
class Model:
    """The graph, and what helps to ask it."""

    graph: Graph
    attack: AttackModel
    sensors: Sensors
    operations: OperationKnowledge
    smap: tuple[SmapRow, ...]
    mapped: Mapping[str, Sequence[Mapped]]
    event_part: Events
    component_part: Components
    technique_part: Techniques
    detection_part: Detections
    techniques: tuple[Technique, ...]
    only: frozenset[str] | None = None

    @cached_property
    def compiled(self) -> Compiled:
        """The graph as it is evaluated."""
        return Compiled(self.graph)

    @cached_property
    def questions(self) -> Mapping[int, str]:
        """The number of the node that says whether a technique is detected -> the technique."""
        numbers = self.compiled.number
        return {
            numbers[technique_key(technique.id, DETECTION)]: technique.id
            for technique in self.techniques
        }

    @cached_property
    def event_keys(self) -> tuple[EventId, ...]:
        """Every event that somebody maps to a component, or that shows an operation."""
        keys: dict[EventId, None] = {}
        for component in self.component_names:
            keys.update(dict.fromkeys(self.component_part.events_of(component)))
        return tuple(sorted(keys, key=attrgetter("order")))

    @cached_property
    def fields(self) -> tuple[FieldId, ...]:
        """Every field of these events ('Sysmon:1/Image'), as far as the knowledge has them."""
        part = self.event_part
        return tuple(event.field(name) for event in self.event_keys for name in part.fields(event))

    @cached_property
    def component_names(self) -> tuple[str, ...]:
        """Every data component of this ATT&CK, and those that only SMAP names; or `only` these."""
        names = {component.name for component in self.attack.components} | set(self.mapped)
        return tuple(sorted(names if self.only is None else names & self.only))

    def add_detection(self, rules: Mapping[str, Sequence[RuleWay]]) -> None:
        """Add the detection of every technique, to which the rules for it belong.

        Rules are nodes of the compiled graph, so that they have to be there before.
        """
        self.detection_part.add(self.techniques, rules)
        if "compiled" in self.__dict__:
            for technique in self.techniques:
                for question in (DETECTION, DETECTION_HERE):
                    self.compiled.include(technique_key(technique.id, question))


def build(
    attack: AttackModel,
    techniques: Iterable[str] | None = None,
    *,
    narrow: bool = False,
    own_rules: bool = False,
) -> Model:
    """Build the graph; `techniques` restricts it to some ids (None: all).

    What published rules read stands for the detection rules, unless the user has rules of their
    own: then `own_rules`, and the caller adds these with `add_detection`.

    With `narrow`, components are those that lie below these techniques, and events and fields are
    those of these components.
    """
    graph = Graph()
    registered = sensors()
    operations = merged(load_operations(), *(sensor.operations for sensor in registered.every))
    smap = load_smap(attack)
    slips = dict(misnamed())
    event_part = Events(graph, registered, operations.event_limits)
    mapped = _mappings(attack, smap, slips, registered)
    component_part = Components(graph, event_part, operations, mapped)
    technique_part = Techniques(graph, component_part, attack, slips, registered.hosts)
    ids = None if techniques is None else set(techniques)
    chosen = tuple(
        technique for technique in attack.techniques if ids is None or technique.id in ids
    )
    only = _reached_components(graph, technique_part, chosen) if narrow else None
    model = Model(
        graph,
        attack,
        registered,
        operations,
        smap,
        mapped,
        event_part,
        component_part,
        technique_part,
        Detections(graph, event_part, component_part, technique_part, attack, _evidence(attack)),
        chosen,
        only,
    )
    _add_components(model)
    for technique in chosen:
        technique_part.add(technique)
        _add_narrowed(model, technique.id)
    if not own_rules:
        model.add_detection(published_ways(graph, event_part, attack))
    return model


def _evidence(attack: AttackModel) -> dict[str, TechniqueEvidence]:
    """Direct evidence by the technique ids of this ATT&CK.

    Where several techniques have become one, each of them is a procedure of it, so that only what
    records all of them records the whole.
    """
    sources: dict[str, list[str]] = {}
    evidence = load_evidence()
    for technique in sorted(evidence):
        for now in facts_carried_into(attack, technique):
            sources.setdefault(now, []).append(technique)
    carried = {}
    for now, former in sources.items():
        parts = (evidence[each].as_part(_named(each)) for each in former)
        joined = reduce(TechniqueEvidence.beside, parts) if len(former) > 1 else evidence[former[0]]
        carried[now] = replace(joined, own_acts=_has_own_acts(attack, now, former, sources))
    return carried


def _has_own_acts(
    attack: AttackModel, technique: str, former: Iterable[str], sources: Mapping[str, list[str]]
) -> bool:
    """Whether a technique took in what was a sub-technique and is none of its sub-techniques now,
    as T1685 did with T1562.001."""
    below = attack.subtechniques_of(technique)
    taken = {each for sub in below for each in sources.get(sub.id, ())}
    return bool(below) and any("." in each and each not in taken for each in former)


def _named(technique: str) -> str:
    """A technique of a shipped version in words: 'Indicator Blocking (T1562.006)'."""
    for version in SHIPPED_VERSIONS:
        if technique in (techniques := shipped_techniques(version)):
            return f"{techniques[technique].name} ({technique})"
    return technique


def _reached_components(
    graph: Graph, part: Techniques, techniques: Iterable[Technique]
) -> frozenset[str]:
    """The data components that lie below techniques; adds these to the graph."""
    keys: list[NodeKey] = []
    for technique in techniques:
        part.add(technique)
        keys += (technique_key(technique.id, question) for question in COMPLETENESS)
    return frozenset(node.label for node in graph.below(keys).nodes("component"))


def _add_components(model: Model) -> None:
    part = model.component_part
    for name in model.component_names:
        part.component(name)
        for event in part.events_of(name):
            part.via(name, event)
    for key in model.event_keys:
        model.event_part.event(key)
    for field in model.fields:
        model.event_part.attribute(field.event, field.name)
    for name in model.component_names:
        for attribute in model.operations.attributes.get(name, {}):
            part.attribute(name, attribute)


def _add_narrowed(model: Model, technique: str) -> None:
    for component in model.operations.of_technique.get(technique, {}):
        model.component_part.component(component, technique)
        for event in model.component_part.events_of(component, technique):
            model.component_part.via(component, event, technique)


def _mappings(
    attack: AttackModel, smap: Sequence[SmapRow], slips: Mapping[EventId, object], sensors: Sensors
) -> dict[str, list[Mapped]]:
    """Component to events, by SMAP, the components' own log sources, the analytics for the kinds
    of host there are, and the sensors themselves."""
    origins: dict[str, dict[EventId, str]] = {}
    for row in smap:
        origins.setdefault(row.component, {}).setdefault(row.event, "SMAP")
    refs = [ref for component in attack.components for ref in component.log_sources]
    kinds = sensors.hosts
    refs += [
        ref
        for analytic in attack.analytics
        if kinds.named(analytic.platforms).meant
        for ref in analytic.refs
    ]
    for ref in refs:
        for event in ref.events:
            if event not in slips:
                origins.setdefault(ref.component, {}).setdefault(event, f"ATT&CK {attack.version}")
    for sensor in sensors.every:
        for component, events in sensor.mapped.items():
            for event in events:
                origins.setdefault(component, {}).setdefault(event, sensor.name)
    return {
        component: [Mapped(event, origin) for event, origin in events.items()]
        for component, events in origins.items()
    }
