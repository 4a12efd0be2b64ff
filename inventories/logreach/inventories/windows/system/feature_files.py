"""Roles of a server: `Get-WindowsFeature` as JSON."""

from __future__ import annotations

from functools import cache

from logreach.inventories.facts.facts import Reading, Statement
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.json_text import looks_like_json, parse_rows
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.facts import FEATURE

_WHOLE = 100  # features; every Windows Server lists far more, a filtered list proves no absence


def looks_like(text: str) -> bool:
    """Whether a text is JSON of Get-WindowsFeature."""
    return looks_like_json(text) and '"Installed"' in text and '"Name"' in text


def read(source: Source) -> Reading:
    """Which roles are installed, and of a whole list also which are not."""
    rows = parse_rows(source)
    told = {
        row["Name"].casefold(): row["Installed"]
        for row in rows
        if isinstance(row.get("Name"), str) and isinstance(row.get("Installed"), bool)
    }
    if not told:
        raise InputError(source.fault("names no feature"))
    statements = []
    for feature, names in _features().items():
        found = [told[name.casefold()] for name in names if name.casefold() in told]
        if any(found) or (found and len(told) >= _WHOLE):
            evidence = source.evidence("", f"{', '.join(names)}: {any(found)}")
            key = FEATURE(feature)
            statements.append(Statement(key, any(found), evidence))
    return Reading(tuple(statements))


@cache
def _features() -> dict[str, list[str]]:
    shape: Shape = {"source": str, "features": {...: [str]}}
    features: dict[str, list[str]] = yaml_table(TABLES / "features.yaml", shape)["features"]
    return features
