"""`logreach sysmon`: check a Sysmon configuration, and run real events through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.exits import Exit, GuardedGroup, fail, print_faults
from logreach.cli.options import OutputFormat, Verbose
from logreach.cli.output import FEW, say, say_json, say_rest
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.wording import counted, noun

if TYPE_CHECKING:
    from logreach.coverage.platforms.sysmon.engine import Config, Decision
    from logreach.coverage.platforms.sysmon.engine.lints import Finding
    from logreach.coverage.platforms.sysmon.engine.records import ReadResult, Record
    from logreach.coverage.platforms.sysmon.engine.trying import Trial

app = typer.Typer(
    cls=GuardedGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Sysmon configurations: check a configuration, or try it on recorded events.",
)


_FEW_FINDINGS = 6
"""Findings of which each is shown; of more, one of each kind is, and so many kinds."""


class SeverityLevel(StrEnum):
    """The least severity shown; the same names as in the findings."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


Configuration = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A Sysmon configuration (XML).", show_default=False),
]
Version = Annotated[
    str | None,
    typer.Option(
        "--sysmon-version",
        metavar="V",
        help="The Sysmon version that loads the file, such as 15.15, or 10.0.26100.8521 for the "
        "Sysmon of Windows. Default: a Sysmon with schema 4.90, or with the newer schema that the "
        "file declares.",
        show_default=False,
    ),
]
Show = Annotated[SeverityLevel, typer.Option("--level", help="The least severity to show.")]
Format = Annotated[OutputFormat, typer.Option("--format", help="json: one object a line.")]
Logs = Annotated[
    list[Path] | None,
    typer.Option("--evtx", metavar="LOG", help="An event log file.", show_default=False),
]
Lines = Annotated[
    list[Path] | None,
    typer.Option(
        "--jsonl",
        metavar="LOG",
        help='Events as JSON, one a line: {"event_id": 1, "fields": {"Image": "..."}}, '
        "or as evtx_dump or winlogbeat write them.",
        show_default=False,
    ),
]
Only = Annotated[
    bool | None,
    typer.Option(
        "--kept/--dropped", help="Show only kept or only dropped events.", show_default=False
    ),
]


@app.command("check", short_help="List the defects of a configuration.")
def check(
    file: Configuration,
    sysmon_version: Version = None,
    level: Show = SeverityLevel.INFO,
    format_: Format = OutputFormat.TEXT,
    verbose: Verbose = False,
) -> None:
    """List the defects of a configuration, with line, consequence and fix.

    Of more than six, the first of each kind is shown; with --verbose or --format json, all.

    Exit codes: 0 no error and no warning; 1 errors or warnings, also where Sysmon would reject
    the file; 2 the file or the command line cannot be used.
    """
    from logreach.coverage.platforms.sysmon.engine.checking import check as check_configuration
    from logreach.coverage.platforms.sysmon.engine.lints import Severity

    with faults_in(file, sysmon_version):
        findings = check_configuration(read_file(file), sysmon_version)
    least = Severity(level).rank
    asked = [finding for finding in findings if finding.severity.rank <= least]
    if format_ is OutputFormat.TEXT and not verbose and len(asked) > _FEW_FINDINGS:
        _say_kinds(file, asked)
    else:
        show_finding = _say_as_json if format_ is OutputFormat.JSON else _say_finding
        for finding in asked:
            show_finding(file, finding)
    count = Counter(finding.severity for finding in findings)
    names = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "remarks"}
    summary = ", ".join(f"{name}: {count[severity]}" for severity, name in names.items())
    say(f"{file}: {summary}", err=True)
    if count[Severity.ERROR] or count[Severity.WARNING]:
        raise typer.Exit(Exit.BELOW)


@app.command("try", short_help="Show which recorded events pass a configuration.")
def try_(
    file: Configuration,
    evtx: Logs = None,
    jsonl: Lines = None,
    sysmon_version: Version = None,
    kept: Only = None,
    format_: Format = OutputFormat.TEXT,
    verbose: Verbose = False,
) -> None:
    """Show which events of a log a configuration would keep, and by which rule.

    The first twenty are shown, with --verbose or --format json all; the counts are of all. Events
    that the configuration at recording time dropped are not in the log. Known defects of the stated
    release are told.

    Exit codes: 0 done; 1 some records could not be read; 2 the input or the command line cannot be
    used.
    """
    from logreach.coverage.platforms.sysmon.engine.records import ForeignRecord, Record
    from logreach.coverage.platforms.sysmon.engine.trying import Trier

    if not evtx and not jsonl:
        fail("no events to try", "Give a log with --evtx or --jsonl.")
    with faults_in(file, sysmon_version):
        trier = Trier(read_file(file), sysmon_version)
    for warning in trier.warnings:
        say(f"warning: {warning}", err=True)
    faults: list[Fault] = []
    count: Counter[tuple[int, bool | None]] = Counter()
    other_providers = matching = 0
    most = None if verbose or format_ is OutputFormat.JSON else FEW
    for record in _records(evtx or [], jsonl or []):
        if isinstance(record, Record):
            trial = trier.decide(record.event_id, record.fields)
            count[record.event_id, trial.kept] += 1
            if kept is None or trial.kept is None or kept is trial.kept:
                matching += 1
                if most is None or matching <= most:
                    _say_trial(record, trial, format_)
        elif isinstance(record, ForeignRecord):
            other_providers += 1
        else:
            faults.append(record)
    say_rest(min(matching, most or matching), matching)
    _print_counts(count, other_providers)
    print_faults(tuple(faults), most=None if verbose else FEW)
    if faults:
        raise typer.Exit(Exit.BELOW)


