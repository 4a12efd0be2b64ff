"""The result as plain tables (CSV): an answer a host, and a requirement a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from logreach.coverage.baselines.result import LABELS, BaselineResult
from logreach.reports.baseline.words import evidence_words, remedy_words
from logreach.reports.csv import cell

_ANSWERS = (
    "requirement",
    "control",
    "title",
    "profile",
    "host",
    "count",
    "status",
    "label",
    "basis",
    "reasons",
    "evidence",
    "commands",
    "remedies",
    "remedies_enough",
    "contradicted",
    "gained_techniques",
    "gained_in_part",
    "gained_rules",
    "lost",
    "beyond",
)
_REQUIREMENTS = (
    "requirement",
    "control",
    "title",
    "asks",
    "applies_to",
    *(label.replace(" ", "_") for label in LABELS),
    "gained_pairs",
    "gained_techniques",
    "gained_rules",
    "beyond",
    "note",
    "source",
)
_BETWEEN = "; "


def write_tables(result: BaselineResult, folder: Path) -> list[Path]:
    """Write baseline-answers.csv and baseline-requirements.csv; returns their paths."""
    tables = {
        "baseline-answers.csv": (_ANSWERS, _answers(result)),
        "baseline-requirements.csv": (_REQUIREMENTS, _requirements(result)),
    }
    for name, (columns, rows) in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([cell(value) for value in row] for row in rows)
    return [folder / name for name in tables]


def _answers(result: BaselineResult) -> Iterator[tuple[object, ...]]:
    for requirement in result.baseline.requirements:
        for profile, answer in result.answers(requirement):
            for host, count in profile.host_counts.items():
                yield (
                    requirement.id,
                    requirement.control,
                    requirement.title,
                    profile.profile_id,
                    host,
                    count,
                    answer.status.value,
                    answer.label,
                    answer.basis.value,
                    _BETWEEN.join(answer.reasons),
                    evidence_words(answer.evidence.get(host, ())),
                    _BETWEEN.join(answer.commands),
                    remedy_words(answer),
                    "yes" if answer.enough else "no",
                    _BETWEEN.join(answer.contradicted),
                    _BETWEEN.join(answer.gain.techniques),
                    _BETWEEN.join(answer.gain.in_part),
                    _BETWEEN.join(answer.gain.rules),
                    _BETWEEN.join(answer.gain.lost),
                    requirement.beyond,
                )


def _requirements(result: BaselineResult) -> Iterator[tuple[object, ...]]:
    for requirement in result.baseline.requirements:
        counts = result.counts(requirement)
        pairs, techniques, rules = result.gained(requirement)
        yield (
            requirement.id,
            requirement.control,
            requirement.title,
            str(requirement.check),
            str(requirement.applies_to),
            *(counts[label] for label in LABELS),
            pairs,
            _BETWEEN.join(techniques),
            _BETWEEN.join(rules),
            requirement.beyond,
            requirement.note,
            requirement.source,
        )
