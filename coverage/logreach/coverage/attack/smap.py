"""Sensor Mappings to ATT&CK (SMAP): the data component behind each event of Sysmon and Windows.

SMAP is based on ATT&CK 13.1. Some of its component names are in no version of ATT&CK; these rows
are kept and marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from logreach.coverage.attack.model import AttackModel
from logreach.coverage.attack.shipped import FOLDER
from logreach.coverage.attack.store import load_attack
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.tables import csv_table

SMAP_ATTACK_VERSION: Final = "13.1"
_FILE: Final = "smap.csv"
_COLUMNS: Final = (
    "sensor",
    "event",
    "data_source_id",
    "data_source",
    "component",
    "source",
    "relationship",
    "target",
)


@dataclass(frozen=True, slots=True)
class SmapRow:
    """A row of SMAP: `event` ('Sysmon:1') of `sensor` ('Sysmon', 'WinEvtx') records a component.

    `source`, `relationship` and `target` are SMAP's words ('Process', 'Created', 'Process';
    `target` may be ''). `in_attack`: the given version of ATT&CK has a component of that name.
    """

    sensor: str
    event: EventId
    data_source_id: str
    data_source: str
    component: str
    source: str
    relationship: str
    target: str
    in_attack: bool


def load_smap(model: AttackModel | None = None) -> tuple[SmapRow, ...]:
    """Every Sysmon and WinEvtx row, in SMAP's order; `model` is the shipped ATT&CK if not given."""
    names = (load_attack() if model is None else model).component_by_name
    return tuple(SmapRow(*row, in_attack=row[4] in names) for row in _rows())


@cache
def _rows() -> tuple[tuple[str, EventId, str, str, str, str, str, str], ...]:
    return tuple(
        (
            row["sensor"],
            EventId.parse(row["event"]),
            row["data_source_id"],
            row["data_source"],
            row["component"],
            row["source"],
            row["relationship"],
            row["target"],
        )
        for row in csv_table(FOLDER / _FILE, _COLUMNS)
    )
