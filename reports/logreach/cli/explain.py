"""`logreach explain`: what stands behind one verdict: picture, event, and chain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.completion import technique_ids
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

if TYPE_CHECKING:
    from logreach.coverage.assessment.explain import Explanation


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A technique (T1543.003), an event (Security:4688), a field of an event "
            "(Security:4688/CommandLine), a data component ('Process Creation') or the file of a "
            "Sigma rule; with --rules, also a rule's id or title.",
            autocompletion=technique_ids,
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
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Print every way, event and link of the chain, for every profile."
        ),
    ] = False,
) -> None:
    """Answer in a dozen lines: verdict, way, the link that breaks, what to change, evidence.

    Where hosts differ, the answer is about the profile with most hosts short of achievable. With
    --full, the ways and the picture of a technique, or all fields of an event, stand before the
    whole chain.
    """
    from logreach.cli.assess import converting
    from logreach.cli.rules import explained, is_rule_file
    from logreach.coverage.assessment.explain import explain as why
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load

    hosts_read = only_hosts(load(inventory), host or ())
    if rules or is_rule_file(name):
        conversion = converting(pipeline, field_names, placeholders)
        explanations = explained(name, hosts_read, rules or (), conversion)
    else:
        explanations = why(name, hosts_read, load_attack(attack))
    _print(explanations, full=full)
    print_faults(
        hosts_read.faults,
        heading="Faults of the input:",
        most=None if full else 0,
        all_by=f"logreach inventory check {inventory}",
    )


def _print(explanations: Sequence[Explanation], *, full: bool) -> None:
    from logreach.reports.terminal.answer import answer_rows
    from logreach.reports.terminal.explanation import render_explanation
    from logreach.reports.terminal.layout import put

    terminal = console()
    if not full:
        put(answer_rows(explanations, terminal), terminal, console(err=True))
        return
    for explanation in explanations:
        for tree in render_explanation(explanation):
            terminal.print(tree)
