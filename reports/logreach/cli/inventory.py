"""`logreach inventory`: what an inventory says, what it leaves open, what is wrong with it.

Data goes to stdout, remarks to stderr.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.exits import Exit

if TYPE_CHECKING:
    from logreach.inventories.facts.facts import Conflict, Known
    from logreach.inventories.facts.host import Host, Inventory
    from logreach.inventories.facts.keys import FactKey
    from logreach.inventories.files.evidence import Evidence

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What an inventory says of its hosts, what it leaves open, and what is wrong with it.",
)

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="The inventory folder: with inventory.yaml, or one sub-folder a host.",
        show_default=False,
    ),
]
HostNames = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="NAME", help="Show this host only; may be repeated."),
]
All = Annotated[
    bool, typer.Option("--all", help="List every fact with its evidence, not a summary.")
]
_WIDTH = 14


@app.command("show")
def show(folder: Folder, host: HostNames = None, every: All = False) -> None:
    """Show hosts, their facts, what is unknown, and how many verdicts hang on that."""
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.inventories import load
    from logreach.inventories.files.wording import counted

    inventory = only_hosts(load(folder), host or ())
    for line in _heading(inventory):
        typer.echo(line)
    for one in inventory.hosts:
        typer.echo("")
        for line in _every(one) if every else _summary(one):
            typer.echo(line)
    for line in _open(inventory):
        typer.echo(line)
    told = [
        counted(len(some), word)
        for some, word in ((inventory.faults, "fault"), (inventory.notes, "note"))
        if some
    ]
    if told:
        typer.echo(f"{' and '.join(told)} on the input; see: logreach inventory check", err=True)


@app.command("check")
def check(folder: Folder) -> None:
    """List every fault of the inventory, every two sources that disagree, and what is left out.

    Exit code 1 where there is any fault or disagreement.
    """
    from logreach.coverage.platforms.sysmon.prerequisites import contradictions
    from logreach.inventories import load
    from logreach.inventories.files.wording import counted

    inventory = load(folder)
    for fault in inventory.faults:
        typer.echo(f"fault: {fault}")
    disagreeing = [
        (one.name, said)
        for one in inventory.hosts
        for said in (
            *map(_conflict, one.facts.conflicts),
            *map(str, contradictions(one.facts)),
        )
    ]
    for name, said in disagreeing:
        typer.echo(f"disagreement: {name}: {said}")
    for note in inventory.notes:
        typer.echo(f"note: {note}")
    hosts = sum(one.count for one in inventory.hosts)
    typer.echo(
        f"{inventory.name}: {counted(len(inventory.hosts), 'entry', 'entries')} for "
        f"{counted(hosts, 'host')}, {counted(len(inventory.files), 'file')} read, "
        f"{counted(len(inventory.faults), 'fault')}, "
        f"{counted(len(disagreeing), 'disagreement')}",
        err=True,
    )
    if inventory.faults or disagreeing:
        raise typer.Exit(Exit.BELOW)


def _heading(inventory: Inventory) -> Iterator[str]:
    from logreach.inventories.files.wording import counted

    hosts = counted(sum(one.count for one in inventory.hosts), "host")
    entries = counted(len(inventory.hosts), "entry", "entries")
    yield f"{inventory.name}: {hosts} in {entries}, {counted(len(inventory.files), 'file')} read"


def _title(host: Host) -> str:
    return f"{host.name} ({host.count} hosts)" if host.count > 1 else host.name


def _row(label: str, text: str) -> str:
    return f"  {label:<{_WIDTH}}{text}"


def _summary(host: Host) -> Iterator[str]:
    """A host in a few lines: what is known, then what is not."""
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
        told = list(facts.of_family(family))
        yield _row(label, _family_shown(family, told) if told else "unknown")
    for conflict in facts.conflicts:
        yield _row("disagreement", _conflict(conflict))
    for fault in host.faults:
        yield _row("fault", str(fault))


def _audit(host: Host) -> str:
    from logreach.inventories.facts.facts import Missing
    from logreach.inventories.windows.audit_policy.subcategories import subcategories
    from logreach.inventories.windows.facts import AUDIT

    told = [one for _, one in host.facts.of_family(AUDIT)]
    known = len(told)
    if not known:
        fact = host.facts.get(AUDIT(next(iter(subcategories()))))
        return f"unknown: {fact.reason}" if isinstance(fact, Missing) else "unknown"
    some = sum(1 for one in told if one.value.success or one.value.failure)
    assumed = sum(1 for one in told if one.assumed)
    text = f"{known} of {len(subcategories())} subcategories known, {some} on"
    return f"{text}, {assumed} only assumed" if assumed else text


def _sysmon(host: Host) -> str:
    from logreach.inventories.facts.facts import Missing
    from logreach.inventories.facts.values import in_words
    from logreach.inventories.windows.facts import SYSMON

    fact = host.facts.get(SYSMON)
    return f"unknown: {fact.reason}" if isinstance(fact, Missing) else in_words(fact.value)


def _family_shown(family: str, told: Iterable[tuple[str, Known[object]]]) -> str:
    from logreach.inventories.facts.values import in_words

    if family == "forwarding":
        return ", ".join(in_words(one.value) for _, one in told)
    if family in ("channel", "sacl"):
        names = [name for name, _ in told]
        return f"{len(names)} known" if len(names) > 6 else ", ".join(names)
    return ", ".join(f"{name} {in_words(one.value)}" for name, one in told)


def _every(host: Host) -> Iterator[str]:
    """Every fact of a host with its evidence, then every fact that is missing with its reason."""
    yield _title(host)
    for key in sorted(host.facts.known):
        one = host.facts.known[key]
        strength = one.strength.name.lower()
        yield f"  {_name(key)} = {_value(one.value)}  [{strength}] {_evidence(one.evidence)}"
    for key, missing in sorted(host.facts.missing.items()):
        if key not in host.facts.known:
            yield f"  {_name(key)} unknown: {missing.reason}"
    for conflict in host.facts.conflicts:
        yield f"  disagreement: {_conflict(conflict)}"


def _evidence(evidence: tuple[Evidence, ...]) -> str:
    return "; ".join(" ".join(part for part in (e.source, e.where) if part) for e in evidence)


def _conflict(conflict: Conflict) -> str:
    kept, dropped = conflict.kept, conflict.dropped
    return (
        f"{_name(conflict.key)}: {_value(kept.value)} ({_evidence((kept.evidence,))}) is believed, "
        f"not {_value(dropped.value)} ({_evidence((dropped.evidence,))})"
    )


def _name(key: FactKey[object]) -> str:
    """A fact's name for people, as every report tells it."""
    from logreach.coverage.assessment.names import fact_title
    from logreach.coverage.platforms.windows.knowledge.events import load_events

    return fact_title(load_events(), key) or f"{key.family} {key.name}".strip()


def _value(value: object) -> str:
    from logreach.inventories.facts.values import in_words

    return in_words(value)


def _open(inventory: Inventory) -> Iterator[str]:
    """The facts that are missing and matter, most telling first."""
    from logreach.coverage.assessment.assess import hanging

    found = hanging(inventory)
    if not found:
        return
    yield ""
    yield "Unknown facts, and the verdicts that hang on each:"
    for key, count in sorted(found.items(), key=lambda one: (-one[1], one[0])):
        yield f"  {count:>6}  {_name(key)}"
