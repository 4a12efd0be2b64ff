"""Error messages of commands, such as 'Access is denied', saved in place of an export."""

from __future__ import annotations

import re
from functools import cache

from logreach.inventories.files.tables import TABLES, yaml_table

_HEAD = 4096  # characters; a refused command prints little else


def refusal(output: str) -> str:
    """The line with the error message of a command that failed; '' where there is none."""
    for line in output[:_HEAD].splitlines():
        if _pattern().search(line):
            return " ".join(line.split())[:120]
    return ""


@cache
def _pattern() -> re.Pattern[str]:
    table = yaml_table(TABLES / "refusals.yaml", {"source": str, "patterns": [str]})
    return re.compile("|".join(table["patterns"]), re.IGNORECASE)
