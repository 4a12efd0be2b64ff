"""`logreach explain`: the chain behind one verdict, as a tree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from logreach.cli.exits import print_faults
from logreach.cli.options import AttackChoice, HostNames, InventoryPath


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A technique (T1543.003), an event (Security:4688), a field of an event "
            "(Security:4688/CommandLine), a data component ('Process Creation') or the file of a "
            "Sigma rule; with --rules, also a rule's id or title.",
        ),
    ],
    inventory: InventoryPath = Path(),
    host: HostNames = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="Sigma rules (a file or a folder): explain a rule of these."
        ),
    ] = None,
    attack: AttackChoice = None,
) -> None:
    """Show each link of the chain behind a verdict, with reason, evidence and remedy."""
    from rich.console import Console

    from logreach.cli.rules import explained, is_rule_file
    from logreach.coverage.assessment.explain import explain as chain
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load
    from logreach.reports.terminal import render_tree

    hosts_read = only_hosts(load(inventory), host or ())
    console = Console()
    if rules or is_rule_file(name):
        trees = explained(name, hosts_read, rules or ())
    else:
        trees = chain(name, hosts_read, load_attack(attack))
    for branch in trees:
        console.print(render_tree(branch))
    print_faults(hosts_read.faults, heading="Faults of the input:")
