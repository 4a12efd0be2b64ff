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

from logreach.coverage.assessment.result import Assessment, PlanStep, Profile
from logreach.coverage.engine.judged import Judged, Reason, Remedy, Volume
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
from logreach.reports.counts import achieved, applying, percent_text, totals
from logreach.reports.labels import QUESTIONS, UNKNOWN_LABELS
from logreach.reports.plan_steps import (
    gain_meaning,
    marked,
    raises_rules,
    rule_step_lines,
    rules_raised,
    step_lines,
)
from logreach.reports.printing import WrappedCell, cut, safe
from logreach.reports.reason_text import fact_name, reason_text, remedy_title

if TYPE_CHECKING:
    from rich.console import Console

_TOP, _STEPS = 8, 4
_LONGEST = 180
_STYLES = {
    "achievable": "bold blue",
    "achievable elsewhere": "blue",
    "conditional": "cyan",
    "conditional elsewhere": "cyan",
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
    """The limits of the verdicts that apply to some profile."""
    profiles = assessment.profiles
    assumed = {profile.profile_id: assumed_facts(profile) for profile in profiles}
    counts = [f"{profile_id} ({count})" for profile_id, count in assumed.items() if count]
    if counts:
        yield f"Assumed facts by profile: {', '.join(counts)}. {ASSUMED_MEANING}"
    if forwarded(assessment):
        receiving = [profile.profile_id for profile in profiles if profile.events_on_host]
        yield f"{FORWARDING_MEANING} Profiles judged by received events: {', '.join(receiving)}."


_SHORT = ("Detection", "Visibility", "Analytic", "By any event")


def _questions(assessment: Assessment) -> Table:
    table = _table("Share of the host and technique pairs that apply")
    table.caption = (
        "Visibility counts the best data component of a technique, so its figure is optimistic."
    )
    labels = [label for label in _STYLES if label != "not applicable"]
    _columns(table, "Question", *(f"#{label}" for label in labels))
    for question in assessment.questions:
        counts = totals(assessment, question)
        pairs = applying(counts)
        if pairs:
            shares = (
                Text(percent_text(_sum(counts, label), pairs), style=_STYLES[label])
                for label in labels
            )
            _row(table, QUESTIONS[question], *shares)
    return table


def _rules(assessment: Assessment) -> Table:
    table = _table("Rules by profile")
    _columns(table, "Profile", *(f"#{label}" for label in _STYLES))
    for profile in assessment.profiles:
        if profile.rules:
            counts = Counter(rule.judged.verdict.label for rule in profile.rules.values())
            numbers = (
                Text(str(_sum(counts, label)), style=style) for label, style in _STYLES.items()
            )
            _row(table, safe(profile.profile_id), *numbers)
    return table


def _sum(counts: Mapping[str, int], label: str) -> int:
    """The number under a label; every kind of unknown counts as unknown."""
    labels = UNKNOWN_LABELS if label == "unknown" else (label,)
    return sum(counts.get(name, 0) for name in labels)


def _broken_links(assessment: Assessment) -> Table:
    """The links that decide most verdicts of detection short of achievable."""
    hosts: dict[tuple[str, str, Verdict], dict[str, int]] = {}
    for profile in assessment.profiles:
        for judged in _short_of_achievable(profile):
            reason = judged.reasons[0]
            link = (reason.link, reason_text(reason), reason.verdict)
            by_profile = hosts.setdefault(link, {})
            by_profile[profile.profile_id] = by_profile.get(profile.profile_id, 0) + profile.count
    table = _table("Links that break most verdicts (detection)")
    _columns(table, "#Verdicts", "Link", "Why", "Profiles")
    total = {link: sum(by_profile.values()) for link, by_profile in hosts.items()}
    for link in sorted(hosts, key=lambda link: (-total[link], link[:2]))[:_TOP]:
        kind, reason_words, verdict = link
        cell = _labelled(verdict).append_text(safe(f": {reason_words}", _LONGEST))
        _row(table, str(total[link]), safe(kind), cell, safe(", ".join(hosts[link]), 60))
    return table


def _short_of_achievable(profile: Profile) -> Iterator[Judged]:
    for technique in profile.techniques.values():
        judged = technique.detection.judged
        verdict = judged.verdict
        if verdict.applicable and verdict.label != "achievable" and judged.reasons:
            yield judged


def _steps(assessment: Assessment) -> Table:
    table = _table("What to change, in steps (detection after each step)")
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
    told = kind and title.casefold().startswith(kind.partition(" ")[0].casefold())
    known = remedy.volume is not Volume.UNKNOWN
    notes = ("" if told else kind, f"volume {remedy.volume}" if known else "")
    words = ", ".join(filter(None, notes))
    return f"{cut(title, _LONGEST - len(words) - 5)} ({words})" if words else title


def _rule_steps(assessment: Assessment) -> Table:
    table = _table("What to change for rules, in steps (rules by weight after each step)")
    _columns(table, "#Step", "#Hosts", "#Rules", "#Achievable", "Volume", "Changes")
    for step, planned in zip(rule_step_lines(assessment), assessment.rule_plan.steps, strict=True):
        if step.number <= _STEPS:
            rules, share = str(len(step.rules)), step.share_text
            volume, changes = planned.volume.value, _changes(planned, assessment)
            _row(table, str(step.number), str(step.hosts), rules, share, volume, changes)
    return table


def _remedies(assessment: Assessment) -> Table:
    table = _table("What to change first, each change alone")
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
    table = _table("Facts to find out (and the verdicts that depend on each)")
    _columns(table, "#Verdicts", "Fact", "Why unknown", "Profiles")
    for missing in assessment.missing[:_TOP]:
        _row(
            table,
            str(missing.verdicts),
            safe(fact_name(missing.key, missing.title)),
            safe(missing.reason, 120),
            safe(", ".join(missing.profiles), 60),
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
    line.append_text(_labelled(branch.verdict))
    if branch.note:
        line.append_text(safe(f" ({branch.note})"))
    return line


def _reason(reason: Reason) -> Text:
    lines = [safe(f"{reason.link}: ") + _labelled(reason.verdict) + safe(f": {reason.text}")]
    details = [("evidence", str(evidence)) for evidence in reason.evidence]
    if reason.remedy is not None:
        details.append(("remedy", reason.remedy.text + _cost(reason.remedy)))
    if reason.missing is not None:
        details.append(("missing", str(reason.missing)))
    if reason.reference:
        details.append(("reference", reason.reference))
    lines += [safe(f"  {name}: {detail}", style="dim") for name, detail in details]
    return Text("\n").join(lines)


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
    table.add_row(*(WrappedCell(cell) if isinstance(cell, Text) else cell for cell in cells))
