"""`logreach inventory`: the facts of an inventory, the missing facts, and the faults.

Data goes to stdout, remarks to stderr.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.completion import host_names
from logreach.cli.exits import Exit
from logreach.cli.options import OutputFormat, Verbose
from logreach.cli.output import FEW, say, say_json, say_rest

if TYPE_CHECKING:
    from logreach.inventories.facts.facts import Conflict, Known
    from logreach.inventories.facts.host import Host, Inventory
    from logreach.inventories.facts.keys import FactKey
    from logreach.inventories.files.evidence import Evidence
    from logreach.inventories.files.faults import Fault

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The facts of an inventory, the missing facts, and the faults.",
)

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="The inventory folder: it holds inventory.yaml, or one sub-folder a host.",
        show_default=False,
    ),
]
HostNames = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="NAME",
        help="Only this host; may be repeated.",
        autocompletion=host_names,
    ),
]
All = Annotated[bool, typer.Option("--all", help="List every fact of each host with its evidence.")]
Format = Annotated[
    OutputFormat, typer.Option("--format", help="json: everything that was found, as one object.")
]
Volumes = Annotated[
    list[str] | None,
    typer.Option(
        "--volume",
        metavar="CHANNEL=MIB",
        help="Tell how long this channel keeps its events at so many MiB a day; may be repeated.",
    ),
]
_WIDTH, _MOST_COMMANDS = 14, 3
_WHOLE_HOSTS, _BRIEF_HOSTS, _BRIEF_FACTS = 2, 8, 5


@app.command("show")
def show(
    folder: Folder,
    host: HostNames = None,
    every: All = False,
    volume: Volumes = None,
    verbose: Verbose = False,
) -> None:
    """Show hosts with their facts, the missing facts, and how many verdicts depend on each.

    Of more than two hosts, the first eight are shown, each on a line; with --verbose, all of them
    with their facts.
    """
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.inventories import load
    from logreach.inventories.files.wording import counted

    volumes = dict(map(_volume, volume or ()))
    inventory = only_hosts(load(folder), host or ())
    for line in _heading(inventory):
        say(line)
    briefly = not (every or verbose or len(inventory.hosts) <= _WHOLE_HOSTS)
    shown = inventory.hosts[: _BRIEF_HOSTS if briefly else None]
    for entry in shown:
        if briefly:
            say(_brief(entry))
        else:
            say("")
            for line in _every_fact(entry) if every else _summary(entry):
                say(line)
        for line in _kept(entry, volumes):
            say(line)
    say_rest(len(shown), len(inventory.hosts), "-v, or --host NAME")
    for line in _missing_facts(inventory, None if every or verbose else _BRIEF_FACTS):
        say(line)
    remarks = [
        counted(len(messages), word)
        for messages, word in ((inventory.faults, "fault"), (inventory.notes, "note"))
        if messages
    ]
    if remarks:
        say(f"{' and '.join(remarks)} on the input; see: logreach inventory check", err=True)


@app.command("check")
def check(folder: Folder, format_: Format = OutputFormat.TEXT, verbose: Verbose = False) -> None:
    """List the faults of the inventory, the sources that disagree, and the entries left out.

    A line is 'path:line: fault: message', as compilers write it; the first twenty are listed, with
    --verbose all. Exit code 1 if there is a fault or a disagreement.
    """
    from logreach.coverage.platforms.sysmon.prerequisites import contradictions
    from logreach.inventories import load
    from logreach.inventories.files.faults import Fault
    from logreach.inventories.files.wording import counted

    inventory = load(folder)
    disagreements = [
        Fault(f"{entry.name}: {message}", *place)
        for entry in inventory.hosts
        for message, *place in (
            *(
                (_conflict(each), each.kept.evidence.source, each.kept.evidence.where)
                for each in entry.facts.conflicts
            ),
            *((str(each),) for each in contradictions(entry.facts)),
        )
    ]
    kinds = {"fault": inventory.faults, "disagreement": disagreements, "note": inventory.notes}
    if format_ is OutputFormat.JSON:
        say_json(
            {f"{kind}s": [_entry(each) for each in entries] for kind, entries in kinds.items()}
        )
    else:
        lines = [located(folder, kind, each) for kind, own in kinds.items() for each in own]
        shown = lines[: None if verbose else FEW]
        for line in shown:
            say(line)
        say_rest(len(shown), len(lines))
    hosts = sum(entry.count for entry in inventory.hosts)
    say(
        f"{inventory.name}: {counted(len(inventory.hosts), 'entry', 'entries')} for "
        f"{counted(hosts, 'host')}, {counted(len(inventory.files), 'file')} read, "
        f"{counted(len(inventory.faults), 'fault')}, "
        f"{counted(len(disagreements), 'disagreement')}",
        err=True,
    )
    if inventory.faults or disagreements:
        raise typer.Exit(Exit.BELOW)


def located(folder: Path, kind: str, fault: Fault) -> str:
    """'path:line: fault: message', where the place is a file and a line; other places stand behind
    the message."""
    place = f" ({fault.where})" if fault.where and fault.line is None else ""
    path = str(folder / fault.source) if fault.source else ""
    address = ":".join(filter(None, (path, str(fault.line or ""))))
    hint = f". {fault.hint}" if fault.hint else ""
    return f"{f'{address}: ' if address else ''}{kind}: {fault.message}{place}{hint}"


def _entry(fault: Fault) -> dict[str, object]:
    """The same for JSON; `line` is null where the place is none."""
    return {
        "path": fault.source,
        "line": fault.line,
        "where": fault.where,
        "message": fault.message,
        "hint": fault.hint,
    }


def _volume(written: str) -> tuple[str, float]:
    """A channel, and the MiB of events a day that are written to it."""
    from logreach.inventories.files.faults import Fault, InputError

    channel, _, number = written.rpartition("=")
    try:
        mib_a_day = float(number)
    except ValueError:
        mib_a_day = 0.0
    if not channel.strip() or not 0 < mib_a_day < float("inf"):
        message = f"--volume {written!r} is no channel with a number of MiB a day"
        raise InputError(Fault(message, hint="Write it like Security=400."))
    return channel.strip(), mib_a_day


def _kept(host: Host, volumes: dict[str, float]) -> Iterator[str]:
    from logreach.reports.kept_hours import kept

    for channel, mib_a_day in volumes.items():
        yield _row("kept", f"{channel}: {kept(host.facts, channel, mib_a_day)}")


def _heading(inventory: Inventory) -> Iterator[str]:
    from logreach.inventories.files.wording import counted

    hosts = counted(sum(entry.count for entry in inventory.hosts), "host")
    entries = counted(len(inventory.hosts), "entry", "entries")
    yield f"{inventory.name}: {hosts} in {entries}, {counted(len(inventory.files), 'file')} read"


def _title(host: Host) -> str:
    return f"{host.name} ({host.count} hosts)" if host.count > 1 else host.name


def _row(label: str, value: str) -> str:
    return f"  {label:<{_WIDTH}}{value}"


def _summary(host: Host) -> Iterator[str]:
    """A host in a few lines: its facts, then disagreements and faults."""
    from logreach.inventories.facts.facts import Missing
    from logreach.inventories.forwarding.subscriptions import FORWARDING
    from logreach.inventories.windows.facts import CHANNEL, FEATURE, OS, ROLE, SACL, SETTING

    facts = host.facts
    yield _title(host)
    for label, fact in (("system", facts.get(OS)), ("role", facts.get(ROLE))):
        yield _row(
            label, f"unknown: {fact.reason}" if isinstance(fact, Missing) else str(fact.value)
        )
    yield _row("audit policy", _audit(host))
    yield _row("sysmon", _sysmon(host))
    for label, family in (
        ("settings", SETTING),
        ("features", FEATURE),
        ("channels", CHANNEL),
        ("audit entries", SACL),
        ("forwarding", FORWARDING.family),
    ):
        family_facts = list(facts.of_family(family))
        yield _row(label, _family_words(family, family_facts) if family_facts else "unknown")
    for conflict in facts.conflicts:
        yield _row("disagreement", _conflict(conflict))
    for fault in host.faults:
        yield _row("fault", str(fault))


def _brief(host: Host) -> str:
    """A host on a line: 'WS (850 hosts): Windows 11 23H2, workstation; 59 of 60 subcategories'."""
    from logreach.inventories.facts.facts import Missing
    from logreach.inventories.windows.facts import OS, ROLE

    system, role = (
        f"{name} unknown" if isinstance(fact, Missing) else str(fact.value)
        for name, fact in (("system", host.facts.get(OS)), ("role", host.facts.get(ROLE)))
    )
    problems = [
        f"{len(messages)} {word}{'s' if len(messages) > 1 else ''}"
        for messages, word in ((host.faults, "fault"), (host.facts.conflicts, "disagreement"))
        if messages
    ]
    audit, sysmon = re.split("[:,] ", _audit(host))[0], re.split("[:,] ", _sysmon(host))[0]
    parts = (f"{system}, {role}", f"audit policy {audit}", f"Sysmon {sysmon}", *problems)
    return f"  {_title(host)}: {'; '.join(parts)}"


def _audit(host: Host) -> str:
    from logreach.inventories.facts.facts import Missing
    from logreach.inventories.windows.audit_policy.subcategories import subcategories
    from logreach.inventories.windows.facts import AUDIT

    settings = [setting for _, setting in host.facts.of_family(AUDIT)]
    if not settings:
        fact = host.facts.get(AUDIT(next(iter(subcategories()))))
        return f"unknown: {fact.reason}" if isinstance(fact, Missing) else "unknown"
    on = sum(setting.value.success or setting.value.failure for setting in settings)
    assumed = sum(setting.assumed for setting in settings)
    words = f"{len(settings)} of {len(subcategories())} subcategories known, {on} on"
    return f"{words}, {assumed} assumed" if assumed else words


def _sysmon(host: Host) -> str:
    from logreach.inventories.facts.facts import Missing
    from logreach.inventories.facts.values import in_words
    from logreach.inventories.windows.facts import SYSMON

    fact = host.facts.get(SYSMON)
    return f"unknown: {fact.reason}" if isinstance(fact, Missing) else in_words(fact.value)


def _family_words(family: str, family_facts: Iterable[tuple[str, Known[object]]]) -> str:
    from logreach.inventories.facts.values import in_words

    if family == "forwarding":
        return ", ".join(in_words(fact.value) for _, fact in family_facts)
    if family in ("channel", "sacl"):
        names = [name for name, _ in family_facts]
        return f"{len(names)} known" if len(names) > 6 else ", ".join(names)
    return ", ".join(f"{name} {in_words(fact.value)}" for name, fact in family_facts)


def _every_fact(host: Host) -> Iterator[str]:
    """Every fact of a host with its evidence, then every missing fact with the reason."""
    from logreach.inventories.facts.values import in_words

    yield _title(host)
    for key in sorted(host.facts.known):
        fact = host.facts.known[key]
        strength = fact.strength.name.lower()
        yield f"  {_name(key)} = {in_words(fact.value)}  [{strength}] {_evidence(fact.evidence)}"
    for key, missing in sorted(host.facts.missing.items()):
        if key not in host.facts.known:
            yield f"  {_name(key)} unknown: {missing.reason}"
    for conflict in host.facts.conflicts:
        yield f"  disagreement: {_conflict(conflict)}"


def _evidence(evidence: tuple[Evidence, ...]) -> str:
    return "; ".join(" ".join(filter(None, (piece.source, piece.where))) for piece in evidence)


def _conflict(conflict: Conflict) -> str:
    from logreach.inventories.facts.values import in_words

    used, unused = (
        f"{in_words(statement.value)} ({_evidence((statement.evidence,))})"
        for statement in (conflict.kept, conflict.dropped)
    )
    return f"{_name(conflict.key)}: {conflict.outcome.format(kept=used, dropped=unused)}"


def _name(key: FactKey[object]) -> str:
    """A fact's name for people, as in every report."""
    from logreach.coverage.platforms.registry import sensors

    return sensors().fact_title(key) or f"{key.family} {key.name}".strip()


def _missing_facts(inventory: Inventory, most: int | None) -> Iterator[str]:
    """The missing facts on which verdicts depend, those with most verdicts first."""
    from logreach.coverage.assessment.assess import hanging
    from logreach.inventories.reading.telling import telling_most

    verdicts = hanging(inventory)
    if not verdicts:
        return
    yield ""
    yield "Missing facts, and the number of verdicts that depend on each:"
    for key, count in sorted(verdicts.items(), key=lambda x: (-x[1], x[0]))[:most]:
        yield f"  {count:>6}  {_name(key)}"
    if most is not None and len(verdicts) > most:
        yield f"  and {len(verdicts) - most:,} more: -v"
    commands = telling_most(verdicts.items(), _MOST_COMMANDS)
    if commands:
        yield ""
        yield "What would tell most, run on a host that lacks it unless said otherwise:"
        yield from (f"  {command}" for command in commands)
