"""The fleet: every technique over all hosts, hosts weighted by their count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logreach.coverage.assessment import FleetTechnique, Judged, Profile, TechniqueResult

ACHIEVABLE = "achievable"


def fleet_of(profiles: Sequence[Profile]) -> dict[str, FleetTechnique]:
    """For each technique the number of hosts by label, for each of the three questions."""
    ids = dict.fromkeys(one for profile in profiles for one in profile.techniques)
    return {technique: _technique(technique, profiles) for technique in ids}


def _technique(technique: str, profiles: Sequence[Profile]) -> FleetTechnique:
    results = [(profile.count, profile.techniques[technique]) for profile in profiles]
    first = results[0][1]
    alternatives = _labels((n, r.detection_with_alternatives) for n, r in results)
    return FleetTechnique(
        technique_id=technique,
        name=first.name,
        tactics=first.tactics,
        visibility=_labels((n, r.visibility) for n, r in results),
        detection=_labels((n, r.detection) for n, r in results),
        detection_with_alternatives=alternatives,
        achievable_share=_share(results),
    )


def _labels(judged: Iterable[tuple[int, Judged]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for number, one in judged:
        label = one.verdict.label
        counts[label] = counts.get(label, 0) + number
    return dict(sorted(counts.items()))


def _share(results: Sequence[tuple[int, TechniqueResult]]) -> float | None:
    """Share of the hosts to which it applies on which detection with alternatives is achievable."""
    applying = [
        (number, result.detection_with_alternatives.verdict)
        for number, result in results
        if result.detection_with_alternatives.verdict.applicable
    ]
    total = sum(number for number, _ in applying)
    if not total:
        return None
    reached = sum(number for number, verdict in applying if verdict.label == ACHIEVABLE)
    return round(reached / total, 4)
