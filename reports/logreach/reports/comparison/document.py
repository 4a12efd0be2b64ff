"""comparison.json: all that differs, for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from logreach.coverage.assessment.comparison import (
    Alternative,
    Comparison,
    Direction,
    Subject,
    fleet_changes,
    labels_of,
)
from logreach.reports.json.lines import write_json_lines

SCHEMA_VERSION = "1.0"
_LEVELS = {"hosts": 3, "fleet": 2}


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON values.

    `lost` says whether anything is lost; `totals` count pairs of a machine and an answer by
    subject and direction, `fleet` the machines of each answer that differs.
    """
    before, after = comparison.before, comparison.after
    return {
        "schema_version": SCHEMA_VERSION,
        "before": {"title": before.title, "attack_version": before.attack_version},
        "after": {"title": after.title, "attack_version": after.attack_version},
        "lost": comparison.lost,
        "labels": {
            subject.value: {
                "before": labels_of(before, subject),
                "after": labels_of(after, subject),
            }
            for subject in Subject
        },
        "totals": {
            subject.value: {
                direction.value: comparison.counted(subject, direction) for direction in Direction
            }
            for subject in Subject
        },
        "only_before": comparison.only_before,
        "only_after": comparison.only_after,
        "not_compared": {
            subject.value: keys for subject, keys in comparison.not_compared.items() if keys
        },
        "hosts": [
            {
                "hosts": each.hosts,
                "count": each.count,
                "profile_before": each.profiles[0],
                "profile_after": each.profiles[1],
                "changes": [
                    {
                        "subject": change.subject.value,
                        "id": change.key,
                        "name": change.name,
                        "before": change.before,
                        "after": change.after,
                        "direction": change.direction.value,
                        "reason": change.reason,
                    }
                    for change in each.changes
                ],
            }
            for each in comparison.hosts
        ],
        "fleet": {
            subject.value: {
                key: {direction.value: count for direction, count in directions.items()}
                for key, directions in fleet_changes(comparison, subject).items()
            }
            for subject in Subject
        },
    }


def ranking_document(alternatives: list[Alternative]) -> list[dict[str, Any]]:
    """The alternatives, best first."""
    return [
        {
            "title": each.title,
            "achievable_techniques": each.achievable,
            "achievable_rules": each.rules,
            "in_part": {subject.value: count for subject, count in each.in_part.items()},
            "busy_events": each.busy,
            "only": {subject.value: keys for subject, keys in each.only.items()},
            "gained": each.comparison.counted(Subject.TECHNIQUE, Direction.GAINED),
            "lost": each.comparison.counted(Subject.TECHNIQUE, Direction.LOST),
        }
        for each in alternatives
    ]


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write comparison.json in UTF-8; the same comparison gives the same bytes."""
    write_json_lines(comparison_document(comparison), path, _LEVELS)
