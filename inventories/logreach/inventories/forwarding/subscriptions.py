"""What collects events from a host: subscriptions of Windows Event Forwarding, collectors."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.inventories.facts.keys import single_fact
from logreach.inventories.facts.values import StructuredValue
from logreach.inventories.files.wording import counted


@dataclass(frozen=True, slots=True)
class Query:
    """One Select or Suppress of a subscription; `xpath` as written.

    `too_long` says, for a collector's query, why Windows may refuse it as too long.
    """

    path: str
    xpath: str
    suppress: bool
    line: int
    query_id: str = "0"
    too_long: str = ""


@dataclass(frozen=True, slots=True)
class Altered:
    """Fields that arrive changed or not at all, and why; with `sids` every field with a SID."""

    why: str
    fields: tuple[str, ...] = ()
    sids: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A Windows Event Forwarding subscription or a collector's query.

    `dialect` is 'windows' where Windows itself runs the queries as written, 'collector' where
    they are written from a collector's configuration; `line` is where it begins. `initiated` is
    who opens the connection: 'source', 'collector', or 'untold' where the file does not say; ''
    for queries that no server hands out. `allowed` is the SDDL of the domain computers that may
    send, as written; `certificates`: computers with certain certificates may send too; `sources`
    are the addresses that it lists and does not disable. `named`: the inventory, or its own list
    of computers, names it for this host; `elsewhere`: it lists computers by name and this host is
    none of them. `expires` is the time from which it collects nothing, as written, '' for none.
    `altered` are fields that a collector changes. `log` is the log of the collector to which a
    subscription writes, `then` what reads it there and passes events on; None where nothing is told
    of that: what reaches the collector then counts as arrived.
    `split` is only in what a remedy makes of it: no query is too long any more. Of the
    subscriptions of one host in the same `slot` ('' none) the one of the highest `rank` counts;
    `unsure` says why it may not be for the host at all.
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
    log: str = "ForwardedEvents"
    then: tuple[Subscription, ...] | None = None
    split: bool = False
    slot: str = ""
    rank: int = 0
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class Forwarding(StructuredValue):
    """The subscriptions that collect events from a host; empty: no event is forwarded.

    `incomplete` names, in words, sources that could not be read: an event that none of the
    subscriptions collects may then still be collected by one of those.
    """

    subscriptions: tuple[Subscription, ...]
    incomplete: tuple[str, ...] = ()

    def __hash__(self) -> int:
        # Computed for every event of every host; names alone keep it cheap and rarely collide.
        return hash(
            (tuple(subscription.name for subscription in self.subscriptions), self.incomplete)
        )

    def in_words(self) -> str:
        """'2 subscriptions'."""
        return counted(len(self.subscriptions), "subscription")


FORWARDING = single_fact("forwarding", Forwarding)
