"""Hosts and their inventory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from logreach.inventories.facts.facts import Facts
from logreach.inventories.files.evidence import InputFile
from logreach.inventories.files.faults import Fault


@dataclass(frozen=True, slots=True)
class Host:
    """A host, or an entry that stands for `count` hosts with the same facts.

    `notes` are remarks on its files that are no faults. `collected` is the day on which its files
    were gathered, where the log of `logreach collect` says it.
    """

    name: str
    count: int
    facts: Facts
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    collected: date | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """An organisation's hosts, every file that was read, and every fault found while reading.

    `notes` name what is left out on purpose, such as devices without Windows: no faults. `beside`
    are hosts that nobody asks about, which still record what is done on others.
    """

    name: str
    hosts: tuple[Host, ...]
    files: tuple[InputFile, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    beside: tuple[Host, ...] = ()
