"""What differs between two assessments, as an ATT&CK Navigator layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from logreach.coverage.assessment.comparison import (
    Comparison,
    Direction,
    Subject,
    fleet_changes,
)
from logreach.inventories.files.wording import counted
from logreach.reports.json.lines import write_json_lines
from logreach.reports.navigator import comment_text, layer_frame
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line, technique_url

_COLOURS = {
    Direction.LOST: "#E58A57",
    Direction.GAINED: "#1F6FB2",
    Direction.RULED_OUT: "#F2E29B",
    Direction.OPENED: "#A6CEE8",
    Direction.APPLIES: "#D3E7F5",
    Direction.APPLIES_NO_MORE: "#EDEDED",
}
_MIXED = "#B08FC7"
"""Lost on some hosts and gained on others."""


def difference_layer(comparison: Comparison, version: str) -> dict[str, Any]:
    """A layer of the techniques whose detection differs on some host.

    The score is the number of hosts that gain it less those that lose it.
    """
    legend = [(colour, direction.value) for direction, colour in _COLOURS.items()]
    before, after = one_line(comparison.before.title), one_line(comparison.after.title)
    lines: dict[str, list[str]] = {}
    for each, change in comparison.changes(Subject.TECHNIQUE):
        hosts = host_list(each.hosts, 6)
        line = f"{change.direction.value} on {hosts}: {change.before} -> {change.after}"
        lines.setdefault(change.key, []).append(line)
    entries = [
        _entry(technique_id, directions, lines[technique_id])
        for technique_id, directions in fleet_changes(comparison, Subject.TECHNIQUE).items()
    ]
    return layer_frame(
        "logreach: what differs",
        f"Detection of techniques with {after} against {before}. Score: hosts that gain it, less "
        "hosts that lose it.",
        comparison.after.attack_version,
        entries,
        [*legend, (_MIXED, "lost and gained")],
        [("before", before), ("after", after), ("logreach", version)],
    )


def _entry(technique_id: str, directions: dict[Direction, int], lines: list[str]) -> dict[str, Any]:
    first = min(directions, key=[*Direction].index)
    mixed = Direction.LOST in directions and Direction.GAINED in directions
    return {
        "techniqueID": technique_id,
        "comment": comment_text("\n".join(lines)),
        "color": _MIXED if mixed else _COLOURS[first],
        "score": directions.get(Direction.GAINED, 0) - directions.get(Direction.LOST, 0),
        "enabled": True,
        "metadata": [
            {"name": direction.value, "value": counted(count, "host")}
            for direction, count in directions.items()
        ],
        "links": [{"label": "ATT&CK", "url": technique_url(technique_id)}],
        "showSubtechniques": False,
    }


def write_difference_layer(comparison: Comparison, version: str, path: Path) -> None:
    """Write the layer in UTF-8."""
    write_json_lines(difference_layer(comparison, version), path, {"techniques": 1})
