"""`logreach sysmon`: check a Sysmon configuration, and run real events through it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logreach.cli.exits import Exit, Guarded, fail, tell
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.wording import counted, noun

if TYPE_CHECKING:
    from logreach.coverage.platforms.sysmon.engine import Config, Decision
    from logreach.coverage.platforms.sysmon.engine.lints import Finding
    from logreach.coverage.platforms.sysmon.engine.records import ReadResult, Record

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Sysmon configurations: what is wrong with one, and what it would have logged.",
)


class Level(StrEnum):
    """The least severity shown; named as the findings name theirs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Form(StrEnum):
    """How a command writes its data."""

    TEXT = "text"
    JSON = "json"


Configuration = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A Sysmon configuration (XML).", show_default=False),
]
Version = Annotated[
    str | None,
    typer.Option(
        "--sysmon-version",
        metavar="V",
        help="The Sysmon that loads it, such as 15.15, or 10.0.26100.8521 for the one in Windows; "
        "if left out, one with schema 4.90.",
        show_default=False,
    ),
]
Show = Annotated[Level, typer.Option("--level", help="The least severity to show.")]
Format = Annotated[Form, typer.Option("--format", help="json: one object a line.")]
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
        "evtx_dump's or winlogbeat's form.",
        show_default=False,
    ),
]
Only = Annotated[
    bool | None,
    typer.Option("--kept/--dropped", help="Show only these.", show_default=False),
]


@app.command("check", short_help="List what is wrong with a configuration.")
def check(
    file: Configuration,
    sysmon_version: Version = None,
    level: Show = Level.INFO,
    format_: Format = Form.TEXT,
) -> None:
    """List what is wrong with a configuration: line, consequence and fix.

    Exit codes: 0 no error and no warning; 1 errors or warnings, also where Sysmon would refuse
    the file; 2 the file or the command line cannot be used.
    """
    from logreach.coverage.platforms.sysmon.engine.checking import check as check_configuration
    from logreach.coverage.platforms.sysmon.engine.lints import Severity

    with faults_in(file, sysmon_version):
        findings = check_configuration(read_file(file), sysmon_version)
    least = Severity(level).rank
    for one in findings:
        if one.severity.rank <= least:
            typer.echo(_json_finding(file, one) if format_ is Form.JSON else _told(file, one))
    count = Counter(one.severity for one in findings)
    names = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "remarks"}
    summary = ", ".join(f"{name}: {count[one]}" for one, name in names.items())
    typer.echo(f"{file}: {summary}", err=True)
    if count[Severity.ERROR] or count[Severity.WARNING]:
        raise typer.Exit(Exit.BELOW)


@app.command("try", short_help="Show which recorded events it would have kept.")
def try_(
    file: Configuration,
    evtx: Logs = None,
    jsonl: Lines = None,
    sysmon_version: Version = None,
    kept: Only = None,
    format_: Format = Form.TEXT,
) -> None:
    """Show which events of a log a configuration would have kept, and by which rule.

    A configuration can only be tried on events that were logged under another one. Exit codes:
    0 done; 1 some records could not be read; 2 the input or the command line cannot be used.
    """
    from logreach.coverage.platforms.sysmon.engine import decide, load
    from logreach.coverage.platforms.sysmon.engine.records import ForeignRecord, Record

    if not evtx and not jsonl:
        fail("no events to try", "Give a log with --evtx or --jsonl.")
    with faults_in(file, sysmon_version):
        config = load(read_file(file), sysmon_version)
    faults: list[Fault] = []
    count: Counter[tuple[int, bool]] = Counter()
    others = 0
    for read in _events(evtx or [], jsonl or []):
        if isinstance(read, Record):
            decision = decide(config, read.event_id, read.fields)
            count[read.event_id, decision.logged] += 1
            if kept is None or kept is decision.logged:
                typer.echo(_row(config, read, decision, format_))
        elif isinstance(read, ForeignRecord):
            others += 1
        else:
            faults.append(read)
    _sum_up(count, others)
    tell(tuple(faults))
    if faults:
        raise typer.Exit(Exit.BELOW)


@contextmanager
def faults_in(file: Path, sysmon_version: str | None) -> Iterator[None]:
    """Inside, faults are those of this file and are told with its name; a wrong version is none."""
    from logreach.coverage.platforms.sysmon.engine.loading import binary_of

    binary_of(sysmon_version)
    try:
        yield
    except InputError as error:
        raise InputError(replace(fault, source=str(file)) for fault in error.faults) from None


def read_file(file: Path) -> bytes:
    """A configuration's bytes, one more than is allowed at most."""
    from logreach.coverage.platforms.sysmon.engine.document import MAX_BYTES

    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _told(file: Path, one: Finding) -> str:
    return (
        f"{file}:{one.line}: {one.severity}: {one.message} [{one.lint}]\n"
        f"    {one.consequence}\n    fix: {one.fix}"
    )


def _json_finding(file: Path, one: Finding) -> str:
    return _as_json(
        {
            "file": str(file),
            "line": one.line,
            "severity": str(one.severity),
            "lint": one.lint,
            "message": one.message,
            "consequence": one.consequence,
            "fix": one.fix,
        }
    )


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _events(evtx: list[Path], jsonl: list[Path]) -> Iterator[ReadResult]:
    from logreach.coverage.platforms.sysmon.engine.records import read_evtx, read_json_lines

    for path in evtx:
        yield from read_evtx(path)
    for path in jsonl:
        yield from read_json_lines(path)


def _row(config: Config, record: Record, decision: Decision, form: Form) -> str:
    if form is Form.JSON:
        return _as_json(
            {
                "where": record.place,
                "event_id": record.event_id,
                "kept": decision.logged,
                "rule": decision.rule,
                "basis": decision.basis.value,
                "by": [{"name": d.name, "line": d.line, "text": d.text} for d in decision.deciders],
            }
        )
    word = "kept" if decision.logged else "dropped"
    rule = f" rule {decision.rule!r}" if decision.rule else ""
    return (
        f"{record.place}: Sysmon:{record.event_id} {word}{rule}: {_why(config, record, decision)}"
    )


def _why(config: Config, record: Record, decision: Decision) -> str:
    from logreach.coverage.platforms.sysmon.engine.decision import Basis

    if decision.disabled:
        return "the event is switched off"
    lines = [one.line for one in config.elements_of(record.event_id)]
    listed = ", ".join(map(str, lines))
    if decision.basis is Basis.ELEMENT:
        first, *rest = decision.deciders
        told = f"{first.text or first.name} (line {first.line})"
        return f"{told} in {rest[0].name} (line {rest[0].line})" if rest else told
    return {
        Basis.SINGLE: f"nothing matches; default of the only element (line {listed})",
        Basis.MULTIPLE: f"nothing matches in {len(lines)} elements (lines {listed})",
        Basis.MANIFEST: "no element; Sysmon's own default",
        Basis.UNFILTERED: "this event is never filtered",
        Basis.NO_EVENT: f"Sysmon with schema {config.binary} has no such event",
    }[decision.basis]


def _sum_up(count: Counter[tuple[int, bool]], others: int) -> None:
    for event_id in sorted({event_id for event_id, _ in count}):
        kept, dropped = count[event_id, True], count[event_id, False]
        typer.echo(f"Sysmon:{event_id}: {kept} kept, {dropped} dropped", err=True)
    if others:
        told = f"{counted(others, 'record')} of other providers {noun(others, 'was', 'were')}"
        typer.echo(f"{told} left aside", err=True)
