"""`logreach rules`: which detection rules can fire, and on how many hosts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.assess import (
    AttackChoice,
    HostNames,
    InventoryPath,
    kept_answers,
    loaded_rules,
)
from logreach.cli.exits import tell
from logreach.inventories.files.wording import counted, noun

if TYPE_CHECKING:
    from logreach.coverage.detections.model import Rule, RuleSet
    from logreach.coverage.engine.tree import Branch
    from logreach.inventories.facts.host import Inventory
    from logreach.inventories.files.faults import Fault
    from logreach.reports.ruletable import Judgement, RuleRow


class RuleLevel(StrEnum):
    """The levels of Sigma."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RuleVerdict(StrEnum):
    """The verdicts that can be asked for; every kind of unknown is one."""

    ACHIEVABLE = "achievable"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"
    NOT_ACHIEVABLE = "not achievable"
    NOT_APPLICABLE = "not applicable"


class Form(StrEnum):
    """How the table is written."""

    TEXT = "text"
    JSON = "json"


RulePaths = Annotated[
    list[Path],
    typer.Option(
        "--rules",
        metavar="PATH",
        help="Sigma rules: a file or a folder; may be repeated.",
        show_default=False,
    ),
]


def rules(
    inventory: InventoryPath,
    rules: RulePaths,
    level: Annotated[
        list[RuleLevel] | None,
        typer.Option(
            metavar="LEVEL",
            help="Only this level: informational, low, medium, high or critical; may be repeated.",
        ),
    ] = None,
    verdict: Annotated[
        list[RuleVerdict] | None,
        typer.Option(
            metavar="VERDICT",
            help="Only rules with this verdict on some host: achievable, conditional, unknown, "
            "'not achievable' or 'not applicable'; may be repeated.",
        ),
    ] = None,
    technique: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Only this technique and its sub-techniques; may be repeated."
        ),
    ] = None,
    host: HostNames = None,
    attack: AttackChoice = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Only so many rules, those with the largest gain."),
    ] = None,
    format_: Annotated[Form, typer.Option("--format", help="json: one object a line.")] = Form.TEXT,
) -> None:
    """List rules by what remedies would gain: hosts by verdict, log source, what is missing, why.

    Gain is the weight of the rule's level (critical 4, high 3, medium 2, low 1, informational
    0.5, none 1) times the hosts where it falls short and a remedy is known; hosts on which a part
    is proven count half.
    """
    from logreach.reports.ruletable import only, rule_rows

    read, ruleset, judged = _judged(inventory, rules, host or (), attack)
    rows = only(rule_rows(judged), level or (), verdict or (), technique or ())
    shown = rows[:limit]
    if format_ is Form.JSON:
        for row in shown:
            typer.echo(json.dumps(_object(row), ensure_ascii=False))
    else:
        _print(shown)
    typer.echo(f"{len(shown)} of {counted(len(ruleset.rules), 'rule')}", err=True)
    _tell(read, ruleset)


def _judged(
    inventory: Path, paths: Sequence[Path], hosts: Sequence[str], attack: str | None
) -> tuple[Inventory, RuleSet, list[Judgement]]:
    from logreach.coverage.assessment.profiles import group
    from logreach.coverage.assessment.rules import RuleWork
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.coverage.attack import load_attack
    from logreach.inventories import load

    read, ruleset = only_hosts(load(inventory), hosts), loaded_rules(paths)
    work = RuleWork(ruleset, load_attack(attack))
    with kept_answers(read):
        judged: list[Judgement] = [
            (one.count, work.summaries(one.facts)) for one in group(read.hosts)
        ]
    return read, ruleset, judged


def _tell(read: Inventory, ruleset: RuleSet) -> None:
    faults: tuple[Fault, ...] = (*read.faults, *ruleset.faults)
    tell(faults, heading="Faults of the input:")


def _object(row: RuleRow) -> dict[str, object]:
    told = row.told
    return {
        "id": told.rule_id,
        "title": told.title,
        "level": told.level,
        "file": told.source,
        "techniques": told.techniques,
        "hosts": row.hosts,
        "state": told.state,
        "log_source": told.log_source,
        "dead_branches": told.dead_branches,
        "missing_fields": told.missing_fields,
        "reason": told.judged.reason,
        "remedy": row.remedy,
        "gain": row.gain,
    }


