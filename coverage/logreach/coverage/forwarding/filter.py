"""Whether the subscriptions of a host take the events of a pattern.

An event is taken if, in some Query of an enabled subscription, a Select on its channel matches and
no Suppress of that Query does. Every event of a pattern lies in one combination of its fields'
cells (see `cells`), so that testing one event of each combination is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from logreach.coverage.engine.three_valued import Truth, any_true
from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.events.patterns import Decider, EventPattern, FilterAnswer
from logreach.coverage.forwarding.cells import ValueCell, admitted, cells
from logreach.coverage.forwarding.events import EventElement, event_root, unknown_header
from logreach.coverage.forwarding.field_literals import (
    FieldLiterals,
    field_literals,
    header_names,
    unknown_conditions,
)
from logreach.coverage.forwarding.queries import (
    ChannelQuery,
    QueryTest,
    first_doubts,
    matching,
    queries_on,
)
from logreach.inventories.forwarding.subscriptions import Forwarding

Fields = Mapping[str, str]
Lookup = Callable[[EventId], EventMetadata | None]

_MOST_COMBINATIONS = 512
_MOST_SAMPLES = 24
_MOST_DECIDERS = 5
_STOPPED = "the collector's agent does not pass on"
_SID = re.compile(r"S-1-\d+(-\d+)*", re.IGNORECASE)


@dataclass(slots=True)
class _Tally:
    """The answers for the combinations of cells so far, with an event taken and one not taken."""

    answers: set[Truth] = field(default_factory=set)
    kept: Fields | None = None
    dropped: Fields | None = None
    roots: list[EventElement] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether there is a taken event and one that is not taken."""
        return self.kept is not None and self.dropped is not None

    def add(self, taken: Truth, root: EventElement) -> None:
        self.answers.add(taken)
        if len(self.roots) < _MOST_SAMPLES:
            self.roots.append(root)

    def witness(self, taken: Truth, fields: Fields) -> None:
        if taken is True and self.kept is None:
            self.kept = fields
        if taken is False and self.dropped is None:
            self.dropped = fields


