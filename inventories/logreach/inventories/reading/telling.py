"""Which command to run for a fact that an inventory lacks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.facts import SETTING
from logreach.inventories.windows.registry.settings import settings

_SHAPE: Shape = [{"family": str, "named?": str, "under?": str, "where": str, "command": str}]
_THIS = "this"


class TellingCommand(NamedTuple):
    """A command whose output tells a fact; `where` is the host to run it on, '' for the host that
    lacks it."""

    command: str
    where: str = ""

    def __str__(self) -> str:
        return f"on {self.where}: {self.command}" if self.where else self.command


def telling_command(key: FactKey[object]) -> TellingCommand | None:
    """The command that tells a fact; None where no command of Windows does."""
    for row in _rows():
        if row["family"] == key.family and _fits(row, key):
            location = row["where"]
            return TellingCommand(row["command"], "" if location == _THIS else location)
    return None


def telling_most(weights: Iterable[tuple[FactKey[object], float]], most: int) -> list[str]:
    """The commands that tell most, by the weights of the facts that they tell."""
    by_command: dict[TellingCommand, float] = {}
    for key, weight in weights:
        command = telling_command(key)
        if command is not None:
            by_command[command] = by_command.get(command, 0) + weight
    return [
        str(command)
        for command, _ in sorted(by_command.items(), key=lambda x: (-x[1], x[0]))[:most]
    ]


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(yaml_table(TABLES / "telling.yaml", _SHAPE))


def _fits(row: dict[str, Any], key: FactKey[object]) -> bool:
    if not key.name.startswith(row.get("named", "")):
        return False
    under = row.get("under")
    if under is None:
        return True
    setting = settings().get(key.name) if key.family == SETTING else None
    return setting is not None and any(path.startswith(under) for path in setting.registry)
