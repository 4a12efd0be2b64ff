"""What differs between two assessments, as an ATT&CK Navigator layer."""

from __future__ import annotations

from pathlib import Path

from logreach.coverage.assessment.comparison import (
    Comparison,
    Direction,
    Subject,
    fleet_changes,
)
from logreach.inventories.files.wording import counted
from logreach.reports.json.lines import write_json_lines
from logreach.reports.navigator.frame import (
    Gradient,
    Json,
    entry,
    layer_frame,
    metadata_item,
    technique_links,
)
from logreach.reports.profile_names import host_list
from logreach.reports.safe_text import one_line

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
_SCORES = Gradient(-1, 1, _COLOURS[Direction.LOST], _MIXED, _COLOURS[Direction.GAINED])
_LEGEND = {Direction.APPLIES_NO_MORE: "no more"}  # a legend has room for twelve characters


def difference_layer(comparison: Comparison, version: str) -> Json:
    """A layer of the techniques whose detection differs on some host.

    The score says what a change does, and colours it; on how many hosts is in the metadata.
    """
    legend = [(fill, _LEGEND.get(each, each.value)) for each, fill in _COLOURS.items()]
    before, after = one_line(comparison.before.title), one_line(comparison.after.title)
    lines: dict[str, list[str]] = {}
    for each, change in comparison.changes(Subject.TECHNIQUE):
        line = f"{host_list(each.hosts, 6)}: {change.direction.value}, {change.before} -> "
        lines.setdefault(change.key, []).append(f"{line}{change.after}. {change.reason}".strip())
    entries = [
        _entry(technique_id, directions, lines[technique_id])
        for technique_id, directions in fleet_changes(comparison, Subject.TECHNIQUE).items()
    ]
    scope = one_line(comparison.after.scope)
    restricted = f" Restricted to {scope}." if scope else ""
    return layer_frame(
        "Differences",
        f"Detection of techniques with {after} against {before}: what hosts gain and lose. "
        "Score: 1 gained, -1 lost, 0 lost on some hosts and gained on others; none where nothing "
        f"is gained or lost. 'no more': it applies no more.{restricted}",
        comparison.after.attack_version,
        entries,
        [*legend, (_MIXED, "lost, gained")],
        [
            ("before", before),
            ("after", after),
            ("Restricted to", scope or "nothing"),
            ("Hosts compared", str(sum(each.count for each in comparison.hosts))),
            ("ATT&CK", comparison.after.attack_version),
            ("logreach", version),
        ],
        _SCORES,
    )


def _entry(technique_id: str, directions: dict[Direction, int], lines: list[str]) -> Json:
    first = min(directions, key=[*Direction].index)
    counts = [
        metadata_item(direction.value, counted(count, "host"))
        for direction, count in directions.items()
    ]
    uncoloured = entry(technique_id, "\n".join(lines), counts, technique_links(technique_id))
    gained, lost = Direction.GAINED in directions, Direction.LOST in directions
    if gained or lost:
        return {**uncoloured, "score": gained - lost}
    return {**uncoloured, "color": _COLOURS[first]}


def write_difference_layer(comparison: Comparison, version: str, path: Path) -> None:
    """Write the layer in UTF-8."""
    write_json_lines(difference_layer(comparison, version), path, {"techniques": 1})