class ForwardingFilter:
    """The subscriptions of one host as one `EventFilter`.

    `lookup` gives the metadata of an event key ('Security:4688'), None if it is unknown;
    `answer_for` does without.
    """

    def __init__(self, forwarding: Forwarding, lookup: Lookup = lambda _: None) -> None:
        self._forwarding = forwarding
        self._lookup = lookup
        self._by_channel: dict[tuple[str, bool], tuple[ChannelQuery, ...]] = {}
        self._relevant_queries: dict[EventMetadata, tuple[ChannelQuery, ...]] = {}
        self._answer_if_none: dict[EventMetadata, FilterAnswer] = {}

    def takes(self, event: EventMetadata, fields: Fields) -> bool | None:
        """Whether one event with all its fields is taken; None if that is unknown."""
        if event.levels:
            taken_at = {self.takes(each, fields) for each in _by_level(event)}
            return taken_at.pop() if len(taken_at) == 1 else None
        root = event_root(event, fields, closed=True)
        taken = any_true(query.takes(root) for query in self._relevant(event))
        return None if taken is False and self._forwarding.incomplete else taken

    def answer(self, pattern: EventPattern) -> FilterAnswer:
        """The answer for every event of the pattern."""
        return self.answer_for(self._lookup(pattern.event), pattern)

    def answer_for(self, event: EventMetadata | None, pattern: EventPattern) -> FilterAnswer:
        """The same, with the event's metadata on one host."""
        if event is None:
            reason = f"the channel and provider of {pattern.event} are unknown"
            return FilterAnswer(Level.PARTIAL, exact=False, reason=reason)
        if event.levels:
            answers = {str(each.level): self.answer_for(each, pattern) for each in _by_level(event)}
            return _over_levels(answers)
        queries = self._relevant(event)
        if not queries:
            if event not in self._answer_if_none:
                self._answer_if_none[event] = self._none_taken(event)
            return self._answer_if_none[event]
        queries = tuple(query.for_pattern(pattern) for query in queries)
        tally = _test_combinations(queries, event, pattern)
        return self._settle(tally, queries, event)

    def _relevant(self, event: EventMetadata) -> tuple[ChannelQuery, ...]:
        """The queries that may take such an event, whatever the values of its fields."""
        if event not in self._relevant_queries:
            on_channel = self._queries_on(event.channel)
            if not on_channel:
                return ()
            root = _any_event(event)
            self._relevant_queries[event] = tuple(
                replace(query, selects=selects)
                for query in on_channel
                if (selects := tuple(t for t in query.selects if t.holds(root) is not False))
            )
        return self._relevant_queries[event]

    def _queries_on(self, channel: str, *, enabled: bool = True) -> tuple[ChannelQuery, ...]:
        key = (channel, enabled)
        if key not in self._by_channel:
            self._by_channel[key] = queries_on(self._forwarding, channel, enabled=enabled)
        return self._by_channel[key]

    def _none_taken(self, event: EventMetadata) -> FilterAnswer:
        on_channel = self._queries_on(event.channel)
        selects = [select.decider for query in on_channel for select in query.selects]
        reason = (
            f"no Select on {event.channel} matches event {event.event_id}"
            if selects
            else f"no enabled subscription selects from {event.channel}"
        )
        disabled = self._disabled(event)
        if disabled:
            reason += f"; {disabled[0].name} would, but is disabled"
        return self._unless_incomplete(
            FilterAnswer(
                Level.NO, deciders=tuple((disabled + selects)[:_MOST_DECIDERS]), reason=reason
            )
        )

    def _disabled(self, event: EventMetadata) -> list[Decider]:
        queries = self._queries_on(event.channel, enabled=False)
        if not queries:
            return []
        root = _any_event(event)
        return [
            decider
            for query in queries
            if query.takes(root) is not False
            for decider in matching(query.selects, [root])
        ]

    def _settle(
        self, tally: _Tally, queries: tuple[ChannelQuery, ...], event: EventMetadata
    ) -> FilterAnswer:
        selects = matching([test for query in queries for test in query.selects], tally.roots)
        suppresses = matching([test for query in queries for test in query.suppresses], tally.roots)
        if tally.answers == {True}:
            return FilterAnswer(Level.YES, deciders=tuple(selects[:_MOST_DECIDERS]))
        if tally.answers == {False}:
            reason = f"no subscription takes such events from {event.channel}"
            if self._stopped(tally, queries):
                reason = f"{_STOPPED} such events from {event.channel}"
                passing = [test.decider for query in queries for test in _next_tests(query)]
                deciders = tuple(passing[:_MOST_DECIDERS])
                return self._unless_incomplete(
                    FilterAnswer(Level.NO, deciders=deciders, reason=reason)
                )
            if suppresses:
                reason += ", as a Suppress matches"
            selecting = [test.decider for query in queries for test in query.selects]
            deciders = tuple((suppresses or selecting)[:_MOST_DECIDERS])
            return self._unless_incomplete(FilterAnswer(Level.NO, deciders=deciders, reason=reason))
        return self._unless_incomplete(_partial(tally, queries, selects, suppresses, event))

    @staticmethod
    def _stopped(tally: _Tally, queries: tuple[ChannelQuery, ...]) -> bool:
        """Whether subscriptions bring such events to the collector, which passes none on."""
        return any(
            query.then is not None and query.brings(root) is not False
            for query in queries
            for root in tally.roots
        )

    def _unless_incomplete(self, answer: FilterAnswer) -> FilterAnswer:
        """The answer, or an undecided one if some of the subscriptions could not be read."""
        if not self._forwarding.incomplete:
            return answer
        unread = "; ".join(self._forwarding.incomplete[:3])
        reason = f"{answer.reason}; but some subscriptions are unknown: {unread}".lstrip("; ")
        return FilterAnswer(
            Level.PARTIAL,
            exact=False,
            deciders=answer.deciders,
            kept=answer.kept,
            reason=reason,
        )


def _next_tests(query: ChannelQuery) -> tuple[QueryTest, ...]:
    """The tests of the next hop."""
    return tuple(test for hop in query.then or () for test in hop.tests)


def _by_level(event: EventMetadata) -> Iterator[EventMetadata]:
    """The event at each level that it may have."""
    for level in event.levels:
        yield replace(event, level=level, levels=())


def _over_levels(answers: Mapping[str, FilterAnswer]) -> FilterAnswer:
    """The answer for events that may have several levels, from those at each level."""
    several = tuple(answers.values())
    settled = {answer.level for answer in several if answer.exact}
    if len({answer.level for answer in several}) == 1:
        return several[0] if several[0].exact else several[-1]
    kept: Fields | None = None
    dropped: Fields | None = None
    for level, answer in answers.items():
        at = {"Level": level}
        kept = at if answer.level is Level.YES else answer.kept or kept
        dropped = at if answer.level is Level.NO else answer.dropped or dropped
    words = {Level.YES: "all", Level.NO: "none", Level.PARTIAL: "some"}
    by_level = ", ".join(
        f"{words[answer.level] if answer.exact else 'undecided'} at level {at}"
        for at, answer in answers.items()
    )
    return FilterAnswer(
        Level.PARTIAL,
        exact=len(settled) > 1 or all(answer.exact for answer in several),
        deciders=tuple(dict.fromkeys(part for answer in several for part in answer.deciders)),
        kept=kept,
        dropped=dropped,
        reason=f"such events have several levels, and are taken so: {by_level}",
    )


def _any_event(event: EventMetadata) -> EventElement:
    """An event with unknown values, and with fields that the tables may lack."""
    return event_root(replace(event, more_fields=True), {})


