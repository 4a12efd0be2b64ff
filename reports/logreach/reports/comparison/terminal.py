"""What differs between two assessments, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from logreach.coverage.assessment.comparison import (
    Alternative,
    Change,
    Comparison,
    Direction,
    HostsCompared,
    Side,
    Subject,
    labels_of,
)
from logreach.reports.labels import ACHIEVABLE, LABELS
from logreach.reports.printing import safe
from logreach.reports.profile_names import host_list
from logreach.reports.terminal.layout import (
    FittingTable,
    Row,
    fitted,
    number_of,
    page,
    page_rows,
    put,
    wrapped,
)

if TYPE_CHECKING:
    from rich.console import Console

_MOST = 200
_FEW, _ROWS = 6, 14
_TOLD = (Subject.TECHNIQUE, Subject.RULE)
"""Every change of these is listed; of events and fields a terminal shows how many."""
_STYLES = {Direction.LOST: "bold red", Direction.GAINED: "bold blue"}
_PLURALS = {
    Subject.TECHNIQUE: "techniques",
    Subject.RULE: "rules",
    Subject.EVENT: "events",
    Subject.ATTRIBUTE: "fields of events",
}
_SINGULARS = {subject: subject.value for subject in Subject} | {
    Subject.ATTRIBUTE: "field of an event"
}
_WIDTH = max(len(direction.value) for direction in Direction) + 1


def print_comparison(comparison: Comparison, console: Console, *, verbose: bool) -> None:
    """Print what is gained and lost over all hosts; `verbose`, also for each group of hosts."""
    console.print(safe(f"before: {comparison.before.title}"), soft_wrap=True)
    console.print(safe(f"after:  {comparison.after.title}"), soft_wrap=True)
    console.print(_totals(comparison))
    if verbose:
        for each in comparison.hosts:
            if each.changes:
                console.print()
                for line in _of_hosts(each):
                    console.print(line)
    else:
        summary = _Summary(comparison, console)
        put(page([(summary.rows, _FEW)], console.width, _ROWS), console, console)
    for remark in _remarks(comparison):
        console.print(safe(remark))


class _Summary:
    """The changes over all hosts: what is lost first, then by the number of hosts."""

    def __init__(self, comparison: Comparison, console: Console) -> None:
        self._console = console
        merged: dict[tuple[object, ...], tuple[Change, list[HostsCompared]]] = {}
        subjects = {change.subject for each in comparison.hosts for change in each.changes}
        shown = subjects.intersection(_TOLD) or subjects
        for each in comparison.hosts:
            for change in each.changes:
                if change.subject in shown:
                    key = (*_rank(change), str(change.before), str(change.after))
                    merged.setdefault(key, (change, []))[1].append(each)
        self._changes = sorted(
            merged.values(),
            key=lambda entry: (
                _rank(entry[0])[:2],
                _best(entry[0]),
                -sum(each.count for each in entry[1]),
                entry[0].key,
            ),
        )

    def rows(self, most: int) -> list[Row]:
        rows: list[Text] = []
        for change, groups in self._changes[:most]:
            rows += self._lines(change, groups)
        if (rest := len(self._changes) - most) > 0:
            rows += wrapped(safe(f"  and {rest:,} more: -v", style="dim"), self._console)
        return [*map(Row, rows)]

    def _lines(self, change: Change, groups: Sequence[HostsCompared]) -> list[Text]:
        hosts = host_list([name for each in groups for name in each.hosts])
        count = number_of(sum(each.count for each in groups), "host")
        first = Text(
            f"  {change.direction.value:<{_WIDTH}}", style=_STYLES.get(change.direction, "")
        )
        text = safe(f"{_named(change)} on {hosts} ({count})")
        room = 2 * page_rows(self._console.width, 1)
        rows = fitted(text, self._console, room, _WIDTH + 2, first.plain)
        rows[0].stylize(first.style, 0, len(first.plain))
        if change.direction is Direction.LOST and change.reason:
            reason = safe(change.reason, style="dim")
            rows += fitted(reason, self._console, 1, _WIDTH + 4)
        return rows


def _totals(comparison: Comparison) -> FittingTable:
    counts = {
        (subject, direction): comparison.counted(subject, direction)
        for subject in Subject
        for direction in Direction
    }
    directions = [each for each in Direction if any(counts[subject, each] for subject in Subject)]
    heads = ("Achievable before", "After", *(each.value.capitalize() for each in directions))
    table = FittingTable(
        "Pairs of a host and an answer, over the hosts of both",
        *("What", *(f"#{head}" for head in heads)),
    )
    for subject in Subject:
        sides = [_achievable(side, subject) for side in (comparison.before, comparison.after)]
        if any(sides) or any(counts[subject, each] for each in directions):
            cells = (
                Text(str(counts[subject, each]), style=_STYLES.get(each, "")) for each in directions
            )
            table.add(_PLURALS[subject], *map(str, sides), *cells)
    return table


def _achievable(side: Side, subject: Subject) -> int:
    labels = labels_of(side, subject)
    return sum(labels.get(label, 0) for label in ACHIEVABLE)


def _of_hosts(each: HostsCompared) -> Iterator[Text]:
    """The changes on some hosts, what is lost first: a line each, with the reason below it."""
    names = host_list(each.hosts, 6)
    yield safe(f"{names} ({number_of(each.count, 'host')})", style="bold")
    unlisted: dict[tuple[Direction, Subject], int] = {}
    shown = 0
    for change in sorted(each.changes, key=_rank):
        if change.subject in _TOLD and shown < _MOST:
            yield from _lines(change)
            shown += 1
        else:
            group = change.direction, change.subject
            unlisted[group] = unlisted.get(group, 0) + 1
    for (direction, subject), count in unlisted.items():
        more = "more " if subject in _TOLD else ""
        words = _PLURALS[subject] if count > 1 else _SINGULARS[subject]
        yield Text(f"  {direction.value:<{_WIDTH}}", style=_STYLES.get(direction, "")) + safe(
            f"{count} {more}{words}"
        )


def _rank(change: Change) -> tuple[int, int, str]:
    return [*Direction].index(change.direction), [*Subject].index(change.subject), change.key


def _lines(change: Change) -> Iterator[Text]:
    yield Text(
        f"  {change.direction.value:<{_WIDTH}}", style=_STYLES.get(change.direction, "")
    ) + safe(_named(change))
    if change.direction is Direction.LOST and change.reason:
        yield Text(" " * (_WIDTH + 2)) + safe(change.reason, 160, style="dim")


def _best(change: Change) -> int:
    """Changes to or from achievable first."""
    return min(
        (LABELS.index(label) for label in (change.before, change.after) if label in LABELS),
        default=len(LABELS),
    )


def _named(change: Change) -> str:
    """'T1112 Modify Registry: achievable -> conditional'."""
    label = f"{change.key} {change.name}" if change.subject is Subject.TECHNIQUE else change.name
    return f"{label or change.key}: {change.before} -> {change.after}"


def _remarks(comparison: Comparison) -> Iterator[str]:
    for hosts, side in (
        (comparison.only_before, "before"),
        (comparison.only_after, "after"),
    ):
        if hosts:
            yield f"Hosts only {side}: {host_list(hosts, 12)}"
    for subject, keys in comparison.not_compared.items():
        if keys and subject in _TOLD:
            yield f"Not compared, as one side alone asks: {host_list(keys, 12)}"
    versions = comparison.before.attack_version, comparison.after.attack_version
    if versions[0] != versions[1]:
        yield f"The sides use ATT&CK {versions[0]} and {versions[1]}."
    if not any(each.changes for each in comparison.hosts):
        yield "Nothing differs on the hosts of both."


def print_ranking(alternatives: Sequence[Alternative], console: Console) -> None:
    """Print alternatives to one another, the best first."""
    table = FittingTable(
        "Alternatives, the one with most achievable first",
        *("#No", "#Techniques", "#in part", "#gained", "#lost"),
        *("#Rules", "#in part", "#gained", "#lost", "Busy events"),
    )
    for number, each in enumerate(alternatives, 1):
        cells = [str(number)]
        for subject, achievable in zip(_TOLD, (each.achievable, each.rules), strict=True):
            gained, lost = (
                each.comparison.counted(subject, direction)
                for direction in (Direction.GAINED, Direction.LOST)
            )
            cells += map(str, (achievable, each.in_part[subject], gained, lost))
        busy = host_list([event.partition(":")[2] for event in each.busy], 12)
        table.add(*cells, safe(busy))
    for number, each in enumerate(alternatives, 1):
        console.print(safe(f"{number}. {each.title}"), soft_wrap=True)
        only = [*each.only[Subject.TECHNIQUE], *each.only[Subject.RULE]]
        if only:
            console.print(safe(f"   on most hosts only with it: {host_list(only, 8)}"))
    console.print()
    console.print(table)
    console.print(
        safe(
            "Techniques and rules: pairs with a host that are achievable. Busy events: those of "
            "Sysmon that are logged in whole or in part and come in great numbers.",
            style="dim",
        )
    )
