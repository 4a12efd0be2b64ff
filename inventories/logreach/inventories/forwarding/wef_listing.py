"""Subscriptions as `wecutil gs NAME` lists them: a property a line, without /f:xml.

They become the same elements as the XML has, so that one reader understands both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.inventories.files.text import lines
from logreach.inventories.files.xml_tree import Element

_FIRST = re.compile(r"^Subscription Id:\s*(\S.*?)\s*$", re.MULTILINE)
_PROPERTY = re.compile(r"(?P<name>[A-Z]\w*): ?(?P<value>.*)")
_SOURCE = re.compile(r"EventSource\[\d+\]:")
_OF_SOURCE = re.compile(r"\s+(?P<name>Address|Enabled): ?(?P<value>.*)")
_LAST = "AllowedSourceDomainComputers"
_END_OF_QUERY = "</QueryList>"


def looks_like(text: str) -> bool:
    """Whether a text is such a list."""
    return bool(_FIRST.search(text[:65536])) and not text.lstrip("\ufeff\0 \t\r\n").startswith("<")


def elements(text: str) -> Iterator[tuple[Element, str]]:
    """Each subscription, and what is wrong with its list ('' for nothing).

    A line in front of the first, or a property told twice, may be what is left of another
    subscription.
    """
    subscription: Element | None = None
    last: Element | None = None
    for number, line in lines(text):
        if first := _FIRST.match(line):
            if subscription is not None:
                yield subscription, _problem(subscription)
            subscription = Element("Subscription", number, {})
            last = _add(subscription, "SubscriptionId", number, first[1])
        elif subscription is not None and last is not None:
            last = _take(subscription, last, number, line)
        elif line.strip():
            yield Element("", number, {}), "a line that belongs to no subscription"
    if subscription is not None:
        yield subscription, _problem(subscription)


def _take(subscription: Element, last: Element, number: int, line: str) -> Element:
    """One line; the element that the next may go on with."""
    in_query = last.name == "Query" and _END_OF_QUERY not in last.text
    found = None if in_query else _PROPERTY.fullmatch(line.rstrip())
    if found is not None:
        return _add(subscription, found["name"], number, found["value"])
    if not in_query and _SOURCE.match(line):
        listed = subscription.child("EventSources") or _add(
            subscription, "EventSources", number, ""
        )
        return _add(listed, "EventSource", number, "")
    own = _OF_SOURCE.fullmatch(line.rstrip()) if last.name == "EventSource" else None
    if own is not None:
        _add(last, own["name"], number, own["value"])
    elif line.strip():
        last.parts.append(f"\n{line}")
    return last


def _add(parent: Element, name: str, line: int, value: str) -> Element:
    child = Element(name, line, {})
    child.parts.append(value)
    parent.children.append(child)
    return child


def _problem(subscription: Element) -> str:
    names = [child.name for child in subscription.children]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        return f"tells {twice} twice"
    return "" if _LAST in names else "ends before it is told who may send to it"
