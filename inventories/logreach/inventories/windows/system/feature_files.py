"""Roles and features of a server, from the JSON of `Get-WindowsFeature`."""

from __future__ import annotations

from functools import cache

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.facts import FEATURE

_COMPLETE_LISTING = 100  # features; Windows Server has far more, a shorter list was filtered


def looks_like(head: str) -> bool:
    """Whether a file that begins with `head` is JSON of Get-WindowsFeature."""
    return looks_like_json(head) and '"Installed"' in head and '"Name"' in head


def read(source: Source) -> Reading:
    """Read which features are installed; a complete list also proves which are not."""
    rows = parse_rows(source)
    installed = {
        row["Name"].casefold(): row["Installed"]
        for row in rows
        if isinstance(row.get("Name"), str) and isinstance(row.get("Installed"), bool)
    }
    if not installed:
        raise InputError(source.fault("names no feature"))
    statements = []
    for feature, names in _features().items():
        states = [installed[name.casefold()] for name in names if name.casefold() in installed]
        if any(states) or (states and len(installed) >= _COMPLETE_LISTING):
            evidence = source.evidence("", f"{', '.join(names)}: {any(states)}")
            key = FEATURE(feature)
            statements.append(Statement(key, any(states), evidence))
    return Reading(tuple(statements))


def feature_names() -> tuple[str, ...]:
    """The server roles that logreach tells apart, by the names that inventories use."""
    return tuple(_features())


@cache
def _features() -> dict[str, list[str]]:
    shape: Shape = {"source": str, "features": {...: [str]}}
    features: dict[str, list[str]] = yaml_table(TABLES / "features.yaml", shape)["features"]
    return features
