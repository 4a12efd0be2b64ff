"""The tables of the fleet as a whole: coverage by tactic, technique and data component, and the
published sources that the answers name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from logreach.coverage.assessment.result import Assessment
from logreach.coverage.network.techniques import DETECTION
from logreach.reports.csv.further_tables import Row, Table
from logreach.reports.labels import LABELS
from logreach.reports.labels import QUESTIONS as QUESTION_NAMES

_COVERAGE = ("of", "id", "name", "question", "label", "pairs")


def fleet_tables(assessment: Assessment) -> dict[str, Table]:
    """coverage.csv: pairs of a host and a technique, or a host and a data component, by label;
    references.csv: each published source with the number of reasons that name it."""
    rows = (*_by_tactic(assessment), *_by_technique(assessment), *_by_component(assessment))
    return {
        "coverage.csv": Table(_COVERAGE, rows),
        "references.csv": Table(("reference", "events"), _references(assessment)),
    }


def _by_tactic(assessment: Assessment) -> Iterator[Row]:
    for tactic, name in assessment.tactics:
        counts: Counter[str] = Counter()
        for technique in assessment.fleet.values():
            if tactic in technique.tactics:
                counts.update(technique.detection)
        yield from _by_label("tactic", tactic, name, QUESTION_NAMES[DETECTION], counts)


def _by_technique(assessment: Assessment) -> Iterator[Row]:
    for key, technique in assessment.fleet.items():
        for question in assessment.questions:
            counts = Counter[str](getattr(technique, question))
            yield from _by_label("technique", key, technique.name, QUESTION_NAMES[question], counts)


def _by_component(assessment: Assessment) -> Iterator[Row]:
    by_component: dict[str, Counter[str]] = {}
    for profile in assessment.profiles:
        for name, component in profile.components.items():
            label = component.judged.verdict.label
            by_component.setdefault(name, Counter())[label] += profile.count
    for name, counts in sorted(by_component.items()):
        yield from _by_label("data component", name, name, "", counts)


def _by_label(kind: str, key: str, name: str, question: str, counts: Counter[str]) -> Iterator[Row]:
    for label in LABELS:
        if counts[label]:
            yield kind, key, name, question, label, counts[label]


def _references(assessment: Assessment) -> Iterator[Row]:
    events = Counter(
        (reason.reference, event)
        for profile in assessment.profiles
        for event, judged in profile.events.items()
        for reason in judged.reasons
        if reason.reference
    )
    yield from sorted(Counter(reference for reference, _ in events).items())
