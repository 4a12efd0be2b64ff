"""The fleet: every technique over all hosts, hosts weighted by their count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logreach.coverage.assessment.result import FleetTechnique, Profile
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.verdict import YES, Verdict


def fleet_of(profiles: Sequence[Profile]) -> dict[str, FleetTechnique]:
    """For each technique the number of hosts by label, for each of the questions."""
    ids = dict.fromkeys(id_ for profile in profiles for id_ in profile.techniques)
    return {technique: _technique(technique, profiles) for technique in ids}


def _technique(technique: str, profiles: Sequence[Profile]) -> FleetTechnique:
    results = [(profile.count, profile.techniques[technique]) for profile in profiles]
    first = results[0][1]
    return FleetTechnique(
        technique_id=technique,
        name=first.name,
        tactics=first.tactics,
        detection=_counted((hosts, result.detection.label) for hosts, result in results),
        visibility=_labels((hosts, result.visibility) for hosts, result in results),
        analytic=_labels((hosts, result.analytic) for hosts, result in results),
        analytic_by_any_event=_labels(
            (hosts, result.analytic_by_any_event) for hosts, result in results
        ),
        achievable_share=_share(
            (hosts, result.detection.judged.verdict) for hosts, result in results
        ),
    )


def _labels(judged: Iterable[tuple[int, Judged]]) -> dict[str, int]:
    return _counted((hosts, answer.verdict.label) for hosts, answer in judged)


def _counted(labels: Iterable[tuple[int, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for hosts, label in labels:
        counts[label] = counts.get(label, 0) + hosts
    return dict(sorted(counts.items()))


def _share(verdicts: Iterable[tuple[int, Verdict]]) -> float | None:
    """Share of the hosts to which a technique applies for which it is achievable."""
    applying = [(hosts, verdict) for hosts, verdict in verdicts if verdict.applicable]
    total = sum(hosts for hosts, _ in applying)
    achieved = sum(hosts for hosts, verdict in applying if verdict is YES)
    return round(achieved / total, 4) if total else None
