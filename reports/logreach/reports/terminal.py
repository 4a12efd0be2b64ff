"""The summary that a run prints, and the tree that explains one verdict.

Words carry the meaning and colours only repeat it. Nothing from an inventory is taken for markup
or reaches the terminal as a control character.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from logreach.coverage.assessment.result import Assessment, PlanStep
from logreach.coverage.engine.judged import Reason, Remedy, Volume
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import Verdict
from logreach.coverage.network.techniques import COMPLETENESS, DETECTION
from logreach.inventories.files.wording import counted
from logreach.inventories.reading.telling import telling_most
from logreach.reports.broken_links import broken_links
from logreach.reports.caveats import (
    ASSUMED_MEANING,
    FORWARDING_MEANING,
    assumed_facts,
    faults_of,
    forwarded,
)
from logreach.reports.counts import achievable, applying, counts_by_label, percent_text, totals
from logreach.reports.labels import (
    LABEL_GROUPS,
    QUESTION_MEANING,
    QUESTIONS,
    VERDICT_LABELS,
    group_of,
)
from logreach.reports.other_ids import all_other_ids
from logreach.reports.plan_steps import (
    gain_meaning,
    marked,
    raises_rules,
    rule_step_lines,
    rules_raised,
    step_lines,
)
from logreach.reports.printing import WrappedCell, cut, safe
from logreach.reports.profile_names import ProfileNames, profile_name
from logreach.reports.reason_text import fact_name, reason_text, remedy_title

if TYPE_CHECKING:
    from rich.console import Console

_TOP, _STEPS, _COMMANDS = 8, 4, 3
_LONGEST = 180
_STYLES = {
    "achievable": "bold blue",
    "conditional": "cyan",
    "unknown": "yellow",
    "not achievable": "bold red",
    "not applicable": "dim",
}
_COUNTED = tuple(
    label for label in LABEL_GROUPS if label in VERDICT_LABELS and label != "not applicable"
)


def print_summary(assessment: Assessment, console: Console) -> None:
    """Print what a person can act on. Faults are only counted: the caller lists them."""
    console.print(_heading(assessment))
    if other_ids := all_other_ids(assessment):
        console.print(safe(other_ids, style="dim"))
    for table in (
        _detection(assessment),
        _completeness(assessment),
        _rules(assessment),
        _broken_links(assessment),
        _steps(assessment),
        _rule_steps(assessment),
        _remedies(assessment),
        _missing(assessment),
    ):
        if table.row_count:
            console.print()
            console.print(table)
    faults = len(faults_of(assessment))
    if faults:
        console.print()
        console.print(safe(f"{counted(faults, 'fault')} in the input"))


def print_telling_commands(assessment: Assessment, console: Console) -> None:
    """Print the few commands whose outputs would tell most of what is missing."""
    weights = ((fact.key, fact.verdicts + fact.rules) for fact in assessment.missing)
    if commands := telling_most(weights, _COMMANDS):
        console.print()
        console.print(safe("What to run to find out most, on a host that lacks it:"))
        for command in commands:
            console.print(safe(f"  {command}"), soft_wrap=True)


def _heading(assessment: Assessment) -> Text:
    hosts = sum(profile.count for profile in assessment.profiles)
    scope = f", restricted to {assessment.scope}" if assessment.scope else ""
    return safe(
        f"{assessment.inventory or 'inventory'}: {counted(hosts, 'host')} in "
        f"{counted(len(assessment.profiles), 'profile')}, "
        f"{counted(len(assessment.fleet), 'technique')} of ATT&CK "
        f"{assessment.attack_version}{scope}"
    )


def _detection(assessment: Assessment) -> Table:
    """The headline: techniques by label of detection, for each profile and over all hosts."""
    table = titled_table("Detection: techniques by profile")
    _columns(table, "Profile", "#Hosts", *(f"#{_headed(label)}" for label in _COUNTED))
    table.caption = safe(" ".join((QUESTION_MEANING[DETECTION], *_caveats(assessment))))
    for profile in assessment.profiles:
        counts = counts_by_label(profile, DETECTION)
        name = Text("\n").join([safe(profile_name(profile), 80), safe(profile.os, style="dim")])
        _row(table, name, str(profile.count), *(_here_and_elsewhere(counts, x) for x in _COUNTED))
    counts = totals(assessment, DETECTION)
    if pairs := applying(counts):
        shares = (percent_text(sum(_here_elsewhere(counts, x)), pairs) for x in _COUNTED)
        hosts = sum(profile.count for profile in assessment.profiles)
        _row(table, "share of all pairs of a host and a technique", str(hosts), *shares)
    return table


def _headed(label: str) -> str:
    """A label as the head of a column, no wider than it must be."""
    return label.capitalize().replace("Not ", "Not\n")


def _here_and_elsewhere(counts: Mapping[str, int], label: str) -> Text:
    """'43 + 5': techniques on the hosts themselves, and those on other hosts of the fleet."""
    on_hosts, elsewhere = _here_elsewhere(counts, label)
    return Text(f"{on_hosts} + {elsewhere}" if elsewhere else str(on_hosts), style=_STYLES[label])


def _here_elsewhere(counts: Mapping[str, int], label: str) -> tuple[int, int]:
    return _sum(counts, label), counts.get(f"{label} elsewhere", 0)


def _caveats(assessment: Assessment) -> Iterator[str]:
    """The limits of the verdicts that apply to some profile."""
    profiles = assessment.profiles
    if any(totals(assessment, DETECTION).get(f"{label} elsewhere") for label in _COUNTED):
        yield "'43 + 5': 43 on these hosts, 5 on other hosts of the fleet."
    assumed = {profile.profile_id: assumed_facts(profile) for profile in profiles}
    counts = [f"{profile_id} ({count})" for profile_id, count in assumed.items() if count]
    if counts:
        yield f"Assumed facts by profile: {', '.join(counts)}. {ASSUMED_MEANING}"
    if forwarded(assessment):
        receiving = [profile.profile_id for profile in profiles if profile.events_on_host]
        yield f"{FORWARDING_MEANING} Profiles judged by received events: {', '.join(receiving)}."


def _completeness(assessment: Assessment) -> Table:
    """How complete ATT&CK's own terms are, in one figure each."""
    table = titled_table("Completeness of what ATT&CK names (pairs of a host and a technique)")
    _columns(table, "Question", "#Achievable", "Asks")
    for question in COMPLETENESS:
        counts = totals(assessment, question)
        if pairs := applying(counts):
            share = percent_text(achievable(counts), pairs)
            meaning = QUESTION_MEANING[question].removeprefix("Completeness: ")
            _row(table, QUESTIONS[question], share, safe(meaning, style="dim"))
    return table


