"""Subscriptions as `wecutil gs NAME` lists them without /f:xml: one property a line.

They become the same elements as the XML has, so that one reader serves both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from logreach.inventories.files.text import lines
from logreach.inventories.files.xml_tree import XmlElement

_FIRST = re.compile(r"^Subscription Id:[ \t]*(\S.*)", re.MULTILINE)
_PROPERTY = re.compile(r"(?P<name>[A-Z]\w*): ?(?P<value>.*)")
_SOURCE = re.compile(r"EventSource\[\d+\]:")
_OF_SOURCE = re.compile(r"\s+(?P<name>Address|Enabled): ?(?P<value>.*)")
_LAST = "AllowedSourceDomainComputers"
_END_OF_QUERY = "</QueryList>"


def looks_like(listing: str) -> bool:
    """Whether a text is such a list."""
    return bool(_FIRST.search(listing[:65536])) and not listing.lstrip(
        "\ufeff\0 \t\r\n"
    ).startswith("<")


def elements(listing: str) -> Iterator[tuple[XmlElement, str]]:
    """Each subscription, and what is wrong with its listing ('' for nothing).

    A line before the first subscription, or a property that is given twice, may be the rest of
    another subscription.
    """
    subscription: XmlElement | None = None
    last: XmlElement | None = None
    for number, line in lines(listing):
        if first := _FIRST.match(line):
            if subscription is not None:
                yield subscription, _problem(subscription)
            subscription = XmlElement("Subscription", number, {})
            last = _add(subscription, "SubscriptionId", number, first[1].rstrip())
        elif subscription is not None and last is not None:
            last = _take(subscription, last, number, line)
        elif line.strip():
            yield XmlElement("", number, {}), "a line that belongs to no subscription"
    if subscription is not None:
        yield subscription, _problem(subscription)


def _take(subscription: XmlElement, last: XmlElement, number: int, line: str) -> XmlElement:
    """Add one line; returns the element that the next line may continue."""
    in_query = last.name == "Query" and _END_OF_QUERY not in last.text
    match = None if in_query else _PROPERTY.fullmatch(line.rstrip())
    if match is not None:
        return _add(subscription, match["name"], number, match["value"])
    if not in_query and _SOURCE.match(line):
        listed = subscription.child("EventSources") or _add(
            subscription, "EventSources", number, ""
        )
        return _add(listed, "EventSource", number, "")
    source_match = _OF_SOURCE.fullmatch(line.rstrip()) if last.name == "EventSource" else None
    if source_match is not None:
        _add(last, source_match["name"], number, source_match["value"])
    elif line.strip():
        last.texts.append(f"\n{line}")
    return last


def _add(parent: XmlElement, name: str, line: int, value: str) -> XmlElement:
    child = XmlElement(name, line, {})
    child.texts.append(value)
    parent.children.append(child)
    return child


def _problem(subscription: XmlElement) -> str:
    names = [child.name for child in subscription.children]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        return f"gives {twice} twice"
    return "" if _LAST in names else "is cut off before AllowedSourceDomainComputers"
