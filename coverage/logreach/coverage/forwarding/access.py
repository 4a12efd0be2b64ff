"""Link 6, the channel's access list: whether what collects its events may read it.

Subscriptions of Windows read as NETWORK SERVICE, those that a collector opens as the account with
which it connects, agents of their own as Local System. Where no source states the list, the one
that Windows creates counts if the members of Event Log Readers are stated; a default list with
assumed members proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from logreach.coverage.engine.three_valued import Truth
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Verdict
from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.tables import Shape, yaml_table
from logreach.inventories.forwarding.subscriptions import Subscription
from logreach.inventories.windows.log_access import (
    CHANNEL_ACCESS,
    EVENT_LOG_READERS,
    LOCAL_GROUP,
    STORED_ACCESS,
    AccessList,
    GroupMembers,
)
from logreach.inventories.windows.objects.sddl import Access, read_dacl

_READ = 0x1 | 0x80000000 | 0x10000000  # read an event log, GENERIC_READ, GENERIC_ALL
_TABLE = Path(__file__).parent / "knowledge" / "readers.yaml"
GROUP = LOCAL_GROUP(EVENT_LOG_READERS)


class Reader(StrEnum):
    """As whom events of a channel are read on the host."""

    NETWORK_SERVICE = "network-service"
    COLLECTOR = "collector"
    SYSTEM = "system"

    @classmethod
    def of(cls, subscription: Subscription) -> Reader:
        """As whom a subscription, or a collector's configuration, reads."""
        if subscription.dialect != "windows":
            return cls.SYSTEM
        return cls.COLLECTOR if subscription.initiated == "collector" else cls.NETWORK_SERVICE


@dataclass(frozen=True, slots=True)
class ReaderWords:
    """What the table says of a reader; `entry` is the access entry that would let it read."""

    title: str
    short: str
    account: str
    entry: str
    holds: frozenset[str]
    may_hold: tuple[str, ...]
    any: bool

    def is_(self, principal: str, members: GroupMembers | None) -> Truth:
        """Whether an entry for a principal concerns the reader; `members` of Event Log Readers."""
        if principal in self.holds:
            return True
        if principal == EVENT_LOG_READERS:
            return self._in_group(members)
        return None if self.any or principal.startswith(self.may_hold) else False

    def _in_group(self, members: GroupMembers | None) -> Truth:
        if members is None:
            return None
        answers = [members.holds(account) for account in sorted({self.account, *self.holds})]
        if True in answers:
            return True
        return None if self.any or None in answers else False


def accounts_keys(channel: str) -> tuple[FactKey[object], ...]:
    """The facts that say who may read a channel."""
    name = channel.casefold()
    return (CHANNEL_ACCESS(name), STORED_ACCESS(name), GROUP)


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """What the facts of a host say of one channel's list and of Event Log Readers.

    `entries` is None where neither a source nor a default tells the list, `default` says that only
    the default does. `members` is None where nothing tells them, `assumed` that they are a default.
    """

    channel: str
    entries: AccessList | None
    default: bool
    members: GroupMembers | None
    assumed: bool
    evidence: tuple[Evidence, ...] = ()
    unread: str = ""

    @classmethod
    def of(cls, facts: Facts, channel: str, default: str) -> ChannelAccess:
        """`default` is the list with which Windows creates the channel, '' where none tells."""
        stated, unread = _told_list(facts, channel)
        stands = stated is None and not unread and bool(default)
        entries = AccessList(default) if stands else stated.value if stated else None
        evidence = stated.evidence if stated else ()
        group = facts.get(GROUP)
        if isinstance(group, Missing):
            unread = unread or (group.reason if group.fault is not None else "")
            return cls(
                channel, entries, stands, None, assumed=False, evidence=evidence, unread=unread
            )
        evidence = (*evidence, *group.evidence)
        return cls(channel, entries, stands, group.value, group.assumed, evidence, unread)

    def lets(self, reader: Reader) -> Verdict:
        """Whether a reader may read the channel."""
        if reader is Reader.SYSTEM:
            return YES
        if self.entries is None:
            return UNKNOWN
        # A default list with assumed members proves nothing.
        members = None if self.default and self.assumed else self.members
        allowed = allows(self.entries, reader, members)
        return UNKNOWN if allowed is None else YES if allowed else NO

    @property
    def missing(self) -> FactKey[object]:
        """The fact that would settle whether NETWORK SERVICE may read."""
        if self.entries is not None and (self.members is None or self.assumed or self.default):
            return GROUP
        return CHANNEL_ACCESS(self.channel.casefold())


def _told_list(facts: Facts, channel: str) -> tuple[Known[AccessList] | None, str]:
    """The list in force, else the stored one, and why it is unknown where a source was lost."""
    for family in (CHANNEL_ACCESS, STORED_ACCESS):
        fact = facts.get(family(channel.casefold()))
        if isinstance(fact, Known):
            return fact, ""
        if isinstance(fact, Missing) and fact.fault is not None:
            return None, fact.reason
    return None, ""


@lru_cache(maxsize=1024)
def allows(access: AccessList, reader: Reader, members: GroupMembers | None) -> Truth:
    """Whether a list lets a reader read; None if that is unknown.

    The first entry about reading that concerns the reader decides; entries before it that may
    concern it make it unknown.
    """
    if "NO_ACCESS_CONTROL" in access.sddl.upper():
        return True
    listed = read_dacl(access.sddl) if access.sddl else ()
    added = read_dacl(f"D:{''.join(access.added)}") if access.added else ()
    if listed is None:
        return None
    words = words_of(reader)
    return _first((*listed, *(added or ())), words, members)


def _first(entries: Iterable[Access], words: ReaderWords, members: GroupMembers | None) -> Truth:
    outcomes: set[bool] = set()
    for entry in entries:
        concerned = words.is_(entry.principal, members) if entry.rights & _READ else False
        if concerned and entry.qualified:
            concerned = None
        if concerned is not False:
            outcomes.add(entry.allows)
        if concerned:
            break
    else:
        outcomes |= {False}
    return outcomes.pop() if len(outcomes) == 1 else None


def words_of(reader: Reader) -> ReaderWords:
    """What the table says of a reader that lists may leave out."""
    return _readers()[reader.value]


@cache
def _readers() -> dict[str, ReaderWords]:
    entry: Shape = {
        "title": str,
        "short": str,
        "account": str,
        "entry": str,
        "holds": [str],
        "may_hold": [str],
        "any": bool,
    }
    table: Any = yaml_table(_TABLE, {"source": str, "readers": {...: entry}})
    return {
        name: ReaderWords(
            row["title"],
            row["short"],
            row["account"],
            row["entry"],
            frozenset(row["holds"]),
            tuple(row["may_hold"]),
            row["any"],
        )
        for name, row in table["readers"].items()
    }