def _rules(assessment: Assessment) -> Table:
    table = titled_table("Rules by profile")
    labels = [label for label in LABEL_GROUPS if label in VERDICT_LABELS]
    _columns(table, "Profile", *(f"#{_headed(label)}" for label in labels))
    for profile in assessment.profiles:
        if profile.rules:
            counts = Counter(rule.judged.verdict.label for rule in profile.rules.values())
            numbers = (Text(str(_sum(counts, label)), style=_STYLES[label]) for label in labels)
            _row(table, safe(profile_name(profile)), *numbers)
    return table


def _sum(counts: Mapping[str, int], group: str) -> int:
    """The number under a label; every kind of unknown counts as unknown."""
    return sum(number for label, number in counts.items() if group_of(label) == group)


def _broken_links(assessment: Assessment) -> Table:
    """The links that keep most ways to detect from holding whole."""
    table = titled_table("Links that break most ways to detect (pairs short of achievable)")
    _columns(table, "#Pairs", "Link", "Why", "Profiles")
    names = ProfileNames(assessment.profiles)
    for broken in broken_links(assessment)[:_TOP]:
        reason = broken.reason
        cell = labelled(reason.verdict).append_text(safe(f": {reason_text(reason)}", _LONGEST))
        profiles = safe(names(broken.profiles), 60)
        _row(table, str(broken.pairs), safe(reason.link), cell, profiles)
    return table


def _steps(assessment: Assessment) -> Table:
    table = titled_table("What to change, in steps (detection after each step)")
    _columns(table, "#Step", "#Hosts", "#Achievable", "Volume", "Changes")
    for step, planned in zip(step_lines(assessment), assessment.plan.steps, strict=True):
        if step.number <= _STEPS:
            volume, changes = planned.volume.value, _changes(planned, assessment)
            _row(table, str(step.number), str(step.hosts), step.share_text, volume, changes)
    return table


def _changes(step: PlanStep, assessment: Assessment) -> Text:
    """The changes of a step, each with its kind and, where a source says it, its volume."""
    remedies = [assessment.remedies[place].remedy for place in step.remedies]
    return Text("\n").join([safe(f"- {_priced(remedy)}", _LONGEST) for remedy in remedies])


def _priced(remedy: Remedy) -> str:
    title, kind = remedy_title(remedy), remedy.kind
    kind_in_title = kind and title.casefold().startswith(kind.partition(" ")[0].casefold())
    has_volume = remedy.volume is not Volume.UNKNOWN
    notes = ("" if kind_in_title else kind, f"volume {remedy.volume}" if has_volume else "")
    words = ", ".join(filter(None, notes))
    return f"{cut(title, _LONGEST - len(words) - 5)} ({words})" if words else title


