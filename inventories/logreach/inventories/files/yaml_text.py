"""YAML of our own data files, parsed in C where libyaml is there, as that is ten times as fast."""

from __future__ import annotations

from typing import Any

import yaml

LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds plain values only, no objects."""


def parse_yaml(document: str) -> Any:
    """The one document of a YAML text; raises yaml.YAMLError."""
    return yaml.load(document, LOADER)  # noqa: S506 - safe, see LOADER