def _partial(
    tally: _Tally,
    queries: tuple[ChannelQuery, ...],
    selects: list[Decider],
    suppresses: list[Decider],
    event: EventMetadata,
) -> FilterAnswer:
    if tally.settled:
        reason = "only some of these events are taken"
    elif doubts := first_doubts(queries):
        refused = not any(query.altered for query in queries)
        shown = "; ".join(doubts)
        reason = f"Windows may refuse the subscription: {shown}" if refused else shown
    else:
        reason = f"whether these events are taken depends on {_unknown_values(queries, event)}"
    return FilterAnswer(
        Level.PARTIAL,
        exact=tally.settled,
        deciders=tuple((suppresses[:2] + selects)[:_MOST_DECIDERS]),
        kept=tally.kept,
        dropped=tally.dropped,
        reason=reason,
    )


def _unknown_values(queries: tuple[ChannelQuery, ...], event: EventMetadata) -> str:
    """The values that decide and are unknown, in words."""
    tests = [test for query in queries for test in query.tests]
    expressions = [test.xpath.expression for test in tests if test.xpath is not None]
    conditions = dict.fromkeys(
        condition for expression in expressions for condition in unknown_conditions(expression)
    )
    if conditions:
        return " and ".join(list(conditions)[:3])
    names = dict.fromkeys(name for expression in expressions for name in header_names(expression))
    unknown = [name for name in names if name in unknown_header(event)]
    if not unknown:
        return "unknown values"
    header = " and ".join(unknown[:3])
    return f"the header's {header}, unknown for {event.provider} {event.event_id}"


def _test_combinations(
    queries: tuple[ChannelQuery, ...], event: EventMetadata, pattern: EventPattern
) -> _Tally:
    tests = [test for query in queries for test in query.tests]
    literals = field_literals(
        (test.xpath.expression for test in tests if test.xpath is not None), event.fields
    )
    by_field = _cells(literals, event, pattern)
    other_texts = _texts_of_other_fields(pattern, by_field)
    tally = _Tally()
    for combination in product(*by_field.values()):
        texts = {name: cell.value for name, cell in zip(by_field, combination, strict=True)}
        root = event_root(event, texts)
        taken = any_true(query.takes(root) for query in queries)
        tally.add(taken, root)
        if tally.settled:
            break
        if other_texts is None or not all(cell.certain for cell in combination):
            continue
        present = {name: value for name, value in texts.items() if value is not None}
        for complete in _complete_events(event, other_texts | present, literals):
            complete_event = event_root(event, complete, closed=True)
            tally.witness(any_true(query.takes(complete_event) for query in queries), complete)
    return tally


def _cells(
    literals: FieldLiterals, event: EventMetadata, pattern: EventPattern
) -> dict[str, tuple[ValueCell, ...]]:
    """The cells of every field that matters; too many combinations drop the fields with most."""
    names = set(literals.by_field) | (set(pattern.fields) if literals.any_field else set())
    by_field = {name: _cells_of(name, literals, event, pattern) for name in sorted(names)}
    while prod(len(cells_of_field) for cells_of_field in by_field.values()) > _MOST_COMBINATIONS:
        del by_field[max(by_field, key=lambda name: (len(by_field[name]), name))]
    return by_field


def _cells_of(
    name: str, literals: FieldLiterals, event: EventMetadata, pattern: EventPattern
) -> tuple[ValueCell, ...]:
    listed = event.fields or ()
    if event.lacks(name) and name not in pattern.fields:
        return (ValueCell(None, certain=True),)
    compared_with = literals.literals(name)
    if name in event.names:
        compared_with = frozenset(
            literal for literal in compared_with if not _SID.fullmatch(str(literal))
        )
    return cells(
        pattern.fields.get(name, ()),
        compared_with,
        may_lack=name not in listed,
        listed=name in listed or name in pattern.fields,
    )


def _texts_of_other_fields(
    pattern: EventPattern, by_field: Mapping[str, object]
) -> dict[str, str] | None:
    """Values of the pattern's other fields for an event in the pattern; None if none is found."""
    texts: dict[str, str] = {}
    for name, constraints in pattern.fields.items():
        if name in by_field:
            continue
        candidates = cells(constraints, (), may_lack=False, listed=True)
        value = next(
            (cell.value for cell in candidates if cell.certain and cell.value is not None), None
        )
        if value is None or not admitted(constraints, value):
            return None
        texts[name] = value
    return texts


def _complete_events(
    event: EventMetadata, texts: Fields, literals: FieldLiterals
) -> Iterator[Fields]:
    """Complete events with these values.

    Unconstrained fields are empty, or one of them holds a literal that a query seeks in any field.
    """
    if event.fields is None:
        yield texts
        return
    unconstrained = [name for name in event.fields if name not in texts]
    complete = {name: texts.get(name, "") for name in event.fields} | dict(texts)
    yield complete
    for literal in sorted(literals.any_field, key=str) if unconstrained else ():
        yield complete | {unconstrained[-1]: str(literal)}
