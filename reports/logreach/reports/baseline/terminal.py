"""The result for a terminal: how much is met, what is not, what it would buy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from logreach.coverage.baselines.result import (
    MET_IN_PART,
    Answer,
    BaselineProfile,
    BaselineResult,
)
from logreach.inventories.files.wording import counted
from logreach.inventories.windows.baselines.requirements import Requirement
from logreach.reports.baseline.words import (
    PART_REMARK,
    asks,
    counts_words,
    evidence_of,
    evidence_words,
    gain_words,
    profile_words,
    remedy_words,
    scope_lines,
    signed_status,
)
from logreach.reports.printing import WrappedCell, safe
from logreach.reports.terminal import titled_table

if TYPE_CHECKING:
    from rich.console import Console

_MOST = 5
_ID, _LEAST = 24, 16  # characters of a column: ids at most, titles at least
_SHORT = {
    "not met": "Not met",
    "unknown": "Unknown",
    MET_IN_PART: "In part",
    "met": "Met",
}
"""The labels that have a column, with its heading: of the rest nothing is asked."""


def print_baseline(result: BaselineResult, console: Console, *, verbose: bool = False) -> None:
    """Print the totals and the requirements that are open, those that gain most first; all of them
    with each profile's answer where `verbose`."""
    lines = {line.heading: line.text for line in scope_lines(result)}
    console.print(safe(lines["Baseline"], style="bold"), soft_wrap=True)
    console.print(safe(f"{lines['Hosts']}. Facts as of: {lines['Facts as of']}"), soft_wrap=True)
    counts = counts_words(result.totals())
    console.print(safe(f"Pairs of a host and a requirement: {counts}"), soft_wrap=True)
    console.print(safe(_together(result)), soft_wrap=True)
    requirements = sorted(result.baseline.requirements, key=lambda each: _rank(result, each))
    shown = requirements if verbose else requirements[:_MOST]
    console.print()
    console.print(_table(result, shown, console.width))
    if len(requirements) > len(shown):
        more = counted(len(requirements) - len(shown), "more requirement")
        console.print(safe(f"{more}: -v lists all, --out writes reports", style="dim"))
    for command, hosts in _commands(result)[: None if verbose else 3]:
        console.print(safe(f"Missing facts of {counted(hosts, 'host')}: {command}"), soft_wrap=True)
    if any(each.beyond for each in requirements):
        console.print(safe(PART_REMARK, style="dim"))
    if verbose:
        _print_answers(result, console)


def _rank(result: BaselineResult, requirement: Requirement) -> tuple[int, int, int]:
    counts = result.counts(requirement)
    return -result.gained(requirement)[0], -counts["not met"], -counts["unknown"]


def _together(result: BaselineResult) -> str:
    pairs, techniques, rules = result.together()
    words = f"All met would make {counted(pairs, 'host x technique pair')} achievable"
    words += f" ({counted(len(techniques), 'technique')})"
    return f"{words} and {counted(len(rules), 'rule')}" if result.rules else words


def _table(result: BaselineResult, requirements: list[Requirement], width: int) -> Table:
    """About two lines a requirement: titles are cut to what the numbers leave."""
    labels = [label for label in _SHORT if result.totals()[label]]
    ids = min(_ID, max(len(each.id) for each in requirements))
    taken = ids + sum(max(len(_SHORT[label]), 6) + 3 for label in labels) + 9
    table = titled_table("Requirements, those that gain most first (hosts)")
    table.add_column("Id", overflow="fold", width=ids)
    table.add_column("Requirement", overflow="fold")
    for label in labels:
        table.add_column(_SHORT[label], justify="right", no_wrap=True)
    table.add_column("Gain", justify="right", no_wrap=True)
    for requirement in requirements:
        counts = result.counts(requirement)
        table.add_row(
            WrappedCell(safe(requirement.id)),
            WrappedCell(safe(requirement.title, 2 * max(_LEAST, width - taken))),
            *(str(counts[label]) for label in labels),
            str(result.gained(requirement)[0]),
        )
    return table


def _commands(result: BaselineResult) -> list[tuple[str, int]]:
    """The commands that tell what is missing, with the hosts that lack something of it."""
    hosts: dict[str, int] = {}
    for profile in result.profiles:
        commands = {each for answer in profile.answers.values() for each in answer.commands}
        for command in sorted(commands):
            hosts[command] = hosts.get(command, 0) + profile.count
    return sorted(hosts.items(), key=lambda each: (-each[1], each[0]))


def _print_answers(result: BaselineResult, console: Console) -> None:
    for requirement in result.baseline.requirements:
        console.print()
        console.print(safe(f"{requirement.id}: {requirement.title}", style="bold"))
        console.print(safe(f"  asks: {asks(requirement)}"), soft_wrap=True)
        if requirement.beyond:
            console.print(safe(f"  no logging fact shows: {requirement.beyond}"), soft_wrap=True)
        for profile, answer in result.answers(requirement):
            for line in _answer_lines(profile, answer):
                console.print(line, soft_wrap=True)
    for entry in result.baseline.left_out:
        console.print(safe(f"not judged: {entry.what} ({entry.why})"), soft_wrap=True)


def _answer_lines(profile: BaselineProfile, answer: Answer) -> Iterator[Text]:
    basis = f" ({answer.basis.value})" if answer.basis.value else ""
    yield safe(f"  {signed_status(answer.label)}{basis}: {profile_words(profile)}")
    for reason in answer.reasons[:3]:
        yield safe(f"      {reason}", 300)
    if places := evidence_words(evidence_of(answer)):
        yield safe(f"      evidence: {places}", 300)
    for remark in answer.contradicted:
        yield safe(f"      {remark}", 300)
    for command in answer.commands:
        yield safe(f"      run: {command}", 300)
    if remedy := remedy_words(answer):
        yield safe(f"      change: {remedy}", 400)
    if words := gain_words(answer.gain):
        yield safe(f"      gains: {words}")
