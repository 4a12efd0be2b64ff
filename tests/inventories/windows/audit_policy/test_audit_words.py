"""The audit words of every language, in every code page that writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from logreach.inventories.files.tables import TABLES
from logreach.inventories.files.text import decode
from logreach.inventories.windows.audit_policy.audit_words import (
    count_audit_words,
    languages,
    outcome_of_word,
)

TABLE = yaml.safe_load((TABLES / "audit_words.yaml").read_text("utf-8"))["languages"]
MEANINGS = ("none", "success", "failure", "both", "unset")


def written() -> Iterator[tuple[str, str, str]]:
    for one in TABLE:
        for page in (*one["code_pages"], "utf-8", "utf-16", "utf-16-le", "utf-16-be"):
            for meaning in MEANINGS:
                for word in one[meaning]:
                    yield word, page, one["language"]


def test_a_word_means_the_same_in_every_language_that_has_it() -> None:
    meanings: dict[str, object] = {}
    for language in languages():
        for word, meaning in language.words.items():
            assert meanings.setdefault(word, meaning) == meaning, (word, language.name)


@pytest.mark.parametrize("language", TABLE, ids=lambda one: one["language"])
def test_every_language_has_all_meanings_and_a_source(language: dict[str, object]) -> None:
    for part in (*MEANINGS, "target", "code_pages", "source"):
        assert language[part], part


def test_every_word_survives_every_encoding_of_its_language() -> None:
    row = "H,System,x,{{0CCE922B-69AE-11D9-BED3-505054503030}},{},\r\n"
    for word, page, language in written():
        try:
            data = row.format(word).encode(page)
        except UnicodeEncodeError:
            # Romanian letters with a comma are newer than code pages, which have a cedilla.
            data = row.format(word.replace("ș", "ş").replace("ț", "ţ")).encode(page)
        _, text = decode(data, count_audit_words)
        read = text.split(",")[4]
        assert outcome_of_word(read) == outcome_of_word(word), (language, page, word, read)
