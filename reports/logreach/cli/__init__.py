"""The command line: the only place that prints or exits."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from logreach.cli import assess as _assess
from logreach.cli import attack as _attack
from logreach.cli import baseline as _baseline
from logreach.cli import collect as _collect
from logreach.cli import compare as _compare
from logreach.cli import explain as _explain
from logreach.cli import init as _init
from logreach.cli import inventory as _inventory
from logreach.cli import resilience as _resilience
from logreach.cli import rules as _rules
from logreach.cli import sysmon as _sysmon
from logreach.cli.exits import GuardedGroup, exit_code_of
from logreach.cli.output import say, say_own

_HELP = """Which ATT&CK detections can your logs support, on which hosts, what breaks the rest, and
what is the least to change?

Exit codes: 0 done; 1 done, but below --fail-under, or errors or warnings were found; 2 the input,
the command line or the output folder cannot be used; 3 a defect of logreach; 130 stopped by Ctrl-C;
141 the reader of the output closed the pipe."""

app = typer.Typer(
    name="logreach",
    cls=GuardedGroup,
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        say(f"logreach {version('logreach')}")
        raise typer.Exit


@app.callback(help=_HELP)
def _first(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


# The list of commands cuts longer sentences.
app.command("assess", short_help="Judge an inventory and write the reports.")(_assess.assess)
app.command("explain", short_help="Say why a verdict is so, and what to change.")(_explain.explain)
app.command("compare", short_help="Show what a change gains and loses.")(_compare.compare)
app.command("resilience", short_help="Show what adversaries must switch off.")(
    _resilience.resilience
)
app.command("baseline", short_help="Hold an inventory against a baseline.")(_baseline.baseline)
app.command("rules", short_help="List Sigma rules by gain of changes.")(_rules.rules)
app.add_typer(_inventory.app, name="inventory", short_help="Show or check an inventory's facts.")
app.command("init", short_help="Begin an inventory, and say what to run where.")(_init.init)
app.command("collect", short_help="Print the script that gathers a host's facts.")(_collect.collect)
_sysmon.app.command("rules", short_help="Count rules that can fire, by configuration.")(
    _rules.by_configuration
)
app.add_typer(_sysmon.app, name="sysmon", short_help="Check and try Sysmon configurations.")
app.add_typer(_attack.app, name="attack", short_help="Import or show an ATT&CK version.")


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of assessment.json."""
    import json

    from logreach.reports.json import schema as json_schema

    say_own(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def main() -> NoReturn:
    """Entry point of the `logreach` command."""
    # Under `python -m` the program would be called so in help, and completion would look for that.
    sys.exit(exit_code_of(lambda: app(standalone_mode=False, prog_name="logreach")))
