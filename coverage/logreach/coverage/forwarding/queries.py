"""The Selects and Suppresses of each Query in a subscription, by channel and parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from logreach.coverage.engine.three_valued import Truth, all_true, any_true, negated
from logreach.coverage.events.patterns import Constraint, Decider, EventPattern
from logreach.coverage.forwarding.events import EventElement
from logreach.coverage.forwarding.xpath_truth import holds
from logreach.inventories.files.patterns import with_wildcards
from logreach.inventories.forwarding.subscriptions import Altered, Forwarding, Query, Subscription
from logreach.inventories.forwarding.xpath import XPath, XPathError, parse

DIRECT = ("/analytic", "/analytical", "/debug", "/diagnostic")
"""Ends of channels that Windows lets nobody subscribe to: they are read from the disk only."""


@dataclass(frozen=True, slots=True)
class QueryTest:
    """One Select or Suppress; `xpath` is None if it cannot be parsed."""

    __test__ = False

    decider: Decider
    xpath: XPath | None

    def holds(self, root: EventElement) -> Truth:
        """Whether it matches the event."""
        return None if self.xpath is None else holds(self.xpath.expression, root)


@dataclass(frozen=True, slots=True)
class ChannelQuery:
    """The part of a subscription's Query that concerns one channel.

    `doubts` say why Windows may refuse the subscription, which then takes nothing. `altered` are
    fields that do not arrive as they were written.
    """

    selects: tuple[QueryTest, ...]
    suppresses: tuple[QueryTest, ...]
    doubts: tuple[str, ...] = ()
    altered: tuple[Altered, ...] = ()

    def for_pattern(self, pattern: EventPattern) -> ChannelQuery:
        """The Query with a doubt for each field that the pattern constrains and that is altered."""
        reasons = tuple(altered.why for altered in self.altered if _demands_value(pattern, altered))
        return replace(self, doubts=(*self.doubts, *reasons)) if reasons else self

    def takes(self, root: EventElement) -> Truth:
        """Whether a Select matches the event and no Suppress of the same Query does."""
        taken = all_true(
            (
                any_true(select.holds(root) for select in self.selects),
                negated(any_true(suppress.holds(root) for suppress in self.suppresses)),
            )
        )
        return None if taken and self.doubts else taken


def _demands_value(pattern: EventPattern, altered: Altered) -> bool:
    """Whether a pattern demands a value of an altered field; excluded values do not count."""
    return any(
        not constraint.negated
        and (name in altered.fields or (altered.sids and _may_hold_sid(name, constraint)))
        for name, constraints in pattern.fields.items()
        for constraint in constraints
    )


def _may_hold_sid(field: str, constraint: Constraint) -> bool:
    return field.lower().endswith("sid") or any(
        value.upper().startswith("S-1-") for value in constraint.values
    )


def queries_on(
    forwarding: Forwarding, channel: str, *, enabled: bool = True
) -> tuple[ChannelQuery, ...]:
    """Every Query with a Select on the channel, of the enabled or of the disabled subscriptions."""
    return tuple(
        query
        for subscription in forwarding.subscriptions
        if subscription.enabled is enabled
        for query in _channel_queries(subscription, channel)
    )


def _channel_queries(subscription: Subscription, channel: str) -> Iterator[ChannelQuery]:
    doubts = tuple(doubts_of(subscription))
    by_query: dict[str, list[Query]] = {}
    for query in subscription.queries:
        if _covers(query.path, channel, wildcards=subscription.dialect != "windows"):
            by_query.setdefault(query.query_id, []).append(query)
    for queries in by_query.values():
        tests = [(query.suppress, _query_test(subscription, query)) for query in queries]
        selects = tuple(test for suppress, test in tests if not suppress)
        if selects:
            suppresses = tuple(test for suppress, test in tests if suppress)
            yield ChannelQuery(selects, suppresses, doubts, subscription.altered)


def _covers(path: str, channel: str, *, wildcards: bool) -> bool:
    """Whether a query is for a channel; '*' in a collector's is for any text."""
    if not wildcards or "*" not in path:
        return path.casefold() == channel.casefold()
    pattern = with_wildcards(path.casefold())
    direct = channel.casefold().endswith(DIRECT)
    return not direct and pattern is not None and pattern.is_all_of(channel.casefold())


def _query_test(subscription: Subscription, query: Query) -> QueryTest:
    word = "Suppress" if query.suppress else "Select"
    decider = Decider(
        name=f"{word} in {subscription.name}",
        line=query.line or None,
        text=query.xpath,
        source=subscription.source,
    )
    try:
        return QueryTest(decider, parse(query.xpath))
    except XPathError:
        return QueryTest(decider, None)


def doubts_of(subscription: Subscription) -> Iterator[str]:
    """Why Windows' event log service may refuse the whole subscription."""
    if subscription.dialect != "windows":
        return
    selected = {query.path.casefold() for query in subscription.queries if not query.suppress}
    for query in subscription.queries:
        location = f"{subscription.name}, line {query.line}"
        try:
            yield from (f"{location}: {doubt}" for doubt in parse(query.xpath).doubts)
        except XPathError as error:
            yield f"{location}: {error}"
        if query.suppress and query.path.casefold() not in selected:
            yield f"{location}: no Select names the channel of this Suppress"


def first_doubts(queries: Iterable[ChannelQuery], most: int = 3) -> tuple[str, ...]:
    """The first few doubts of several Queries, without repetition."""
    return tuple(dict.fromkeys(doubt for query in queries for doubt in query.doubts))[:most]


def matching(tests: Sequence[QueryTest], roots: Sequence[EventElement]) -> list[Decider]:
    """The tests that match at least one of the events, ordered by how many they match."""
    counted = [(sum(test.holds(root) is not False for root in roots), test) for test in tests]
    counted.sort(key=lambda pair: -pair[0])
    return [test.decider for count, test in counted if count]
