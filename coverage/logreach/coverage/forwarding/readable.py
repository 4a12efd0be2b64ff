"""Link 6 as a prerequisite: what collects the events of a channel may read it on the host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from logreach.coverage.engine.judged import Reason, Remedy
from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, UNKNOWN, YES, Verdict
from logreach.coverage.forwarding.access import (
    GROUP,
    ChannelAccess,
    Reader,
    accounts_keys,
    allows,
    words_of,
)
from logreach.coverage.forwarding.membership import COLLECTOR, Membership, Who, membership
from logreach.inventories.facts.facts import Facts, Missing
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding
from logreach.inventories.windows.facts import ROLE
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, AccessList, GroupMembers
from logreach.inventories.windows.objects.sddl import read_dacl

LINK = "channel access"
Aside = tuple[tuple[Reader, Membership], ...]
"""Readers, and why their subscriptions do not, or may not, take from a channel of the host."""
_SIMPLE_ENTRY = re.compile(r"\(([^()]*)\)")
_COST = "every service that runs as this account can then read the log"


@dataclass(frozen=True, slots=True)
class Readable:
    """Where the inventory names no subscription, nothing reads the channel: not applicable.

    `channel` is the full name, `default` the list with which Windows creates it ('': not known).
    """

    channel: str
    default: str

    @property
    def reads(self) -> tuple[FactKey[object], ...]:
        return (FORWARDING, ROLE, COLLECTOR, *accounts_keys(self.channel))

    def check(self, facts: Facts) -> Reason:
        forwarding = facts.get(FORWARDING)
        if isinstance(forwarding, Missing):
            explanation = f"no subscription is named that would read channel {self.channel}"
            return Reason(LINK, self.channel, NOT_APPLICABLE, explanation)
        access = ChannelAccess.of(facts, self.channel, self.default)
        lets = {reader: access.lets(reader) for reader in readers(forwarding.value, Who.of(facts))}
        best = max(lets, key=lambda reader: (lets[reader].proven, lets[reader].possible))
        return _reason(access, best, lets[best])


@lru_cache(maxsize=64)
def readers(forwarding: Forwarding, who: Who) -> tuple[Reader, ...]:
    """As whom the events of a host are read; where none takes from it, what a remedy would add.

    Agents of the collector that are named here read nothing on the host itself.
    """
    logs = {
        entry.log.casefold() for entry in forwarding.subscriptions if entry.dialect == "windows"
    }
    enabled = [
        entry
        for entry in forwarding.subscriptions
        if entry.enabled
        and (
            entry.dialect == "windows"
            or any(query.path.casefold() not in logs for query in entry.queries)
        )
    ]
    taking = [entry for entry in enabled if membership(entry, who).takes is not False]
    present = {Reader.of(entry) for entry in taking or enabled}
    return tuple(reader for reader in Reader if reader in present) or (Reader.NETWORK_SERVICE,)


def readers_aside(facts: Facts, channel: str, default: str) -> Aside:
    """The readers that may read a channel less surely than another one of the same host does.

    That the best of them may not is a link of its own.
    """
    forwarding = facts.get(FORWARDING)
    if isinstance(forwarding, Missing):
        return ()
    present = readers(forwarding.value, Who.of(facts))
    if len(present) == 1:
        return ()
    access = ChannelAccess.of(facts, channel, default)
    lets = {reader: access.lets(reader) for reader in present}
    best = max(lets.values(), key=lambda verdict: (verdict.proven, verdict.possible))
    return tuple(
        (reader, _kept_out(access, reader, verdict))
        for reader, verdict in lets.items()
        if verdict is not best
    )


def _kept_out(access: ChannelAccess, reader: Reader, verdict: Verdict) -> Membership:
    explanation = _explained(access, reader, verdict)
    if verdict is NO:
        return Membership(takes=False, why=explanation)
    return Membership(takes=None, why=explanation, missing=access.missing)


def _reason(access: ChannelAccess, reader: Reader, verdict: Verdict) -> Reason:
    if reader is Reader.SYSTEM:
        explanation = f"the agent reads channel {access.channel} as Local System"
        return Reason(LINK, access.channel, YES, explanation)
    explanation = _explained(access, reader, verdict)
    if verdict is YES:
        return Reason(LINK, access.channel, YES, explanation, access.evidence)
    missing = access.missing if verdict is UNKNOWN else None
    remedy = next(_remedies(access, reader), None)
    return Reason(LINK, access.channel, verdict, explanation, access.evidence, remedy, "", missing)


def _explained(access: ChannelAccess, reader: Reader, verdict: Verdict) -> str:
    title, channel = words_of(reader).title, access.channel
    listed = "its default access list" if access.default else "its access list"
    if verdict is YES:
        by_group = allows_without_group(access, reader) is not True
        how = "as a member of Event Log Readers" if by_group else f"by {listed}"
        return f"{title} may read channel {channel} {how}"
    if verdict is NO:
        assumed = " (assumed)" if access.assumed else ""
        return (
            f"{title} may not read channel {channel}: neither {listed} lets it, "
            f"nor membership of Event Log Readers{assumed}"
        )
    return f"whether {title} may read channel {channel} is unknown: {_untold(access)}"


def allows_without_group(access: ChannelAccess, reader: Reader) -> bool | None:
    """Whether the list lets a reader read that is in no group."""
    return None if access.entries is None else allows(access.entries, reader, GroupMembers())


def _untold(access: ChannelAccess) -> str:
    if access.unread:
        return access.unread
    if access.entries is None:
        return "the inventory does not say who may, and no source tells the default"
    if access.missing == GROUP:
        return "the inventory does not say who is in the local group Event Log Readers"
    return f"its access list ({access.entries.in_words()}) does not settle it"


def _remedies(access: ChannelAccess, reader: Reader) -> Iterator[Remedy]:
    """Changes that would let the reader read, each proven by the list as it would be then."""
    words = words_of(reader)
    entries, members = access.entries, access.members
    joining = GroupMembers(frozenset((words.account,)), whole=False)
    joined = joining.added_to(members)
    in_list = list(_list_changes(access, reader))
    if entries is not None and allows(entries, reader, joined):
        other_way = f"; or add {words.entry} to the access list of each channel that lacks it"
        instruction = (
            f"Add {words.short} to the local group Event Log Readers (S-1-5-32-573), by a GPO "
            "(Restricted Groups, or Local Users and Groups) or on the host, and restart the host"
            f"{other_way if words.entry else ''}"
        )
        title = f"Event Log Readers: add {words.short}"
        yield Remedy(GROUP, joining, instruction, _COST, title, LINK)
    for instruction, changed in in_list:
        title = f"Channel {access.channel}: {words.short} may read"
        key = CHANNEL_ACCESS(access.channel.casefold())
        sentence = f"{instruction[0].upper()}{instruction[1:]}"
        yield Remedy(key, changed, sentence, _COST, title, LINK)


def _list_changes(access: ChannelAccess, reader: Reader) -> Iterator[tuple[str, AccessList]]:
    """Changes of the list alone: an entry more, or without the entries that deny reading."""
    entry, channel = words_of(reader).entry, access.channel
    if not entry:
        return
    added = AccessList("", (entry,))
    if access.entries is None:
        yield f"add {entry} to the access list (channelAccess) of channel {channel}", added
        return
    changed = added.added_to(access.entries)
    if allows(changed, reader, None):
        command = f'wevtutil set-log "{channel}" "/ca:{_as_sddl(changed)}"'
        yield f"add {entry} to its access list: {command}", changed
        return
    spared = _without_denials(access, reader)
    if spared is not None:
        changed = added.added_to(spared)
        command = f'wevtutil set-log "{channel}" "/ca:{_as_sddl(changed)}"'
        yield (
            f"take the entries that deny it out of the access list of channel {channel}, and add "
            f"{entry}: {command}",
            AccessList(_as_sddl(changed)),
        )


def _as_sddl(access: AccessList) -> str:
    """The list with its added entries, which stand at the end of its D: part."""
    access_part, marker, audit_entries = access.sddl.partition("S:(")
    return f"{access_part}{''.join(access.added)}{marker}{audit_entries}"


def _without_denials(access: ChannelAccess, reader: Reader) -> AccessList | None:
    """The list without entries that deny the reader; None where that would not let it read."""
    entries, words = access.entries, words_of(reader)
    if entries is None:
        return None

    def kept(entry: re.Match[str]) -> str:
        read = read_dacl(f"D:{entry[0]}") if entry[1][:1].upper() in ("D", "X", "O") else ()
        denies = any(
            not each.allows and words.is_(each.principal, access.members) is not False
            for each in read or ()
        )
        return "" if denies else entry[0]

    spared = replace(entries, sddl=_SIMPLE_ENTRY.sub(kept, entries.sddl))
    return spared if allows(AccessList("", (words.entry,)).added_to(spared), reader, None) else None