def _print(rows: Iterable[RuleRow]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from logreach.reports.printing import Cell

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("Gain", justify="right", no_wrap=True)
    table.add_column("Level", no_wrap=True)
    for title in ("Rule, technique, log source", "Hosts", "Missing, and why"):
        table.add_column(title, overflow="fold")
    for row in rows:
        cells = (f"{row.gain:g}", row.told.level or "-", _what(row), _hosts(row), _why(row))
        table.add_row(*(Cell(Text(cell)) for cell in cells))
    Console().print(table)


def _what(row: RuleRow) -> str:
    told = row.told
    return _lines(told.title, " ".join(told.techniques), told.log_source)


def _hosts(row: RuleRow) -> str:
    return _lines(*(f"{count} {label}" for label, count in sorted(row.hosts.items())))


def _why(row: RuleRow) -> str:
    told = row.told
    whole = told.judged.verdict.label == "achievable" and "noisier" not in told.state
    reason = "" if whole else told.judged.reason
    return _lines(" ".join(told.missing_fields), reason)


def _lines(*parts: str) -> str:
    return "\n".join(_plain(part) for part in parts if part)


def _plain(text: str) -> str:
    """Text without control characters: rules come from others."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def explained(what: str, read: Inventory, paths: Sequence[Path]) -> list[Branch]:
    """The branches of the rules that an id, title or file means, a tree a rule and profile.

    Raises InputError where it means none.
    """
    from logreach.coverage.assessment.profiles import group
    from logreach.coverage.detections.explain import explain_rule
    from logreach.coverage.detections.judge import judge_all
    from logreach.coverage.network.rule_nodes import GraphView
    from logreach.coverage.platforms.windows.knowledge.events import load_events

    found = loaded_rules(paths or [Path(what)])
    tell(found.faults, heading="Faults of the rules:")
    wanted = _meant(what, found)
    trees = []
    for one in group(read.hosts):
        names = ", ".join(host.name for host in one.hosts)
        view = GraphView(load_events(), one.facts)
        judged = judge_all(_with_counted(wanted, found), view)
        trees += [explain_rule(rule, judged[rule.id], view, names) for rule in wanted]
    return trees


def is_rule_file(what: str) -> bool:
    """Whether what is to be explained is a file of rules."""
    path = Path(what)
    return path.suffix.lower() in (".yml", ".yaml") and path.is_file()


def _meant(what: str, found: RuleSet) -> Sequence[Rule]:
    """The rules of a file, by any path to it, or those that an id, title or file's name means."""
    from logreach.coverage.detections.explain import chosen

    if not is_rule_file(what):
        return chosen(found.rules, what)
    own = loaded_rules([Path(what)]).rules
    ids = {rule.id for rule in own}
    return [rule for rule in found.rules if rule.id in ids] or own


def _with_counted(wanted: Sequence[Rule], found: RuleSet) -> Sequence[Rule]:
    """Only a rule that counts what others find needs the others."""
    alone = all(rule.correlation is None for rule in wanted)
    return wanted if alone else found.rules


def by_configuration(
    configurations: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Sysmon configurations.", show_default=False),
    ],
    rules: RulePaths,
    sysmon_version: Annotated[
        str, typer.Option("--sysmon-version", metavar="V", help="The Sysmon that loads them.")
    ] = "15.15",
) -> None:
    """Count, for each Sysmon configuration, the rules that Sysmon's events alone let fire.

    'on some' are rules of which the configuration logs some events and drops others.
    """
    from logreach.coverage.assessment.rules_by_config import rules_of_sysmon, under_config
    from logreach.coverage.attack.files import cache_folder

    texts = _configurations(configurations, sysmon_version)
    found = loaded_rules(rules)
    judged = rules_of_sysmon(found.rules)
    typer.echo("| configuration | on all events | on some | undecided | never |")
    typer.echo("| --- | ---: | ---: | ---: | ---: |")
    for path, text in texts.items():
        one = under_config(path.name, text, judged, sysmon_version, cache_folder())
        every, never = one.labels.get("achievable", 0), one.labels.get("not achievable", 0)
        some = one.labels.get("conditional", 0) + one.labels.get("unknown, at least conditional", 0)
        unsure = len(judged) - every - never - some
        typer.echo(f"| {path.stem} | {every:,} | {some:,} | {unsure:,} | {never:,} |")
    whole = counted(len(found.rules), "rule")
    typer.echo(
        f"{len(judged)} of {whole} {noun(len(judged), 'reads', 'read')} Sysmon's events", err=True
    )
    tell(found.faults, heading="Faults of the input:")


def _configurations(paths: Sequence[Path], sysmon_version: str) -> dict[Path, str]:
    """The texts of configurations; InputError with the faults of all that cannot be used."""
    from logreach.cli.sysmon import read_file
    from logreach.coverage.assessment.rules_by_config import configuration
    from logreach.coverage.platforms.sysmon.engine.loading import binary_of
    from logreach.inventories.files.faults import InputError

    binary_of(sysmon_version)
    found: dict[Path, str] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            found[path] = configuration(str(path), read_file(path), sysmon_version)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found
