"""The names of audit subcategories as auditpol prints them in each display language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.audit_policy.audit_words import Language, fold, languages
from logreach.inventories.windows.audit_policy.subcategories import subcategories


def names_in(language: Language) -> Mapping[str, str]:
    """The GUID of each subcategory by its folded name in a language.

    English names count in every language: Windows prints them where they were not translated.
    """
    return _names()[language.name]


def language_of_listing(names: Collection[str], words: Collection[str]) -> Language:
    """The language that has most of a listing's folded names and setting words."""

    def known(language: Language) -> int:
        language_names = _names()[language.name]
        return sum(name in language_names for name in names) + sum(
            word in language.words for word in words
        )

    return max(languages(), key=known)


@cache
def known_names() -> frozenset[str]:
    """Every folded name of a subcategory, in any language."""
    return frozenset(name for names in _names().values() for name in names)


@cache
def _names() -> dict[str, dict[str, str]]:
    guids = {each.name: each.guid for each in subcategories().values()}
    english = {fold(name): guid for name, guid in guids.items()}
    translated = {
        row["language"]: {
            fold(name): guids[key] for key, names in row["names"].items() for name in names
        }
        for row in _table()["languages"]
    }
    return {language.name: english | translated.get(language.name, {}) for language in languages()}


@cache
def _table() -> Any:
    shape: Shape = {"languages": [{"language": str, "source": str, "names": {...: [str]}}]}
    return yaml_table(TABLES / "audit_names.yaml", shape)
