"""Hosts and their inventory."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.inventories.facts.facts import Facts
from logreach.inventories.files.evidence import InputFile
from logreach.inventories.files.faults import Fault


@dataclass(frozen=True, slots=True)
class Host:
    """A host, or `count` hosts that are alike."""

    name: str
    count: int
    facts: Facts
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """An organisation's hosts, every file that was read, and every fault found on the way.

    `notes` tell what is left out and nothing is wrong with.
    """

    name: str
    hosts: tuple[Host, ...]
    files: tuple[InputFile, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
