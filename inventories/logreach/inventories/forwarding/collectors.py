"""Filters of collectors' configurations, written as event queries; shared by their readers.

A collector's conditions are written in the same XPath as a subscription's. A condition that XPath
cannot express, or whose meaning is not documented, becomes the function undecided(): whether an
event meets it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from logreach.inventories.files.patterns import compiled
from logreach.inventories.forwarding.subscriptions import Query, Subscription
from logreach.inventories.forwarding.xpath import XPathError, parse

_SINGLE = re.compile(r"\d{1,9}")
_RANGE = re.compile(r"(\d{1,9})\s*-\s*(\d{1,9})")
_LONGEST_REGEX = 400
_LONGEST_WORDS = 160
_HIGHEST_ID = 65_535
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
EVERYTHING = "*"


def ids(written: str) -> str | None:
    """An event id or a range 'a-b' as a condition on System; None where it is neither."""
    if _SINGLE.fullmatch(written):
        return f"EventID={int(written)}"
    match = _RANGE.fullmatch(written)
    if match is None:
        return None
    low, high = int(match[1]), int(match[2])
    return f"(EventID>={low} and EventID<={high})" if low < high else None


def any_of(conditions: Sequence[str]) -> str:
    """Conditions joined by 'or'."""
    return conditions[0] if len(conditions) == 1 else f"({' or '.join(conditions)})"


def on_system(conditions: Iterable[str]) -> str:
    """A query for events whose System part meets all conditions."""
    joined = " and ".join(conditions)
    return f"*[System[{joined}]]" if joined else EVERYTHING


def literal(string: str) -> str | None:
    """A string literal; None where it holds both kinds of quotes, which XPath cannot write."""
    for quote in ("'", '"'):
        if quote not in string:
            return f"{quote}{string}{quote}"
    return None


def undecided(condition: str) -> str:
    """A condition of which it is unknown whether an event meets it, named in words."""
    words = _CONTROL.sub(" ", condition[: 4 * _LONGEST_WORDS])[:_LONGEST_WORDS]
    return f"undecided({literal(words) or literal(words.replace(chr(34), chr(39)))})"


def dropped(words: str) -> str:
    """A query for events of which it is unknown whether they are dropped, and why."""
    return f"*[{undecided(words)}]"


def taken(query: Query, reasons: Iterable[str] = ()) -> Iterator[Query]:
    """A Select that Windows runs as it is written, and what may keep its events from arriving.

    `reasons` are further ones than those for which Windows may refuse the expression.
    """
    reason = query.too_long or too_long([query.xpath])
    select = replace(query, too_long=reason) if reason else query
    yield select
    for words in dict.fromkeys((*doubts(query.xpath)[:1], *reasons)):
        yield replace(select, xpath=dropped(words), suppress=True)


def doubts(xpath: str) -> tuple[str, ...]:
    """Why Windows may refuse an expression."""
    words = unreadable(xpath)
    return (words,) if words else parse(xpath).doubts


def too_long(xpaths: Iterable[str]) -> str:
    """Why Windows may refuse a query with these expressions as too long; '' where it may not."""
    for xpath in xpaths:
        reason = unreadable(xpath) or parse(xpath).too_long
        if reason:
            return reason
    return ""


def unreadable(xpath: str) -> str:
    """Why an expression is no event query; '' where it is one."""
    try:
        parse(xpath)
    except XPathError as error:
        return str(error)
    return ""


def last_of_slots(subscriptions: Iterable[Subscription]) -> tuple[Subscription, ...]:
    """The subscriptions of a host, without those that a later one of the same slot replaces.

    Where it is unknown whether the later one is for the host, what either takes is unknown.
    """
    every = tuple(subscriptions)
    slots: dict[str, list[Subscription]] = {}
    for subscription in every:
        if subscription.slot:
            slots.setdefault(subscription.slot, []).append(subscription)
    replaced, doubted = set[int](), dict[int, Subscription]()
    for entries in slots.values():
        ordered = sorted(entries, key=lambda entry: entry.rank)
        first = max((at for at, entry in enumerate(ordered) if not entry.unsure), default=0)
        replaced.update(map(id, ordered[:first]))
        if len(left := ordered[first:]) > 1:
            doubted |= {id(entry): _in_doubt(entry, left[-1].unsure) for entry in left}
    return tuple(doubted.get(id(each), each) for each in every if id(each) not in replaced)


def _in_doubt(subscription: Subscription, words: str) -> Subscription:
    suppress = (
        replace(query, xpath=dropped(words), suppress=True)
        for query in subscription.queries
        if not query.suppress
    )
    return replace(subscription, queries=tuple(dict.fromkeys((*subscription.queries, *suppress))))


@lru_cache(maxsize=256)
def matching_ids(regex: str) -> frozenset[int] | None:
    """Every event id that a regular expression matches; None where it is not tried."""
    pattern = compiled(regex) if len(regex) <= _LONGEST_REGEX else None
    if pattern is None:
        return None
    return frozenset(number for number in range(_HIGHEST_ID + 1) if pattern.found_in(str(number)))


def spans(numbers: Iterable[int]) -> str:
    """A condition on System for a set of event ids, neighbours joined; false for an empty set."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    conditions = [
        f"EventID={low}" if low == high else f"(EventID>={low} and EventID<={high})"
        for low, high in ranges
    ]
    return any_of(conditions) if conditions else "EventID<0"
