"""`logreach assess`: read an inventory, judge it, write the reports."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.exits import Exit, fail
from logreach.cli.options import (
    STANDARD_OUTPUT,
    AsOfDay,
    AttackChoice,
    FieldNames,
    HostNames,
    InventoryPath,
    Pipelines,
    PlaceholderValues,
    Quiet,
    Techniques,
    Verbose,
)
from logreach.cli.output import console, say, say_own
from logreach.cli.report_folder import check_writable, left_from_earlier, reports_text
from logreach.cli.report_formats import (
    DEFAULT_FORMATS,
    LayerKind,
    LayersAsked,
    ReportFormat,
    groups_of,
    write_reports,
)
from logreach.inventories.files.faults import Fault, InputError

if TYPE_CHECKING:
    from logreach.coverage.assessment.assess import Scope
    from logreach.coverage.assessment.result import Assessment
    from logreach.coverage.attack import AttackModel
    from logreach.coverage.detections.conversion import Conversion
    from logreach.coverage.detections.model import RuleSet
    from logreach.inventories.facts.host import Inventory


def assess(
    inventory: InventoryPath,
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR|-",
            help="Folder to write the reports to; with --format json, - is standard output.",
        ),
    ] = Path("out"),
    technique: Techniques = None,
    tactic: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this tactic, within the other restrictions."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|ID",
            help="Only techniques that this threat group uses, within the other restrictions.",
        ),
    ] = None,
    host: HostNames = None,
    formats: Annotated[
        list[ReportFormat] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Only this report: json, excel, navigator, html, csv, dettect, opengraph or "
            "graphml; may be repeated. Default: the first four.",
        ),
    ] = None,
    layers: Annotated[
        LayerKind,
        typer.Option(
            metavar="KIND",
            help="Navigator layers of the fleet and of each --group, or 'profiles': these, and "
            "one layer for each profile.",
        ),
    ] = LayerKind.FLEET,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="Sigma rules to judge: a file or a folder; may be repeated."
        ),
    ] = None,
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
    attack: AttackChoice = None,
    as_of: AsOfDay = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="Exit with 1 if detection is achievable, here or elsewhere in the fleet, on less "
            "than this percentage of the host and technique pairs that apply; if none applies, "
            "exit with 0.",
        ),
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Judge which ATT&CK detections the logs of an inventory support, and write the reports."""
    piped = _piped(out, formats)
    if not piped:
        check_writable(out, inventory)
    # The collector would search a million objects that all live to the end: 9.2 s of CPU instead of
    # 6.7 s on the example with 2,407 rules.
    gc.disable()
    result = assessed(
        inventory,
        technique or (),
        tactic or (),
        group or (),
        host or (),
        attack,
        tuple(rules or ()),
        converting(pipeline, field_names, placeholders),
        as_of.date() if as_of else None,
    )
    if piped:
        written = _pipe(result)
    else:
        asked = LayersAsked(groups_of(attack, group or ()), layers is LayerKind.PROFILES)
        with _progress() as progress:
            written = write_reports(result, out, formats or DEFAULT_FORMATS, progress, asked)
    if not quiet:
        _print(
            result, inventory, written, err=piped, verbose=verbose, judges=fail_under is not None
        )
    # Nor shall it, when Python ends: 0.35 s of 4.5 s there.
    gc.freeze()
    if fail_under is not None:
        _judge_threshold(result, fail_under, err=piped, quiet=quiet)


def assessed(
    inventory: Path,
    techniques: Sequence[str] = (),
    tactics: Sequence[str] = (),
    groups: Sequence[str] = (),
    hosts: Sequence[str] = (),
    attack: str | None = None,
    rules: Sequence[Path] = (),
    conversion: Conversion | None = None,
    day: date | None = None,
) -> Assessment:
    """Read and judge an inventory. Raises InputError for unusable input."""
    from logreach.coverage.assessment.scope import scope_of
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load

    model = load_attack(attack)
    scope = scope_of(model, techniques, tactics, groups)
    loaded = load(inventory)
    ruleset = loaded_rules(rules, conversion) if rules else None
    return judged(loaded, model, scope, hosts, ruleset, day)


def judged(
    inventory: Inventory,
    model: AttackModel,
    scope: Scope,
    hosts: Sequence[str] = (),
    rules: RuleSet | None = None,
    day: date | None = None,
) -> Assessment:
    """Judge an inventory that was read. Raises InputError for hosts that it does not have."""
    from importlib.metadata import version

    from logreach.coverage.assessment.assess import assess as assess_inventory
    from logreach.coverage.assessment.scope import only_hosts

    narrowed = only_hosts(inventory, hosts)
    with _progress() as progress, cached_filter_answers(narrowed) if rules else nullcontext():
        return assess_inventory(
            narrowed,
            model,
            scope,
            rules=rules,
            version=version("logreach"),
            progress=progress,
            day=day,
        )


