"""A slow plain oracle: one event as real XML, one expression by recursion, two values.

It knows nothing of unknown values, cells or channels' names: whole events only.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from logreach.coverage.events.header import EventMetadata
from logreach.inventories.forwarding.subscriptions import Forwarding
from logreach.inventories.forwarding.xpath import (
    Call,
    Compare,
    Expr,
    LocationStep,
    Path,
    XPathAnd,
    XPathLiteral,
    XPathOr,
    parse,
)


def event_xml(meta: EventMetadata, fields: Mapping[str, str]) -> Element:
    root = Element("root")
    event = SubElement(root, "Event")
    system = SubElement(event, "System")
    SubElement(system, "Provider", Name=meta.provider)
    for name, value in (
        ("EventID", meta.event_id),
        ("Level", meta.level),
        ("Keywords", meta.keywords),
        ("Channel", meta.channel),
    ):
        SubElement(system, name).text = str(value)
    data = SubElement(event, "EventData")
    for name, text in fields.items():
        SubElement(data, "Data", Name=name).text = text
    return root


def forwards(forwarding: Forwarding, meta: EventMetadata, fields: Mapping[str, str]) -> bool:
    return takes(forwarding, meta.channel, event_xml(meta, fields))


def takes(forwarding: Forwarding, channel: str, root: Element) -> bool:
    for subscription in forwarding.subscriptions:
        for query_id in {query.query_id for query in subscription.queries}:
            mine = [
                query
                for query in subscription.queries
                if query.query_id == query_id and query.path == channel
            ]
            matched = [q for q in mine if true(parse(q.xpath).expression, root)]
            kept = any(not query.suppress for query in matched)
            if subscription.enabled and kept and not any(query.suppress for query in matched):
                return True
    return False


def true(expression: Expr, node: Element) -> bool:
    match expression:
        case XPathOr(parts):
            return any(true(part, node) for part in parts)
        case XPathAnd(parts):
            return all(true(part, node) for part in parts)
        case Call("not", (argument,)):
            return not true(argument, node)
        case Call("band", (Path() as path, XPathLiteral(int(mask)))):
            return any(int(text, 0) & mask for text in texts(path, node))
        case Path():
            return bool(texts(expression, node))
        case Compare(op, Path() as path, XPathLiteral(value)):
            return any(related(op, text, value) for text in texts(path, node))
    raise NotImplementedError(expression)


def texts(path: Path, node: Element) -> list[str]:
    nodes = [node]
    for step in path.steps:
        if step.attribute:
            return [found.attrib[step.name] for found in nodes if step.name in found.attrib]
        nodes = [child for found in nodes for child in children(step, found)]
    return [found.text or "" for found in nodes]


def children(step: LocationStep, node: Element) -> list[Element]:
    found = [child for child in node if step.name in ("*", child.tag)]
    for predicate in step.predicates:
        if isinstance(predicate, XPathLiteral):
            found = [child for at, child in enumerate(found, 1) if at == predicate.value]
        else:
            found = [child for child in found if true(predicate, child)]
    return found


def related(op: str, text: str, value: str | float) -> bool:
    if op == "!=":
        return not related("=", text, value)
    if op == "=":
        return text == str(value)
    left, right = float(text) if text.isdecimal() else float("nan"), float(value)
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]
