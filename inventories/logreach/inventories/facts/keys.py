"""The keys of facts: families that platforms declare, and one key for each fact.

A platform declares its families beside the types of their values; nothing here knows them.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

V_co = TypeVar("V_co", covariant=True)


class FactFamily(str, Generic[V_co]):
    """Facts of one kind, told apart by name: `AUDIT(guid)` is the key of one of them.

    `types` are the types that a value may have, `every` is the key that stands for all facts of
    the family at once. A family is its own name as text, so that keys hash and sort as fast as
    text does: evaluating a host makes thousands of them.
    """

    types: tuple[type[V_co], ...]
    every: FactKey[V_co]

    def __new__(cls, name: str, *types: type[V_co]) -> FactFamily[V_co]:
        family = super().__new__(cls, name)
        family.types = types
        family.every = FactKey(family)
        return family

    def __call__(self, name: str) -> FactKey[V_co]:
        return FactKey(self, name)


class FactKey(NamedTuple, Generic[V_co]):
    """The key of one fact of a host; it leads to the type of the fact's value."""

    family: FactFamily[V_co]
    name: str = ""

    def __str__(self) -> str:
        return f"{self.family}:{self.name}" if self.name else str(self.family)


def single_fact(name: str, value_type: type[V_co]) -> FactKey[V_co]:
    """The key of a fact that a host has only once, as its operating system."""
    return FactFamily(name, value_type).every
