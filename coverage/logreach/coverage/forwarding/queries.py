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
    fields that do not arrive as they were written. `then` are the queries of what reads the events
    at the collector and passes them on; None where nothing is told of that.
    """

    selects: tuple[QueryTest, ...]
    suppresses: tuple[QueryTest, ...]
    doubts: tuple[str, ...] = ()
    altered: tuple[Altered, ...] = ()
    then: tuple[ChannelQuery, ...] | None = None

    @property
    def tests(self) -> tuple[QueryTest, ...]:
        """Every Select and Suppress, those of the next hop among them."""
        next_hop = (test for query in self.then or () for test in query.tests)
        return (*self.selects, *self.suppresses, *next_hop)

    def for_pattern(self, pattern: EventPattern) -> ChannelQuery:
        """The Query with a doubt for each field that the pattern constrains and that is altered."""
        reasons = tuple(altered.why for altered in self.altered if _demands_value(pattern, altered))
        then = self.then and tuple(query.for_pattern(pattern) for query in self.then)
        if not reasons and then == self.then:
            return self
        return replace(self, doubts=(*self.doubts, *reasons), then=then)

    def takes(self, root: EventElement) -> Truth:
        """Whether a Select matches the event, no Suppress of the same Query does, and what reads it
        at the collector, if anything is told of that, takes it too."""
        taken = self.brings(root)
        if self.then is None or taken is False:
            return taken
        return all_true((taken, any_true(query.takes(root) for query in self.then)))

    def brings(self, root: EventElement) -> Truth:
        """The same for the way to the collector alone."""
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
    doubts = (*doubts_of(subscription), *(reason for _, reason in too_long(subscription)))
    by_query: dict[str, list[Query]] = {}
    for query in subscription.queries:
        if _covers(query.path, channel, wildcards=subscription.dialect != "windows"):
            by_query.setdefault(query.query_id, []).append(query)
    for queries in by_query.values():
        tests = [(query.suppress, _query_test(subscription, query)) for query in queries]
        selects = tuple(test for suppress, test in tests if not suppress)
        if selects:
            suppresses = tuple(test for suppress, test in tests if suppress)
            mine = doubts if subscription.dialect == "windows" else _lengths(subscription, queries)
            yield ChannelQuery(
                selects, suppresses, mine, subscription.altered, _next_hop(subscription)
            )


def _next_hop(subscription: Subscription) -> tuple[ChannelQuery, ...] | None:
    """The queries by which agents of the collector read the log that a subscription writes."""
    if subscription.then is None:
        return None
    agents = (agent for agent in subscription.then if agent.enabled)
    return tuple(query for agent in agents for query in _channel_queries(agent, subscription.log))


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


def too_long(subscription: Subscription) -> Iterator[tuple[Query, str]]:
    """The queries that some Windows versions may refuse as too long, and why.

    Of a subscription the whole is refused then, of a collector's configuration one event log.
    """
    if subscription.split:
        return
    for query in subscription.queries:
        if subscription.dialect != "windows":
            reason = query.too_long
        else:
            try:
                reason = parse(query.xpath).too_long
            except XPathError:
                continue
        if reason:
            yield query, f"{subscription.name}, line {query.line}: {reason}"


def with_short_queries(subscription: Subscription) -> Subscription:
    """The subscription, and the agents behind it, with queries that no Windows finds too long."""
    agents = subscription.then
    then = agents and tuple(with_short_queries(agent) for agent in agents)
    return replace(subscription, split=True, then=then)


def _lengths(subscription: Subscription, queries: Sequence[Query]) -> tuple[str, ...]:
    """Why Windows may refuse these queries of a collector as too long."""
    return tuple(
        dict.fromkeys(reason for query, reason in too_long(subscription) if query in queries)
    )


def first_doubts(queries: Iterable[ChannelQuery], most: int = 3) -> tuple[str, ...]:
    """The first few doubts of several Queries, without repetition."""
    every = (
        doubt for query in queries for doubt in (*query.doubts, *first_doubts(query.then or ()))
    )
    return tuple(dict.fromkeys(every))[:most]


def matching(tests: Sequence[QueryTest], roots: Sequence[EventElement]) -> list[Decider]:
    """The tests that match at least one of the events, ordered by how many they match."""
    counted = [(sum(test.holds(root) is not False for root in roots), test) for test in tests]
    counted.sort(key=lambda pair: -pair[0])
    return [test.decider for count, test in counted if count]
