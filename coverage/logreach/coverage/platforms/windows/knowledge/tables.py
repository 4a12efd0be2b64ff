"""Reading the tables of this folder: strict columns and keys, every fault with its place."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.yaml_text import parse_yaml

LIST = ";"
TEXTS = " | "


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, or one entry of a YAML file; `where` is its line or key."""

    values: Mapping[str, Any]
    source: str
    where: str

    def text(self, column: str) -> str:
        return str(self.values.get(column) or "").strip()

    def parts(self, column: str, separator: str = LIST) -> tuple[str, ...]:
        """The parts of a cell that holds a list."""
        return tuple(part.strip() for part in self.text(column).split(separator) if part.strip())

    def items(self, key: str) -> tuple[str, ...]:
        """The entries of a YAML list."""
        return tuple(str(item) for item in self.values.get(key) or ())


@dataclass(slots=True)
class Faults:
    """Collects what is wrong with the tables; `settle` raises them all at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, row: Row, message: str) -> None:
        self.found.append(Fault(message, row.source, row.where))

    def settle(self) -> None:
        if self.found:
            raise InputError(self.found)


def read_csv(path: Path, columns: Collection[str], faults: Faults) -> Iterator[Row]:
    """The rows of a CSV file that has exactly these columns."""
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.reader(handle)
        header = next(reader, [])
        _check_columns(path.name, header, columns, faults)
        for cells in reader:
            row = Row(dict(zip(header, cells, strict=False)), path.name, f"line {reader.line_num}")
            if len(cells) != len(header):
                faults.add(row, f"{len(cells)} cells under {len(header)} columns")
            yield row


def _check_columns(
    name: str, header: Collection[str], columns: Collection[str], faults: Faults
) -> None:
    for column in header:
        if column not in columns:
            faults.found.append(Fault(f"unknown column {column!r}", name, "line 1"))
    for column in columns:
        if column not in header:
            faults.found.append(Fault(f"no column {column!r}", name, "line 1"))


def read_yaml(path: Path, keys: Collection[str], faults: Faults) -> Iterator[tuple[str, Row]]:
    """The entries of a YAML mapping, each a mapping that has no other keys than these."""
    entries = parse_yaml(path.read_text(encoding="utf-8"))
    for name, values in (entries or {}).items():
        row = Row(values if isinstance(values, dict) else {}, path.name, str(name))
        if not isinstance(values, dict):
            faults.add(row, "not a mapping")
        for key in row.values:
            if key not in keys:
                faults.add(row, f"unknown key {key!r}")
        yield str(name), row
