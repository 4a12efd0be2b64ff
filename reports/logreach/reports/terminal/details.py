"""The tables behind the summary, for `assess --verbose`: profiles, links, changes and facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from logreach.coverage.assessment.result import Assessment, PlanStep
from logreach.coverage.engine.judged import Remedy, Volume
from logreach.coverage.network.techniques import COMPLETENESS, DETECTION
from logreach.reports.broken_links import broken_links
from logreach.reports.caveats import (
    ASSUMED_MEANING,
    FORWARDING_MEANING,
    assumed_facts,
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
from logreach.reports.printing import cut, safe
from logreach.reports.profile_names import ProfileNames, profile_name
from logreach.reports.reason_text import fact_name, reason_text, remedy_title
from logreach.reports.terminal.layout import FittingTable
from logreach.reports.terminal.styles import STYLES, labelled

if TYPE_CHECKING:
    from rich.console import Console

_TOP = 20
_LONGEST = 180
_COUNTED = tuple(
    label for label in LABEL_GROUPS if label in VERDICT_LABELS and label != "not applicable"
)


def print_details(assessment: Assessment, console: Console) -> None:
    """Print the tables that have rows."""
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


def _of(rows: Sequence[object]) -> str:
    """'; the first 20 of 231': where a table shows the first only."""
    return f"; the first {_TOP} of {len(rows):,}" if len(rows) > _TOP else ""


def _detection(assessment: Assessment) -> FittingTable:
    """The headline: techniques by label of detection, for each profile and over all hosts."""
    table = FittingTable(
        "Detection: techniques by profile",
        *("Profile", "#Hosts", *(f"#{_headed(label)}" for label in _COUNTED)),
    )
    table.caption = " ".join((QUESTION_MEANING[DETECTION], *_caveats(assessment)))
    for profile in assessment.profiles:
        counts = counts_by_label(profile, DETECTION)
        name = Text("\n").join([safe(profile_name(profile), 80), safe(profile.os, style="dim")])
        table.add(name, str(profile.count), *(_here_and_elsewhere(counts, x) for x in _COUNTED))
    counts = totals(assessment, DETECTION)
    if pairs := applying(counts):
        shares = (percent_text(sum(_here_elsewhere(counts, x)), pairs) for x in _COUNTED)
        hosts = sum(profile.count for profile in assessment.profiles)
        table.add("share of all pairs of a host and a technique", str(hosts), *shares)
    return table


def _headed(label: str) -> str:
    """A label as the head of a column, no wider than it must be."""
    return label.capitalize().replace("Not ", "Not\n")


def _here_and_elsewhere(counts: Mapping[str, int], label: str) -> Text:
    """'43 + 5': techniques on the hosts themselves, and those on other hosts of the fleet."""
    on_hosts, elsewhere = _here_elsewhere(counts, label)
    return Text(f"{on_hosts} + {elsewhere}" if elsewhere else str(on_hosts), style=STYLES[label])


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


def _completeness(assessment: Assessment) -> FittingTable:
    """How complete ATT&CK's own terms are, in one figure each."""
    table = FittingTable(
        "Completeness of what ATT&CK names (pairs of a host and a technique)",
        *("Question", "#Achievable", "Asks"),
    )
    for question in COMPLETENESS:
        counts = totals(assessment, question)
        if pairs := applying(counts):
            share = percent_text(achievable(counts), pairs)
            meaning = QUESTION_MEANING[question].removeprefix("Completeness: ")
            table.add(QUESTIONS[question], share, safe(meaning, style="dim"))
    return table


def _rules(assessment: Assessment) -> FittingTable:
    labels = [label for label in LABEL_GROUPS if label in VERDICT_LABELS]
    heads = (f"#{_headed(label)}" for label in labels)
    table = FittingTable("Rules by profile", "Profile", *heads)
    for profile in assessment.profiles:
        if profile.rules:
            counts = Counter(rule.judged.verdict.label for rule in profile.rules.values())
            numbers = (Text(str(_sum(counts, label)), style=STYLES[label]) for label in labels)
            table.add(safe(profile_name(profile)), *numbers)
    return table


def _sum(counts: Mapping[str, int], group: str) -> int:
    """The number under a label; every kind of unknown counts as unknown."""
    return sum(number for label, number in counts.items() if group_of(label) == group)


def _broken_links(assessment: Assessment) -> FittingTable:
    """The links that keep most ways to detect from holding whole."""
    links = broken_links(assessment)
    table = FittingTable(
        f"Links that break most ways to detect (pairs short of achievable{_of(links)})",
        *("#Pairs", "Link", "Why", "Profiles"),
    )
    names = ProfileNames(assessment.profiles)
    for broken in links[:_TOP]:
        reason = broken.reason
        cell = labelled(reason.verdict).append_text(safe(f": {reason_text(reason)}", _LONGEST))
        profiles = safe(names(broken.profiles), 60)
        table.add(str(broken.pairs), safe(reason.link), cell, profiles)
    return table


def _steps(assessment: Assessment) -> FittingTable:
    table = FittingTable(
        "What to change, in steps (detection after each step)",
        *("#Step", "#Hosts", "#Achievable", "Volume", "Changes"),
    )
    for step, planned in zip(step_lines(assessment), assessment.plan.steps, strict=True):
        volume, changes = planned.volume.value, _changes(planned, assessment)
        table.add(str(step.number), str(step.hosts), step.share_text, volume, changes)
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


def _rule_steps(assessment: Assessment) -> FittingTable:
    table = FittingTable(
        "What to change for rules, in steps (rules by weight after each step)",
        *("#Step", "#Hosts", "#Rules", "#Achievable", "Volume", "Changes"),
    )
    for step, planned in zip(rule_step_lines(assessment), assessment.rule_plan.steps, strict=True):
        rules, share = str(len(step.rules)), step.share_text
        volume, changes = planned.volume.value, _changes(planned, assessment)
        table.add(str(step.number), str(step.hosts), rules, share, volume, changes)
    return table


def _remedies(assessment: Assessment) -> FittingTable:
    gaining = [planned for planned in assessment.remedies if planned.gain or planned.rule_gain]
    shown = gaining[:_TOP]
    with_rules = raises_rules(shown)
    rule_titles = ("#Rules", "#Weighted") if with_rules else ()
    table = FittingTable(
        f"What to change first, each change alone{_of(gaining)}",
        *("#Gain", *rule_titles, "#Hosts", "Remedy", "Cost"),
    )
    table.caption = gain_meaning(shown)
    for planned in shown:
        title = marked(remedy_title(planned.remedy), planned)
        cost = safe(planned.remedy.cost, 80)
        rules = (str(rules_raised(planned)), f"{planned.rule_gain:g}") if with_rules else ()
        table.add(str(planned.gain), *rules, str(planned.hosts), safe(title, _LONGEST), cost)
    return table


def _missing(assessment: Assessment) -> FittingTable:
    table = FittingTable(
        f"Facts to find out (and the verdicts that depend on each{_of(assessment.missing)})",
        *("#Verdicts", "Fact", "Why unknown", "Profiles"),
    )
    names = ProfileNames(assessment.profiles)
    for missing in assessment.missing[:_TOP]:
        table.add(
            str(missing.verdicts),
            safe(fact_name(missing.key, missing.title)),
            safe(missing.reason, 120),
            safe(names(missing.profiles), 60),
        )
    return table
