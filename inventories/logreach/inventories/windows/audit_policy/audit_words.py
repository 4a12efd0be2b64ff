"""The words in which Windows tells what an audit subcategory records, in every language known."""

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
    """A source that says expressly that it does not set the subcategory."""

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
# 4 is how the Group Policy protocol writes 'no auditing' (MS-GPAC 2.2.1.3.1); tools write 0.
_NUMBERS = {"0": "none", "1": "success", "2": "failure", "3": "both", "4": "none"}


# Apostrophes, spaces, and Romanian letters that old code pages write with a cedilla.
_ALIKE = str.maketrans("’\xa0șțȘȚ", "' şţŞŢ")


@dataclass(frozen=True, slots=True)
class Language:
    """One display language: its words by meaning, and the code pages that write it."""

    name: str
    code_pages: tuple[str, ...]
    targets: frozenset[str]
    words: dict[str, Outcome]
    source: str


@cache
def languages() -> tuple[Language, ...]:
    """Every language of the table."""
    return tuple(
        Language(
            name=one["language"],
            code_pages=tuple(one["code_pages"]),
            targets=frozenset(fold(word) for word in one["target"]),
            words={
                fold(word): meaning
                for key, meaning in _MEANINGS.items()
                for word in one.get(key, ())
            },
            source=one["source"],
        )
        for one in _table()["languages"]
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
    return {word: meaning for one in languages() for word, meaning in one.words.items()}


@cache
def _targets() -> frozenset[str]:
    return frozenset().union(*(one.targets for one in languages()))


def fold(word: str) -> str:
    """A word in the form in which words are compared: spacing, case and apostrophes levelled."""
    word = unicodedata.normalize("NFC", word).translate(_ALIKE)
    return " ".join(word.casefold().split())


def outcome_of_word(word: str) -> Outcome | None:
    """What a word means; None where no language has it."""
    return _words().get(fold(word))


def language_of(words: Iterable[str]) -> Language | None:
    """The language that has most of the words: an export is in one language throughout."""
    counted = Counter(fold(word) for word in words)
    scores = [sum(n for word, n in counted.items() if word in one.words) for one in languages()]
    best = max(scores, default=0)
    return languages()[scores.index(best)] if best else None


def outcome_of_number(number: str) -> AuditSetting | None:
    """What a 'Setting Value' means; None where it is none."""
    meaning = _MEANINGS.get(_NUMBERS.get(number.strip(), ""))
    return meaning if isinstance(meaning, AuditSetting) else None


def is_system(target: str) -> bool:
    """Whether a 'Policy Target' is the system, not a user."""
    return fold(target) in _targets()


def words_known(text: str) -> int:
    """How many cells of a CSV text are audit words beyond ASCII: the judge of code pages."""
    cells = text.replace('"', "").replace("\r", ",").replace("\n", ",").split(",")
    known = _words()
    return sum(1 for cell in cells if not cell.isascii() and fold(cell) in known)
