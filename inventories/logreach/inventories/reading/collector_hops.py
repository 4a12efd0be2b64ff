"""The hop behind a collector: what its own agent passes on of the events that subscriptions bring.

Subscriptions write to a log of the collector, ForwardedEvents unless they name another. An agent
there whose configuration names that log takes a part of it, and an event arrives only if both let
it through. Where no such agent is told, the question ends at the collector.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from logreach.inventories.facts.facts import Facts, Known, Missing
from logreach.inventories.facts.host import Host
from logreach.inventories.facts.host_names import may_be_one
from logreach.inventories.forwarding import collectors
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import FEATURE, SETTING

_COLLECTOR = FEATURE("event-collector")
_MANAGER = SETTING("wef_subscription_manager")
_SERVER = re.compile(r"Server\s*=\s*(?:https?://)?([^:/,;\s]+)", re.IGNORECASE)


def linked(hosts: Sequence[Host]) -> tuple[Host, ...]:
    """The hosts, with the agents of collectors put behind the subscriptions that lead to them."""
    collectors_told = [host for host in hosts if _is_collector(host)]
    return tuple(_linked(host, hosts, collectors_told) for host in hosts)


def _linked(host: Host, hosts: Sequence[Host], collectors_told: Sequence[Host]) -> Host:
    fact = host.facts.get(FORWARDING)
    if isinstance(fact, Missing):
        return host
    own_agents = _agents(fact.value)
    behind = [_agents_of(each) for each in _destinations(host, hosts, collectors_told)]
    subscriptions = tuple(
        replace(subscription, then=_then(subscription, own_agents, behind))
        if subscription.dialect == "windows"
        else subscription
        for subscription in fact.value.subscriptions
    )
    if subscriptions == fact.value.subscriptions:
        return host
    changed = replace(fact, value=replace(fact.value, subscriptions=subscriptions))
    known_facts = {**host.facts.known, FORWARDING: changed}
    return replace(host, facts=Facts(known_facts, host.facts.missing, host.facts.conflicts))


def _then(
    subscription: Subscription,
    own_agents: tuple[Subscription, ...],
    behind: Sequence[tuple[Subscription, ...]],
) -> tuple[Subscription, ...] | None:
    """The agents behind a subscription; None where none is told that reads its log.

    Agents that stand among the host's own files come first: no other host has that log.
    """
    if among_own := _reading(own_agents, subscription.log):
        return among_own
    readers = [_reading(agents, subscription.log) for agents in behind]
    return tuple(dict.fromkeys(sum(readers, ()))) if readers and all(readers) else None


def _reading(agents: Iterable[Subscription], log: str) -> tuple[Subscription, ...]:
    """The agents whose configuration names a log, enabled or not."""
    folded = log.casefold()
    return tuple(
        agent for agent in agents if any(query.path.casefold() == folded for query in agent.queries)
    )


def _destinations(
    host: Host, hosts: Sequence[Host], collectors_told: Sequence[Host]
) -> Sequence[Host]:
    """The collectors to which a host sends: those that its policy names, else the only one there
    is. Empty where the inventory does not have every one of them."""
    manager = host.facts.get(_MANAGER)
    servers = _SERVER.findall(str(manager.value)) if isinstance(manager, Known) else []
    if servers:
        matches = [
            next((each for each in hosts if may_be_one(each.name, server)), None)
            for server in servers
        ]
        receiving = [each for each in matches if each is not None]
        return receiving if len(receiving) == len(servers) else ()
    return collectors_told if len(collectors_told) == 1 else ()


def _is_collector(host: Host) -> bool:
    fact = host.facts.get(_COLLECTOR)
    return isinstance(fact, Known) and fact.value is True


def _agents_of(collector: Host) -> tuple[Subscription, ...]:
    """The agents of a collector; what of their files could not be read may take anything."""
    fact = collector.facts.get(FORWARDING)
    if isinstance(fact, Missing):
        return (_unread(fact.reason),) if fact.fault is not None else ()
    agents = _agents(fact.value)
    return (*agents, *map(_unread, fact.value.incomplete)) if agents else ()


def _agents(forwarding: Forwarding) -> tuple[Subscription, ...]:
    return tuple(each for each in forwarding.subscriptions if each.dialect != "windows")


def _unread(reason: str) -> Subscription:
    """An agent of which it is unknown what it takes of any log that subscriptions may write."""
    query = Query("ForwardedEvents", f"*[{collectors.undecided(reason)}]", suppress=False, line=0)
    return Subscription("the collector's agent", (query,), dialect="collector")
