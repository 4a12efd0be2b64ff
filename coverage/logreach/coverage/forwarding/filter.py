"""Whether what forwards a host's events takes those of a pattern.

An event is taken where, in some Query of an enabled subscription, a Select on its channel
matches and no Suppress of that Query does. Every event of a pattern lies in one combination of
cells (see `cells`), so asking one event a combination is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import Decider, EventPattern, FilterAnswer
from logreach.coverage.forwarding.asked import Asked, asked, header_parts, undecided_parts
from logreach.coverage.forwarding.cells import Cell, admitted, cells
from logreach.coverage.forwarding.events import Node, event_root, unknown_header
from logreach.coverage.forwarding.queries import Group, first_doubts, groups_on, matching
from logreach.coverage.forwarding.truth import Truth, any_true
from logreach.inventories.forwarding.subscriptions import Forwarding

Fields = Mapping[str, str]
Lookup = Callable[[EventId], EventMetadata | None]

_MOST_COMBINATIONS = 512
_MOST_SAMPLES = 24
_MOST_DECIDERS = 5
_SID = re.compile(r"S-1-\d+(-\d+)*", re.IGNORECASE)


@dataclass(slots=True)
class _Tally:
    """What the combinations of cells answered."""

    answers: set[Truth] = field(default_factory=set)
    kept: Fields | None = None
    dropped: Fields | None = None
    roots: list[Node] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether an event that is taken and one that is not are at hand."""
        return self.kept is not None and self.dropped is not None

    def add(self, taken: Truth, root: Node) -> None:
        self.answers.add(taken)
        if len(self.roots) < _MOST_SAMPLES:
            self.roots.append(root)

    def witness(self, taken: Truth, fields: Fields) -> None:
        if taken is True and self.kept is None:
            self.kept = fields
        if taken is False and self.dropped is None:
            self.dropped = fields


class ForwardingFilter:
    """Everything that takes events of one host, as one `EventFilter`.

    `lookup` gives what is known of an event, None where nothing is; `answer_for` does without.
    """

    def __init__(self, forwarding: Forwarding, lookup: Lookup = lambda _: None) -> None:
        self._forwarding = forwarding
        self._lookup = lookup
        self._on: dict[tuple[str, bool], tuple[Group, ...]] = {}
        self._groups: dict[EventMetadata, tuple[Group, ...]] = {}
        self._none: dict[EventMetadata, FilterAnswer] = {}

    def takes(self, event: EventMetadata, fields: Fields) -> bool | None:
        """Whether one event is taken, all of its fields given; None where that cannot be told."""
        root = event_root(event, fields, closed=True)
        taken = any_true(group.takes(root) for group in self._relevant(event))
        return None if taken is False and self._forwarding.incomplete else taken

    def answer(self, pattern: EventPattern) -> FilterAnswer:
        """Answer for every event in the pattern."""
        return self.answer_for(self._lookup(pattern.event), pattern)

    def answer_for(self, event: EventMetadata | None, pattern: EventPattern) -> FilterAnswer:
        """The same, with what is known of the event on one host."""
        if event is None:
            reason = f"nothing is known of the channel and provider of {pattern.event}"
            return FilterAnswer(Level.PARTIAL, exact=False, reason=reason)
        groups = self._relevant(event)
        if not groups:
            if event not in self._none:
                self._none[event] = self._none_taken(event)
            return self._none[event]
        groups = tuple(group.asked_for(pattern) for group in groups)
        tally = _ask(groups, event, pattern)
        return self._settle(tally, groups, event)

    def _relevant(self, event: EventMetadata) -> tuple[Group, ...]:
        """The queries that may take such an event, whatever its fields hold."""
        if event not in self._groups:
            on_channel = self._groups_on(event.channel)
            if not on_channel:
                return ()
            root = _of_any(event)
            self._groups[event] = tuple(
                replace(group, selects=selects)
                for group in on_channel
                if (selects := tuple(t for t in group.selects if t.holds(root) is not False))
            )
        return self._groups[event]

    def _groups_on(self, channel: str, *, enabled: bool = True) -> tuple[Group, ...]:
        key = (channel, enabled)
        if key not in self._on:
            self._on[key] = groups_on(self._forwarding, channel, enabled=enabled)
        return self._on[key]

    def _none_taken(self, event: EventMetadata) -> FilterAnswer:
        on_channel = self._groups_on(event.channel)
        selects = [select.decider for group in on_channel for select in group.selects]
        reason = (
            f"no Select on {event.channel} matches event {event.event_id}"
            if selects
            else f"no enabled subscription selects from {event.channel}"
        )
        off = self._disabled(event)
        if off:
            reason += f"; {off[0].name} would, but is disabled"
        return self._unless_incomplete(
            FilterAnswer(Level.NO, deciders=tuple((off + selects)[:_MOST_DECIDERS]), reason=reason)
        )

    def _disabled(self, event: EventMetadata) -> list[Decider]:
        groups = self._groups_on(event.channel, enabled=False)
        if not groups:
            return []
        root = _of_any(event)
        return [
            decider
            for group in groups
            if group.takes(root) is not False
            for decider in matching(group.selects, [root])
        ]

    def _settle(
        self, tally: _Tally, groups: tuple[Group, ...], event: EventMetadata
    ) -> FilterAnswer:
        selects = matching([t for group in groups for t in group.selects], tally.roots)
        suppresses = matching([t for group in groups for t in group.suppresses], tally.roots)
        if tally.answers == {True}:
            return FilterAnswer(Level.YES, deciders=tuple(selects[:_MOST_DECIDERS]))
        if tally.answers == {False}:
            reason = f"no subscription takes such events from {event.channel}"
            if suppresses:
                reason += ", as a Suppress matches"
            asked_for = [t.decider for group in groups for t in group.selects]
            deciders = tuple((suppresses or asked_for)[:_MOST_DECIDERS])
            return self._unless_incomplete(FilterAnswer(Level.NO, deciders=deciders, reason=reason))
        return self._unless_incomplete(_partial(tally, groups, selects, suppresses, event))

    def _unless_incomplete(self, answer: FilterAnswer) -> FilterAnswer:
        """No better than undecided where some of the subscriptions could not be read."""
        if not self._forwarding.incomplete:
            return answer
        unread = "; ".join(self._forwarding.incomplete[:3])
        reason = f"{answer.reason}; but not all subscriptions are known: {unread}".lstrip("; ")
        return FilterAnswer(
            Level.PARTIAL,
            exact=False,
            deciders=answer.deciders,
            kept=answer.kept,
            reason=reason,
        )


