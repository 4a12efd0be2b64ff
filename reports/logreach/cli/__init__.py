"""The command line: the only place that prints or exits."""

from __future__ import annotations

import os
from typing import Annotated, NoReturn

import typer

from logreach.cli import assess as _assess
from logreach.cli import attack as _attack
from logreach.cli import collect as _collect
from logreach.cli import explain as _explain
from logreach.cli import inventory as _inventory
from logreach.cli import rules as _rules
from logreach.cli import sysmon as _sysmon
from logreach.cli.exits import Guarded, code_of

_HELP = """Which ATT&CK detections can your logs support, on which hosts, what breaks the rest, and
what is the least to change?

Exit codes: 0 done; 1 done, and below --fail-under or not clean; 2 the input, the command line or
the place for the output cannot be used; 3 a defect of logreach; 130 stopped by Ctrl-C; 141 the
reader of the output went away."""

app = typer.Typer(
    name="logreach",
    cls=Guarded,
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"logreach {version('logreach')}")
        raise typer.Exit


@app.callback(help=_HELP)
def _first(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What goes before a command."""


# The list of commands cuts longer sentences than these.
app.command("assess", short_help="Judge an inventory and write the reports.")(_assess.assess)
app.command("explain", short_help="Show what a verdict rests on.")(_explain.explain)
app.command("rules", short_help="List Sigma rules by what remedies would gain.")(_rules.rules)
app.add_typer(_inventory.app, name="inventory", short_help="Show or check what an inventory says.")
app.command("collect", short_help="Print the script that gathers a host's facts.")(_collect.collect)
_sysmon.app.command("rules", short_help="Count the rules that configurations let fire.")(
    _rules.by_configuration
)
app.add_typer(_sysmon.app, name="sysmon", short_help="Check and try Sysmon configurations.")
app.add_typer(_attack.app, name="attack", short_help="Import or show a version of ATT&CK.")


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of assessment.json."""
    import json

    from logreach.reports.jsondoc import schema as read

    typer.echo(json.dumps(read(), indent=2, ensure_ascii=False))


def main() -> NoReturn:
    """Entry point of the `logreach` command.

    All is written and closed when a command returns. The process then ends at once: to take a
    million small objects apart first, one by one, would cost a twentieth of an assessment.
    """
    kept: list[object] = []

    def run() -> object:
        kept.append(app(standalone_mode=False))
        return kept[-1]

    os._exit(code_of(run))
