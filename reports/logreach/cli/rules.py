"""`logreach rules`: which detection rules can fire, and on how many hosts."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.assess import cached_filter_answers, converting, loaded_rules
from logreach.cli.exits import FEW_FAULTS, print_faults
from logreach.cli.options import (
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
from logreach.inventories.files.wording import counted, noun

if TYPE_CHECKING:
    from logreach.coverage.assessment.explain import Explanation
    from logreach.coverage.assessment.rules import JudgedRules
    from logreach.coverage.attack import AttackModel
    from logreach.coverage.detections.conversion import Conversion
    from logreach.coverage.detections.model import Rule, RuleSet
    from logreach.inventories.facts.host import Inventory
    from logreach.inventories.files.faults import Fault
    from logreach.reports.rule_table import RuleRow


class RuleLevel(StrEnum):
    """The levels of Sigma."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RuleVerdict(StrEnum):
    """The verdicts to filter by; every kind of unknown is one."""

    ACHIEVABLE = "achievable"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"
    NOT_ACHIEVABLE = "not achievable"
    NOT_APPLICABLE = "not applicable"


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
    technique: Techniques = None,
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
    host: HostNames = None,
    attack: AttackChoice = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Only the N rules with the largest gain."),
    ] = None,
    format_: Annotated[
        OutputFormat, typer.Option("--format", help="json: every rule, one object a line.")
    ] = OutputFormat.TEXT,
    verbose: Verbose = False,
) -> None:
    """List rules by gain of changes, with hosts by verdict, reason and the changes themselves.

    Four are listed unless --limit, --verbose or --format json asks for more.

    Gain is the weight of the rule's level (critical 4, high 3, medium 2, low 1, informational
    0.5, none 1) times the number of hosts on which the rule fires once the changes that it waits
    for are made. A host counts half where part of the rule was proven before, or only part of it
    is proven then.
    """
    from logreach.coverage.attack import load_attack
    from logreach.reports.rule_table import only, rule_rows

    model = load_attack(attack)
    hosts_read, ruleset, judged = _judged(
        inventory, rules, host or (), model, converting(pipeline, field_names, placeholders)
    )
    rows = only(rule_rows(judged), level or (), verdict or (), _meant(model, technique or ()))
    if format_ is OutputFormat.JSON:
        shown = len(rows[:limit])
        for row in rows[:limit]:
            say_json(_object(row))
    else:
        shown = _print(rows, limit, verbose=verbose)
    more = "; -v lists all" if shown < len(rows) and not limit else ""
    say(f"{shown} of {counted(len(ruleset.rules), 'rule')}{more}", err=True)
    faults: tuple[Fault, ...] = (*hosts_read.faults, *ruleset.faults)
    print_faults(faults, heading="Faults of the input:", most=None if verbose else FEW_FAULTS)


def _judged(
    inventory: Path,
    paths: Sequence[Path],
    hosts: Sequence[str],
    attack: AttackModel,
    conversion: Conversion,
) -> tuple[Inventory, RuleSet, list[JudgedRules]]:
    from logreach.coverage.assessment.profiles import group
    from logreach.coverage.assessment.rules import RuleWork, judged_rules
    from logreach.coverage.assessment.scope import only_hosts
    from logreach.coverage.network.rule_nodes import RuleEvents
    from logreach.inventories import load

    hosts_read = only_hosts(load(inventory), hosts)
    ruleset = loaded_rules(paths, conversion)
    work = RuleWork(ruleset, attack, RuleEvents.alone())
    with cached_filter_answers(hosts_read):
        return (
            hosts_read,
            ruleset,
            judged_rules(work, group(hosts_read.hosts), group(hosts_read.beside)),
        )


def _meant(attack: AttackModel, names: Sequence[str]) -> list[str]:
    """Technique ids of this ATT&CK; what an id of another version became is said."""
    from logreach.coverage.attack import techniques_named

    ids: list[str] = []
    for name in names:
        techniques = techniques_named(attack, name)
        ids += techniques.ids if techniques else (name,)
        if techniques and techniques.remark:
            say(f"note: {name} is {techniques.remark}", err=True)
    return ids


