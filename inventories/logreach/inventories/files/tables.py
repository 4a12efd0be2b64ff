"""The one loader of our own data tables: strict columns and keys, every fault with its place.

A table is a CSV or YAML file that ships with the program. What its reader does not expect is a
fault of the project, and refused: a key that nobody reads would be a fact that nobody uses.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import EllipsisType
from typing import Any, TypeAlias

import yaml

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.yaml_text import LOADER

LIST = ";"
TEXTS = " | "
TABLES = Path(__file__).parent.parent / "tables"
"""The folder of the inventories' own tables."""

Shape: TypeAlias = (
    type | list["Shape"] | tuple["Shape", ...] | Mapping[str | EllipsisType, "Shape"] | None
)
"""What a YAML table may hold: a type, or None for nothing; [shape] for a list of such;
(shape, shape) for either; {key: shape} for a mapping with these keys, where 'key?' may be absent
and `...` stands for every other key."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table, or one entry of a YAML file; `where` is its line or key."""

    values: Mapping[str, Any]
    source: str
    where: str

    def __getitem__(self, column: str) -> str:
        return self.text(column)

    def text(self, column: str) -> str:
        """A cell without spaces around it; '' where it is empty."""
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

    faults: list[Fault] = field(default_factory=list)

    def add(self, row: TableRow, message: str) -> None:
        """A fault of one row."""
        self.faults.append(Fault(message, row.source, row.where))

    def settle(self) -> None:
        """Raise InputError where there are faults."""
        if self.faults:
            raise InputError(self.faults)


@cache
def csv_table(path: Path, columns: tuple[str, ...]) -> tuple[TableRow, ...]:
    """The rows of a CSV file that has exactly these columns, read once; InputError otherwise."""
    faults = Faults()
    rows = tuple(read_csv(path, columns, faults))
    faults.settle()
    return rows


_loaded: dict[Path, Any] = {}
_read: set[Path] = set()


def tables_read() -> frozenset[Path]:
    """Every table that this process has read: a test holds that no data file lacks a reader."""
    return frozenset(_read)


def yaml_table(path: Path, shape: Shape) -> Any:
    """A YAML file of this shape, read once, not to be changed; InputError where it has another."""
    if path not in _loaded:
        faults = Faults()
        document = read_yaml(path, shape, faults)
        faults.settle()
        _loaded[path] = document
    return _loaded[path]


def table_bytes(path: Path) -> bytes:
    """A data file of a form that users write too: the same reader names the faults of both."""
    _read.add(path)
    return path.read_bytes()


def read_csv(path: Path, columns: Collection[str], faults: Faults) -> Iterator[TableRow]:
    """The rows of a CSV file that has exactly these columns."""
    _read.add(path)
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.reader(handle)
        header = next(reader, [])
        _check_columns(path.name, header, columns, faults)
        for cells in reader:
            row = TableRow(
                dict(zip(header, cells, strict=False)), path.name, f"line {reader.line_num}"
            )
            if len(cells) != len(header):
                faults.add(row, f"{len(cells)} cells under {len(header)} columns")
            yield row


def _check_columns(
    name: str, header: Collection[str], columns: Collection[str], faults: Faults
) -> None:
    for column in header:
        if column not in columns:
            faults.faults.append(Fault(f"unknown column {column!r}", name, "line 1"))
    for column in columns:
        if column not in header:
            faults.faults.append(Fault(f"no column {column!r}", name, "line 1"))


def read_yaml(path: Path, shape: Shape, faults: Faults) -> Any:
    """A YAML file, as it is; where it has another shape, `faults` takes what is wrong and where."""
    _read.add(path)
    yaml_text = path.read_text(encoding="utf-8")
    document = yaml.load(yaml_text, LOADER)  # noqa: S506 - safe, see LOADER
    for keys, message in _unlike(document, shape):
        faults.faults.append(Fault(message, path.name, f"line {_line(yaml_text, keys)}"))
    return document


def read_entries(
    path: Path, keys: Collection[str], faults: Faults
) -> Iterator[tuple[str, TableRow]]:
    """The entries of a YAML mapping, each a mapping that has no other keys than these."""
    shape: Shape = {...: {f"{key}?": object for key in keys}}
    for name, values in (read_yaml(path, shape, faults) or {}).items():
        yield str(name), TableRow(values if isinstance(values, dict) else {}, path.name, str(name))


_Keys: TypeAlias = tuple[object, ...]
_NAMES: Mapping[object, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    None: "empty",
}


def _unlike(value: object, shape: Shape, keys: _Keys = ()) -> Iterator[tuple[_Keys, str]]:
    """Where a value has another shape: the keys that lead there, and what is wrong."""
    if isinstance(shape, Mapping):
        yield from _unlike_mapping(value, shape, keys)
    elif isinstance(shape, list):
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from _unlike(item, shape[0], (*keys, number))
        else:
            yield keys, f"{_shown(value)} is not a list"
    elif isinstance(shape, tuple):
        faults = [list(_unlike(value, each, keys)) for each in shape]
        if all(faults):
            # The form that fits down to the deepest place is the one that was meant.
            yield from max(faults, key=lambda each: len(each[0][0]))
    elif not (value is None if shape is None else _is(value, shape)):
        yield keys, f"{_shown(value)} is not {_NAMES.get(shape, shape)}"


def _is(value: object, shape: type) -> bool:
    """Whether a value is of a type; in YAML, true is no number."""
    return isinstance(value, shape) and (shape is not int or not isinstance(value, bool))


def _unlike_mapping(
    value: object, shape: Mapping[str | EllipsisType, Shape], keys: _Keys
) -> Iterator[tuple[_Keys, str]]:
    if not isinstance(value, dict):
        yield keys, f"{_shown(value)} is not a mapping"
        return
    shapes = {key.removesuffix("?"): each for key, each in shape.items() if isinstance(key, str)}
    for key, item in value.items():
        if key in shapes:
            yield from _unlike(item, shapes[key], (*keys, key))
        elif ... in shape:
            yield from _unlike(item, shape[...], (*keys, key))
        else:
            yield (*keys, key), f"unknown key {key!r}"
    for key in shape:
        if isinstance(key, str) and not key.endswith("?") and key not in value:
            yield keys, f"no key {key!r}"


def _shown(value: object) -> str:
    return repr(value)[:40]


def _line(yaml_text: str, keys: _Keys) -> int:
    """The line of what these keys lead to; found only where there is a fault to tell."""
    node = yaml.compose(yaml_text, Loader=LOADER)
    line = 1
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(key):
                    line, node = key_node.start_mark.line + 1, value_node
                    break
    return line
