"""`logreach attack`: import, show or compare versions of ATT&CK, and tabulate what rules read.

Data goes to stdout, remarks to stderr. The caller prints InputError.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logreach.cli.assess import converting, loaded_rules
from logreach.cli.exits import fail, print_faults
from logreach.cli.options import AttackChoice, FieldNames, Pipelines, PlaceholderValues
from logreach.cli.output import say
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.wording import counted

if TYPE_CHECKING:
    from logreach.coverage.assessment.published_rules import RulesTable
    from logreach.coverage.attack.store import Imported
    from logreach.coverage.attack.summary import Summary

app = typer.Typer(
    no_args_is_help=True,
    help="ATT&CK versions: import, show or compare them, or tabulate what Sigma rules read.",
)

Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE|VERSION",
        help="A STIX bundle of ATT&CK for Enterprise (.json or .json.gz), or a version such as "
        "17.1, which is then downloaded from MITRE and its hash checked.",
        show_default=False,
    ),
]
Choice = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE|VERSION",
        help="A bundle, a compact file, or a version imported earlier. Default: the included "
        "version.",
        show_default=False,
    ),
]
Older = Annotated[
    str | None,
    typer.Argument(
        metavar="[OLD]",
        help="The older version, or its file. Default: the older of the two that are included.",
        show_default=False,
    ),
]
Newer = Annotated[
    str | None,
    typer.Argument(
        metavar="[NEW]",
        help="The newer version, or its file. Default: the newer of the two that are included.",
        show_default=False,
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="VERSION", help="The version of a bundle that does not name its version."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Also write the compact form to this file."),
]
Links = Annotated[
    Path | None,
    typer.Option("--links", metavar="FILE", help="Also write its component links as CSV."),
]
Unparsed = Annotated[
    bool,
    typer.Option("--unparsed", help="List every log source reference that cannot be parsed."),
]
RulePaths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", help="Sigma rules: files or folders.", show_default=False),
]
Publisher = Annotated[
    str,
    typer.Option(
        "--source", metavar="TEXT", help="Who published the rules, and when.", show_default=False
    ),
]
Commit = Annotated[
    str,
    typer.Option(
        "--commit",
        metavar="HASH",
        help="The commit of the rules, where they are from a repository.",
        show_default=False,
    ),
]
Table = Annotated[
    Path,
    typer.Option(
        "--out",
        metavar="FILE",
        help="The table to write (.csv); a .yaml file beside it names the source.",
        show_default=False,
    ),
]


@app.command("import", short_help="Import a version of ATT&CK for --attack.")
def import_(source: Source, as_: As = None, out: Out = None, links: Links = None) -> None:
    """Convert a version of ATT&CK to the compact form, and store it for --attack.

    Reading a bundle takes several seconds; the result is stored under the bundle's SHA-256.
    """
    from logreach.coverage.attack.bundle import NEWEST
    from logreach.coverage.attack.compact import encode
    from logreach.coverage.attack.links import links_csv, with_borrowed_links
    from logreach.coverage.attack.summary import summarise

    imported = _imported(source, as_)
    if out is not None:
        _write(out, encode(imported.model))
    if links is not None:
        _write(links, links_csv(imported.model))
    if imported.cache_fault is not None:
        say(f"note: {imported.cache_fault}", err=True)
    if imported.model.major > NEWEST:
        say(f"note: logreach was made for versions up to {NEWEST}; this version is newer", err=True)
    if imported.from_cache:
        say("note: this bundle was imported before; the stored result is used", err=True)
    _print_summary(summarise(with_borrowed_links(imported.model)))


def _imported(source: str, version: str | None) -> Imported:
    from logreach.coverage.attack.bundle import VERSION
    from logreach.coverage.attack.store import import_file, import_version

    path = Path(source)
    if path.exists() or not VERSION.fullmatch(source):
        return import_file(path, version)
    if version is not None:
        raise InputError(Fault("--as is for files; a release names its version", hint="Drop it."))
    say(f"downloading ATT&CK {source} from MITRE", err=True)
    return import_version(source)


def _write(path: Path, content: str) -> None:
    from logreach.coverage.attack.files import write_whole

    try:
        write_whole(path, content)
    except OSError as error:
        raise InputError(
            Fault(f"cannot be written: {error.strerror or error}", str(path))
        ) from None


@app.command(short_help="Show the contents of a version.")
def show(choice: Choice = None, unparsed: Unparsed = False) -> None:
    """Show the contents of a version, and how many log source references can be parsed.

    --unparsed lists the log source references that name no event.
    """
    from logreach.coverage.attack.store import load_attack
    from logreach.coverage.attack.summary import summarise

    summary = summarise(load_attack(choice))
    _print_summary(summary)
    for reference in summary.unparsed if unparsed else ():
        ref = reference.ref
        say(reference.analytic, ref.component, ref.source, ref.channel)


@app.command(short_help="List what differs between two versions.")
def compare(old: Older = None, new: Newer = None) -> None:
    """List what differs between two versions: techniques, tactics, analytics, data components.

    Log sources stand as ATT&CK writes them: those that came after a plus, those that went after a
    minus.
    """
    from logreach.coverage.attack.differences import differences
    from logreach.coverage.attack.shipped import NEWER, OLDER
    from logreach.coverage.attack.store import load_attack

    changes = differences(load_attack(old or OLDER), load_attack(new or NEWER))
    for heading, lines in changes.lines.items():
        say(f"{heading}: {len(lines)}")
        for line in lines:
            say(f"  {line}")


def _print_summary(summary: Summary) -> None:
    links = f"{summary.own_links} of its own"
    if summary.borrowed_links:
        links = f"{summary.borrowed_links} from ATT&CK 17.1, {summary.uncarried_links} not carried"
    lines = {
        "ATT&CK": f"{summary.version} (specification {summary.spec})",
        "SHA-256": summary.sha256,
        "tactics": summary.tactics,
        "techniques": summary.techniques,
        "groups": summary.groups,
        "data components": summary.components,
        "component links": links,
        "detection strategies": summary.strategies,
        "analytics": f"{summary.analytics}, {summary.platform} {summary.platform_analytics}",
        "log source references": f"{summary.refs} ({summary.platform})",
        "  not parsed": f"{len(summary.unparsed)} ({summary.unparsed_share:.1%})",
        "  under a wrong log": summary.misnamed_refs,
    }
    for name, value in lines.items():
        say(f"{name:22}  {value}")


@app.command("published-rules", short_help="Tabulate what Sigma rules read, by technique.")
def published_rules(
    rules: RulePaths,
    source: Publisher,
    out: Table,
    commit: Commit = "",
    attack: AttackChoice = None,
    pipeline: Pipelines = None,
    field_names: FieldNames = None,
    placeholders: PlaceholderValues = None,
) -> None:
    """Tabulate what Sigma rules read, by technique: events, fields, and rules by level.

    No text of a rule gets into the table. It leaves out rules that name no technique, cannot be
    judged or can never fire, rules on events that logreach does not know, and correlations. The
    command prints their numbers, and the .yaml file has them.
    """
    from logreach.coverage.assessment.published_rules import rules_table
    from logreach.coverage.assessment.rules import RuleWork
    from logreach.coverage.attack.store import load_attack
    from logreach.coverage.detections.published import origin_path
    from logreach.coverage.network.rule_nodes import RuleEvents

    if out.suffix != ".csv":
        fail(f"{out} is no .csv file", "Name the table so; the .yaml file is named after it.")
    ruleset = loaded_rules(rules, converting(pipeline, field_names, placeholders))
    table = rules_table(RuleWork(ruleset, load_attack(attack), RuleEvents.alone()), source, commit)
    _write(out, table.csv_text())
    _write(origin_path(out), table.origin_text())
    print_faults(ruleset.faults, heading="Faults of the rules:")
    _print_numbers(table)


def _print_numbers(table: RulesTable) -> None:
    rows = counted(len(table.counts), "row")
    say(f"{counted(table.origin.rules, 'rule')} in {rows}", err=True)
    for reason, number in table.origin.left_out.items():
        say(f"left out, {reason}: {counted(number, 'rule')}", err=True)
