"""Members of local groups that a GPO sets: Restricted Groups of security templates, and Groups.xml.

Sources: [MS-GPSB] 2.2.5 (Group Membership), [MS-GPPREF] 2.2.1.11 (Local Users and Groups), Policy
CSP RestrictedGroups (members that the list lacks are removed). Only Event Log Readers are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Missing, Reading, Statement, together
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.xml_tree import XmlElement, read_xml
from logreach.inventories.windows.group_policy.preference_items import (
    CREATE,
    DELETE,
    REPLACE,
    UPDATE,
    action,
    enabled_items,
)
from logreach.inventories.windows.log_access import (
    EVENT_LOG_READERS,
    LOCAL_GROUP,
    GroupMembers,
    account,
)

_KEY = LOCAL_GROUP(EVENT_LOG_READERS)
_MEMBERS, _MEMBER_OF = "__members", "__memberof"
_ROOT = "Groups"


def of_template_line(source: Source, line: str, number: int, strength: Strength) -> Reading:
    """A line of [Group Membership]: 'GROUP__Members = ...', or 'ACCOUNT__Memberof = ...'."""
    name, _, listed = (part.strip() for part in line.partition("="))
    accounts = frozenset(account(each) for each in listed.split(",") if each.strip())
    folded = name.casefold()
    if folded.endswith(_MEMBERS) and account(name[: -len(_MEMBERS)]) == EVENT_LOG_READERS:
        if accounts:
            return _stated(source, GroupMembers(accounts), number, line, strength)
        doubt = "sources disagree on whether an empty list of members empties Event Log Readers"
        return _doubted(source, doubt, number)
    if folded.endswith(_MEMBER_OF) and EVENT_LOG_READERS in accounts:
        member = frozenset((account(name[: -len(_MEMBER_OF)]),))
        return _stated(source, GroupMembers(member, whole=False), number, line, strength)
    return Reading()


def read(source: Source) -> Reading:
    """What Groups.xml of a GPO's preferences does to Event Log Readers."""
    root, _ = read_xml(source)
    if root.name != _ROOT:
        message = f"is not a list of users and groups (its root element is {root.name!r})"
        raise InputError(source.fault(message))
    return together(*_items(source, root))


def _items(source: Source, root: XmlElement) -> Iterator[Reading]:
    for element, doubt in enabled_items(root):
        properties = element.child("Properties") if element.name == "Group" else None
        if properties is None or not _is_readers(properties):
            continue
        if doubt := doubt or _doubt_of(properties):
            yield _doubted(source, f"the item for Event Log Readers {doubt}", element.line)
        elif action(properties) != CREATE:  # the group is there on every Windows
            setting, shown = _setting(properties)
            yield _stated(source, setting, element.line, shown, Strength.POLICY)


def _is_readers(properties: XmlElement) -> bool:
    sid = properties.attributes.get("groupSid", "").strip()
    return account(sid or properties.attributes.get("groupName", "")) == EVENT_LOG_READERS


def _doubt_of(properties: XmlElement) -> str:
    """Why the members are not known after an action; '' where they are."""
    done = action(properties)
    if done == DELETE:
        return "deletes a group that Windows itself has"
    deletes = [_flag(properties, name) for name in ("deleteAllUsers", "deleteAllGroups")]
    if any(deletes) and not all(deletes):
        return "removes the users or the groups among its members only"
    return "" if done in (CREATE, UPDATE, REPLACE) else f"has an unknown action: {done[:20]!r}"


def _setting(properties: XmlElement) -> tuple[GroupMembers, str]:
    """The members that an item makes, and the item in words."""
    listed = properties.child("Members")
    added, removed = set[str](), set[str]()
    for member in listed.children if listed is not None else ():
        sid, name = (member.attributes.get(key, "").strip() for key in ("sid", "name"))
        adds = member.attributes.get("action", "ADD").strip().upper() != "REMOVE"
        (added if adds else removed).add(account(sid or name))
    replaces_all = _flag(properties, "deleteAllUsers")
    count = "all others" if replaces_all else len(removed)
    shown = f"Event Log Readers: adds {len(added)}, removes {count}"
    if replaces_all:
        return GroupMembers(frozenset(added - removed)), shown
    return GroupMembers(frozenset(added), whole=False, removed=frozenset(removed)), shown


def _flag(properties: XmlElement, name: str) -> bool:
    return properties.attributes.get(name, "0").strip().lower() in ("1", "true")


def _stated(
    source: Source, setting: GroupMembers, line: int, quote: str, strength: Strength
) -> Reading:
    evidence = source.evidence(f"line {line}", quote)
    return Reading((Statement(_KEY, setting, evidence, strength),))


def _doubted(source: Source, message: str, line: int) -> Reading:
    fault = source.fault(message, f"line {line}")
    return Reading(faults=(fault,), missing=((_KEY, Missing(str(fault), fault)),))
