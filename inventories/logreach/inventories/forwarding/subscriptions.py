"""What takes events off a host: subscriptions of Windows Event Forwarding, collectors' queries."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.inventories.facts.keys import single_fact
from logreach.inventories.facts.values import StructuredValue
from logreach.inventories.files.wording import counted


@dataclass(frozen=True, slots=True)
class Query:
    """One Select or Suppress of a subscription; `xpath` as written."""

    path: str
    xpath: str
    suppress: bool
    line: int
    query_id: str = "0"


@dataclass(frozen=True, slots=True)
class Altered:
    """Fields that arrive otherwise than the host wrote them, or not at all, and why.

    `sids`: every field that holds a SID.
    """

    why: str
    fields: tuple[str, ...] = ()
    sids: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A Windows Event Forwarding subscription or a collector's query.

    `dialect` is 'windows' where Windows itself runs the queries as written, 'collector' where
    they are our rendering of a collector's configuration; `line` is where it begins.
    `initiated` says of a subscription who calls whom: 'source', 'collector' or 'untold'; '' for
    queries that no server hands out. `allowed` is the SDDL that says which domain computers may
    send to it, as written; `certificates` that others may, by theirs; `sources` are the addresses
    that it lists and does not disable. `named` says that the inventory names it for this host,
    `elsewhere` that it lists computers by name of which this host is none; `expires` is the time
    after which it takes nothing more, as written, '' where it has none. `altered` are fields that
    a collector changes on the way.
    """

    name: str
    queries: tuple[Query, ...]
    enabled: bool = True
    source: str = ""
    dialect: str = "windows"
    allowed: str = ""
    line: int = 0
    initiated: str = ""
    certificates: bool = False
    sources: tuple[str, ...] = ()
    named: bool = False
    elsewhere: bool = False
    expires: str = ""
    altered: tuple[Altered, ...] = ()


@dataclass(frozen=True, slots=True)
class Forwarding(StructuredValue):
    """The subscriptions that take events of a host; empty: nothing leaves it.

    `incomplete` says what else there is that could not be read, in words: with it, an event that
    none of these takes may still be taken.
    """

    subscriptions: tuple[Subscription, ...]
    incomplete: tuple[str, ...] = ()

    def __hash__(self) -> int:
        # Asked for with every event of every host; few share their names and differ.
        return hash((tuple(one.name for one in self.subscriptions), self.incomplete))

    def in_words(self) -> str:
        """'2 subscriptions'."""
        return counted(len(self.subscriptions), "subscription")


FORWARDING = single_fact("forwarding", Forwarding)
