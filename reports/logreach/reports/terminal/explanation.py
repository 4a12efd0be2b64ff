"""An explanation for the terminal: the picture of a technique or an event, then the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text
from rich.tree import Tree

from logreach.coverage.assessment.event_view import EventView, FieldView
from logreach.coverage.assessment.explain import Explanation
from logreach.coverage.assessment.picture import Picture, PictureEvent, Sign, sign_of
from logreach.coverage.assessment.result import Detection, Way, WayKind
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import YES, Level, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.notes import EventNote, FieldNote
from logreach.reports.printing import WrappedCell, safe
from logreach.reports.terminal.styles import labelled
from logreach.reports.terminal.tree import render_tree

SIGNS = {Sign.WHOLE: "✓", Sign.PART: "*", Sign.NOT: "✗", Sign.UNKNOWN: "?"}
"""Streams that cannot show them get similar characters, see `cli.streams`."""
_STYLES = {
    Sign.WHOLE: "bold blue",
    Sign.PART: "cyan",
    Sign.NOT: "bold red",
    Sign.UNKNOWN: "yellow",
}
_LEGEND = "; ".join(f"{sign} {meaning}" for meaning, sign in SIGNS.items())
_WAYS = {
    WayKind.DIRECT: "",
    WayKind.ANALYTIC: "analytic ",
    WayKind.RULES: "detection ",
    WayKind.SUBTECHNIQUES: "",
}


def render_explanation(explanation: Explanation) -> Iterator[Tree]:
    """The parts of an explanation, in the order in which they are read."""
    hosts = ", ".join(explanation.hosts)
    if explanation.detection is not None and explanation.detection.ways:
        yield _ways(explanation.detection, f"{explanation.subject} on {hosts}")
    if explanation.picture is not None:
        yield _picture(explanation.picture, hosts)
    if explanation.event is not None:
        yield _event_view(explanation.event, hosts)
    yield render_tree(explanation.tree)


def _picture(picture: Picture, hosts: str) -> Tree:
    title = safe(f"{picture.technique} {picture.name} on {hosts}, what shows it: ", style="bold")
    tree = Tree(WrappedCell(title.append_text(safe(_LEGEND, style="not bold dim"))))
    shown: set[EventId] = set()
    for component in picture.components:
        branch = tree.add(WrappedCell(_titled(component.name, component.verdict)))
        if not component.sensors:
            branch.add(WrappedCell(safe("no event of any sensor is known to show it")))
        for sensor in component.sensors:
            events = branch.add(WrappedCell(safe(sensor.name, style="bold")))
            for event in sensor.events:
                events.add(WrappedCell(_lines(_picture_event(event, again=event.event in shown))))
                if event.sign is not Sign.NOT:
                    shown.add(event.event)
    return tree


def _picture_event(event: PictureEvent, *, again: bool) -> Iterator[Text]:
    """The event with its sign; its caveats where it is written, the first time it stands there."""
    note = event.note
    yield _signed(event.sign, event.event, note.tells if note else "")
    operations = {"shows": event.shows, "may show": event.may, "never shows": event.never}
    if sum(map(bool, operations.values())) > 1:
        yield from (_detail(name, ", ".join(each)) for name, each in operations.items() if each)
    name = {Sign.PART: "condition", Sign.NOT: "reason", Sign.UNKNOWN: "condition"}
    for words in event.words:
        yield _detail(name.get(event.sign, "condition"), words)
    for fact in event.missing:
        yield _detail("missing", fact)
    if note and event.sign is not Sign.NOT:
        yield from [_detail("caveats", "as above")] if again and note.caveats else _note(note)


def _note(note: EventNote) -> Iterator[Text]:
    """Where only some systems write it, which; and what to beware of."""
    if note.until:
        yield _detail("written", _systems(note))
    for caveat in note.caveats:
        yield _detail("caveat", caveat.text)


def _ways(detection: Detection, subject: str) -> Tree:
    """The question that was asked, with its answer: how the technique is detected here."""
    title = _titled(subject, detection.judged.verdict)
    tree = Tree(WrappedCell(title.append(", ways to detect it:", style="not bold")))
    for way in sorted(detection.ways, key=lambda way: -way.verdict.proven):
        tree.add(WrappedCell(_lines(_way(way))))
    if detection.none:
        tree.add(WrappedCell(safe(f"nothing records the act itself: {detection.none}")))
    return tree


def _way(way: Way) -> Iterator[Text]:
    yield _signed(sign_of(way.verdict), f"{_WAYS[way.kind]}{way.name}", way.text)
    if way.hosts:
        yield _detail("recorded by", ", ".join(way.hosts))
    for name, events in (("holds", way.holds), ("lacks", way.lacks)):
        # One line of direct evidence is called by its event already.
        if events != (way.name,) and events:
            yield _detail(name, ", ".join(events))


def _event_view(view: EventView, hosts: str) -> Tree:
    note = view.note
    title = _titled(f"{view.event} on {hosts}", view.judged.verdict)
    tree = Tree(WrappedCell(title))
    if note is not None:
        tree.add(WrappedCell(_lines(_told(note))))
    fields = tree.add(WrappedCell(_fields_title(view)))
    for field in view.fields:
        fields.add(WrappedCell(_lines(_field(field))))
    if not view.complete:
        fields.add(WrappedCell(safe("no source at hand names all its fields")))
    return tree


def _told(note: EventNote) -> Iterator[Text]:
    yield safe(f"records: {note.tells}")
    if note.maybe:
        yield _detail("maybe", note.maybe)
    if note.since and not note.until:
        yield _detail("written", _systems(note))
    yield from _note(note)
    yield _detail("source", note.source)


def _systems(note: EventNote) -> str:
    since = f"since {note.since}" if note.since else ""
    return "; ".join(filter(None, (since, note.until)))


def _fields_title(view: EventView) -> Text:
    written = view.judged.verdict.proven > Level.NO
    words = "" if written else " (nothing is filled where the event is not written)"
    return safe(f"its fields{words}: ", style="bold") + safe(
        "; ".join(f"{SIGNS[sign]} {meaning}" for sign, meaning in _FILLED.items()), style="dim"
    )


_FILLED = {
    Sign.WHOLE: "filled here",
    Sign.PART: "in some records",
    Sign.NOT: "not filled here",
    Sign.UNKNOWN: "a missing fact decides",
}


def _field(field: FieldView) -> Iterator[Text]:
    yield _signed(sign_of(field.judged.verdict), field.name, _meaning(field.note))
    if field.note is not None:
        for value, meaning in field.note.values.items():
            yield _detail(value, meaning)
    if field.filled.verdict is not YES:
        yield from _why(field.filled.reasons)


def _meaning(note: FieldNote | None) -> str:
    return note.means if note is not None else ""


def _why(reasons: Iterable[Reason]) -> Iterator[Text]:
    for reason in reasons:
        if reason.verdict is not YES:
            yield _detail(reason.link, reason.text)
            if reason.missing is not None:
                yield _detail("missing", str(reason.missing))


def _titled(name: str, verdict: Verdict) -> Text:
    return safe(f"{name}: ", style="bold").append_text(labelled(verdict))


def _signed(sign: Sign, name: str, words: str) -> Text:
    line = Text(f"{SIGNS[sign]} ", style=_STYLES[sign])
    line.append_text(safe(name, style="bold not dim"))
    return line.append_text(safe(f": {words}")) if words else line


def _detail(name: str, words: str) -> Text:
    return safe(f"    {name}: {words}", style="dim")


def _lines(lines: Iterable[Text]) -> Text:
    return Text("\n").join(lines)