def _print(rows: Sequence[RuleRow], limit: int | None, *, verbose: bool) -> int:
    """Print rules; returns how many."""
    from logreach.reports.terminal.layout import put
    from logreach.reports.terminal.rule_list import SHOWN, rule_list

    most = limit or (None if verbose else SHOWN)
    terminal = console()
    put(rule_list(rows, terminal, most, whole=verbose), terminal, terminal)
    return len(rows[:most])


def _object(row: RuleRow) -> dict[str, object]:
    rule = row.summary
    return {
        "id": rule.rule_id,
        "title": rule.title,
        "level": rule.level,
        "file": rule.source,
        "techniques": rule.techniques,
        "hosts": row.hosts,
        "state": rule.state,
        "log_source": rule.log_source,
        "dead_branches": rule.dead_branches,
        "missing_fields": rule.missing_fields,
        "reason": rule.judged.reason,
        "remedy": row.remedy,
        "remedies": [remedy.text for remedy in row.remedies],
        "gain": row.gain,
    }


def explained(
    name: str, inventory: Inventory, paths: Sequence[Path], conversion: Conversion
) -> list[Explanation]:
    """The rules with this id, title or file, an explanation a rule and profile.

    Raises InputError where no rule has it.
    """
    from logreach.coverage.assessment.explain_rules import explain_rules

    ruleset = loaded_rules(paths or [Path(name)], conversion)
    print_faults(ruleset.faults, heading="Faults of the rules:")
    return explain_rules(_rules_named(name, ruleset, conversion), ruleset.rules, inventory)


def is_rule_file(name: str) -> bool:
    """Whether the name is the path of a rule file."""
    path = Path(name)
    return path.suffix.lower() in (".yml", ".yaml") and path.is_file()


def _rules_named(name: str, ruleset: RuleSet, conversion: Conversion) -> Sequence[Rule]:
    """The rules of a file, by any path to it, or those with this id, title or file name."""
    from logreach.coverage.detections.explain import chosen

    if not is_rule_file(name):
        return chosen(ruleset.rules, name)
    in_file = loaded_rules([Path(name)], conversion).rules
    ids = {rule.id for rule in in_file}
    return [rule for rule in ruleset.rules if rule.id in ids] or in_file


def by_configuration(
    configurations: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Sysmon configurations.", show_default=False),
    ],
    rules: RulePaths,
    sysmon_version: Annotated[
        str,
        typer.Option(
            "--sysmon-version",
            metavar="V",
            help="The Sysmon version that loads the configurations.",
        ),
    ] = "15.15",
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
) -> None:
    """Count, for each Sysmon configuration, the rules that can fire on Sysmon's events alone.

    'on some' counts rules of which the configuration logs some events and drops others.
    """
    from logreach.coverage.assessment.rules_by_config import rules_of_sysmon, under_config
    from logreach.coverage.attack.files import cache_folder

    texts = _configurations(configurations, sysmon_version)
    ruleset = loaded_rules(rules, converting(pipeline, field_names, placeholders))
    judged = rules_of_sysmon(ruleset.rules)
    say("| configuration | on all events | on some | undecided | never |")
    say("| --- | ---: | ---: | ---: | ---: |")
    for path, xml in texts.items():
        labels = under_config(path.name, xml, judged, sysmon_version, cache_folder()).labels
        every, never = labels.get("achievable", 0), labels.get("not achievable", 0)
        some = labels.get("conditional", 0) + labels.get("unknown, at least conditional", 0)
        undecided = len(judged) - every - never - some
        say(f"| {path.stem} | {every:,} | {some:,} | {undecided:,} | {never:,} |")
    total = counted(len(ruleset.rules), "rule")
    say(f"{len(judged)} of {total} {noun(len(judged), 'reads', 'read')} Sysmon's events", err=True)
    print_faults(ruleset.faults, heading="Faults of the input:")


def _configurations(paths: Sequence[Path], sysmon_version: str) -> dict[Path, str]:
    """The XML of configurations. Raises InputError with the faults of every unusable file."""
    from logreach.cli.sysmon import read_file
    from logreach.coverage.assessment.rules_by_config import configuration
    from logreach.coverage.platforms.sysmon.engine.candidates import candidates
    from logreach.inventories.files.faults import InputError

    candidates(sysmon_version)
    texts: dict[Path, str] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            texts[path] = configuration(str(path), read_file(path), sysmon_version)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return texts
