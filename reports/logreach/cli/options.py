"""Arguments and options that several commands share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from logreach.cli.completion import host_names, technique_ids


class OutputFormat(StrEnum):
    """How a command writes its data."""

    TEXT = "text"
    JSON = "json"


InventoryPath = Annotated[Path, typer.Argument(help="The inventory folder.", metavar="INVENTORY")]
HostNames = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="NAME",
        help="Only this host or group of hosts; may be repeated.",
        autocompletion=host_names,
    ),
]
Techniques = Annotated[
    list[str] | None,
    typer.Option(
        "--technique",
        metavar="ID",
        help="Only this technique and its sub-techniques; may be repeated.",
        autocompletion=technique_ids,
    ),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print whole lists and tables, not a page.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
STANDARD_OUTPUT = Path("-")
"""What an option takes in place of a file or folder."""
AttackChoice = Annotated[
    str | None,
    typer.Option(
        "--attack",
        metavar="VERSION|FILE",
        help="The ATT&CK version: 19.1 (the default) and 18.1 are included; or one imported "
        "earlier, or a STIX bundle.",
    ),
]
AsOfDay = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="The day on which the facts were gathered (2026-11-30), for the reports' covers. "
        "Default: what the logs of logreach collect say.",
    ),
]
Pipelines = Annotated[
    list[str] | None,
    typer.Option(
        "--pipeline",
        metavar="NAME|FILE",
        help="Judge rules as pySigma converts them with this pipeline (windows-audit, sysmon, a "
        "YAML file); may be repeated.",
    ),
]
FieldNames = Annotated[
    Path | None,
    typer.Option(
        "--field-names",
        metavar="FILE",
        help="A YAML file of your own names for fields: 'src_ip: [SourceIp, IpAddress]'.",
    ),
]
PlaceholderValues = Annotated[
    Path | None,
    typer.Option(
        "--placeholders",
        metavar="FILE",
        help="A YAML file of values for placeholders in rules: 'domain_controllers: [DC1, DC2]'.",
    ),
]
