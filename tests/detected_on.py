"""The detection of every technique on every host of an inventory, without what else assesses it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from logreach.coverage.assessment.detected import Detected
from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.profiles import group
from logreach.coverage.assessment.result import Detection
from logreach.coverage.attack import load_attack
from logreach.coverage.attack.shipped import DEFAULT_VERSION
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.network.model import Model, build
from logreach.inventories.facts.host import Inventory


@cache
def model(version: str = DEFAULT_VERSION) -> Model:
    """The whole graph for a version of ATT&CK, built once."""
    return build(load_attack(version))


def detected_on(
    inventory: Inventory, version: str = DEFAULT_VERSION
) -> dict[str, Mapping[str, Detection]]:
    """By the name of a host, the detection of each technique."""
    graph = model(version)
    profiles, _ = evaluate_fleet(graph, group(inventory.hosts))
    return {
        host.name: found
        for profile in profiles
        for found in [_detections(graph, profile)]
        for host in profile.group.hosts
    }


def _detections(graph: Model, profile: Assessed) -> Mapping[str, Detection]:
    detected = Detected(graph, profile, Reasons(profile.evaluation))
    return {technique.id: detected.of(technique.id) for technique in graph.techniques}
