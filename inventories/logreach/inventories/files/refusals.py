"""Outputs that are an error message: 'access denied', saved where an export should be."""

from __future__ import annotations

import re
from functools import cache

from logreach.inventories.files.tables import TABLES, yaml_table

_HEAD = 4096  # characters; a refused command prints little else


def refusal(text: str) -> str:
    """The line in which a command says that it was refused; '' where there is none."""
    for line in text[:_HEAD].splitlines():
        if _pattern().search(line):
            return " ".join(line.split())[:120]
    return ""


@cache
def _pattern() -> re.Pattern[str]:
    table = yaml_table(TABLES / "refusals.yaml", {"source": str, "patterns": [str]})
    return re.compile("|".join(table["patterns"]), re.IGNORECASE)
