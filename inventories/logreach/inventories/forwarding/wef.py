"""Windows Event Forwarding: subscriptions as `wecutil gs NAME` prints them, and query lists.

Several documents one after another in a text are read too, as a loop over `wecutil es` leaves
them. What cannot be read is a fault, and `Forwarding.incomplete` says so: no event is then
called 'not forwarded' for want of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.xml_tree import Element, OwnDtdError, XmlError, parse_documents
from logreach.inventories.forwarding import wef_listing
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.forwarding.xpath import XPathError, parse
from logreach.inventories.windows.objects.sddl import read_dacl

_HINT = "Export with: wecutil gs NAME /f:xml"
_INITIATED = {"sourceinitiated": "source", "collectorinitiated": "collector"}
_CERTIFICATES = ("AllowedIssuerCAList", "AllowedSubjectList")


def read(text: str, source: str, sha256: str = "") -> Reading:
    """Subscriptions, or bare QueryList elements, from one file's text.

    The one statement holds what could be read; see `merge` for several files of one host.
    """
    reader = _Reader(source)
    subscriptions = tuple(reader.subscriptions(text))
    found = reading_of(subscriptions, reader.faults, source, sha256, reader.allowed)
    return replace(found, faults=(*found.faults, *map(_expiring, filter(_expires, subscriptions))))


def _expires(one: Subscription) -> bool:
    return bool(one.expires) and one.enabled


def _expiring(one: Subscription) -> Fault:
    """What is to say of a subscription that ends; it leaves nothing unread."""
    message = f"subscription {one.name} expires on {one.expires}, so it proves no forwarding"
    hint = "Whether that has passed hangs on the day; export it without an expiry."
    return Fault(message, one.source, f"line {one.line}", hint)


def reading_of(
    subscriptions: tuple[Subscription, ...],
    faults: list[Fault],
    source: str,
    sha256: str,
    quote: str = "",
) -> Reading:
    """A reading with one statement, or, where nothing could be read, with the fact missing."""
    if not subscriptions and faults:
        return Reading((), tuple(faults), ((FORWARDING, Missing(str(faults[0]), faults[0])),))
    incomplete = tuple(str(fault) for fault in faults)
    evidence = Evidence(source, sha256, _lines_of(subscriptions), quote[:160])
    statement = Statement(FORWARDING, Forwarding(subscriptions, incomplete), evidence)
    return Reading((statement,), tuple(faults))


def _lines_of(subscriptions: tuple[Subscription, ...]) -> str:
    found = sorted({one.line for one in subscriptions if one.line})
    return f"line {found[0]}" if len(found) == 1 else ""


def merge(readings: Iterable[Reading]) -> Reading:
    """What several files say of one host's forwarding, as one.

    Every file's evidence is kept; a file that could not be read leaves the whole incomplete.
    Statements of other facts pass through.
    """
    found = tuple(readings)
    ours = [one for reading in found for one in reading.statements if one.key == FORWARDING]
    lost = [why for reading in found for key, why in reading.missing if key == FORWARDING]
    faults = tuple(fault for reading in found for fault in reading.faults)
    others = tuple(one for reading in found for one in reading.statements if one.key != FORWARDING)
    other_missing = tuple(
        pair for reading in found for pair in reading.missing if pair[0] != FORWARDING
    )
    if not ours:
        return Reading(others, faults, (*other_missing, *((FORWARDING, why) for why in lost[:1])))
    whole = Forwarding(
        tuple(sub for one in ours for sub in _forwarding(one).subscriptions),
        (
            *(text for one in ours for text in _forwarding(one).incomplete),
            *(why.reason for why in lost),
        ),
    )
    merged = tuple(Statement(FORWARDING, whole, one.evidence, one.strength) for one in ours)
    return Reading((*others, *merged), faults, other_missing)


def subscriptions_of(reading: Reading) -> tuple[Subscription, ...]:
    """Every subscription in a reading."""
    return tuple(
        subscription
        for statement in reading.statements
        if statement.key == FORWARDING
        for subscription in _forwarding(statement).subscriptions
    )


def _forwarding(statement: Statement) -> Forwarding:
    if not isinstance(statement.value, Forwarding):
        raise TypeError(f"{statement.key} holds {type(statement.value).__name__}")
    return statement.value


class _Reader:
    """Reads one text; gathers faults on the way."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.faults: list[Fault] = []
        self.allowed = ""

    def _fault(self, message: str, line: int, hint: str = "") -> None:
        self.faults.append(Fault(message, self._source, f"line {line}", hint))

    def subscriptions(self, text: str) -> Iterator[Subscription]:
        if wef_listing.looks_like(text):
            yield from self._listed(text)
            return
        root = self._parsed(text, 0)
        for element in root.children if root else ():
            if element.name == "Subscription":
                yield from self._subscription(element)
            elif element.name == "QueryList":
                queries = tuple(self._queries(element, 0))
                name = self._source.rpartition("/")[2]
                yield Subscription(name, queries, source=self._source, line=element.line)
            else:
                message = f"<{element.name}> is neither a Subscription nor a QueryList"
                self._fault(message, element.line, _HINT)
        if root and not root.children:
            self._fault("no Subscription or QueryList", 1, _HINT)

    def _listed(self, text: str) -> Iterator[Subscription]:
        for element, problem in wef_listing.elements(text):
            if problem:
                named = _text(element.child("SubscriptionId"))
                self._fault(f"{named}: {problem}" if named else problem, element.line, _HINT)
            for one in self._subscription(element) if element.name else ():
                yield replace(one, initiated="untold") if problem else one

    def _parsed(self, text: str, offset: int) -> Element | None:
        if not text.lstrip("\ufeff\0 \t\r\n").startswith("<"):
            said = refusal(text)
            message = f"a command's refusal in place of XML: {said}" if said else "not XML"
            self._fault(message if text.strip() else "empty", 1 + offset, _HINT)
            return None
        try:
            return parse_documents(text.lstrip("\ufeff"))
        except OwnDtdError as error:
            self._fault(str(error), error.line + offset, "Remove it.")
        except XmlError as error:
            self._fault(f"not well-formed XML: {error}", error.line + offset, _HINT)
        return None

    def _subscription(self, element: Element) -> Iterator[Subscription]:
        name = _text(element.child("SubscriptionId")) or f"(unnamed, line {element.line})"
        enabled = self._enabled(element, name)
        query = element.child("Query")
        if query is None:
            self._fault(f"subscription {name} has no Query", element.line)
            return
        before = len(self.faults)
        queries = tuple(self._query_list(query))
        if not queries and len(self.faults) == before:
            self._fault(f"subscription {name} selects nothing", query.line)
        allowed = self._allowed(element, name)
        self.allowed = self.allowed or allowed
        if enabled is None or not queries:
            return
        yield Subscription(
            name,
            queries,
            enabled,
            self._source,
            allowed=allowed,
            line=element.line,
            initiated=_INITIATED.get(_text(element.child("SubscriptionType")).lower(), "untold"),
            certificates=_by_certificate(element),
            sources=tuple(_sources(element)),
            expires=" ".join(_text(element.child("Expires")).split())[:60],
        )

    def _allowed(self, element: Element, name: str) -> str:
        """The descriptor that says which domain computers may send, '' where there is none."""
        said = element.child("AllowedSourceDomainComputers")
        sddl = "".join(_text(said).split())
        try:
            if sddl:
                read_dacl(sddl)
        except InputError as error:
            line = said.line if said else element.line
            self._fault(f"who may send to {name}: {error.faults[0].message}", line)
        return sddl

    def _enabled(self, element: Element, name: str) -> bool | None:
        said = element.child("Enabled")
        word = _text(said).lower() or "true"
        if word not in ("true", "false", "1", "0"):
            line = said.line if said else element.line
            self._fault(f"Enabled of {name} is {word[:40]!r}, neither true nor false", line)
            return None
        return word in ("true", "1")

    def _query_list(self, query: Element) -> Iterator[Query]:
        """The list inside Query, which is text (as wecutil writes it) or elements."""
        inner = query.child("QueryList")
        if inner is not None:
            yield from self._queries(inner, 0)
            return
        offset = query.line - 1
        root = self._parsed(query.text, offset)
        lists = [one for one in root.children if one.name == "QueryList"] if root else []
        if root and not lists:
            self._fault("Query holds no QueryList", query.line)
        for one in lists:
            yield from self._queries(one, offset)

    def _queries(self, query_list: Element, offset: int) -> Iterator[Query]:
        groups = [one for one in query_list.children if one.name == "Query"]
        if not groups:
            self._fault("QueryList holds no Query", query_list.line + offset)
        for number, group in enumerate(groups):
            # Ids may repeat or be absent; a Suppress counts only within its own Query.
            told = group.attributes.get("Id", "")
            for element in group.children:
                if element.name in ("Select", "Suppress"):
                    yield from self._query(element, group, f"{number}:{told}", offset)
                else:
                    self._fault(f"<{element.name}> inside a Query", element.line + offset)

    def _query(
        self, element: Element, group: Element, query_id: str, offset: int
    ) -> Iterator[Query]:
        line = element.line + offset
        path = element.attributes.get("Path") or group.attributes.get("Path", "")
        if not path.strip():
            self._fault(f"{element.name} without a Path", line)
            return
        xpath = " ".join(element.text.split())
        try:
            parse(xpath)
        except XPathError as error:
            hint = "Windows' subset of XPath 1.0 is meant; the query counts as undecided."
            self._fault(f"not an event query: {error}", line, hint)
        yield Query(path.strip(), xpath, element.name == "Suppress", line, query_id)


def _by_certificate(subscription: Element) -> bool:
    """Whether computers outside the domain may send, known by issuer and subject."""
    others = subscription.child("AllowedSourceNonDomainComputers")
    lists = [others, *(subscription.child(name) for name in _CERTIFICATES)]
    return any(_text(one) or one.children for one in lists if one is not None)


def _sources(subscription: Element) -> Iterator[str]:
    """The addresses of the computers that it lists and does not disable."""
    listed = subscription.child("EventSources")
    for one in listed.children if listed else ():
        enabled = one.attributes.get("Enabled", "") or _text(one.child("Enabled"))
        address = _text(one.child("Address"))
        if address and enabled.strip().lower() not in ("false", "0"):
            yield address


def _text(element: Element | None) -> str:
    return element.text.strip() if element is not None else ""
