"""Audit entries against what events need: cases, and laws that hold for any entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support import aces_of

from logreach.coverage.engine.verdict import Level
from logreach.coverage.platforms.windows.sacls import (
    AccessNeed,
    ObjectScope,
    access_coverage,
    may_matter,
)
from logreach.coverage.platforms.windows.sacls.needs import objects
from logreach.coverage.platforms.windows.sacls.remedies import to_sddl
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts, Missing, Statement
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import Fault
from logreach.inventories.windows.facts import OS, SACL, Ace, OperatingSystem, OsKind, Sacl
from logreach.inventories.windows.objects.sddl import read_sacl

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("sacl_cases.yaml").read_text(encoding="utf-8")
)


_STRENGTHS = {"gpo": Strength.POLICY, "assumed": Strength.ASSUMED}


def facts_of(sddl: Mapping[str, str], os: tuple[str, int] | None = None) -> Facts:
    statements = [
        Statement(
            SACL(name.partition("@")[0]),
            read_sacl(descriptor) or Sacl(()),
            Evidence(name),
            _STRENGTHS.get(name.partition("@")[2], Strength.OBSERVED),
        )
        for name, descriptor in sddl.items()
    ]
    if os:
        system = OperatingSystem("Windows", "", OsKind(os[0]), "10.0", os[1])
        statements.append(Statement(OS, system, Evidence("os.txt")))
    return Facts.of(statements)


def need_of(spec: Mapping[str, Any]) -> AccessNeed:
    rights, scope = tuple(spec.get("rights", ())), ObjectScope(spec.get("scope", "tree"))
    return AccessNeed(**{**spec, "rights": rights, "scope": scope})


@pytest.mark.parametrize("name", CASES)
def test_sacl_case(name: str) -> None:
    case = CASES[name]
    facts = facts_of(case.get("facts", {}), case.get("os"))
    unreadable = Missing("is no SDDL", Fault("is no SDDL"))
    missing = {SACL(name): unreadable for name in case.get("unreadable", [])}
    facts = replace(facts, missing=missing)
    coverage = access_coverage(facts, need_of(case["need"]))
    assert coverage.verdict.label == case["label"], coverage.explanation
    for words in case.get("text", []):
        assert words in coverage.explanation
    if "missing" in case:
        assert str(coverage.missing) == case["missing"]
    if "remedy" in case:
        assert coverage.remedy is not None
    for words in case.get("remedy", []):
        assert coverage.remedy is not None
        assert words in coverage.remedy.text


def test_a_right_that_a_kind_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="a key has no access right FILE_WRITE_DATA"):
        AccessNeed("key", "HKLM", ("FILE_WRITE_DATA",))


def test_every_guid_of_the_table_is_one() -> None:
    for guid in [*objects()["classes"].values(), *objects()["types"].values()]:
        assert aces_of(f"S:(OU;SA;WP;{guid};;WD)")[0].object_type == guid


RIGHTS = ["KEY_SET_VALUE", "KEY_CREATE_SUB_KEY", "DELETE"]
EVERYTHING = Ace("S-1-1-0", 0xF003F, success=True, failure=True, inherits_to_children=True)
PATHS = ["HKLM\\A", "HKLM\\A\\B", "HKLM\\A\\B\\C"]

aces = st.builds(
    Ace,
    principal=st.sampled_from(["S-1-1-0", "S-1-5-11", "S-1-5-32-544"]),
    rights=st.sampled_from([0x2, 0x4, 0x6, 0x10002, 0xF003F, 0x10000000, 0x1]),
    success=st.booleans(),
    failure=st.booleans(),
    inherits_to_children=st.booleans(),
    applies_here=st.booleans(),
    one_level=st.booleans(),
)
sacls = st.builds(Sacl, st.lists(aces, max_size=2).map(tuple), st.booleans())
known_sacls = st.dictionaries(st.sampled_from([*PATHS, "global:key"]), sacls, max_size=4)
needs = st.builds(
    AccessNeed,
    kind=st.just("key"),
    path=st.sampled_from(["", *PATHS, "HKLM\\A\\*"]),
    rights=st.lists(st.sampled_from(RIGHTS), unique=True, max_size=3).map(tuple),
    outcome=st.sampled_from(["success", "failure", "both"]),
    scope=st.sampled_from(list(ObjectScope)),
)


def stated(known: Mapping[str, Sacl]) -> Facts:
    return Facts.of(Statement(SACL(name), sacl, Evidence(name)) for name, sacl in known.items())


def with_more(sacl: Sacl, extra: Ace) -> Sacl:
    return replace(sacl, aces=(*sacl.aces, extra))


@settings(max_examples=300)
@given(known_sacls, needs)
def test_a_remedy_makes_the_access_audited(known: dict[str, Sacl], need: AccessNeed) -> None:
    facts = stated(known)
    before = access_coverage(facts, need)
    if before.verdict.proven is Level.YES:
        assert before.remedy is None
        return
    assert before.remedy is not None
    if before.remedy.value is None:  # several SACLs, of which some do not inherit
        changed = {
            name: replace(with_more(sacl, EVERYTHING), spread=True)
            for name, sacl in known.items()
            if f"SACL of {name};" in before.remedy.text
        }
        assert changed, before.remedy.text
        assert any(sacl.protected for sacl in known.values())
        facts = stated({**known, **changed})
        root = before.remedy.key
        if root.name not in changed:
            facts = facts.stating(root, Sacl((EVERYTHING,), spread=True))
        assert access_coverage(facts, need).verdict.proven is Level.YES
        return
    after = access_coverage(facts.stating(before.remedy.key, before.remedy.value), need)
    assert after.verdict.proven is Level.YES, after.explanation
    assert isinstance(before.remedy.value, Sacl)
    if need.path:
        assert to_sddl(before.remedy.value.aces[-1]) in before.remedy.text


@settings(max_examples=300)
@given(known_sacls, needs, st.sampled_from(["HKLM\\A\\B\\C", "global:key", "HKLM\\A"]), aces)
def test_one_more_entry_never_lowers_what_is_proven(
    known: dict[str, Sacl], need: AccessNeed, name: str, extra: Ace
) -> None:
    if name not in known:
        return
    before = access_coverage(stated(known), need).verdict
    after = access_coverage(stated({**known, name: with_more(known[name], extra)}), need).verdict
    assert after.proven >= before.proven
    assert after.possible >= before.possible


@pytest.mark.parametrize(
    ("present", "need"),
    [
        ("CN=AdminSDHolder,CN=System,DC=contoso,DC=com", AccessNeed("ad", "ad:domainDNS")),
        ("C:\\", AccessNeed("file", "C:\\")),
    ],
)
def test_a_remedy_for_what_is_in_no_list_of_containers_can_be_weighed(
    present: str, need: AccessNeed
) -> None:
    facts = facts_of({present: "S:"})
    remedy = access_coverage(facts, need).remedy
    assert remedy is not None
    after = access_coverage(facts.stating(remedy.key, remedy.value), need)
    assert after.verdict.proven > Level.NO


NAMES = {
    "key": ["HKLM\\A", "HKLM\\A\\B", "HKEY_LOCAL_MACHINE\\A\\B\\C", "HKLM\\AB", "HKU\\A", "HKLM"],
    "file": ["C:\\", "C:\\A", "C:\\A\\b", "%SystemDrive%\\a\\B\\c", "D:\\A"],
    "ad": ["ad:user", "ad:domainDNS", "DC=a,DC=c", "CN=x,OU=y,DC=a,DC=c", "OU=y,DC=a,DC=c", "DC=b"],
    "process": ["process:lsass.exe", "C:\\Windows\\lsass.exe"],
    "service": ["service:eventlog"],
}
OBJECTS = sorted(
    {*(name for names in NAMES.values() for name in names), "global:key", "global:file"}
)
needs_of_any_kind = st.sampled_from(list(NAMES)).flatmap(
    lambda kind: st.builds(
        AccessNeed,
        kind=st.just(kind),
        path=st.sampled_from(["", *NAMES[kind]]),
        scope=st.sampled_from(list(ObjectScope)),
    )
)


@settings(max_examples=600)
@given(
    st.dictionaries(st.sampled_from(OBJECTS), sacls, max_size=6),
    needs_of_any_kind,
    st.sampled_from(OBJECTS),
    st.lists(aces, max_size=2).map(tuple),
    st.booleans(),
)
def test_a_sacl_that_cannot_matter_to_an_access_does_not(
    known: dict[str, Sacl], need: AccessNeed, name: str, entries: tuple[Ace, ...], spread: bool
) -> None:
    facts = stated(known)
    after = facts.stating(SACL(name), Sacl(entries, spread=spread))
    same = access_coverage(after, need) == access_coverage(facts, need)
    assert same or may_matter(name, need)


def audited(known: Mapping[str, Sacl], path: str, bit: int, outcome: str) -> bool:
    """A plain oracle: does anyone's use of one right on one key write an event?

    The key's SACL is known and complete.
    """
    own_aces = [ace for ace in known[path].aces if ace.applies_here]
    global_aces = known.get("global:key", Sacl(())).aces
    return any(
        ace.principal in ("S-1-1-0", "S-1-5-11")
        and (ace.rights in (0xF003F, 0x10000000) or ace.rights & bit)
        and (ace.success if outcome == "success" else ace.failure)
        for ace in (*own_aces, *global_aces)
    )


BITS = {"KEY_SET_VALUE": 2, "KEY_CREATE_SUB_KEY": 4, "DELETE": 0x10000}


@settings(max_examples=200)
@given(
    known_sacls,
    st.sampled_from(PATHS),
    st.sampled_from(RIGHTS),
    st.sampled_from(["success", "failure"]),
)
def test_one_key_whose_sacl_is_known_is_judged_as_the_oracle_does(
    known: dict[str, Sacl], path: str, right: str, outcome: str
) -> None:
    if path not in known:
        return
    verdict = access_coverage(
        stated(known), AccessNeed("key", path, (right,), outcome, ObjectScope.OBJECT)
    ).verdict
    assert (verdict.proven is Level.YES) == audited(known, path, BITS[right], outcome)
    assert verdict.settled == (verdict.proven is Level.YES or "global:key" in known)
