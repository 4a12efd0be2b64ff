"""Subscriptions made ready to ask: each Query's Selects and Suppresses on one channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from logreach.coverage.events.patterns import Constraint, Decider, EventPattern
from logreach.coverage.forwarding.events import Node
from logreach.coverage.forwarding.truth import Truth, all_true, any_true, holds, negated
from logreach.inventories.forwarding.subscriptions import Altered, Forwarding, Query, Subscription
from logreach.inventories.forwarding.xpath import XPath, XPathError, parse


@dataclass(frozen=True, slots=True)
class Test:
    """One Select or Suppress; `xpath` is None where it cannot be read."""

    __test__ = False

    decider: Decider
    xpath: XPath | None

    def holds(self, root: Node) -> Truth:
        """Whether it matches the event."""
        return None if self.xpath is None else holds(self.xpath.expression, root)


@dataclass(frozen=True, slots=True)
class Group:
    """One Query of a subscription, as far as it concerns one channel.

    `doubts` say why Windows may refuse the subscription; it then takes nothing. `altered` are
    fields that do not arrive as they were written.
    """

    selects: tuple[Test, ...]
    suppresses: tuple[Test, ...]
    doubts: tuple[str, ...] = ()
    altered: tuple[Altered, ...] = ()

    def asked_for(self, pattern: EventPattern) -> Group:
        """The Query as such a pattern sees it: in doubt where fields that it asks for change."""
        why = tuple(one.why for one in self.altered if _asks(pattern, one))
        return replace(self, doubts=(*self.doubts, *why)) if why else self

    def takes(self, root: Node) -> Truth:
        """Taken: some Select matches, and no Suppress of the same Query does."""
        taken = all_true(
            (
                any_true(select.holds(root) for select in self.selects),
                negated(any_true(suppress.holds(root) for suppress in self.suppresses)),
            )
        )
        return None if taken and self.doubts else taken


def _asks(pattern: EventPattern, altered: Altered) -> bool:
    """Whether a pattern asks that such a field holds something; what it excludes is no matter."""
    return any(
        not one.negated and (name in altered.fields or (altered.sids and _of_sid(name, one)))
        for name, held in pattern.fields.items()
        for one in held
    )


def _of_sid(field: str, constraint: Constraint) -> bool:
    return field.lower().endswith("sid") or any(
        value.upper().startswith("S-1-") for value in constraint.values
    )


def groups_on(forwarding: Forwarding, channel: str, *, enabled: bool = True) -> tuple[Group, ...]:
    """Every Query with a Select on the channel, of the subscriptions that are enabled or not."""
    return tuple(
        group
        for subscription in forwarding.subscriptions
        if subscription.enabled is enabled
        for group in _groups(subscription, channel)
    )


def _groups(subscription: Subscription, channel: str) -> Iterator[Group]:
    doubts = tuple(doubts_of(subscription))
    by_query: dict[str, list[Query]] = {}
    for query in subscription.queries:
        if query.path.casefold() == channel.casefold():
            by_query.setdefault(query.query_id, []).append(query)
    for queries in by_query.values():
        tests = [(query.suppress, _test(subscription, query)) for query in queries]
        selects = tuple(test for suppress, test in tests if not suppress)
        if selects:
            suppresses = tuple(test for suppress, test in tests if suppress)
            yield Group(selects, suppresses, doubts, subscription.altered)


def _test(subscription: Subscription, query: Query) -> Test:
    word = "Suppress" if query.suppress else "Select"
    decider = Decider(
        name=f"{word} in {subscription.name}",
        line=query.line or None,
        text=query.xpath,
        source=subscription.source,
    )
    try:
        return Test(decider, parse(query.xpath))
    except XPathError:
        return Test(decider, None)


def doubts_of(subscription: Subscription) -> Iterator[str]:
    """Why the event log service may refuse the whole subscription."""
    if subscription.dialect != "windows":
        return
    selected = {query.path.casefold() for query in subscription.queries if not query.suppress}
    for query in subscription.queries:
        place = f"{subscription.name}, line {query.line}"
        try:
            yield from (f"{place}: {doubt}" for doubt in parse(query.xpath).doubts)
        except XPathError as error:
            yield f"{place}: {error}"
        if query.suppress and query.path.casefold() not in selected:
            yield f"{place}: a Suppress whose channel no Select names"


def first_doubts(groups: Iterable[Group], most: int = 3) -> tuple[str, ...]:
    """The first few doubts of several groups, each once."""
    return tuple(dict.fromkeys(doubt for group in groups for doubt in group.doubts))[:most]


def matching(tests: Sequence[Test], roots: Sequence[Node]) -> list[Decider]:
    """The tests that match some of the events, those matching most of them first."""
    counted = [(sum(test.holds(root) is not False for root in roots), test) for test in tests]
    counted.sort(key=lambda pair: -pair[0])
    return [test.decider for count, test in counted if count]
