"""An explanation in a dozen lines: verdict, way, the link that breaks, what to change, evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from logreach.coverage.assessment.explain import Explanation
from logreach.coverage.assessment.result import Detection, Way
from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.tree import Branch
from logreach.coverage.engine.verdict import YES
from logreach.inventories.reading.telling import telling_command
from logreach.reports.labels import LABELS
from logreach.reports.printing import cut, safe
from logreach.reports.profile_names import first_few
from logreach.reports.reason_text import reason_text, remedy_title
from logreach.reports.terminal.layout import Row, fitted, listed, number_of, page_rows, wrapped

if TYPE_CHECKING:
    from rich.console import Console

LINES = 12
"""The rows of 80 columns that an answer fills at most."""
_HEADLINE, _CLOSING = 2, 1
_MOST_SUBJECTS, _LONGEST_SUBJECT = 4, 120
_LABEL = 12
_EVENT = re.compile(r"[\w -]+:[\w*]+")
_BRIEF = ("breaks", "change")


def answer_rows(explanations: Sequence[Explanation], console: Console) -> list[Row]:
    """The answers to what was asked, each about the hosts that most are to be done for."""
    by_subject: dict[str, list[Explanation]] = {}
    for explanation in explanations:
        by_subject.setdefault(explanation.subject, []).append(explanation)
    rows: list[Text] = []
    for own in list(by_subject.values())[:_MOST_SUBJECTS]:
        rows += _answer(own, console, brief=len(by_subject) > 1)
    more = len(by_subject) - _MOST_SUBJECTS
    others = f"{more} more rules and every link: --full" if more > 0 else "Every link: --full"
    if any(len(own) > 1 for own in by_subject.values()):
        others = f"{others}. Other hosts: --host NAME"
    rows += wrapped(safe(f"{others}.", style="dim"), console)
    return [*map(Row, rows)]


def _answer(own: Sequence[Explanation], console: Console, *, brief: bool) -> Iterator[Text]:
    headline = _headline(own, console)
    yield from headline
    shown, *others = sorted(own, key=_to_do, reverse=True)
    parts = [part for part in _parts(shown, len(own)) if part.texts]
    if brief:
        parts = [part for part in parts if part.heading in _BRIEF]
    room = page_rows(console.width, LINES) - len(headline) - _CLOSING * page_rows(console.width, 1)
    shares = _shares(parts, console, room)
    for part, rows in zip(parts, shares, strict=True):
        yield from listed("", part.texts, console, rows, _LABEL, part.lead)
    room -= sum(shares)
    for other in [] if brief else others[: max(room, 0)]:
        if _short_of_achievable(other):
            yield from fitted(safe(_also(other)), console, 1, _LABEL, f"  {'also':<{_LABEL - 2}}")


def _to_do(explanation: Explanation) -> tuple[bool, bool, int]:
    """Which hosts an answer is about: those short of achievable that a change would help, and of
    these the most."""
    has_changes = bool(_changes(explanation.tree)[0])
    return _short_of_achievable(explanation), has_changes, explanation.count


def _also(explanation: Explanation) -> str:
    """Other hosts that are short of achievable: their answer and what to change."""
    changes, words = _changes(explanation.tree)
    titles = "; ".join(map(remedy_title, changes)) or words
    if not explanation.tree.verdict.settled:
        titles = "a missing fact decides"
    hosts = f"{first_few(explanation.hosts, 1)} ({number_of(explanation.count, 'host')})"
    return f"{hosts}, {_label(explanation)}: {titles}"


def _shares(parts: Sequence[_Part], console: Console, room: int) -> list[int]:
    """The rows of each part: what it needs, or less of the longest where there is no room."""
    rows = [len(wrapped(safe("; ".join(part.texts)), console, _LABEL)) for part in parts]
    while sum(rows) > room and max(rows) > 1:
        rows[rows.index(max(rows))] -= 1
    return rows


def _headline(own: Sequence[Explanation], console: Console) -> list[Text]:
    """'T1543.003 Windows Service: achievable on 897 hosts (WS, DC); unknown on 25 hosts (B)'."""
    by_label: dict[str, list[Explanation]] = {}
    for explanation in own:
        by_label.setdefault(_label(explanation), []).append(explanation)
    rows: list[Text] = []
    for names_shown in (4, 2, 0):
        words = []
        for label in sorted(by_label, key=LABELS.index):
            count = sum(each.count for each in by_label[label])
            names = [name for each in by_label[label] for name in each.hosts]
            few = f" ({first_few(names, names_shown)})" if names_shown else ""
            words.append(f"{label} on {number_of(count, 'host')}{few}")
        subject = cut(own[0].subject, _LONGEST_SUBJECT)
        text = safe(f"{subject}: {'; '.join(words)}", style="bold")
        rows = wrapped(text, console)
        if len(rows) <= _HEADLINE:
            break
    return rows


def _label(explanation: Explanation) -> str:
    if explanation.detection is not None:
        return explanation.detection.label
    return explanation.tree.verdict.label


def _short_of_achievable(explanation: Explanation) -> bool:
    verdict = explanation.tree.verdict
    return verdict.applicable and verdict is not YES


class _Part(NamedTuple):
    """What is said under a heading."""

    heading: str
    texts: list[str]

    @property
    def lead(self) -> str:
        return f"  {self.heading:<{_LABEL - 2}}"


def _parts(shown: Explanation, profiles: int) -> Iterator[_Part]:
    if profiles > 1:
        hosts = f"{first_few(shown.hosts, 3)} ({number_of(shown.count, 'host')}): {_label(shown)}"
        yield _Part("on", [hosts])
    asked = _asked(shown.tree)
    changes, after = _changes(shown.tree)
    broken = _broken(asked, changes)
    decisive = broken or _supporting(asked)
    yield _Part("way", [*_ways(shown, broken)])
    if decisive is not None:
        holds = "holds" if shown.tree.verdict.applicable else "reason"
        text = f"{decisive.link}: {reason_text(decisive)}"
        yield _Part("breaks" if decisive is broken else holds, [text])
    if changes:
        titles = [_priced(remedy) for remedy in changes]
        instead = [f"or {_priced(remedy)}" for remedy in _alternatives(shown.tree)]
        yield _Part("change", [f"makes it {after}: {titles[0]}", *titles[1:], *instead])
    elif after:
        elsewhere = broken is not None and broken.link == "elsewhere"
        yield _Part("change", ["on the hosts that record it, none here" if elsewhere else after])
    if decisive is not None:
        yield from _evidence(decisive)


def _evidence(reason: Reason) -> Iterator[_Part]:
    """Where a fact comes from; of a missing fact, the command that tells it."""
    if reason.evidence:
        more = len(reason.evidence) - 1
        yield _Part("evidence", [str(reason.evidence[0]), *([f"and {more} more"] if more else [])])
    elif reason.missing is None:
        yield _Part("evidence", [f"no file; {reason.reference}" if reason.reference else "no file"])
    if reason.missing is not None:
        command = telling_command(reason.missing)
        if command is not None:
            yield _Part("run", [f"{command}, on a host that lacks it"])


def _asked(tree: Branch) -> Branch:
    """The branch of the question that was asked: the first; a rule's tree is its own."""
    return tree if tree.judged is not None or not tree.children else tree.children[0]


