"""The parser of all YAML: libyaml's where it is installed, as it is ten times as fast."""

from __future__ import annotations

from typing import Any

import yaml

LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds plain values only, no objects."""
