"""ATT&CK Navigator layers, format 4.5: of the whole fleet, of each group asked for, of profiles.

The Navigator ignores entries that it does not know without a word, so a technique is only written
where the assessed ATT&CK version has it. A file for each layer, and one that holds them all as the
Navigator saves all of its tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from logreach.coverage.assessment.result import Assessment
from logreach.reports.json.lines import json_text
from logreach.reports.navigator.after_plan import plan_layer
from logreach.reports.navigator.depth import depth_layer
from logreach.reports.navigator.fleet import Group, detection_layer, group_layer, visibility_layer
from logreach.reports.navigator.frame import Json
from logreach.reports.navigator.profiles import profile_layer
from logreach.reports.navigator.rules import rules_layer
from logreach.reports.reason_catalogue import ReasonCatalogue

ALL_LAYERS = "all-layers.json"


def write_layers(
    assessment: Assessment,
    folder: Path,
    catalogue: ReasonCatalogue | None = None,
    groups: Sequence[Group] = (),
    *,
    profiles: bool = False,
) -> list[Path]:
    """Write the layers into `folder`; returns the paths written, `all-layers.json` last.

    `catalogue` is the assessment's own, for callers that write several reports. With `profiles`,
    each profile gets a layer, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reasons = catalogue or ReasonCatalogue(assessment)
    layers = fleet_layers(assessment, reasons, groups)
    if profiles:
        for profile in assessment.profiles:
            name = _file_name("profile", profile.profile_id, layers)
            layers[name] = profile_layer(assessment, profile, reasons)
    texts = {name: json_text(layer, {"techniques": 1}) for name, layer in layers.items()}
    written = []
    for name, text in texts.items():
        (folder / name).write_bytes(text)
        written.append(folder / name)
    (folder / ALL_LAYERS).write_bytes(b"[\n" + b",\n".join(texts.values()) + b"]\n")
    return [*written, folder / ALL_LAYERS]


def fleet_layers(
    assessment: Assessment, catalogue: ReasonCatalogue, groups: Sequence[Group] = ()
) -> dict[str, Json]:
    """The layers of all hosts, by the name of their file."""
    layers: dict[str, Json] = {
        "detection.json": detection_layer(assessment, catalogue),
        "visibility.json": visibility_layer(assessment, catalogue),
        "depth.json": depth_layer(assessment, catalogue),
        "plan.json": plan_layer(assessment),
    }
    if any(profile.rules for profile in assessment.profiles):
        layers["rules.json"] = rules_layer(assessment)
    for group in groups:
        name = _file_name("group", group.name, layers)
        layers[name] = group_layer(assessment, catalogue, group)
    return layers


def _file_name(kind: str, name: str, taken: Iterable[str] | Mapping[str, Json]) -> str:
    """A file name that is safe on every system and not yet taken."""
    stem = f"{kind}-{re.sub(r'[^A-Za-z0-9-]+', '-', name).strip('-').lower() or 'x'}"
    file_name, number = f"{stem}.json", 1
    while file_name in taken:
        number += 1
        file_name = f"{stem}-{number}.json"
    return file_name
