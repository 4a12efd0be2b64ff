"""The fleet: every technique over all hosts, hosts weighted by their count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from logreach.coverage.assessment.result import FleetTechnique, Profile
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import NOT_APPLICABLE, YES


def fleet_of(profiles: Sequence[Profile]) -> dict[str, FleetTechnique]:
    """For each technique the number of hosts by label, for each of the three questions."""
    ids = dict.fromkeys(id_ for profile in profiles for id_ in profile.techniques)
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
        achievable_share=_share(alternatives),
    )


def _labels(judged: Iterable[tuple[int, Judged]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for hosts, answer in judged:
        label = answer.verdict.label
        counts[label] = counts.get(label, 0) + hosts
    return dict(sorted(counts.items()))


def _share(labels: Mapping[str, int]) -> float | None:
    """Share of the hosts to which a technique applies for which it is achievable."""
    total = sum(labels.values()) - labels.get(NOT_APPLICABLE.label, 0)
    return round(labels.get(YES.label, 0) / total, 4) if total else None