def cached_filter_answers(inventory: Inventory) -> AbstractContextManager[None]:
    """Inside, answers of Sysmon configurations to event patterns go to the user's cache."""
    from logreach.coverage.attack.files import cache_folder
    from logreach.coverage.detections.filter_cache import remembered

    return remembered(inventory.hosts, cache_folder())


def converting(
    pipelines: Sequence[str] | None, field_names: Path | None, placeholders: Path | None
) -> Conversion:
    """What a site makes of rules, as the options say. Raises InputError for unusable ones."""
    from logreach.coverage.detections.conversion import conversion_of

    return conversion_of(pipelines or (), field_names, placeholders)


def loaded_rules(paths: Sequence[Path], conversion: Conversion | None = None) -> RuleSet:
    """The rules of files and folders, as a site converts them.

    Raises InputError if no rule can be read.
    """
    from logreach.coverage.attack.files import cache_folder
    from logreach.coverage.detections.conversion import NO_CONVERSION
    from logreach.coverage.detections.load import load_rules

    ruleset = load_rules(paths, cache_dir=cache_folder(), conversion=conversion or NO_CONVERSION)
    if all(rule.kind == "unreadable" for rule in ruleset.rules):
        source = ", ".join(map(str, paths))
        raise InputError((*ruleset.faults, Fault("no readable Sigma rule", source)))
    return ruleset


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error where that is a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _description, _completed, _total: None
        return
    from rich.progress import Progress

    with Progress(console=console(err=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda description, completed, total: bar.update(
            task, description=description, completed=completed, total=total
        )


def _piped(out: Path, formats: Sequence[ReportFormat] | None) -> bool:
    """Whether the report goes to standard output. Ends the command where it cannot."""
    if out != STANDARD_OUTPUT:
        return False
    if set(formats or ()) != {ReportFormat.JSON}:
        fail("--out - writes one report to standard output", "Add --format json, and no other.")
    return True


def _pipe(result: Assessment) -> list[Path]:
    from logreach.reports.json import json_of

    say_own(json_of(result), newline=False)
    return []


def _print(
    result: Assessment,
    inventory: Path,
    written: Sequence[Path],
    *,
    err: bool,
    verbose: bool,
    judges: bool,
) -> None:
    """The summary; on standard error where standard output has the report.

    `judges`: the share is judged below it.
    """
    from logreach.reports.terminal.details import print_details
    from logreach.reports.terminal.layout import put
    from logreach.reports.terminal.summary import Closing, summary_rows

    check = f"logreach inventory check {inventory}"
    out, errors = console(err=err), console(err=True)
    earlier = left_from_earlier(written)
    own_rows = 3 * judges + 2 * bool(earlier)
    closing = Closing(reports_text(written), check, verbose=verbose, own_rows=own_rows)
    put(summary_rows(result, out, closing), out, errors)
    if verbose:
        print_details(result, out)
    if earlier:
        names = ", ".join(path.name for path in earlier[:3])
        more = f" and {len(earlier) - 3} more" if len(earlier) > 3 else ""
        folder = earlier[0].parent
        say(f"note: {folder} also holds layers of an earlier run: {names}{more}", err=True)


def achieved(result: Assessment) -> tuple[int, int]:
    """The host and technique pairs on which detection is achievable, and those that apply."""
    from logreach.coverage.network.techniques import DETECTION
    from logreach.reports.counts import achievable, applying, totals

    counts = totals(result, DETECTION)
    return achievable(counts), applying(counts)


def _judge_threshold(result: Assessment, fail_under: float, *, err: bool, quiet: bool) -> None:
    achievable, pairs = achieved(result)
    if not pairs:
        if not quiet:
            words = "no technique in scope applies to any host: --fail-under has nothing to judge"
            say(words, err=err)
        return
    share = 100 * achievable / pairs
    if not quiet:
        say(
            f"detection is achievable, here or elsewhere in the fleet, on {share:.1f} % of the "
            f"host and technique pairs that apply ({achievable} of {pairs})",
            err=err,
        )
    if share < fail_under:
        say(f"this is below --fail-under {fail_under:g}", err=True)
        raise typer.Exit(Exit.BELOW)