def _rule_steps(assessment: Assessment) -> Table:
    table = titled_table("What to change for rules, in steps (rules by weight after each step)")
    _columns(table, "#Step", "#Hosts", "#Rules", "#Achievable", "Volume", "Changes")
    for step, planned in zip(rule_step_lines(assessment), assessment.rule_plan.steps, strict=True):
        if step.number <= _STEPS:
            rules, share = str(len(step.rules)), step.share_text
            volume, changes = planned.volume.value, _changes(planned, assessment)
            _row(table, str(step.number), str(step.hosts), rules, share, volume, changes)
    return table


def _remedies(assessment: Assessment) -> Table:
    table = titled_table("What to change first, each change alone")
    shown = [planned for planned in assessment.remedies[:_TOP] if planned.gain or planned.rule_gain]
    with_rules = raises_rules(shown)
    rule_titles = ("#Rules", "#Weighted") if with_rules else ()
    _columns(table, "#Gain", *rule_titles, "#Hosts", "Remedy", "Cost")
    table.caption = safe(gain_meaning(shown))
    for planned in shown:
        title = marked(remedy_title(planned.remedy), planned)
        cost = safe(planned.remedy.cost, 80)
        rules = (str(rules_raised(planned)), f"{planned.rule_gain:g}") if with_rules else ()
        _row(table, str(planned.gain), *rules, str(planned.hosts), safe(title, _LONGEST), cost)
    return table


def _missing(assessment: Assessment) -> Table:
    table = titled_table("Facts to find out (and the verdicts that depend on each)")
    _columns(table, "#Verdicts", "Fact", "Why unknown", "Profiles")
    # The longest part of a channel's name.
    table.columns[1].min_width = 18
    names = ProfileNames(assessment.profiles)
    for missing in assessment.missing[:_TOP]:
        _row(
            table,
            str(missing.verdicts),
            safe(fact_name(missing.key, missing.title)),
            safe(missing.reason, 120),
            safe(names(missing.profiles), 60),
        )
    return table


def render_tree(branch: Branch) -> Tree:
    """A chain as a tree: each link with verdict, reasons, evidence and remedy."""
    tree = Tree(WrappedCell(_branch(branch)))
    _grow(tree, branch)
    return tree


def _grow(tree: Tree, branch: Branch) -> None:
    reasons = branch.reasons
    if branch.judged is not None and not reasons and not branch.children:
        reasons = branch.judged.reasons
    for reason in reasons:
        tree.add(WrappedCell(_reason(reason)))
    for change in branch.changes:
        tree.add(WrappedCell(safe(change.text + _cost(change))))
    for child in branch.children:
        _grow(tree.add(WrappedCell(_branch(child))), child)


def _cost(remedy: Remedy) -> str:
    return f" ({remedy.cost})" if remedy.cost else ""


def _branch(branch: Branch) -> Text:
    line = safe(f"{branch.label}: ")
    line.stylize("bold")
    line.append_text(labelled(branch.verdict))
    if branch.note:
        line.append_text(safe(f" ({branch.note})"))
    return line


def _reason(reason: Reason) -> Text:
    lines = [safe(f"{reason.link}: ") + labelled(reason.verdict) + safe(f": {reason.text}")]
    details = [("evidence", str(evidence)) for evidence in reason.evidence]
    if reason.remedy is not None:
        details.append(("remedy", reason.remedy.text + _cost(reason.remedy)))
    if reason.missing is not None:
        details.append(("missing", str(reason.missing)))
    if reason.reference:
        details.append(("reference", reason.reference))
    lines += [safe(f"  {name}: {detail}", style="dim") for name, detail in details]
    return Text("\n").join(lines)


def labelled(verdict: Verdict) -> Text:
    """The label of a verdict in its colour."""
    return Text(verdict.label, style=_STYLES[group_of(verdict.label)])


def titled_table(title: str) -> Table:
    """A table of the terminal: its title in bold above it, no frame."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )


def _columns(table: Table, *titles: str) -> None:
    """Columns from titles; '#' before a title stands for numbers, which are never folded."""
    for title in titles:
        if title.startswith("#"):
            width = max(map(len, title[1:].split("\n")))
            table.add_column(title[1:], justify="right", min_width=width)
        else:
            table.add_column(title, overflow="fold")


def _row(table: Table, *cells: str | Text) -> None:
    table.add_row(*(WrappedCell(cell) if isinstance(cell, Text) else cell for cell in cells))
