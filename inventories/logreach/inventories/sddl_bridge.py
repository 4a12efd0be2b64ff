"""The SDDL reader, where it is installed with the package."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from logreach.inventories.facts import Sacl


def parse(text: str) -> Sacl | None:
    """The audit entries of an SDDL text; None where SDDL cannot be read yet."""
    try:
        module: Any = import_module("logreach.inventories.sddl")
    except ModuleNotFoundError:
        return None
    found = module.parse_sacl(text)
    return found if isinstance(found, Sacl) else None
