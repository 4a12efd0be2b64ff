"""Names of subcategories in auditpol's text: one meaning a name, and whole listings in each language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES
from logreach.inventories.reading import recognise
from logreach.inventories.windows.audit_policy.audit_words import Language, fold, languages
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, AuditSetting

TABLE = yaml.safe_load((TABLES / "audit_names.yaml").read_text("utf-8"))["languages"]
ENGLISH = {each.name: each.guid for each in subcategories().values()}
OWN = {row["language"]: row["names"] for row in TABLE}
SETTINGS = ("none", "success", "failure", "both")
WORDS = {
    row["language"]: row
    for row in yaml.safe_load((TABLES / "audit_words.yaml").read_text("utf-8"))["languages"]
}


@pytest.mark.parametrize("language", OWN)
def test_a_name_means_one_subcategory_and_is_no_setting(language: str) -> None:
    assert OWN[language].keys() <= ENGLISH.keys()
    names = [fold(name) for names in OWN[language].values() for name in names]
    assert len(names) == len(set(names))
    words = next(each.words for each in languages() if each.name == language)
    assert words.keys().isdisjoint(names)
    english = {fold(name): name for name in ENGLISH}
    for key, mine in OWN[language].items():
        for name in mine:
            assert english.get(fold(name), key) == key, name


def encodings() -> Iterator[tuple[Language, str]]:
    for language in languages():
        if language.name in OWN or language.name == "English":
            for encoding in (*language.code_pages, "utf-8", "utf-8-sig", "utf-16"):
                yield language, encoding


@pytest.mark.parametrize(
    ("language", "encoding"), list(encodings()), ids=lambda one: getattr(one, "name", one)
)
def test_a_whole_listing_is_read_in_every_encoding_of_its_language(
    language: Language, encoding: str
) -> None:
    own = OWN.get(language.name, {})
    words = WORDS[language.name]
    rows = [
        (guid, own.get(name, [name])[0], words[SETTINGS[number % 4]][0])
        for number, (name, guid) in enumerate(ENGLISH.items())
    ]
    listing = "Title\r\nA  B\r\nC\r\n" + "".join(
        f"  {name:<38}  {word}\r\n" for _, name, word in rows
    )
    # A code page may lack a letter of some names; such listings were not written in it.
    if "?" in listing.encode(encoding, "replace").decode(encoding):
        pytest.skip(f"{encoding} has not all letters of {language.name}")
    file_format, reading = recognise.read(Source.of("H/a.txt", listing.encode(encoding)))
    assert file_format is not None
    assert file_format.name == "audit policy as text"
    assert reading.faults == ()
    outcomes = [(False, False), (True, False), (False, True), (True, True)]
    assert {each.key: each.value for each in reading.statements} == {
        AUDIT(guid): AuditSetting(*outcomes[number % 4]) for number, (guid, _, _) in enumerate(rows)
    }


@given(
    outcomes=st.lists(
        st.sampled_from(["No Auditing", "Success", "Failure", "Success and Failure"]),
        min_size=len(ENGLISH),
        max_size=len(ENGLISH),
    )
)
def test_text_and_csv_of_one_policy_tell_the_same(outcomes: list[str]) -> None:
    rows = list(zip(ENGLISH.items(), outcomes, strict=True))
    text = "".join(f"  {name:<38}  {word}\r\n" for (name, _), word in rows)
    csv = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting\r\n"
    csv += "".join(f"H,System,{name},{{{guid}}},{word},\r\n" for (name, guid), word in rows)
    told = [recognise.read(Source.of("H/a", each.encode()))[1] for each in (text, csv)]
    facts = [{each.key: each.value for each in reading.statements} for reading in told]
    assert facts[0] == facts[1]
    assert len(facts[0]) == len(ENGLISH)
