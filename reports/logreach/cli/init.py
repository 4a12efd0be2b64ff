"""`logreach init`: a commented inventory.yaml to fill in, and what to run where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from logreach.cli.exits import fail
from logreach.cli.output import say, say_own

TEMPLATE = "inventory_template.yaml"
_STEPS = r"""
What to run where, so that this inventory knows enough:

1. On one machine of each kind (same Windows, same policies), as administrator:
     logreach collect > collect.ps1         (here)
     .\collect.ps1                          (there; it changes nothing and sends nothing)
   Copy the folder that it makes into {folder}, with Sysmon's configuration (XML) beside its files,
   and name it under 'folder:'.
2. Where group policies are managed, for what the collected machines do not show:
     Backup-GPO -All -Path gpo
3. On each event collector, for each name that 'wecutil es' lists:
     wecutil gs NAME /f:xml > NAME.xml
4. On any machine of the domain, for the list of hosts:
     Get-ADComputer -Filter * -Properties OperatingSystem,OperatingSystemVersion,PrimaryGroupID |
       Export-Csv ad.csv

Then:
     logreach inventory check {folder}
     logreach assess {folder} --out reports
"""

Target = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="The folder to make, or one of collected hosts.", show_default=False
    ),
]


def init(folder: Target) -> None:
    """Write a commented inventory.yaml into a folder, and say what to run where.

    Each sub-folder that is there already becomes a host. An inventory.yaml that is there already
    is left alone, and the exit code is 2.
    """
    # Reading it takes tables, for which `logreach --help` must not wait.
    from logreach.inventories.reading.manifest import MANIFEST

    manifest = folder / MANIFEST
    try:
        folder.mkdir(parents=True, exist_ok=True)
        host_names = sorted(
            entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."
        )
        # A name that is no UTF-8 stands in the file as the bytes that it is.
        with manifest.open("x", encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            stream.write(_document(host_names))
    except FileExistsError:
        fail(f"{manifest if manifest.exists() else folder} is there already", "Nothing is written.")
    except OSError as error:
        fail(f"{manifest} cannot be written ({error.strerror})", "Name another folder.")
    say(f"wrote {manifest}")
    say_own(_STEPS.format(folder=folder), newline=False)


def _document(host_names: list[str]) -> str:
    """The template; with the hosts that have folders in place of its example."""
    from importlib.resources import files

    template = (files("logreach.cli") / TEMPLATE).read_text("utf-8")
    if not host_names:
        return template
    head, _, example = template.partition("hosts:\n")
    _, _, keys = example.partition("\n\n")
    return f"{head}hosts:\n{''.join(map(_host, host_names))}\n{keys}"


def _host(name: str) -> str:
    quoted = json.dumps(name, ensure_ascii=False)  # which YAML reads as the same text
    return f"  - name: {quoted}\n    folder: {quoted}\n    # count: 1\n"
