"""The days that an assessment speaks of: when the facts that it judges were gathered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from logreach.inventories.facts.host import Host


@dataclass(frozen=True, slots=True)
class AsOf:
    """The first and last day on which the facts were gathered.

    `hosts` counts the inventory's hosts whose collection says its day; None where the user named
    the day for all.
    """

    first: date
    last: date
    hosts: int | None = None


def as_of(given: date | None, hosts: Iterable[Host]) -> AsOf | None:
    """The day that the user gave, else the days in the hosts' collections; None where none is."""
    if given is not None:
        return AsOf(given, given)
    dated = [(host.collected, host.count) for host in hosts if host.collected is not None]
    if not dated:
        return None
    days = [day for day, _ in dated]
    return AsOf(min(days), max(days), sum(count for _, count in dated))
