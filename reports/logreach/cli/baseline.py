"""`logreach baseline`: what hosts show of a guide, of controls or of a baseline of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.assess import cached_filter_answers, converting, loaded_rules
from logreach.cli.exits import Exit, fail, print_faults
from logreach.cli.options import (
    AsOfDay,
    AttackChoice,
    FieldNames,
    HostNames,
    InventoryPath,
    Pipelines,
    PlaceholderValues,
)
from logreach.cli.output import console, say, say_own
from logreach.cli.report_folder import check_writable, whole_files

if TYPE_CHECKING:
    from logreach.coverage.baselines.result import BaselineResult
    from logreach.coverage.detections.conversion import Conversion

_STDOUT = Path("-")


class BaselineFormat(StrEnum):
    """The files in which a result is told."""

    JSON = "json"
    EXCEL = "excel"
    HTML = "html"
    CSV = "csv"
    OSCAL = "oscal"
    SARIF = "sarif"


_TEXTS = (BaselineFormat.JSON, BaselineFormat.OSCAL, BaselineFormat.SARIF)
"""Those that can go to standard output."""
_FILES = {
    BaselineFormat.JSON: "baseline.json",
    BaselineFormat.EXCEL: "baseline.xlsx",
    BaselineFormat.HTML: "baseline.html",
    BaselineFormat.OSCAL: "oscal-assessment-results.json",
    BaselineFormat.SARIF: "baseline.sarif",
}


class FailOn(StrEnum):
    """What a pipeline fails on; each also fails on those before it."""

    NOT_MET = "not-met"
    UNKNOWN = "unknown"


def _list(requested: bool) -> None:
    if requested:
        from logreach.inventories.windows.baselines.shipped import shipped_baselines

        for name, each in shipped_baselines().items():
            say(name, f"{len(each.requirements)} requirements", each.title)
        raise typer.Exit


def _schema(requested: bool) -> None:
    if requested:
        import json

        from logreach.reports.baseline.document import schema

        say_own(json.dumps(schema(), indent=2, ensure_ascii=False))
        raise typer.Exit


def baseline(
    inventory: InventoryPath,
    against: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="asd, microsoft-client, microsoft-server, yamato, nist-800-53, ism; or a file of "
            "your own: YAML (see README) or .PolicyRules of PolicyAnalyzer. CIS, PCI DSS and ISO "
            "only by such a file: their licences forbid to ship them.",
        ),
    ],
    host: HostNames = None,
    technique: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Weigh gains for this technique only; may be repeated."),
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Sigma rules to weigh gains for; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|-",
            help="Write reports to this folder; '-' prints the one --format to standard output.",
            show_default=False,
        ),
    ] = None,
    formats: Annotated[
        list[BaselineFormat] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Only this: json, excel, html, csv, oscal or sarif; may be repeated. Default: "
            "all.",
        ),
    ] = None,
    observed_only: Annotated[
        bool,
        typer.Option(
            "--observed-only",
            help="Only what hosts printed is proof, not what the inventory declares.",
        ),
    ] = False,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="Exit with 1 where a requirement is not met on some host; with unknown, also "
            "where that is not shown.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOfDay = None,
    attack: AttackChoice = None,
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print every answer with its evidence.")
    ] = False,
    list_: Annotated[  # noqa: ARG001 - answered before the command runs
        bool,
        typer.Option("--list", callback=_list, is_eager=True, help="Print the baselines included."),
    ] = False,
    schema: Annotated[  # noqa: ARG001 - answered before the command runs
        bool,
        typer.Option(
            "--schema",
            callback=_schema,
            is_eager=True,
            help="Print the JSON Schema of baseline.json.",
        ),
    ] = False,
) -> None:
    """Hold an inventory against a baseline: what is met, by what evidence, what meeting the rest
    would make detectable.

    A requirement is met only where what hosts printed, or the inventory declares, proves it. Exit
    codes: 0 done; 1 --fail-on found something; 2 the input or the command line cannot be used.
    """
    chosen = tuple(dict.fromkeys(formats or ()))
    if out == _STDOUT and (len(chosen) != 1 or chosen[0] not in _TEXTS):
        names = ", ".join(each.value for each in _TEXTS)
        fail("standard output takes one format", f"Give one --format of {names}.")
    if chosen and out is None:
        fail("--format says what to write, and nothing where", "Give --out DIR, or --out -.")
    if out is not None and out != _STDOUT:
        check_writable(out, inventory)
    result = _judged(
        inventory,
        against,
        hosts=host or (),
        techniques=technique or (),
        rules=rules or (),
        conversion=lambda: converting(pipeline, field_names, placeholders),
        attack=attack,
        day=as_of.date() if as_of else None,
        observed_only=observed_only,
    )
    if out == _STDOUT:
        _print_format(result, chosen[0])
    else:
        _tell(result, out, chosen, verbose=verbose)
    if fail_on is not None and _fails(result, fail_on):
        raise typer.Exit(Exit.BELOW)


def _judged(
    inventory: Path,
    against: str,
    *,
    hosts: Sequence[str],
    techniques: Sequence[str],
    rules: Sequence[Path],
    conversion: Callable[[], Conversion],
    attack: str | None,
    day: date | None,
    observed_only: bool,
) -> BaselineResult:
    """Read and judge. Raises InputError for unusable input."""
    from importlib.metadata import version

    from logreach.coverage.assessment.scope import only_hosts, scope_of
    from logreach.coverage.attack import load_attack
    from logreach.coverage.baselines.assess import assess_baseline
    from logreach.inventories import load
    from logreach.inventories.windows.baselines.shipped import find_baseline

    chosen = find_baseline(against)
    model = load_attack(attack)
    scope = scope_of(model, techniques)
    narrowed = only_hosts(load(inventory), hosts)
    ruleset = loaded_rules(rules, conversion()) if rules else None
    with cached_filter_answers(narrowed) if rules else nullcontext():
        return assess_baseline(
            narrowed,
            model,
            chosen,
            scope=scope,
            rules=ruleset,
            version=version("logreach"),
            day=day,
            observed_only=observed_only,
        )


def _fails(result: BaselineResult, fail_on: FailOn) -> bool:
    totals = result.totals()
    return bool(totals["not met"] or (fail_on is FailOn.UNKNOWN and totals["unknown"]))


def _print_format(result: BaselineResult, form: BaselineFormat) -> None:
    from logreach.cli.output import say_json
    from logreach.reports.baseline.document import document
    from logreach.reports.baseline.oscal import assessment_results
    from logreach.reports.baseline.sarif import sarif_log

    makers = {
        BaselineFormat.JSON: document,
        BaselineFormat.OSCAL: assessment_results,
        BaselineFormat.SARIF: sarif_log,
    }
    say_json(makers[form](result))


def _tell(
    result: BaselineResult, out: Path | None, chosen: Sequence[BaselineFormat], *, verbose: bool
) -> None:
    """Print the result, and write its reports."""
    from logreach.reports.baseline.oscal import needs_day
    from logreach.reports.baseline.terminal import print_baseline

    formats = list(chosen or BaselineFormat)
    why_not = needs_day(result)
    if out is not None and why_not and BaselineFormat.OSCAL in formats:
        if chosen:
            fail(why_not, "Give it with --as-of DATE.")
        formats.remove(BaselineFormat.OSCAL)
        say(f"note: no OSCAL is written: {why_not}; --as-of DATE names it", err=True)
    written: list[Path] = []
    if out is not None:
        with whole_files(out) as folder:
            paths = [path for form in formats for path in _write(result, folder, form)]
        written = [out / path.name for path in paths]
    print_baseline(result, console(), verbose=verbose)
    for path in written:
        say(f"wrote {path}")
    print_faults(
        result.faults,
        heading="Faults of the input (facts lost to a fault count as unknown):",
    )


def _write(result: BaselineResult, folder: Path, form: BaselineFormat) -> list[Path]:
    from logreach.reports.baseline.document import write_document
    from logreach.reports.baseline.oscal import write_oscal
    from logreach.reports.baseline.page import write_page
    from logreach.reports.baseline.sarif import write_sarif
    from logreach.reports.baseline.tables import write_tables
    from logreach.reports.baseline.workbook import write_workbook

    if form is BaselineFormat.CSV:
        return write_tables(result, folder)
    writers = {
        BaselineFormat.JSON: write_document,
        BaselineFormat.EXCEL: write_workbook,
        BaselineFormat.HTML: write_page,
        BaselineFormat.OSCAL: write_oscal,
        BaselineFormat.SARIF: write_sarif,
    }
    path = folder / _FILES[form]
    writers[form](result, path)
    return [path]