def _changes(tree: Branch) -> tuple[tuple[Remedy, ...], str]:
    """The changes that the verdict waits for and the label that they bring; else the words for
    there being none."""
    for branch in tree.children:
        if branch.changes:
            return branch.changes, branch.verdict.label
    words = [branch.label for branch in tree.children if branch.label.startswith("no change")]
    return (), words[0] if words else ""


def _alternatives(tree: Branch) -> list[Remedy]:
    """Single changes that would do as well as the first."""
    _, *others = [branch.changes for branch in tree.children if branch.changes] or [()]
    return [remedy for changes in others for remedy in changes]


def _broken(asked: Branch, changes: Sequence[Remedy]) -> Reason | None:
    """The link whose missing fact decides, or that the changes mend, or the first that breaks."""
    if asked.verdict is YES or not asked.verdict.applicable:
        return None
    broken = [reason for reason in _reasons(asked) if reason.verdict is not YES]
    broken = [reason for reason in broken if reason.verdict.applicable]
    if not asked.verdict.settled:
        missing = next((reason for reason in broken if reason.missing is not None), None)
        if missing is not None:
            return missing
    for change in changes:
        for reason in broken:
            if reason.remedy is not None and reason.remedy.name == change.name:
                return reason
    return next((x for x in broken if x.link != "knowledge"), broken[0] if broken else None)


def _reasons(branch: Branch) -> Iterator[Reason]:
    """The reasons for a branch, most telling first, then those of the branches below it."""
    if branch.judged is not None:
        yield from branch.judged.reasons
    yield from branch.reasons
    for child in branch.children:
        yield from _reasons(child)


def _supporting(asked: Branch) -> Reason | None:
    """A reason for a verdict that nothing breaks: the last link with evidence decides."""
    reasons = list(asked.judged.reasons) if asked.judged is not None else []
    reasons = reasons or list(_reasons(asked))
    with_evidence = [reason for reason in reasons if reason.evidence]
    policy = [reason for reason in with_evidence if reason.link != "os"]
    return next(iter([*policy, *with_evidence, *reasons]), None)


def _ways(shown: Explanation, broken: Reason | None) -> Iterator[str]:
    """The best way, or what an event records; of the other ways, how many hold."""
    if shown.detection is not None:
        yield from _detection(shown.detection, broken)
    elif shown.event is not None:
        if shown.event.note is not None:
            yield f"{shown.event.event} records: {shown.event.note.tells}"
    else:
        children = [child for child in _asked(shown.tree).children if not child.changes]
        best = max(children, key=lambda x: (x.verdict.proven, x.verdict.possible), default=None)
        if best is not None:
            # The candidates of a rule's branch are events; its label is made of conditions.
            events = [child.label for child in best.children if _EVENT.fullmatch(child.label)]
            lead = f"{first_few(events, 4)}: " if events else ""
            yield f"{lead}{best.label}: {best.verdict.label}"


def _detection(detection: Detection, broken: Reason | None) -> Iterator[str]:
    whole = [way for way in detection.ways if way.whole]
    if detection.ways:
        way = whole[0] if whole else _nearest(detection.ways, broken)
        hosts = f", recorded by {first_few(way.hosts, 2)}" if way.hosts else ""
        yield f"{_named(way)}{hosts}"
    if whole:
        depth = detection.depth
        yield "one way alone holds" if depth == 1 else f"{depth} independent ways hold"
    elif detection.none:
        yield f"nothing records the act itself: {detection.none}"


def _nearest(ways: Sequence[Way], broken: Reason | None) -> Way:
    """The way in which the broken link stands; else the best, as it is."""
    if broken is not None:
        event = broken.subject.partition("/")[0]
        for way in ways:
            if way.name == event:
                return way
    return max(ways, key=lambda way: (way.verdict.proven, way.verdict.possible))


def _named(way: Way) -> str:
    name = "" if way.name == way.kind.value else f"{way.kind.value} {way.name}: "
    label = "" if way.whole else f" ({way.verdict.label})"
    return f"{name}{way.text}{label}"


def _priced(remedy: Remedy) -> str:
    return f"{remedy_title(remedy)} ({remedy.cost})" if remedy.cost else remedy_title(remedy)
