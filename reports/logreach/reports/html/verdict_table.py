"""The verdicts of all techniques as a plain table, for readers without a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from logreach.coverage.assessment.result import Assessment, FleetTechnique
from logreach.coverage.network.techniques import DETECTION
from logreach.reports.counts import achievable, applying
from logreach.reports.labels import LABEL_STYLES, LabelStyle, best_label
from logreach.reports.other_ids import beside


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A technique with its best verdict on any host, and how many hosts have it achievable."""

    technique_id: str
    name: str
    style: LabelStyle
    hosts: str


def verdict_rows(assessment: Assessment) -> tuple[VerdictRow, ...]:
    """The techniques that apply to some host."""
    return tuple(
        VerdictRow(
            _with_other_id(assessment, technique),
            technique.name,
            LABEL_STYLES[best_label(counts)],
            f"{achievable(counts):,} of {applying(counts):,}",
        )
        for technique, counts in _detections(assessment)
        if applying(counts)
    )


def not_applying(assessment: Assessment) -> tuple[str, ...]:
    """The techniques that apply to no host, by id and name."""
    return tuple(
        f"{_with_other_id(assessment, technique)} {technique.name}"
        for technique, counts in _detections(assessment)
        if not applying(counts)
    )


def _detections(assessment: Assessment) -> Iterator[tuple[FleetTechnique, Mapping[str, int]]]:
    return ((each, getattr(each, DETECTION)) for each in assessment.fleet.values())


def _with_other_id(assessment: Assessment, technique: FleetTechnique) -> str:
    other = beside(assessment, technique.technique_id)
    return f"{technique.technique_id} ({other})" if other else technique.technique_id
