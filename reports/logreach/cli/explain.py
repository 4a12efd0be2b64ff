"""`logreach explain`: what stands behind one verdict: picture, event, and chain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from logreach.cli.exits import print_faults
from logreach.cli.options import (
    AttackChoice,
    FieldNames,
    HostNames,
    InventoryPath,
    Pipelines,
    PlaceholderValues,
)
from logreach.cli.output import console


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
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
    attack: AttackChoice = None,
) -> None:
    """Show what stands behind a verdict.

    A technique: what shows it here and the ways to detect it. An event: what it records, its
    caveats and every field. Then each link of the chain, with reason, evidence and remedy.
    """
    from logreach.cli.assess import converting
    from logreach.cli.rules import explained, is_rule_file
    from logreach.coverage.assessment.explain import explain as why
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load
    from logreach.reports.explanation import render_explanation
    from logreach.reports.terminal import render_tree

    hosts_read = only_hosts(load(inventory), host or ())
    terminal = console()
    if rules or is_rule_file(name):
        conversion = converting(pipeline, field_names, placeholders)
        found_rules = explained(name, hosts_read, rules or (), conversion)
        trees = [render_tree(branch) for branch in found_rules]
    else:
        explanations = why(name, hosts_read, load_attack(attack))
        trees = [tree for each in explanations for tree in render_explanation(each)]
    for tree in trees:
        terminal.print(tree)
    print_faults(hosts_read.faults, heading="Faults of the input:")
