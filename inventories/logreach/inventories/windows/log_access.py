"""Who may read the event log channels of a host: access lists, and the group that they name.

Source: Microsoft Learn 'EVT_CHANNEL_CONFIG_PROPERTY_ID' (ChannelAccess), 'Eventlog Key' (CustomSD),
EventLog.admx (Configure log access), 'Active Directory security groups' (Event Log Readers).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.facts.values import StructuredValue
from logreach.inventories.files.tables import TABLES, yaml_table
from logreach.inventories.files.wording import counted

EVENT_LOG_READERS = "S-1-5-32-573"
NETWORK_SERVICE = "S-1-5-20"
COLLECTOR_ACCOUNT = "collector"
"""A member that inventory.yaml alone names: the account with which a collector connects."""


@dataclass(frozen=True, slots=True)
class AccessList(StructuredValue):
    """The security descriptor of a channel, as SDDL.

    `added` are entries of access that a remedy adds to the descriptor that is there.
    """

    sddl: str
    added: tuple[str, ...] = ()

    def added_to(self, current: object) -> AccessList:
        """A remedy adds entries; those that are there stay."""
        if not self.added or not isinstance(current, AccessList):
            return self
        return AccessList(current.sddl, tuple(dict.fromkeys((*current.added, *self.added))))

    def in_words(self) -> str:
        """The descriptor itself, or the entries that are added to it."""
        return self.sddl or f"with {' '.join(self.added)}"


@dataclass(frozen=True, slots=True)
class GroupMembers(StructuredValue):
    """The members of a local group, by SID or, where that is not told, by name in lower case.

    `whole`: it has no other members. `removed` are accounts that something takes out of it,
    `unsure` those that one source puts in and another out.
    """

    members: frozenset[str] = frozenset()
    whole: bool = True
    removed: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    def holds(self, account: str) -> bool | None:
        """Whether an account is a member; None if that is unknown."""
        if account in self.unsure or account in self.members & self.removed:
            return None
        if account in self.members:
            return True
        return False if self.whole or account in self.removed else None

    def added_to(self, current: object) -> GroupMembers:
        """A remedy adds members; those that are there stay."""
        if not isinstance(current, GroupMembers):
            return GroupMembers(self.members, whole=False)
        return GroupMembers(
            current.members | self.members,
            current.whole,
            current.removed - self.members,
            current.unsure - self.members,
        )

    def in_words(self) -> str:
        """'2 members', or 'at least 1 member' where there may be others."""
        words = counted(len(self.members), "member")
        return words if self.whole else f"at least {words}"


def joined(settings: Iterable[GroupMembers]) -> GroupMembers:
    """What several policies make of one group, in their order of application.

    The last whole list replaces earlier ones. An account that a list lacks and another policy adds
    is unsure: the two are refreshed separately.
    """
    every = tuple(settings)
    whole_lists = [setting for setting in every if setting.whole]
    partial = [setting for setting in every if not setting.whole]
    added = frozenset[str]().union(*(part.members for part in partial))
    removed = frozenset[str]().union(*(part.removed for part in partial))
    if not whole_lists:
        return GroupMembers(added, whole=False, removed=removed)
    members = whole_lists[-1].members
    return GroupMembers(members, unsure=(added - members) | (members & removed))


CHANNEL_ACCESS = FactFamily("channel-access", AccessList)
"""The list in force, or set by policy, by the channel's name in lower case."""
STORED_ACCESS = FactFamily("stored-channel-access", AccessList)
"""The list in the registry, which is in force where no policy sets one; by the same names."""
LOCAL_GROUP = FactFamily("local-group", GroupMembers)
"""By the group's SID."""
FAMILIES: tuple[FactFamily[object], ...] = (CHANNEL_ACCESS, STORED_ACCESS, LOCAL_GROUP)


def account(written: str) -> str:
    """The SID of an account where its name is known in some language, else its name."""
    name = written.strip().lstrip("*").strip().casefold()
    if name.startswith("s-1-"):
        return name.upper()
    return _sids_by_name().get(name, name)


@cache
def _sids_by_name() -> dict[str, str]:
    table: Any = yaml_table(
        TABLES / "well_known_accounts.yaml", {"source": str, "accounts": {...: [str]}}
    )
    return {name.casefold(): sid for sid, names in table["accounts"].items() for name in names}