@contextmanager
def faults_in(file: Path, sysmon_version: str | None) -> Iterator[None]:
    """Inside, faults name this file as their source; a fault of the version does not."""
    from logreach.coverage.platforms.sysmon.engine.candidates import candidates

    if sysmon_version is not None:
        candidates(sysmon_version)
    try:
        yield
    except InputError as error:
        raise InputError(replace(fault, source=str(file)) for fault in error.faults) from None


def read_file(file: Path) -> bytes:
    """A configuration's bytes, one more than is allowed at most."""
    from logreach.coverage.platforms.sysmon.engine.document import MAX_BYTES

    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _say_finding(file: Path, finding: Finding) -> None:
    say(f"{file}:{finding.line}: {finding.severity}: {finding.message} [{finding.lint}]")
    say(f"    {finding.consequence}")
    say(f"    fix: {finding.fix}")


def _say_kinds(file: Path, findings: Sequence[Finding]) -> None:
    """The first finding of each kind, the gravest kinds first, and the lines of the others."""
    kinds: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):
        kinds.setdefault(finding.lint, []).append(finding)
    for first, *others in list(kinds.values())[:_FEW_FINDINGS]:
        _say_finding(file, first)
        if others:
            lines = ", ".join(str(finding.line) for finding in others[:_FEW_FINDINGS])
            rest = len(others) - _FEW_FINDINGS
            more = f" and {rest} more" if rest > 0 else ""
            say(f"    the same on {noun(len(others), 'line', 'lines')} {lines}{more}")
    kinds_of = counted(len(kinds), "kind")
    say(f"{counted(len(findings), 'finding')} of {kinds_of}; -v lists each", err=True)


def _say_as_json(file: Path, finding: Finding) -> None:
    say_json(
        {
            "file": str(file),
            "line": finding.line,
            "severity": str(finding.severity),
            "lint": finding.lint,
            "message": finding.message,
            "consequence": finding.consequence,
            "fix": finding.fix,
        }
    )


def _records(evtx: list[Path], jsonl: list[Path]) -> Iterator[ReadResult]:
    from logreach.coverage.platforms.sysmon.engine.records import read_evtx, read_json_lines

    for path in evtx:
        yield from read_evtx(path)
    for path in jsonl:
        yield from read_json_lines(path)


def _say_trial(record: Record, trial: Trial, form: OutputFormat) -> None:
    decision = trial.decision
    if form is OutputFormat.JSON:
        say_json(
            {
                "where": record.place,
                "event_id": record.event_id,
                "kept": trial.kept,
                "rule": decision.rule,
                "basis": decision.basis.value,
                "by": [{"name": d.name, "line": d.line, "text": d.text} for d in decision.deciders],
                **({"doubt": trial.doubt} if trial.doubt else {}),
            }
        )
        return
    word = f"{'unknown, ' * (trial.kept is None)}{'kept' if decision.logged else 'dropped'}"
    rule = f" rule {decision.rule!r}" if decision.rule else ""
    explanation = "; ".join(filter(None, (_why(trial.config, record, decision), trial.doubt)))
    say(f"{record.place}: Sysmon:{record.event_id} {word}{rule}: {explanation}")


def _why(config: Config, record: Record, decision: Decision) -> str:
    from logreach.coverage.platforms.sysmon.engine.decision import Basis

    if decision.disabled:
        return "the event is switched off"
    lines = [element.line for element in config.elements_of(record.event_id)]
    listed = ", ".join(map(str, lines))
    if decision.basis is Basis.ELEMENT:
        first, *groups = decision.deciders
        condition = f"{first.text or first.name} (line {first.line})"
        if not groups:
            return condition
        return f"{condition} in {groups[0].name} (line {groups[0].line})"
    return {
        Basis.SINGLE: f"nothing matches; default of the only element (line {listed})",
        Basis.MULTIPLE: f"nothing matches in {len(lines)} elements (lines {listed})",
        Basis.MANIFEST: "no element; Sysmon's own default",
        Basis.UNFILTERED: "this event is never filtered",
        Basis.NO_EVENT: f"Sysmon with schema {config.sysmon_schema} has no such event",
    }[decision.basis]


def _print_counts(count: Counter[tuple[int, bool | None]], other_providers: int) -> None:
    for event_id in sorted({event_id for event_id, _ in count}):
        kept, dropped, unknown = (count[event_id, each] for each in (True, False, None))
        undecided = f", {unknown} unknown" if unknown else ""
        say(f"Sysmon:{event_id}: {kept} kept, {dropped} dropped{undecided}", err=True)
    if other_providers:
        records = counted(other_providers, "record")
        verb = noun(other_providers, "was", "were")
        say(f"{records} of other providers {verb} skipped", err=True)
