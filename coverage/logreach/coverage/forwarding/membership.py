"""Whether a subscription takes from a host at all: who may send to it, and whom it lists.

Data: `knowledge/forwarding_members.yaml`. Groups of an organisation's own cannot be known here;
for them the answer is open, unless the inventory names the subscription for the host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from logreach.coverage.forwarding.truth import Truth
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
    """Whether a subscription takes from the host (None: open), why, and which fact is missing."""

    takes: Truth
    why: str = ""
    missing: FactKey[object] | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """What matters of a host: its role and whether it is the collector; None where not told."""

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
    """Whether this subscription takes events of such a host."""
    if not subscription.initiated:
        return Membership(takes=True)
    found = _by_list(subscription, who)
    name = subscription.name
    if found.takes is None and found.missing == FORWARDING and subscription.named:
        if subscription.elsewhere:
            why = f"{name} lists other computers than this host, for which the inventory names it"
            return Membership(takes=None, why=why, missing=FORWARDING)
        found = Membership(takes=True, why="the inventory names it for this host")
    if found.takes and subscription.expires:
        # No clock decides: the same input gives the same answer on any day.
        why = f"{name} expires on {subscription.expires}; whether that has passed hangs on the day"
        return Membership(takes=None, why=why, missing=FORWARDING)
    return found


def _by_list(subscription: Subscription, who: Who) -> Membership:
    name = subscription.name
    if subscription.initiated != "source":
        if subscription.initiated == "collector" and not subscription.sources:
            return Membership(takes=False, why=f"{name} lists no computer that it takes from")
        why = f"whether this host is among the computers that {name} lists is not told"
        return Membership(takes=None, why=why, missing=FORWARDING)
    told = subscription.allowed or ("" if subscription.certificates else _table()["default"])
    try:
        entries = read_dacl(told) if told else ()
    except InputError as error:
        return Membership(
            takes=None, why=f"who may send to {name} cannot be read ({error})", missing=FORWARDING
        )
    if entries is None:
        return Membership(
            takes=None, why=f"{name} does not tell who may send to it", missing=FORWARDING
        )
    found = _weighed(name, entries, who)
    if found.takes is False and subscription.certificates:
        why = f"whether this host sends to {name} by certificate is not told"
        return Membership(takes=None, why=why, missing=FORWARDING)
    return found


def _weighed(name: str, entries: tuple[Access, ...], who: Who) -> Membership:
    """The first entry that holds the host decides; those that may hold it leave it open."""
    reached: set[bool] = set()
    doubts: list[tuple[str, FactKey[object]]] = []
    for entry in entries:
        held = _holds(entry, who)
        if held is not False:
            reached.add(entry.allows)
        if held is None:
            doubts.append(_doubt(entry, who))
        if held:
            break
    else:
        reached |= {False}
    if len(reached) == 1:
        takes = reached.pop()
        why = "" if takes else f"{name} takes from {_groups(entries)}"
        return Membership(takes, why)
    # What the inventory can tell of the host comes first: naming it settles only the rest.
    why, missing = min(doubts, key=lambda doubt: doubt[1] == FORWARDING)
    text = f"whether {name} takes from this host depends on {why}"
    return Membership(takes=None, why=text, missing=missing)


def _holds(entry: Access, who: Who) -> Truth:
    """Whether an entry counts for the host."""
    held = _among(entry.principal, who)
    partial = entry.qualified or (entry.allows and not entry.rights & _ALL)
    return None if held and partial else held


def _among(principal: str, who: Who) -> Truth:
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
    others = {name for one in Role for name in table[one]} - set(table[role])
    if principal in others:
        return False
    last = principal.rpartition("-")[2]
    known = {str(number): alias for alias, number in table["domain_groups"].items()}
    # The group may be that of another domain than the host's.
    return False if principal.startswith("S-1-5-21-") and known.get(last) in others else None


def _doubt(entry: Access, who: Who) -> tuple[str, FactKey[object]]:
    if entry.principal in _table()["collector"]:
        return "its being the collector itself", COLLECTOR
    if who.role is None and any(entry.principal in _table()[role] for role in Role):
        return "its role", ROLE
    return f"its being in {_title(entry.principal)}", FORWARDING


def _groups(entries: Iterable[Access]) -> str:
    allowed = list(dict.fromkeys(_title(one.principal) for one in entries if one.allows))
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