def _of_any(event: EventMetadata) -> Node:
    """An event with whatever values, and with fields that the tables do not have for it yet."""
    return event_root(replace(event, more_fields=True), {})


def _partial(
    tally: _Tally,
    groups: tuple[Group, ...],
    selects: list[Decider],
    suppresses: list[Decider],
    event: EventMetadata,
) -> FilterAnswer:
    if tally.settled:
        reason = "only some of these events are taken"
    elif doubts := first_doubts(groups):
        refused = not any(group.altered for group in groups)
        told = "; ".join(doubts)
        reason = f"Windows may refuse the subscription: {told}" if refused else told
    else:
        reason = f"whether these events are taken depends on {_open_values(groups, event)}"
    return FilterAnswer(
        Level.PARTIAL,
        exact=tally.settled,
        deciders=tuple((suppresses[:2] + selects)[:_MOST_DECIDERS]),
        kept=tally.kept,
        dropped=tally.dropped,
        reason=reason,
    )


def _open_values(groups: tuple[Group, ...], event: EventMetadata) -> str:
    """In words, what the queries ask for and nothing here tells."""
    tests = [test for group in groups for test in (*group.selects, *group.suppresses)]
    asked_for = [test.xpath.expression for test in tests if test.xpath is not None]
    told = dict.fromkeys(words for one in asked_for for words in undecided_parts(one))
    if told:
        return " and ".join(list(told)[:3])
    named = dict.fromkeys(name for one in asked_for for name in header_parts(one))
    open_ = [name for name in named if name in unknown_header(event)]
    if not open_:
        return "values that are not known"
    return f"the header's {' and '.join(open_[:3])}, not known of {event.provider} {event.event_id}"


def _ask(groups: tuple[Group, ...], event: EventMetadata, pattern: EventPattern) -> _Tally:
    tests = [test for group in groups for test in (*group.selects, *group.suppresses)]
    wanted = asked((t.xpath.expression for t in tests if t.xpath is not None), event.fields)
    by_field = _cells(wanted, event, pattern)
    others = _elsewhere(pattern, by_field)
    tally = _Tally()
    for combination in product(*by_field.values()):
        texts = {name: cell.text for name, cell in zip(by_field, combination, strict=True)}
        root = event_root(event, texts)
        taken = any_true(group.takes(root) for group in groups)
        tally.add(taken, root)
        if tally.settled:
            break
        if others is None or not all(cell.sure for cell in combination):
            continue
        for whole in _completed(event, {**others, **_present(texts)}, wanted):
            tested = event_root(event, whole, closed=True)
            tally.witness(any_true(group.takes(tested) for group in groups), whole)
    return tally


def _cells(
    wanted: Asked, event: EventMetadata, pattern: EventPattern
) -> dict[str, tuple[Cell, ...]]:
    """The cells of every field that matters; the fields with most are left out if too many."""
    names = set(wanted.named) | (set(pattern.fields) if wanted.anywhere else set())
    by_field = {name: _cells_of(name, wanted, event, pattern) for name in sorted(names)}
    while prod(len(found) for found in by_field.values()) > _MOST_COMBINATIONS:
        del by_field[max(by_field, key=lambda name: (len(by_field[name]), name))]
    return by_field


def _cells_of(
    name: str, wanted: Asked, event: EventMetadata, pattern: EventPattern
) -> tuple[Cell, ...]:
    known = event.fields or ()
    if event.lacks(name) and name not in pattern.fields:
        return (Cell(None, sure=True),)
    literals = wanted.literals(name)
    if name in event.names:
        literals = frozenset(one for one in literals if not _SID.fullmatch(str(one)))
    return cells(
        pattern.fields.get(name, ()),
        literals,
        may_lack=name not in known,
        listed=name in known or name in pattern.fields,
    )


def _elsewhere(pattern: EventPattern, by_field: Mapping[str, object]) -> Fields | None:
    """Texts for the pattern's other fields, so that a witness lies in it; None if none is found."""
    texts: dict[str, str] = {}
    for name, constraints in pattern.fields.items():
        if name in by_field:
            continue
        found = cells(constraints, (), may_lack=False, listed=True)
        text = next((cell.text for cell in found if cell.sure and cell.text is not None), None)
        if text is None or not admitted(constraints, text):
            return None
        texts[name] = text
    return texts


def _present(texts: Mapping[str, str | None]) -> Fields:
    return {name: text for name, text in texts.items() if text is not None}


def _completed(event: EventMetadata, texts: Fields, wanted: Asked) -> Iterator[Fields]:
    """Whole events with these texts: the fields that nothing constrains hold nothing, or what a
    query looks for in any field."""
    if event.fields is None:
        yield texts
        return
    free = [name for name in event.fields if name not in texts]
    whole = {name: texts.get(name, "") for name in event.fields} | dict(texts)
    yield whole
    for literal in sorted(wanted.anywhere, key=str) if free else ():
        yield whole | {free[-1]: str(literal)}
