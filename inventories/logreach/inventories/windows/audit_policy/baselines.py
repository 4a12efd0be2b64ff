"""Audit policies that published guides recommend, by name: the subcategories that they turn on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from logreach.inventories.files.tables import TABLES, csv_table
from logreach.inventories.windows.facts import AuditSetting

_COLUMNS = ("baseline", "guid", "subcategory", "success", "failure", "source")


@dataclass(frozen=True, slots=True)
class AuditBaseline:
    """A guide's audit policy. `settings` are by the subcategory's GUID; what a guide leaves open or
    turns off is not among them."""

    name: str
    source: str
    settings: Mapping[str, AuditSetting]


@cache
def baselines() -> dict[str, AuditBaseline]:
    """Every baseline by name."""
    rows = csv_table(TABLES / "audit_baselines.csv", _COLUMNS)
    names = dict.fromkeys(row["baseline"] for row in rows)
    return {
        name: AuditBaseline(
            name,
            next(row["source"] for row in rows if row["baseline"] == name),
            {
                row["guid"]: AuditSetting(row["success"] == "yes", row["failure"] == "yes")
                for row in rows
                if row["baseline"] == name
            },
        )
        for name in names
    }
