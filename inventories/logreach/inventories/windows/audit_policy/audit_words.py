"""Audit settings ('Success and Failure') as Windows words them in each display language."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import EllipsisType
from typing import Any

from logreach.inventories.files.tables import TABLES, Shape, yaml_table
from logreach.inventories.windows.facts import AuditSetting


class Unset(Enum):
    """The source states that it does not set the subcategory."""

    UNSET = "not configured"


UNSET = Unset.UNSET
Outcome = AuditSetting | Unset

_MEANINGS: dict[str, Outcome] = {
    "none": AuditSetting(success=False, failure=False),
    "success": AuditSetting(success=True, failure=False),
    "failure": AuditSetting(success=False, failure=True),
    "both": AuditSetting(success=True, failure=True),
    "unset": UNSET,
}
# The Group Policy protocol writes 'no auditing' as 4 (MS-GPAC 2.2.1.3.1), tools write 0.
_NUMBERS = {"0": "none", "1": "success", "2": "failure", "3": "both", "4": "none"}
# Apostrophes and spaces differ between tools; old code pages write Romanian letters with a cedilla.
# Russian is written with and without the dots on ё.
_EQUIVALENTS = str.maketrans("’\xa0șțȘȚёЁ", "' şţŞŢеЕ")


@dataclass(frozen=True, slots=True)
class Language:
    """One display language: its audit words with their meaning, and its code pages."""

    name: str
    code_pages: tuple[str, ...]
    targets: frozenset[str]
    words: dict[str, Outcome]
    source: str


@cache
def languages() -> tuple[Language, ...]:
    """Every language of audit_words.yaml."""
    return tuple(
        Language(
            name=row["language"],
            code_pages=tuple(row["code_pages"]),
            targets=frozenset(fold(word) for word in row["target"]),
            words={
                fold(word): meaning
                for key, meaning in _MEANINGS.items()
                for word in row.get(key, ())
            },
            source=row["source"],
        )
        for row in _table()["languages"]
    )


@cache
def _table() -> Any:
    meanings: dict[str | EllipsisType, Shape] = {f"{key}?": [str] for key in _MEANINGS}
    language: Shape = {
        "language": str,
        "code_pages": [str],
        "target": [str],
        **meanings,
        "seen?": bool,
        "source": str,
    }
    return yaml_table(TABLES / "audit_words.yaml", {"languages": [language]})


@cache
def _words() -> dict[str, Outcome]:
    return {word: meaning for language in languages() for word, meaning in language.words.items()}


@cache
def _targets() -> frozenset[str]:
    return frozenset().union(*(language.targets for language in languages()))


def fold(word: str) -> str:
    """Normalise spacing, case and apostrophes, so that two spellings of a word compare equal."""
    word = unicodedata.normalize("NFC", word).translate(_EQUIVALENTS)
    return " ".join(word.casefold().split())


def outcome_of_word(word: str) -> Outcome | None:
    """The audit setting that a word means; None if no language has the word."""
    return _words().get(fold(word))


def language_of(words: Iterable[str]) -> Language | None:
    """The language that has most of the words; None if none has any.

    An export is written in one language throughout.
    """
    counted = Counter(fold(word) for word in words)
    scores = [
        sum(n for word, n in counted.items() if word in language.words) for language in languages()
    ]
    best = max(scores, default=0)
    return languages()[scores.index(best)] if best else None


def outcome_of_number(number: str) -> AuditSetting | None:
    """The audit setting that a number in 'Setting Value' means; None if it is not 0 to 4."""
    meaning = _MEANINGS.get(_NUMBERS.get(number.strip(), ""))
    return meaning if isinstance(meaning, AuditSetting) else None


def is_system(target: str) -> bool:
    """Whether a 'Policy Target' means the whole system rather than one user."""
    return fold(target) in _targets()


def count_audit_words(csv_text: str) -> int:
    """How many CSV cells are audit words with non-ASCII letters; the right code page has most."""
    cells = csv_text.replace('"', "").replace("\r", ",").replace("\n", ",").split(",")
    audit_words = _words()
    return sum(1 for cell in cells if not cell.isascii() and fold(cell) in audit_words)
