"""Reads the data files in this package's `knowledge` folder and refuses malformed ones."""

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
    """The mapping under `key` of a YAML file in `knowledge`, from names to entries.

    ValueError where the file has another structure: a fault of this project, not of its user.
    """
    document = parse_yaml((FOLDER / file).read_text(encoding="utf-8"))
    entries = document.get(key) if isinstance(document, dict) else None
    if not isinstance(entries, dict):
        raise ValueError(f"{file} has no mapping '{key}'")
    mapping: dict[str, Mapping[str, object]] = {}
    for name, entry in entries.items():
        if not isinstance(name, str) or not isinstance(entry, dict):
            raise ValueError(f"{file}: '{name}' is not a name with an entry")
        mapping[name] = entry
    return mapping


def text_of(entry: Mapping[str, object], key: str) -> str:
    """The text under a key of an entry; ValueError where it is no text."""
    value = entry.get(key)
    if not isinstance(value, str):
        raise ValueError(f"'{key}' must be a text, not {value!r}")
    return value


def texts_of(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    """The list of texts under a key of an entry; ValueError where it is no such list."""
    value = entry.get(key)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"'{key}' must be a list of texts, not {value!r}")
    return tuple(value)


def read_table(file: str, columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The rows of a CSV file in `knowledge`; ValueError where its columns differ."""
    rows = csv.reader(io.StringIO((FOLDER / file).read_text(encoding="utf-8"), newline=""))
    header, *body = (tuple(row) for row in rows)
    if header != columns or any(len(row) != len(columns) for row in body):
        raise ValueError(f"{file} must have the columns {', '.join(columns)}")
    return tuple(body)
