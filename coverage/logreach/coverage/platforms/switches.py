"""Switches: what one act on a host turns off, and the facts of the host afterwards.

A switch is an audit subcategory, a setting, a channel, Sysmon, the audit entries of an object, who
may read a channel, or a way by which events leave the host. What nobody can change (the system, the
role) is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

from logreach.coverage.platforms.registry import sensors
from logreach.inventories.facts.facts import Facts, Known
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.facts.values import Off
from logreach.inventories.forwarding.subscriptions import FORWARDING, Forwarding, Subscription
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import (
    AUDIT,
    AUDIT_ORIGINS,
    CHANNEL,
    SACL,
    SETTING,
    SYSMON,
    AuditSetting,
    ChannelState,
    Sacl,
    SysmonState,
)
from logreach.inventories.windows.log_access import (
    CHANNEL_ACCESS,
    LOCAL_GROUP,
    STORED_ACCESS,
    AccessList,
    GroupMembers,
)

WEF = "Windows Event Forwarding"
COLLECTOR_AGENT = "the collector's own agent"
_NOBODY = AccessList("D:")
_NOT_AUDITED = AuditSetting(success=False, failure=False)


class SwitchKind(StrEnum):
    """What kind of thing a switch turns off."""

    AUDIT = "audit subcategory"
    SETTING = "setting"
    CHANNEL = "channel"
    SENSOR = "sensor"
    SACL = "audit entries"
    ACCESS = "channel access"
    PATH = "forwarding path"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that one act turns off on a host.

    `name` tells it from others of its kind on the host, `title` is what people call it. `keys` are
    the facts that the act changes, `off` makes of a host's facts those after the act.
    """

    kind: SwitchKind
    name: str
    title: str
    keys: tuple[FactKey[object], ...] = field(compare=False)
    off: Callable[[Facts], Facts] = field(compare=False, repr=False)


def switches_of(facts: Facts, read: Iterable[FactKey[object]]) -> tuple[Switch, ...]:
    """The switches of a host that the facts which prerequisites read speak of, each once.

    A fact of which nothing is known counts as off already, as far as anything can be proven.
    """
    switches: dict[Switch, None] = {}
    for key in read:
        of_family = _OF_FAMILY.get(key.family)
        if of_family is not None:
            switches.update(dict.fromkeys(of_family(facts, key)))
    return tuple(switches)


def _audit(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    """Both outcomes at once; what a policy asks of the subcategory would otherwise still count."""

    def off(facts: Facts) -> Facts:
        origins = facts.get(AUDIT_ORIGINS)
        if isinstance(origins, Known):
            by_guid = tuple(pair for pair in origins.value.by_guid if pair[0] != key.name)
            facts = facts.stating(AUDIT_ORIGINS, replace(origins.value, by_guid=by_guid))
        return facts.stating(key, _NOT_AUDITED)

    entry = subcategories().get(key.name)
    keys = (key, AUDIT_ORIGINS) if AUDIT_ORIGINS in facts.known else (key,)
    yield Switch(SwitchKind.AUDIT, key.name, entry.name if entry else key.name, keys, off)


def _setting(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    """Set to a value that says off, or taken away: whichever leaves less."""
    if key in facts.known:
        title = sensors().fact_title(key) or key.name
        yield _stating(SwitchKind.SETTING, key.name, title, key, Off.EITHER)


def _channel(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    fact = facts.get(CHANNEL(key.name))
    state = fact.value if isinstance(fact, Known) else ChannelState()
    yield _stating(SwitchKind.CHANNEL, key.name, key.name, key, replace(state, enabled=False))


def _sysmon(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    if key in facts.known:
        yield _stating(SwitchKind.SENSOR, "Sysmon", "Sysmon", key, SysmonState(installed=False))


def _sacls(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    """The entries of one object, and those that it takes from above."""
    for name, fact in facts.of_family(SACL):
        if fact.value.aces and key.name in ("", name):
            bare = Sacl((), protected=True)
            yield _stating(SwitchKind.SACL, name, name, SACL(name), bare)


def _access(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    """The list in force and the stored one, so that nobody but the system reads the channel."""
    if FORWARDING in facts.known:
        lists = (CHANNEL_ACCESS(key.name), STORED_ACCESS(key.name))

        def off(facts: Facts) -> Facts:
            return facts.stating(lists[0], _NOBODY).stating(lists[1], _NOBODY)

        yield Switch(SwitchKind.ACCESS, key.name, f"read access to {key.name}", lists, off)


def _group(facts: Facts, key: FactKey[object]) -> Iterator[Switch]:
    if FORWARDING in facts.known and key in facts.known:
        title = sensors().fact_title(key) or key.name
        yield _stating(SwitchKind.ACCESS, key.name, title, key, GroupMembers())


def _forwarding(facts: Facts, _key: FactKey[object]) -> Iterator[Switch]:
    """Each way by which events leave the host, and each subscription where a way has several."""
    fact = facts.get(FORWARDING)
    if not isinstance(fact, Known):
        return
    enabled = [each for each in fact.value.subscriptions if each.enabled]
    by_path: dict[str, list[Subscription]] = {}
    for subscription in enabled:
        by_path.setdefault(path_of(subscription), []).append(subscription)
    for path, several in by_path.items():
        yield _shutting(SwitchKind.PATH, path, several)
        for subscription in several if len(several) > 1 else ():
            yield _shutting(SwitchKind.SUBSCRIPTION, subscription.name, [subscription])
    if any(each.then for each in enabled):
        off = partial(_with_subscriptions, change=_not_passed_on)
        yield Switch(SwitchKind.PATH, COLLECTOR_AGENT, COLLECTOR_AGENT, (FORWARDING,), off)


def path_of(subscription: Subscription) -> str:
    """The way by which a subscription takes events from a host, as people call it."""
    if subscription.dialect == "windows":
        return WEF
    return f"agent ({subscription.source or subscription.name})"


def _shutting(kind: SwitchKind, name: str, concerned: Iterable[Subscription]) -> Switch:
    """The switch of some subscriptions, which stay as they are but for being enabled."""
    shut_down = {(path_of(each), each.name) for each in concerned}

    def shut(subscription: Subscription) -> Subscription:
        enabled = (path_of(subscription), subscription.name) not in shut_down
        return subscription if enabled else replace(subscription, enabled=False)

    return Switch(kind, name, name, (FORWARDING,), partial(_with_subscriptions, change=shut))


def _not_passed_on(subscription: Subscription) -> Subscription:
    return subscription if subscription.then is None else replace(subscription, then=())


def _with_subscriptions(facts: Facts, change: Callable[[Subscription], Subscription]) -> Facts:
    fact = facts.get(FORWARDING)
    if not isinstance(fact, Known):
        return facts
    changed = tuple(map(change, fact.value.subscriptions))
    return facts.stating(FORWARDING, Forwarding(changed, fact.value.incomplete))


def _stating(
    kind: SwitchKind, name: str, title: str, key: FactKey[object], value: object
) -> Switch:
    return Switch(kind, name, title, (key,), lambda facts: facts.stating(key, value))


_OF_FAMILY: Mapping[str, Callable[[Facts, FactKey[object]], Iterator[Switch]]] = {
    AUDIT: _audit,
    SETTING: _setting,
    CHANNEL: _channel,
    SYSMON.family: _sysmon,
    SACL: _sacls,
    CHANNEL_ACCESS: _access,
    STORED_ACCESS: _access,
    LOCAL_GROUP: _group,
    FORWARDING.family: _forwarding,
}
SWITCHED: frozenset[str] = frozenset(_OF_FAMILY)
"""The families of facts that an adversary can change."""
