"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    """How a command writes its data."""

    TEXT = "text"
    JSON = "json"


InventoryPath = Annotated[Path, typer.Argument(help="The inventory folder.", metavar="INVENTORY")]
HostNames = Annotated[
    list[str] | None,
    typer.Option(
        "--host", metavar="NAME", help="Only this host or group of hosts; may be repeated."
    ),
]
AttackChoice = Annotated[
    str | None,
    typer.Option(
        "--attack",
        metavar="VERSION|FILE",
        help="An ATT&CK version other than the included one: imported earlier, or a STIX bundle.",
    ),
]
