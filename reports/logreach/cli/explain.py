"""`logreach explain`: the chain behind one verdict, as a tree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from logreach.cli.assess import AttackChoice, HostNames, InventoryPath
from logreach.cli.exits import tell


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A technique (T1543.003), an event (Security:4688), a field of one "
            "(Security:4688/CommandLine), a data component ('Process Creation') or the file of a "
            "Sigma rule; with --rules also the id or title of a rule.",
        ),
    ],
    inventory: InventoryPath = Path(),
    host: HostNames = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Sigma rules, a file or a folder: explain one of these."),
    ] = None,
    attack: AttackChoice = None,
) -> None:
    """Show each link of the chain with verdict, reason, evidence and remedy."""
    from rich.console import Console

    from logreach.cli.rules import explained, is_rule_file
    from logreach.coverage.assessment.explain import explain as chain
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load
    from logreach.reports.terminal import render_tree

    read = only_hosts(load(inventory), host or ())
    console = Console()
    if rules or is_rule_file(what):
        trees = explained(what, read, rules or ())
    else:
        trees = chain(what, read, load_attack(attack))
    for branch in trees:
        console.print(render_tree(branch))
    tell(read.faults, heading="Faults of the input:")
