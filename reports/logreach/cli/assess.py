"""`logreach assess`: read an inventory, judge it, write the reports."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.exits import Exit, tell
from logreach.cli.output import left_from_earlier, look_at, whole_files
from logreach.inventories.files.faults import Fault, InputError

if TYPE_CHECKING:
    from logreach.coverage.assessment.result import Assessment
    from logreach.coverage.detections.model import RuleSet
    from logreach.inventories.facts.host import Inventory
    from logreach.reports.catalogue import Catalogue


class Format(StrEnum):
    """The reports that can be written."""

    JSON = "json"
    EXCEL = "excel"
    NAVIGATOR = "navigator"
    HTML = "html"


InventoryPath = Annotated[
    Path, typer.Argument(help="Folder with the inventory.", metavar="INVENTORY")
]
HostNames = Annotated[
    list[str] | None,
    typer.Option(
        "--host", metavar="NAME", help="Only this host or group of hosts; may be repeated."
    ),
]
AttackChoice = Annotated[
    str | None,
    typer.Option(
        "--attack",
        metavar="VERSION|FILE",
        help="Another ATT&CK than the one included: a version imported before, or a STIX bundle.",
    ),
]


def assess(
    inventory: InventoryPath,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder to write the reports to.")
    ] = Path("out"),
    technique: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Only this technique and its sub-techniques; repeated, any of them."
        ),
    ] = None,
    tactic: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this tactic, within the other restrictions."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|ID", help="Only techniques that this threat group uses, likewise."
        ),
    ] = None,
    host: HostNames = None,
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="Only this report: json, excel, navigator or html; may be repeated. Default: all.",
        ),
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="Sigma rules to judge: a file or a folder; may be repeated."
        ),
    ] = None,
    attack: AttackChoice = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="Exit with 1 if detection (with alternatives) is achievable on fewer than this "
            "percentage of host x technique pairs that apply; where none applies, nothing fails.",
        ),
    ] = None,
) -> object:
    """Judge which ATT&CK detections the logs of an inventory can support."""
    look_at(out, inventory)
    gc.disable()  # one run makes a million small objects that all live until its end
    result = assessed(
        inventory,
        technique or (),
        tactic or (),
        group or (),
        host or (),
        attack,
        tuple(rules or ()),
    )
    with _progress() as progress:
        written = _write(result, out, formats or list(Format), progress)
    _print(result, written)
    if fail_under is not None:
        _judge_threshold(result, fail_under)
    return result


def assessed(
    inventory: Path,
    techniques: Sequence[str] = (),
    tactics: Sequence[str] = (),
    groups: Sequence[str] = (),
    hosts: Sequence[str] = (),
    attack: str | None = None,
    rules: Sequence[Path] = (),
) -> Assessment:
    """Read and judge; whatever cannot be used raises InputError."""
    from importlib.metadata import version

    from logreach.coverage.assessment import assess as engine
    from logreach.coverage.assessment.scope import only_hosts, scope_of
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load

    model = load_attack(attack)
    scope = scope_of(model, techniques, tactics, groups)
    read = only_hosts(load(inventory), hosts)
    with _progress() as progress, kept_answers(read) if rules else nullcontext():
        return engine.assess(
            read,
            model,
            scope,
            rules=loaded_rules(rules) if rules else None,
            version=version("logreach"),
            progress=progress,
        )


def kept_answers(read: Inventory) -> AbstractContextManager[None]:
    """Inside, what rules ask of the inventory's Sysmon configurations is kept in the cache."""
    from logreach.coverage.attack.files import cache_folder
    from logreach.coverage.detections.filter_cache import remembered

    return remembered(read.hosts, cache_folder())


def loaded_rules(paths: Sequence[Path]) -> RuleSet:
    """The rules of files and folders; InputError where there is not one that can be read."""
    from logreach.coverage.attack.files import cache_folder
    from logreach.coverage.detections.load import load_rules

    found = load_rules(paths, cache_dir=cache_folder())
    if all(rule.kind == "unreadable" for rule in found.rules):
        places = ", ".join(map(str, paths))
        raise InputError((*found.faults, Fault("no Sigma rule that can be read", places)))
    return found


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error where a terminal is there; silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total
        )


def _write(
    result: Assessment,
    out: Path,
    formats: Sequence[Format],
    progress: Callable[[str, int, int], None],
) -> list[Path]:
    from logreach.reports.catalogue import Catalogue

    catalogue = Catalogue(result)
    written: list[Path] = []
    with whole_files(out) as folder:
        for number, one in enumerate(dict.fromkeys(formats)):
            progress(f"writing {one.value}", number, len(formats))
            made = _write_one(result, catalogue, folder, one)
            written += [out / path.relative_to(folder) for path in made]
    return written


def _write_one(result: Assessment, catalogue: Catalogue, out: Path, one: Format) -> list[Path]:
    match one:
        case Format.JSON:
            from logreach.reports.jsondoc import write_json

            write_json(result, out / "assessment.json", catalogue)
            return [out / "assessment.json"]
        case Format.EXCEL:
            from logreach.reports.excel import import_alone, write_workbook

            import_alone()
            write_workbook(result, out / "assessment.xlsx", catalogue)
            return [out / "assessment.xlsx"]
        case Format.NAVIGATOR:
            from logreach.reports.navigator import write_layers

            return write_layers(result, out / "navigator")
        case Format.HTML:
            from logreach.reports.html import write_html

            write_html(result, out / "assessment.html", catalogue)
            return [out / "assessment.html"]


def _print(result: Assessment, written: Sequence[Path]) -> None:
    from rich.console import Console

    from logreach.reports.caveats import faults_of
    from logreach.reports.terminal import print_summary

    print_summary(result, Console())
    for path in written:
        typer.echo(f"wrote {path}")
    if old := left_from_earlier(written):
        names = ", ".join(path.name for path in old)
        typer.echo(f"note: {old[0].parent} also holds layers of an earlier run: {names}", err=True)
    tell(
        tuple(faults_of(result)),
        heading="Faults of the input (what they cost is counted as unknown):",
    )


def achieved(result: Assessment) -> tuple[int, int]:
    """The host x technique pairs on which detection is achievable, of those that apply."""
    from logreach.reports.words import applying, totals

    counts = totals(result, "detection_with_alternatives")
    return counts["achievable"], applying(counts)


def _judge_threshold(result: Assessment, fail_under: float) -> None:
    some, whole = achieved(result)
    if not whole:
        typer.echo("no technique asked for applies to any host: --fail-under has nothing to judge")
        return
    share = 100 * some / whole
    typer.echo(
        f"detection with alternatives is achievable on {share:.1f} % of what applies "
        f"({some} of {whole})"
    )
    if share < fail_under:
        typer.echo(f"which is below --fail-under {fail_under:g}", err=True)
        raise typer.Exit(Exit.BELOW)
