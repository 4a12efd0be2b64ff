"""Words of Windows commands that differ with the display language, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.facts import Role

_ROLES: Shape = {"source": str, **{role.value: [str] for role in Role}}


@cache
def words_of(kind: str) -> dict[str, Iterable[str]]:
    """The words of a kind ('roles', 'switch', 'product_types', ...) by what they mean."""
    words: dict[str, Iterable[str]] = _table()[kind]
    return words


def role_of(kind: str, word: str) -> Role | None:
    """The role that a word of a kind means; None if the kind has no such word."""
    table = words_of(kind)
    return next((role for role in Role if word and word in table[role]), None)


@cache
def no_global_sacl() -> frozenset[str]:
    """What auditpol says where there are no entries, casefolded."""
    return frozenset(sentence.casefold() for sentence in _table()["no_global_sacl"])


@cache
def _table() -> Any:
    shape: Shape = {
        "roles": _ROLES,
        "switch": {"source": str, "on": [str], "off": [str]},
        "product_types": _ROLES,
        "domain_roles": _ROLES,
        "registry_product_types": _ROLES,
        "no_global_sacl_source": str,
        "no_global_sacl": [str],
    }
    return yaml_table(TABLES / "host_words.yaml", shape)
