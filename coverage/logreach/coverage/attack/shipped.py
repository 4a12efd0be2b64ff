"""Reads the small data files shipped beside this package, and refuses odd ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from logreach.inventories.files.yaml_text import parse_yaml

SHIPPED_VERSION: Final = "18.1"
FOLDER: Final = Path(__file__).resolve().parent / "knowledge"


def read_mapping(file: str, key: str) -> dict[str, Mapping[str, object]]:
    """The mapping under `key` of a YAML file of ours: names to entries.

    Raises ValueError where the file is not of that shape: a fault of the project, not a user's.
    """
    document = parse_yaml((FOLDER / file).read_text(encoding="utf-8"))
    entries = document.get(key) if isinstance(document, dict) else None
    if not isinstance(entries, dict):
        raise ValueError(f"{file} has no mapping '{key}'")
    found: dict[str, Mapping[str, object]] = {}
    for name, entry in entries.items():
        if not isinstance(name, str) or not isinstance(entry, dict):
            raise ValueError(f"{file}: '{name}' is not a name with an entry")
        found[name] = entry
    return found


def text_of(entry: Mapping[str, object], key: str) -> str:
    """A text of an entry; ValueError where it is not one."""
    value = entry.get(key)
    if not isinstance(value, str):
        raise ValueError(f"'{key}' must be a text, not {value!r}")
    return value


def texts_of(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    """A list of texts of an entry; ValueError where it is not one."""
    value = entry.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"'{key}' must be a list of texts, not {value!r}")
    return tuple(value)


def read_table(file: str, columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The rows of a CSV file of ours; ValueError where its columns are others."""
    rows = csv.reader(io.StringIO((FOLDER / file).read_text(encoding="utf-8"), newline=""))
    header, *body = (tuple(row) for row in rows)
    if header != columns or any(len(row) != len(columns) for row in body):
        raise ValueError(f"{file} must have the columns {', '.join(columns)}")
    return tuple(body)
