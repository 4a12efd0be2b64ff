"""The data of the HTML page, as its script reads it.

Every text stands once, in `PageData.texts`, and is named by its number; so are answers, ways,
components, events and reasons, as most profiles share them. Lists of numbers that many rows share
stand once in `lists`; a long text is a list of pieces. Verdicts are places in `labels`. A string of
verdicts has a digit for each profile, '.' where it has none.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

ABSENT = "."
"""In a string of verdicts: nothing was asked of this profile."""


class LabelEntry(NamedTuple):
    """A label of verdicts: what it is called, its sign, the class of its colour, the label that it
    counts under, its rank from best to worst."""

    label: str
    sign: str
    shade: str
    group: str
    rank: int
    meaning: str


class QuestionEntry(NamedTuple):
    """One of the questions."""

    title: str
    meaning: str


class WayRow(NamedTuple):
    """A way to detect a technique; `rules` are the rules that can fire and all of them."""

    line: int
    label: int
    holds: int
    lacks: int
    hosts: int
    rules: tuple[int, ...]


class PictureEventRow(NamedTuple):
    """An event under a data component; `sign` is a place in `PageData.signs`."""

    event: int
    sign: int
    shows: tuple[int, ...]
    may: tuple[int, ...]
    never: tuple[int, ...]
    words: tuple[int, ...]
    missing: tuple[int, ...]


class ComponentRow(NamedTuple):
    """A data component in a picture: its events by sensor, and what detections want to read."""

    name: int
    label: int
    sensors: tuple[tuple[int, tuple[int, ...]], ...]
    attributes: tuple[tuple[int, int], ...]


class AnswerRow(NamedTuple):
    """The answer on a technique: `breaks` and `reasons` are chains of reasons, `least` the changes
    that together suffice."""

    label: int
    strength: int
    why: int
    where: int
    ways: tuple[int, ...]
    components: tuple[int, ...]
    breaks: int
    reasons: int
    least: tuple[int, ...]


class EventRow(NamedTuple):
    """An event on a profile; `on_host` is -1 where forwarding is not judged. `fields` is a text of
    verdicts, a digit a field of the event."""

    label: int
    on_host: int
    reasons: int
    fields: int


class GeneralRow(NamedTuple):
    """A data component on a profile, whatever the technique. `breaks` is the chain of the links
    that keep events from showing it whole."""

    label: int
    breaks: int
    reasons: int
    events: tuple[tuple[int, int], ...]
    attributes: tuple[tuple[int, int], ...]


class RuleRow(NamedTuple):
    """A rule on a profile: its state and dead parts in words, and its first reason."""

    note: int
    reasons: int


class ReasonRow(NamedTuple):
    """A link of a chain; `number` is that of the workbook, `command` tells the fact that it waits
    for."""

    number: int
    link: int
    label: int
    text: int
    evidence: int
    remedy: int
    cost: int
    reference: int
    command: int


class FactRow(NamedTuple):
    """A fact of a profile."""

    title: int
    state: int
    value: int
    evidence: tuple[int, ...]


class TechniqueEntry(NamedTuple):
    """A technique that applies to some host. `labels` has a string of verdicts for each question;
    `answers` has a number for each profile shown in full, -1 where it is not asked."""

    id: str
    name: int
    other: int
    tactics: tuple[int, ...]
    parent: int
    labels: tuple[str, ...]
    answers: tuple[int, ...]
    remedies: tuple[int, ...]
    none: int


class EventEntry(NamedTuple):
    """An event: what it records, its caveats, and its fields."""

    name: int
    tells: int
    condition: int
    written: int
    caveats: tuple[int, ...]
    fields: tuple[int, ...]
    labels: str
    rows: tuple[int, ...]


class ComponentEntry(NamedTuple):
    """A data component, with the techniques whose pictures show it."""

    name: int
    labels: str
    rows: tuple[int, ...]
    techniques: tuple[int, ...]


class RuleEntry(NamedTuple):
    """A detection rule."""

    title: int
    level: int
    techniques: tuple[int, ...]
    log_source: int
    source: int
    labels: str
    rows: tuple[int, ...]


class RemedyEntry(NamedTuple):
    """A change with its cost and what it gains alone; `raised` are places of techniques."""

    text: int
    cost: int
    kind: int
    volume: int
    hosts: int
    profiles: tuple[int, ...]
    gain: int
    raised: tuple[int, ...]
    rules: int
    rule_gain: float


class MissingEntry(NamedTuple):
    """A missing fact and the command that tells it."""

    title: int
    reason: int
    command: int
    profiles: tuple[int, ...]
    verdicts: int
    rules: int


class ProfileEntry(NamedTuple):
    """A profile; `place` among those shown in full, -1 for the others. `more` counts the hosts
    that are not named here."""

    id: str
    name: int
    hosts: tuple[int, ...]
    more: int
    machines: int
    os: int
    role: int
    judged: int
    cut: int
    assumed: int
    achieved: tuple[int, ...]
    place: int
    facts: tuple[int, ...]
    faults: tuple[int, ...]
    conflicts: tuple[int, ...]


class PageData(msgspec.Struct, frozen=True):
    """Everything that the page's script draws."""

    labels: tuple[LabelEntry, ...]
    signs: tuple[tuple[str, str], ...]
    questions: tuple[QuestionEntry, ...]
    tactics: tuple[tuple[str, str], ...]
    profiles: tuple[ProfileEntry, ...]
    techniques: tuple[TechniqueEntry, ...]
    components: tuple[ComponentEntry, ...]
    events: tuple[EventEntry, ...]
    rules: tuple[RuleEntry, ...]
    remedies: tuple[RemedyEntry, ...]
    remedies_left_out: int
    missing: tuple[MissingEntry, ...]
    missing_left_out: int
    answers: tuple[AnswerRow, ...]
    ways: tuple[WayRow, ...]
    pictures: tuple[ComponentRow, ...]
    picture_events: tuple[PictureEventRow, ...]
    event_rows: tuple[EventRow, ...]
    component_rows: tuple[GeneralRow, ...]
    rule_rows: tuple[RuleRow, ...]
    facts: tuple[FactRow, ...]
    chains: tuple[tuple[int, ...], ...]
    reasons: tuple[ReasonRow, ...]
    lists: tuple[tuple[int, ...], ...]
    texts: tuple[str, ...]
