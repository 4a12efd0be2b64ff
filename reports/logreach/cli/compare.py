"""`logreach compare`: what two inventories, or one with and without a change, answer otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.assess import converting, judged, loaded_rules
from logreach.cli.exits import FEW_FAULTS, Exit, fail, print_faults
from logreach.cli.options import (
    AttackChoice,
    FieldNames,
    HostNames,
    OutputFormat,
    Pipelines,
    PlaceholderValues,
    Techniques,
    Verbose,
)
from logreach.cli.output import console, say, say_json
from logreach.cli.report_folder import check_writable, whole_files

if TYPE_CHECKING:
    from logreach.coverage.assessment.comparison import Alternative, Comparison, Side
    from logreach.inventories.facts.host import Inventory

    _AssessOne = Callable[[Inventory, str], Side]

Before = Annotated[
    Path,
    typer.Argument(metavar="BEFORE", help="An inventory folder, or an assessment.json."),
]
After = Annotated[
    Path | None,
    typer.Argument(metavar="[AFTER]", help="The same, to hold against it.", show_default=False),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="CHANGE",
        help="In place of AFTER, a change of BEFORE: sysmon=FILE (where Sysmon runs), "
        "sysmon-everywhere=FILE, gpo=DIR, baseline=NAME|FILE or setting=NAME=VALUE. May be "
        "repeated: several Sysmon configurations are ranked, other changes are made together.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Also write comparison.json, comparison.xlsx and a Navigator layer to this folder.",
        show_default=False,
    ),
]


def compare(
    before: Before,
    after: After = None,
    with_: With = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Sigma rules to judge on both sides; may be repeated."),
    ] = None,
    technique: Techniques = None,
    host: HostNames = None,
    out: Out = None,
    format_: Annotated[
        OutputFormat, typer.Option("--format", help="json: the comparison as one object.")
    ] = OutputFormat.TEXT,
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
    attack: AttackChoice = None,
    verbose: Verbose = False,
) -> None:
    """Show what is gained and lost from one inventory to another, or by a change.

    Hosts are matched by name. Exit codes: 0 nothing is lost; 1 something that was proven is proven
    no longer, or a host is gone; 2 the input or the command line cannot be used.
    """
    from logreach.coverage.assessment.comparison import side_of
    from logreach.coverage.assessment.scope import scope_of
    from logreach.coverage.attack import load_attack

    if (after is None) is not bool(with_):
        fail("nothing to compare with", "Give AFTER, or a change with --with.")
    if out is not None:
        check_writable(out, before)
    conversion = converting(pipeline, field_names, placeholders)
    ruleset = loaded_rules(tuple(rules), conversion) if rules else None

    model = load_attack(attack)
    scope = scope_of(model, technique or ())

    def assess_one(inventory: Inventory, title: str) -> Side:
        return side_of(judged(inventory, model, scope, host or (), ruleset), title)

    if after is not None:
        sides = [
            _read_back(path) or assess_one(_loaded(path), str(path)) for path in (before, after)
        ]
        alternatives = [_compared(*sides)]
    else:
        alternatives = _alternatives(before, with_ or (), assess_one)
    _report(alternatives, out, format_, verbose=verbose)
    if any(each.lost for each in alternatives):
        raise typer.Exit(Exit.BELOW)


def _loaded(path: Path) -> Inventory:
    """An inventory; its faults go to standard error, as facts lost to them count as unknown."""
    from logreach.inventories import load

    inventory = load(path)
    check = f"logreach inventory check {path}"
    print_faults(inventory.faults, heading=f"Faults of {path}:", most=FEW_FAULTS, all_by=check)
    return inventory


def _read_back(path: Path) -> Side | None:
    """An assessment.json as a side; None where the path is an inventory."""
    if path.suffix.casefold() != ".json" or not path.is_file():
        return None
    from logreach.reports.json.read_back import read_side

    return read_side(path)


def _alternatives(before: Path, changes: Sequence[str], assess_one: _AssessOne) -> list[Comparison]:
    """One comparison for all changes together, or one for each of several Sysmon configurations."""
    from logreach.coverage.platforms.changes import changed

    if before.suffix.casefold() == ".json" and before.is_file():
        fail(f"{before} holds answers, not facts", "Name the inventory to change it with --with.")
    configurations = [change for change in changes if change.startswith("sysmon")]
    together = [change for change in changes if not change.startswith("sysmon")]
    sets = [[*together, each] for each in configurations] or [together]
    inventory = _loaded(before)
    changed_inventories = []
    for each in sets:
        changed_inventory = inventory
        for change in each:
            changed_inventory = changed(changed_inventory, change)
        changed_inventories.append((changed_inventory, ", ".join(each)))
    first = assess_one(inventory, str(before))
    return [
        _compared(first, assess_one(changed_inventory, title))
        for changed_inventory, title in changed_inventories
    ]


def _compared(before: Side, after: Side) -> Comparison:
    from logreach.coverage.assessment.comparison import compare as compare_sides

    return compare_sides(before, after)


def _report(
    comparisons: Sequence[Comparison], out: Path | None, form: OutputFormat, *, verbose: bool
) -> None:
    from logreach.coverage.assessment.comparison import ranked
    from logreach.coverage.platforms.sysmon.sensor import SysmonSensor
    from logreach.reports.comparison.document import comparison_document, ranking_document
    from logreach.reports.comparison.terminal import print_comparison, print_ranking

    alternatives: list[Alternative] = (
        ranked(comparisons, SysmonSensor().volume_of) if len(comparisons) > 1 else []
    )
    best = alternatives[0].comparison if alternatives else comparisons[0]
    if form is OutputFormat.JSON:
        documents = [comparison_document(each) for each in comparisons]
        say_json(
            {"ranking": ranking_document(alternatives), "comparisons": documents}
            if alternatives
            else documents[0]
        )
    else:
        if alternatives:
            print_ranking(alternatives, console())
            say("")
        print_comparison(best, console(), verbose=verbose)
    if out is not None:
        for path in _write(best, out):
            say(f"wrote {path}", err=form is OutputFormat.JSON)


def _write(comparison: Comparison, out: Path) -> list[Path]:
    from importlib.metadata import version

    from logreach.reports.comparison.document import write_comparison
    from logreach.reports.comparison.layer import write_difference_layer
    from logreach.reports.comparison.workbook import write_comparison_workbook

    names = ("comparison.json", "comparison.xlsx", "comparison-layer.json")
    with whole_files(out) as folder:
        write_comparison(comparison, folder / names[0])
        write_comparison_workbook(comparison, version("logreach"), folder / names[1])
        write_difference_layer(comparison, version("logreach"), folder / names[2])
    return [out / name for name in names]
