"""The summary that a run prints, and the tree that explains one verdict.

Words carry the meaning and colours only repeat it. Nothing from an inventory is taken for markup
or reaches the terminal as a control character.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from logreach.coverage.assessment.result import Assessment, Profile
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import Verdict
from logreach.inventories.files.wording import counted
from logreach.reports.caveats import (
    ASSUMED_MEANING,
    FORWARDING_MEANING,
    assumed_facts,
    faults_of,
    forwarded,
)
from logreach.reports.printing import Cell, safe
from logreach.reports.steps import gain_meaning, marked, step_lines
from logreach.reports.words import (
    LABELS,
    QUESTIONS,
    achieved,
    applying,
    fact_name,
    percent_text,
    reason_text,
    remedy_title,
    totals,
)

if TYPE_CHECKING:
    from rich.console import Console

_TOP, _STEPS = 8, 4
_LONGEST = 180
_STYLES = {
    "achievable": "bold blue",
    "conditional": "cyan",
    "unknown": "yellow",
    "not achievable": "bold red",
    "not applicable": "dim",
}


def print_summary(assessment: Assessment, console: Console) -> None:
    """Print what a person can act on. Faults are only counted: the caller lists them."""
    console.print(_heading(assessment))
    for table in (
        _profiles(assessment),
        _questions(assessment),
        _rules(assessment),
        _broken(assessment),
        _steps(assessment),
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


def _heading(assessment: Assessment) -> Text:
    hosts = sum(profile.count for profile in assessment.profiles)
    scope = f", restricted to {assessment.scope}" if assessment.scope else ""
    return safe(
        f"{assessment.inventory or 'inventory'}: {counted(hosts, 'host')} in "
        f"{counted(len(assessment.profiles), 'profile')}, "
        f"{counted(len(assessment.fleet), 'technique')} of ATT&CK "
        f"{assessment.attack_version}{scope}"
    )


def _profiles(assessment: Assessment) -> Table:
    table = _table("Techniques achievable, of those that apply")
    _columns(table, "Profile", "Hosts", "#Count", "OS", *(f"#{name}" for name in _SHORT))
    table.caption = safe(" ".join(_caveats(assessment)))
    for profile in assessment.profiles:
        _row(
            table,
            safe(profile.profile_id),
            safe(", ".join(profile.hosts), 60),
            str(profile.count),
            safe(profile.os),
            *(achieved(profile, question, "/") for question in QUESTIONS),
        )
    return table


def _caveats(assessment: Assessment) -> Iterator[str]:
    """What only some assessments must say of their profiles."""
    profiles = assessment.profiles
    assumed = [f"{one.profile_id} ({assumed_facts(one)})" for one in profiles if assumed_facts(one)]
    if assumed:
        yield f"Facts only assumed: {', '.join(assumed)}. {ASSUMED_MEANING}"
    if forwarded(assessment):
        arriving = [one.profile_id for one in profiles if one.events_on_host]
        yield f"{FORWARDING_MEANING} Judged as it arrives: {', '.join(arriving)}."


_SHORT = ("Visibility", "Detection", "Alternatives")


def _questions(assessment: Assessment) -> Table:
    table = _table("Share of the host and technique pairs that apply")
    table.caption = "Visibility counts the best data component of a technique, so it reads high."
    shown = [label for label in _STYLES if label != "not applicable"]
    _columns(table, "Question", *(f"#{label}" for label in shown))
    for question in assessment.questions:
        counts = totals(assessment, question)
        whole = applying(counts)
        if whole:
            _row(
                table,
                QUESTIONS[question],
                *(
                    Text(percent_text(_sum(counts, label), whole), style=_STYLES[label])
                    for label in shown
                ),
            )
    return table


def _rules(assessment: Assessment) -> Table:
    table = _table("Rules by profile")
    shown = list(_STYLES)
    _columns(table, "Profile", *(f"#{label}" for label in shown))
    for profile in assessment.profiles:
        if profile.rules:
            counts = dict.fromkeys(LABELS, 0)
            for rule in profile.rules.values():
                counts[rule.judged.verdict.label] += 1
            numbers = (Text(str(_sum(counts, one)), style=_STYLES[one]) for one in shown)
            _row(table, safe(profile.profile_id), *numbers)
    return table


def _sum(counts: dict[str, int], label: str) -> int:
    """The number under a label; every kind of unknown counts as unknown."""
    if label != "unknown":
        return counts[label]
    return sum(number for one, number in counts.items() if one.startswith("unknown"))


def _broken(assessment: Assessment) -> Table:
    """The links that decide most verdicts of detection with alternatives short of achievable."""
    lost: dict[tuple[str, str, Verdict], dict[str, int]] = {}
    for profile in assessment.profiles:
        for judged in _short_of_achievable(profile):
            reason = judged.reasons[0]
            key = (reason.link, reason_text(reason), reason.verdict)
            by_profile = lost.setdefault(key, {})
            by_profile[profile.profile_id] = by_profile.get(profile.profile_id, 0) + profile.count
    table = _table("Links that cost most (detection with alternatives)")
    _columns(table, "#Verdicts", "Link", "Why", "Profiles")
    worst = sorted(lost.items(), key=lambda one: (-sum(one[1].values()), one[0][:2]))
    for (link, why, verdict), by_profile in worst[:_TOP]:
        told = _labelled(verdict)
        told.append_text(safe(f": {why}", _LONGEST))
        _row(
            table, str(sum(by_profile.values())), safe(link), told, safe(", ".join(by_profile), 60)
        )
    return table


def _short_of_achievable(profile: Profile) -> Iterator[Judged]:
    for technique in profile.techniques.values():
        judged = technique.detection_with_alternatives
        verdict = judged.verdict
        if verdict.applicable and verdict.label != "achievable" and judged.reasons:
            yield judged


def _steps(assessment: Assessment) -> Table:
    table = _table("What to change, in steps (detection with alternatives once each is done)")
    _columns(table, "#Step", "#Hosts", "#Achievable", "Changes")
    for one in step_lines(assessment)[:_STEPS]:
        changes = Text("\n").join([safe(f"- {title}", _LONGEST) for title in one.titles])
        _row(table, str(one.number), str(one.hosts), one.told, changes)
    return table


def _remedies(assessment: Assessment) -> Table:
    table = _table("What to change first, each alone")
    _columns(table, "#Gain", "#Hosts", "Remedy", "Cost")
    shown = [one for one in assessment.remedies[:_TOP] if one.gain]
    table.caption = safe(gain_meaning(shown))
    for one in shown:
        title = marked(remedy_title(one.remedy), one)
        cost = safe(one.remedy.cost, 80)
        _row(table, str(one.gain), str(one.hosts), safe(title, _LONGEST), cost)
    return table


def _missing(assessment: Assessment) -> Table:
    table = _table("Facts to find out (verdicts that hang on each)")
    _columns(table, "#Verdicts", "Fact", "Why unknown", "Profiles")
    for one in assessment.missing[:_TOP]:
        _row(
            table,
            str(one.verdicts),
            safe(fact_name(one.key, one.title)),
            safe(one.reason, 120),
            safe(", ".join(one.profiles), 60),
        )
    return table


def render_tree(branch: Branch) -> Tree:
    """A chain as a tree: each link with verdict, reasons, evidence and remedy."""
    tree = Tree(Cell(_branch(branch)))
    _grow(tree, branch)
    return tree


def _grow(tree: Tree, branch: Branch) -> None:
    for reason in branch.reasons:
        tree.add(Cell(_reason(reason)))
    if branch.judged is not None and not branch.reasons and not branch.children:
        for reason in branch.judged.reasons:
            tree.add(Cell(_reason(reason)))
    for change in branch.changes:
        cost = f" ({change.cost})" if change.cost else ""
        tree.add(Cell(safe(change.text + cost)))
    for child in branch.children:
        _grow(tree.add(Cell(_branch(child))), child)


def _branch(branch: Branch) -> Text:
    told = safe(f"{branch.label}: ")
    told.stylize("bold")
    told.append_text(_labelled(branch.verdict))
    if branch.note:
        told.append_text(safe(f" ({branch.note})"))
    return told


def _reason(reason: Reason) -> Text:
    lines = [safe(f"{reason.link}: ") + _labelled(reason.verdict) + safe(f": {reason.text}")]
    lines += [_dim("evidence", str(one)) for one in reason.evidence]
    if reason.remedy is not None:
        cost = f" ({reason.remedy.cost})" if reason.remedy.cost else ""
        lines.append(_dim("remedy", reason.remedy.text + cost))
    if reason.missing is not None:
        lines.append(_dim("missing", str(reason.missing)))
    if reason.reference:
        lines.append(_dim("reference", reason.reference))
    return Text("\n").join(lines)


def _dim(name: str, text: str) -> Text:
    return safe(f"  {name}: {text}", style="dim")


def _labelled(verdict: Verdict) -> Text:
    kind = "unknown" if verdict.label.startswith("unknown") else verdict.label
    return Text(verdict.label, style=_STYLES[kind])


def _table(title: str) -> Table:
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
            table.add_column(title[1:], justify="right", min_width=len(title) - 1)
        else:
            table.add_column(title, overflow="fold")


def _row(table: Table, *cells: str | Text) -> None:
    table.add_row(*(Cell(cell) if isinstance(cell, Text) else cell for cell in cells))
