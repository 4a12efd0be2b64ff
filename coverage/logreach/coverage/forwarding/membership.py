"""Whether a subscription takes events from a host: the hosts that may send to it, or that it lists.

Data: `knowledge/forwarding_members.yaml`. An organisation's own groups are not in it: for them the
answer is unknown, unless the inventory names the subscription for the host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from logreach.coverage.engine.three_valued import Truth
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.tables import Shape, yaml_table
from logreach.inventories.forwarding.subscriptions import FORWARDING, Subscription
from logreach.inventories.windows.facts import FEATURE, ROLE, Role
from logreach.inventories.windows.objects.sddl import Access, read_dacl

_ALL = 0x10000000  # GENERIC_ALL, what a subscription's entries give
_TABLE = Path(__file__).parent / "knowledge" / "forwarding_members.yaml"
COLLECTOR = FEATURE("event-collector")


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a subscription takes from the host (None: unknown), why, and the missing fact."""

    takes: Truth
    why: str = ""
    missing: FactKey[object] | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """A host as a possible member: its role and whether it is the collector; None if unknown."""

    role: Role | None
    collector: bool | None

    @classmethod
    def of(cls, facts: Facts) -> Who:
        role, collector = facts.get(ROLE), facts.get(COLLECTOR)
        return cls(
            role.value if isinstance(role, Known) else None,
            collector.value if isinstance(collector, Known) else None,
        )


def membership(subscription: Subscription, who: Who) -> Membership:
    """Whether this subscription takes events from such a host."""
    if not subscription.initiated:
        return Membership(takes=True)
    by_list = _by_list(subscription, who)
    name = subscription.name
    if by_list.takes is None and by_list.missing == FORWARDING and subscription.named:
        if subscription.elsewhere:
            explanation = (
                f"{name} lists other computers than this host, for which the inventory names it"
            )
            return Membership(takes=None, why=explanation, missing=FORWARDING)
        by_list = Membership(takes=True, why="the inventory names it for this host")
    if by_list.takes and subscription.expires:
        # The clock is not read: the same input gives the same answer on any day.
        explanation = f"{name} expires on {subscription.expires}, which may have passed"
        return Membership(takes=None, why=explanation, missing=FORWARDING)
    return by_list


def _by_list(subscription: Subscription, who: Who) -> Membership:
    name = subscription.name
    if subscription.initiated != "source":
        if subscription.initiated == "collector" and not subscription.sources:
            return Membership(takes=False, why=f"{name} lists no computer to take events from")
        explanation = (
            f"the computers that {name} lists are unknown, and so is whether this host is one"
        )
        return Membership(takes=None, why=explanation, missing=FORWARDING)
    sddl = subscription.allowed or ("" if subscription.certificates else _table()["default"])
    try:
        entries = read_dacl(sddl) if sddl else ()
    except InputError as error:
        return Membership(
            takes=None,
            why=f"the descriptor of hosts that may send to {name} cannot be read ({error})",
            missing=FORWARDING,
        )
    if entries is None:
        return Membership(
            takes=None, why=f"the hosts that may send to {name} are unknown", missing=FORWARDING
        )
    by_entries = _by_entries(name, entries, who)
    if by_entries.takes is False and subscription.certificates:
        explanation = f"whether this host sends to {name} with a certificate is unknown"
        return Membership(takes=None, why=explanation, missing=FORWARDING)
    return by_entries


def _by_entries(name: str, entries: tuple[Access, ...], who: Who) -> Membership:
    """The first entry that concerns the host decides; entries before that may make it unknown."""
    outcomes: set[bool] = set()
    doubts: list[tuple[str, FactKey[object]]] = []
    for entry in entries:
        concerned = _concerns(entry, who)
        if concerned is not False:
            outcomes.add(entry.allows)
        if concerned is None:
            doubts.append(_doubt(entry, who))
        if concerned:
            break
    else:
        outcomes |= {False}
    if len(outcomes) == 1:
        takes = outcomes.pop()
        explanation = "" if takes else f"{name} takes from {_groups(entries)}"
        return Membership(takes, explanation)
    # A fact about the host comes first; naming the subscription for it settles only groups.
    condition, missing = min(doubts, key=lambda doubt: doubt[1] == FORWARDING)
    reason = f"whether {name} takes from this host depends on {condition}"
    return Membership(takes=None, why=reason, missing=missing)


def _concerns(entry: Access, who: Who) -> Truth:
    """Whether an entry concerns the host and gives, or denies, the right to send."""
    concerned = _is_principal(entry.principal, who)
    partial = entry.qualified or (entry.allows and not entry.rights & _ALL)
    return None if concerned and partial else concerned


def _is_principal(principal: str, who: Who) -> Truth:
    table = _table()
    if principal in table["anyone"]:
        return True
    if principal in table["nobody"]:
        return False
    if principal in table["collector"]:
        return who.collector
    answers = {_in_groups(principal, role) for role in ([who.role] if who.role else Role)}
    return answers.pop() if len(answers) == 1 else None


def _in_groups(principal: str, role: Role) -> Truth:
    table = _table()
    if principal in table[role]:
        return True
    groups_of_other_roles = {name for each in Role for name in table[each]} - set(table[role])
    if principal in groups_of_other_roles:
        return False
    rid = principal.rpartition("-")[2]
    alias_by_rid = {str(number): alias for alias, number in table["domain_groups"].items()}
    if principal.startswith("S-1-5-21-") and alias_by_rid.get(rid) in groups_of_other_roles:
        return False
    return None  # a group of the host's role may be that of another domain


def _doubt(entry: Access, who: Who) -> tuple[str, FactKey[object]]:
    if entry.principal in _table()["collector"]:
        return "its being the collector itself", COLLECTOR
    if who.role is None and any(entry.principal in _table()[role] for role in Role):
        return "its role", ROLE
    return f"its being in {_title(entry.principal)}", FORWARDING


def _groups(entries: Iterable[Access]) -> str:
    allowed = list(dict.fromkeys(_title(entry.principal) for entry in entries if entry.allows))
    return f"{' and '.join(allowed[:3])} only" if allowed else "no computer"


def _title(principal: str) -> str:
    return str(_table()["titles"].get(principal, principal))


@cache
def _table() -> Any:
    lists = ("anyone", "nobody", "workstation", "server", "domain-controller", "collector")
    shape: Shape = {
        "source": str,
        **{name: [str] for name in lists},
        "domain_groups": {...: int},
        "default": str,
        "titles": {...: str},
    }
    return yaml_table(_TABLE, shape)
