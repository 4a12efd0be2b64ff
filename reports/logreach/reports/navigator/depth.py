"""The layer of depth: how many ways detect a technique by themselves."""

from __future__ import annotations

from logreach.coverage.assessment.result import Assessment, FleetTechnique, Profile, TechniqueResult
from logreach.coverage.network.techniques import DETECTION
from logreach.inventories.files.wording import counted
from logreach.reports.counts import tally
from logreach.reports.labels import ACHIEVABLE, LABEL_STYLES, QUESTIONS, best_label, group_of
from logreach.reports.navigator.comments import Answer, Answering, fleet_comment
from logreach.reports.navigator.fleet import assumed_text, other_id_metadata
from logreach.reports.navigator.frame import (
    FULL,
    LEGEND,
    Gradient,
    Json,
    entry,
    layer,
    layer_name,
    metadata_item,
    technique_links,
)
from logreach.reports.reason_catalogue import ReasonCatalogue
from logreach.reports.ways_text import strength, way_lines

_DEPTHS = Gradient(1, 4, "#9CC5E6", "#73A8D6", "#4A8BC5", FULL)
_IN_PART = LABEL_STYLES["conditional elsewhere"].fill
_DEPTH_LEGEND = (
    *zip(_DEPTHS.colours, ("1 way", "2 ways", "3 ways", "4 or more"), strict=True),
    (_IN_PART, "in part"),
    *((LABEL_STYLES[label].fill, LEGEND[label]) for label in list(LEGEND)[-3:]),
)


def depth_layer(assessment: Assessment, catalogue: ReasonCatalogue) -> Json:
    """The score is how many ways at least half of the hosts have on which it is achievable."""

    def answer(_profile: Profile, technique: TechniqueResult) -> Answer:
        detection = technique.detection
        if detection.label not in ACHIEVABLE:
            return Answer(detection.label, open=False)
        reason = catalogue.beside_ways(detection.judged)
        words = filter(None, (strength(detection), *way_lines(detection), reason))
        return Answer("; ".join(words), open=detection.depth <= 1)

    entries = [_depth_entry(assessment, each, answer) for each in assessment.fleet.values()]
    return layer(
        assessment,
        layer_name(assessment, "Depth"),
        "Depth: how many ways that share no event detect the technique by themselves. Score: how "
        "many of them at least half of the hosts have on which detection is achievable; one way "
        "alone is a sole source. 'in part': no way is whole on any host. A technique that is "
        f"achievable on no host has no score.{assumed_text(assessment.profiles)}",
        entries,
        _DEPTHS,
        _DEPTH_LEGEND,
    )


def _depth_entry(assessment: Assessment, technique: FleetTechnique, answer: Answering) -> Json:
    depths: dict[int, int] = {}
    for profile in assessment.profiles:
        result = profile.techniques[technique.technique_id]
        if result.detection.label in ACHIEVABLE:
            depth = result.detection.depth
            depths[depth] = depths.get(depth, 0) + profile.count
    uncoloured = entry(
        technique.technique_id,
        fleet_comment(assessment, technique.technique_id, answer),
        [
            *other_id_metadata(assessment, technique.technique_id),
            *(
                metadata_item(counted(depth, "way"), counted(hosts, "host"))
                for depth, hosts in sorted(depths.items())
            ),
            metadata_item(QUESTIONS[DETECTION], tally(technique.detection)),
        ],
        technique_links(technique.technique_id),
    )
    if depths:
        return {**uncoloured, "score": _at_least_half(depths)}
    label = best_label(technique.detection)
    in_part = group_of(label).startswith("conditional")
    return {**uncoloured, "color": _IN_PART if in_part else LABEL_STYLES[label].fill}


def _at_least_half(hosts_by_depth: dict[int, int]) -> int:
    """The greatest depth that half of the hosts reach; the least of all may be one odd host's."""
    every = sum(hosts_by_depth.values())
    return max(
        depth
        for depth in hosts_by_depth
        if 2 * sum(hosts for other, hosts in hosts_by_depth.items() if other >= depth) >= every
    )
