"""The facts that reading needs, as data files beside this module, each with its source."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

from logreach.inventories.files.yaml_text import parse_yaml


@cache
def yaml_table(name: str) -> Any:
    """A YAML table of this folder, parsed once; not to be changed."""
    return parse_yaml(_text(name))


@cache
def csv_table(name: str) -> tuple[dict[str, str], ...]:
    """A CSV table of this folder, a dict a row."""
    return tuple(csv.DictReader(_text(name).splitlines()))


@cache
def code_pages() -> tuple[str, ...]:
    """Code pages of Windows consoles and editors, as Python names them, likeliest first."""
    return tuple(yaml_table("encodings.yaml")["code_pages"])


def _text(name: str) -> str:
    return (files("logreach.inventories") / "tables" / name).read_text("utf-8")
