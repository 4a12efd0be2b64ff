"""What is known of an appliance: its model, what it logs, and what its filter drops."""

from __future__ import annotations

from dataclasses import dataclass

from logreach.inventories.facts.keys import FactFamily, single_fact
from logreach.inventories.facts.values import StructuredValue


@dataclass(frozen=True, slots=True)
class Model(StructuredValue):
    """The product, and the version of its firmware."""

    product: str
    version: int

    def __str__(self) -> str:
        return f"{self.product} {self.version}"


@dataclass(frozen=True, slots=True)
class Ignored(StructuredValue):
    """The users whose logins are not logged."""

    users: frozenset[str]

    def in_words(self) -> str:
        return ", ".join(sorted(self.users)) or "nobody"


MODEL = single_fact("appliance-model", Model)
IGNORED = single_fact("appliance-ignored", Ignored)
AUDITED = FactFamily("appliance-audited", bool)
"""By what is audited: 'commands'."""
FAMILIES: tuple[FactFamily[object], ...] = (MODEL.family, IGNORED.family, AUDITED)
