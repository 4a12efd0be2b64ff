"""Profiles: hosts whose facts are the same are assessed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host
from logreach.inventories.facts.values import for_grouping


@dataclass(frozen=True, slots=True)
class HostGroup:
    """Hosts of one profile; `facts` are those of the first, which speaks for all."""

    profile_id: str
    hosts: tuple[Host, ...]

    @property
    def facts(self) -> Facts:
        return self.hosts[0].facts

    @property
    def count(self) -> int:
        """Machines, not inventory entries: an entry can stand for many."""
        return sum(host.count for host in self.hosts)


def group(hosts: Iterable[Host]) -> list[HostGroup]:
    """Group hosts by the values of their facts, in the order of their first appearance."""
    by_facts: dict[object, list[Host]] = {}
    for host in hosts:
        by_facts.setdefault(_signature(host.facts), []).append(host)
    return [
        HostGroup(f"P{number}", tuple(members))
        for number, members in enumerate(by_facts.values(), start=1)
    ]


def _signature(facts: Facts) -> object:
    values = tuple(
        (key, for_grouping(facts.known[key].value), facts.known[key].assumed)
        for key in sorted(facts.known)
    )
    missing = tuple((key, facts.missing[key].reason) for key in sorted(facts.missing))
    return values, missing


def names(hosts: Sequence[Host]) -> tuple[str, ...]:
    """Host names as reports print them."""
    return tuple(host.name for host in hosts)
