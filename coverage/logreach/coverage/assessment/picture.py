"""The picture of a technique on a host: technique, data components, and the events of each sensor.

Each event has a sign: it shows the component whole, in part or under a condition, not here, or a
missing fact decides. All of it is read off an evaluation, so it says what the engine says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from logreach.coverage.assessment.evaluated import Assessed
from logreach.coverage.attack import Technique
from logreach.coverage.engine.judged import Judged, Reason
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import NO, YES, Level, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.notes import EventNote, load_notes
from logreach.coverage.events.operations import Operation
from logreach.coverage.network.keys import component_key, via_key
from logreach.coverage.network.model import Model


class Sign(StrEnum):
    """How an event stands to a data component on a host."""

    WHOLE = "shows it whole"
    PART = "shows it in part, or under a condition"
    NOT = "does not show it here"
    UNKNOWN = "a missing fact decides"


def sign_of(verdict: Verdict) -> Sign:
    """The sign for a verdict; what does not concern the host is not there either."""
    if verdict is YES:
        return Sign.WHOLE
    if verdict.proven is Level.PARTIAL:
        return Sign.PART
    return Sign.NOT if verdict.possible is Level.NO else Sign.UNKNOWN


@dataclass(frozen=True, slots=True)
class PictureEvent:
    """An event under a data component.

    `shows` are the operations of the component that it shows here, whole or in part, `may` those of
    which a missing fact decides, `never` those that it shows nowhere. `words` are the conditions of
    a part, or the reason why it is not there or unknown; `missing` names the facts that decide.
    `note` says what the event records; it is None where nobody has written that down.
    """

    event: EventId
    sign: Sign
    verdict: Verdict
    shows: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: EventNote | None = None


@dataclass(frozen=True, slots=True)
class PictureSensor:
    """A sensor and its events for a data component."""

    name: str
    events: tuple[PictureEvent, ...]


@dataclass(frozen=True, slots=True)
class PictureComponent:
    """A data component; `sensors` is empty where no event of any sensor is known to show it."""

    name: str
    verdict: Verdict
    sensors: tuple[PictureSensor, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A technique with its data components: those of its analytics, then those linked to it."""

    technique: str
    name: str
    components: tuple[PictureComponent, ...]


class Pictures:
    """Draws the pictures of techniques for one profile."""

    def __init__(self, model: Model, profile: Assessed, reasons: Reasons) -> None:
        self._model = model
        self._evaluation = profile.evaluation
        self._reasons = reasons
        self._drawn: dict[tuple[str, str], PictureComponent] = {}

    def of(self, technique: Technique) -> Picture | None:
        """The picture of a technique of the graph; None where it is not for such hosts."""
        part = self._model.technique_part
        if not part.here(technique):
            return None
        names = part.components_of(technique)
        components = tuple(self._component(name, technique.id) for name in names)
        return Picture(technique.id, technique.name, components)

    def _component(self, name: str, technique: str) -> PictureComponent:
        narrowing = self._model.component_part.narrowing(name, technique)
        drawn = self._drawn.get((name, narrowing))
        if drawn is None:
            verdict = self._evaluation.verdict(component_key(name, narrowing))
            drawn = PictureComponent(name, verdict, tuple(self._sensors(name, technique)))
            self._drawn[name, narrowing] = drawn
        return drawn

    def _sensors(self, component: str, technique: str) -> Iterator[PictureSensor]:
        """The sensors, each with its events: those that show something first, each by number."""
        by_sensor: dict[str, list[PictureEvent]] = {
            sensor.name: [] for sensor in self._model.sensors.every
        }
        for event in self._model.component_part.events_of(component, technique):
            sensor = self._model.sensors.of(event)
            name = sensor.name if sensor else event.channel
            by_sensor.setdefault(name, []).append(self._event(component, event, technique))
        for name, events in by_sensor.items():
            if events:
                yield PictureSensor(name, tuple(sorted(events, key=_order)))

    def _event(self, component: str, event: EventId, technique: str) -> PictureEvent:
        part = self._model.component_part
        key = via_key(component, event, part.narrowing(component, technique))
        judged = self._reasons.judged(key)
        sign = sign_of(judged.verdict)
        note = load_notes().of(event)
        titles: dict[Sign | None, list[str]] = {}
        telling: list[Reason] = []
        for operation in part.operations(component, technique).operations:
            if not _shown_by(operation, event):
                titles.setdefault(None, []).append(operation.title)
                continue
            below = self._reasons.judged(key.helper("operation", operation.name))
            standing = sign_of(below.verdict)
            shown = Sign.PART if standing is Sign.WHOLE else standing
            titles.setdefault(shown, []).append(operation.title)
            telling += below.reasons
        if set(titles) <= {None} or not judged.verdict.applicable:
            titles, telling = {}, [_main(judged)]
        decisive = _decisive(telling, sign)
        condition = (note.maybe,) if note and note.maybe and sign in _CONDITIONAL else ()
        return PictureEvent(
            event,
            sign,
            judged.verdict,
            tuple(titles.get(Sign.PART, ())),
            tuple(titles.get(Sign.UNKNOWN, ())),
            tuple(titles.get(None, ())) if sign in _CONDITIONAL else (),
            (*condition, *dict.fromkeys(reason.text for reason in decisive)),
            tuple(dict.fromkeys(self._facts(decisive))),
            note,
        )

    def _facts(self, reasons: Iterable[Reason]) -> Iterator[str]:
        """The facts that unsettled reasons wait for, as people call them."""
        for reason in reasons:
            if reason.missing is not None and not reason.verdict.settled:
                yield self._model.sensors.fact_title(reason.missing) or str(reason.missing)


_CONDITIONAL = (Sign.PART, Sign.UNKNOWN)


def _shown_by(operation: Operation, event: EventId) -> bool:
    return any(item.event == event and item.limit != NO for item in operation.shown_by)


def _main(judged: Judged) -> Reason:
    """The first reason that is no more settled than the verdict."""
    settled = judged.verdict.settled
    fitting = (each for each in judged.reasons if settled or not each.verdict.settled)
    return next(fitting, judged.reasons[0])


def _decisive(reasons: Iterable[Reason], sign: Sign) -> list[Reason]:
    """The reasons that make the sign what it is: of what is not there, only what breaks it.

    A filter says of each pattern what it drops, by the same lines: one of these is enough.
    """
    chosen: dict[object, Reason] = {}
    for reason in reasons:
        broken = reason.verdict.possible is Level.NO
        if reason.verdict is not YES and (broken or sign is not Sign.NOT):
            same = (reason.link, reason.subject, reason.evidence or reason.text)
            chosen.setdefault(same, reason)
    return list(chosen.values())


def _order(event: PictureEvent) -> tuple[bool, tuple[str, int, str]]:
    shows = event.shows or event.may or event.sign is Sign.WHOLE
    return not shows, event.event.order
