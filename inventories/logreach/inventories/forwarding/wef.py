"""Windows Event Forwarding: subscriptions as `wecutil gs NAME` prints them, and query lists.

A text may hold several documents in a row, as a loop over `wecutil es` writes them. What cannot be
read is a fault and stands in `Forwarding.incomplete`, so that no event counts as not forwarded
because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from logreach.inventories.facts.facts import Missing, Reading, Statement
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.refusals import refusal
from logreach.inventories.files.xml_tree import OwnDtdError, XmlElement, XmlError, parse_documents
from logreach.inventories.forwarding import wef_listing
from logreach.inventories.forwarding.collectors import last_of_slots
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


def read(export: str, source: str, sha256: str = "") -> Reading:
    """Subscriptions, or bare QueryList elements, of one file, as one statement.

    `merge` joins the files of a host.
    """
    reader = _SubscriptionReader(source)
    subscriptions = tuple(reader.subscriptions(export))
    reading = reading_of(subscriptions, reader.faults, source, sha256, reader.allowed)
    expiring = (each for each in subscriptions if each.expires and each.enabled)
    return replace(reading, faults=(*reading.faults, *map(_expiring, expiring)))


def _expiring(subscription: Subscription) -> Fault:
    """A notice about a subscription that ends; it was read completely."""
    message = (
        f"subscription {subscription.name} expires on {subscription.expires}, "
        "so forwarding by it is unknown"
    )
    hint = "If it is to stay, remove the expiry date and export it again."
    return Fault(message, subscription.source, f"line {subscription.line}", hint)


def reading_of(
    subscriptions: tuple[Subscription, ...],
    faults: list[Fault],
    source: str,
    sha256: str,
    quote: str = "",
) -> Reading:
    """A reading with one statement; where nothing could be read, with the fact missing."""
    if not subscriptions and faults:
        return Reading((), tuple(faults), ((FORWARDING, Missing(str(faults[0]), faults[0])),))
    incomplete = tuple(str(fault) for fault in faults)
    evidence = Evidence(source, sha256, _lines_of(subscriptions), quote[:160])
    statement = Statement(FORWARDING, Forwarding(subscriptions, incomplete), evidence)
    return Reading((statement,), tuple(faults))


def _lines_of(subscriptions: tuple[Subscription, ...]) -> str:
    numbers = sorted({subscription.line for subscription in subscriptions if subscription.line})
    return f"line {numbers[0]}" if len(numbers) == 1 else ""


def merge(readings: Iterable[Reading]) -> Reading:
    """The readings of several files of one host, joined to one Forwarding.

    Every file's evidence is kept; with an unreadable file the Forwarding is incomplete.
    Statements of other facts pass through.
    """
    every = tuple(readings)
    about_forwarding = [
        statement
        for reading in every
        for statement in reading.statements
        if statement.key == FORWARDING
    ]
    reasons = [
        missing for reading in every for key, missing in reading.missing if key == FORWARDING
    ]
    faults = tuple(fault for reading in every for fault in reading.faults)
    other_statements = tuple(
        statement
        for reading in every
        for statement in reading.statements
        if statement.key != FORWARDING
    )
    other_missing = tuple(
        pair for reading in every for pair in reading.missing if pair[0] != FORWARDING
    )
    if not about_forwarding:
        return Reading(
            other_statements,
            faults,
            (*other_missing, *((FORWARDING, missing) for missing in reasons[:1])),
        )
    forwarding = Forwarding(
        last_of_slots(
            sub for statement in about_forwarding for sub in _forwarding(statement).subscriptions
        ),
        (
            *(
                problem
                for statement in about_forwarding
                for problem in _forwarding(statement).incomplete
            ),
            *(missing.reason for missing in reasons),
        ),
    )
    merged = tuple(
        Statement(FORWARDING, forwarding, statement.evidence, statement.strength)
        for statement in about_forwarding
    )
    return Reading((*other_statements, *merged), faults, other_missing)


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


class _SubscriptionReader:
    """Reads one text; gathers faults on the way."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.faults: list[Fault] = []
        self.allowed = ""

    def _fault(self, message: str, line: int, hint: str = "") -> None:
        self.faults.append(Fault(message, self._source, f"line {line}", hint))

    def subscriptions(self, export: str) -> Iterator[Subscription]:
        if wef_listing.looks_like(export):
            yield from self._listed(export)
            return
        root = self._parsed(export, 0)
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

    def _listed(self, listing: str) -> Iterator[Subscription]:
        for element, problem in wef_listing.elements(listing):
            if problem:
                name = element.text_of("SubscriptionId")
                self._fault(f"{name}: {problem}" if name else problem, element.line, _HINT)
            for subscription in self._subscription(element) if element.name else ():
                yield replace(subscription, initiated="untold") if problem else subscription

    def _parsed(self, xml: str, offset: int) -> XmlElement | None:
        if not xml.lstrip("\ufeff\0 \t\r\n").startswith("<"):
            error_line = refusal(xml)
            message = f"an error message instead of XML: {error_line}" if error_line else "not XML"
            self._fault(message if xml.strip() else "empty", 1 + offset, _HINT)
            return None
        try:
            return parse_documents(xml.lstrip("\ufeff"))
        except OwnDtdError as error:
            self._fault(str(error), error.line + offset, "Remove it.")
        except XmlError as error:
            self._fault(f"not well-formed XML: {error}", error.line + offset, _HINT)
        return None

    def _subscription(self, element: XmlElement) -> Iterator[Subscription]:
        name = element.text_of("SubscriptionId") or f"(unnamed, line {element.line})"
        enabled = self._enabled(element, name)
        query = element.child("Query")
        if query is None:
            self._fault(f"subscription {name} has no Query", element.line)
            return
        before = len(self.faults)
        queries = tuple(self._query_list(query))
        if not queries and len(self.faults) == before:
            self._fault(f"subscription {name} selects no events", query.line)
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
            initiated=_INITIATED.get(element.text_of("SubscriptionType").lower(), "untold"),
            certificates=_by_certificate(element),
            sources=tuple(_sources(element)),
            log=element.text_of("LogFile") or "ForwardedEvents",
            expires=" ".join(element.text_of("Expires").split())[:60],
        )

    def _allowed(self, element: XmlElement, name: str) -> str:
        """The SDDL of the domain computers that may send; '' where there is none."""
        computers = element.child("AllowedSourceDomainComputers")
        sddl = "".join(_text(computers).split())
        try:
            if sddl:
                read_dacl(sddl)
        except InputError as error:
            line = computers.line if computers else element.line
            self._fault(f"AllowedSourceDomainComputers of {name}: {error.faults[0].message}", line)
        return sddl

    def _enabled(self, element: XmlElement, name: str) -> bool | None:
        flag = element.child("Enabled")
        word = _text(flag).lower() or "true"
        if word not in ("true", "false", "1", "0"):
            line = flag.line if flag else element.line
            self._fault(f"Enabled of {name} is {word[:40]!r}, neither true nor false", line)
            return None
        return word in ("true", "1")

    def _query_list(self, query: XmlElement) -> Iterator[Query]:
        """The queries inside Query, which holds text (as wecutil writes it) or elements."""
        inner = query.child("QueryList")
        if inner is not None:
            yield from self._queries(inner, 0)
            return
        offset = query.line - 1
        root = self._parsed(query.text, offset)
        lists = (
            [query_list for query_list in root.children if query_list.name == "QueryList"]
            if root
            else []
        )
        if root and not lists:
            self._fault("Query holds no QueryList", query.line)
        for query_list in lists:
            yield from self._queries(query_list, offset)

    def _queries(self, query_list: XmlElement, offset: int) -> Iterator[Query]:
        groups = [child for child in query_list.children if child.name == "Query"]
        if not groups:
            self._fault("QueryList holds no Query", query_list.line + offset)
        for number, group in enumerate(groups):
            # Ids may repeat or be absent; a Suppress counts only within its own Query.
            query_id = group.attributes.get("Id", "")
            for element in group.children:
                if element.name in ("Select", "Suppress"):
                    yield from self._query(element, group, f"{number}:{query_id}", offset)
                else:
                    self._fault(f"<{element.name}> inside a Query", element.line + offset)

    def _query(
        self, element: XmlElement, group: XmlElement, query_id: str, offset: int
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
            hint = "Windows takes a subset of XPath 1.0; what this query selects counts as unknown."
            self._fault(f"not an event query: {error}", line, hint)
        yield Query(path.strip(), xpath, element.name == "Suppress", line, query_id)


def _by_certificate(subscription: XmlElement) -> bool:
    """Whether computers outside the domain may send, identified by certificate."""
    non_domain = subscription.child("AllowedSourceNonDomainComputers")
    lists = [non_domain, *(subscription.child(name) for name in _CERTIFICATES)]
    return any(_text(element) or element.children for element in lists if element is not None)


def _sources(subscription: XmlElement) -> Iterator[str]:
    """The addresses of the computers that it lists and does not disable."""
    listed = subscription.child("EventSources")
    for source in listed.children if listed else ():
        enabled = source.attributes.get("Enabled", "") or source.text_of("Enabled")
        address = source.text_of("Address")
        if address and enabled.strip().lower() not in ("false", "0"):
            yield address


def _text(element: XmlElement | None) -> str:
    return element.text.strip() if element is not None else ""
