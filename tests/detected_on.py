"""The detection of every technique on every host of an inventory, without what else assesses it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from logreach.coverage.assessment.detected import Detected
from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.profiles import group
from logreach.coverage.assessment.result import Detection
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.network.model import Model, build
from logreach.inventories.facts.host import Inventory


@cache
def model() -> Model:
    """The whole graph, built once."""
    return build(load_attack())


def detected_on(inventory: Inventory) -> dict[str, Mapping[str, Detection]]:
    """By the name of a host, the detection of each technique."""
    profiles, _ = evaluate_fleet(model(), group(inventory.hosts))
    return {
        host.name: found
        for profile in profiles
        for found in [_detections(profile)]
        for host in profile.group.hosts
    }


def _detections(profile: Assessed) -> Mapping[str, Detection]:
    detected = Detected(model(), profile, Reasons(profile.evaluation))
    return {technique.id: detected.of(technique.id) for technique in model().techniques}
