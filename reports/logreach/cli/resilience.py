"""`logreach resilience`: what an adversary must switch off, and whether that would be seen."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.assess import cached_filter_answers, converting, loaded_rules
from logreach.cli.exits import FEW_FAULTS, fail, print_faults
from logreach.cli.options import (
    STANDARD_OUTPUT,
    AsOfDay,
    AttackChoice,
    FieldNames,
    HostNames,
    InventoryPath,
    OutputFormat,
    Pipelines,
    PlaceholderValues,
    Techniques,
    Verbose,
)
from logreach.cli.output import console, say, say_json
from logreach.cli.report_folder import check_writable, whole_files

if TYPE_CHECKING:
    from logreach.coverage.detections.model import RuleSet
    from logreach.coverage.resilience.result import Resilience

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR|-",
        help="Also write resilience.json, resilience.xlsx and a Navigator layer to this folder; "
        "with --format json, - is standard output.",
        show_default=False,
    ),
]


def resilience(
    inventory: InventoryPath,
    technique: Techniques = None,
    host: HostNames = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Sigma rules that detect, in place of published ones; may be repeated.",
        ),
    ] = None,
    out: Out = None,
    format_: Annotated[
        OutputFormat, typer.Option("--format", help="json: all of it as one object.")
    ] = OutputFormat.TEXT,
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
    attack: AttackChoice = None,
    as_of: AsOfDay = None,
    verbose: Verbose = False,
) -> None:
    """Show what an adversary must switch off before techniques are detected no longer.

    For each technique and profile: the prerequisites that stand in every way, the fewest that have
    to be turned off, and whether events would show that. Nothing is changed anywhere.
    """
    if out == STANDARD_OUTPUT and format_ is not OutputFormat.JSON:
        fail("--out - needs --format json", "Add --format json, or name a folder.")
    if out is not None and out != STANDARD_OUTPUT:
        check_writable(out, inventory)
    # As for assess: the objects live to the end.
    gc.disable()
    conversion = converting(pipeline, field_names, placeholders)
    ruleset = loaded_rules(tuple(rules), conversion) if rules else None
    result = _judged(
        inventory,
        technique or (),
        host or (),
        attack,
        ruleset,
        as_of.date() if as_of else None,
    )
    gc.freeze()
    _report(result, out, format_, verbose=verbose)


def _judged(
    path: Path,
    techniques: Sequence[str],
    hosts: Sequence[str],
    attack: str | None,
    rules: RuleSet | None,
    day: date | None,
) -> Resilience:
    """Raises InputError for an inventory, techniques or hosts that cannot be used. Faults of the
    inventory go to standard error, as facts lost to them count as unknown."""
    from importlib.metadata import version

    from logreach.coverage.assessment.scope import only_hosts, scope_of
    from logreach.coverage.attack import load_attack
    from logreach.coverage.resilience.assess import assess_resilience
    from logreach.inventories import load

    model = load_attack(attack)
    scope = scope_of(model, techniques)
    inventory = load(path)
    check = f"logreach inventory check {path}"
    print_faults(inventory.faults, heading=f"Faults of {path}:", most=FEW_FAULTS, all_by=check)
    narrowed = only_hosts(inventory, hosts)
    with cached_filter_answers(narrowed) if rules else nullcontext():
        return assess_resilience(
            narrowed, model, scope, rules=rules, version=version("logreach"), day=day
        )


def _report(result: Resilience, out: Path | None, form: OutputFormat, *, verbose: bool) -> None:
    from logreach.reports.resilience.document import resilience_document
    from logreach.reports.resilience.terminal import print_resilience

    if form is OutputFormat.JSON:
        say_json(resilience_document(result))
    else:
        print_resilience(result, console(), verbose=verbose)
    if out is not None and out != STANDARD_OUTPUT:
        for path in _write(result, out):
            say(f"wrote {path}", err=form is OutputFormat.JSON)


def _write(result: Resilience, out: Path) -> list[Path]:
    from logreach.reports.resilience.document import write_resilience
    from logreach.reports.resilience.layer import write_blinding_layer
    from logreach.reports.resilience.workbook import write_resilience_workbook

    names = ("resilience.json", "resilience.xlsx", "resilience-layer.json")
    with whole_files(out) as folder:
        write_resilience(result, folder / names[0])
        write_resilience_workbook(result, folder / names[1])
        write_blinding_layer(result, folder / names[2])
    return [out / name for name in names]
