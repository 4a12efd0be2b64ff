"""Rules on object events: the objects that a pattern concerns, and the effect of their SACLs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import judged_events
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support import aces_of

from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.judged import Judged
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.sacls.needs import ObjectScope
from logreach.coverage.platforms.windows.sacls.pattern_objects import (
    AuditedObject,
    objects_of_pattern,
)
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import (
    AUDIT,
    OS,
    ROLE,
    SACL,
    AuditSetting,
    OperatingSystem,
    Role,
    Sacl,
)
from logreach.inventories.windows.system.operating_systems import identify

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("pattern_objects.yaml").read_text(encoding="utf-8")
)


def constraint(written: list[Any]) -> tuple[Constraint, ...]:
    if written and isinstance(written[0], list):
        return tuple(one for each in written for one in constraint(each))
    test, *values = map(str, written)
    negated = test.startswith("not")
    kind = Test(test.removeprefix("not").strip() or Test.EQUALS)
    return (Constraint(kind, tuple(values), negated=negated),)


def pattern(event: int, fields: dict[str, list[Any]]) -> EventPattern:
    told = {name: constraint(written) for name, written in fields.items()}
    return EventPattern(EventId.parse(f"Security:{event}"), told)


def described(target: AuditedObject) -> str:
    return f"{target.kind} {target.path} {' '.join(target.rights)}".rstrip()


@pytest.mark.parametrize("name", CASES)
def test_objects_that_a_pattern_means(name: str) -> None:
    case = CASES[name]
    event = load_events().events[f"Security:{case['event']}"]
    groups = objects_of_pattern(event, pattern(case["event"], case["fields"]))
    assert [[described(target) for target in group] for group in groups] == case["objects"]
    if "some" in case:
        assert {one.scope for group in groups for one in group} == {ObjectScope.SOME}


def facts_of(sacls: dict[str, str], off: tuple[str, ...] = ()) -> Facts:
    """A domain controller that audits everything but what is `off`."""
    system = identify("Windows Server 2022")
    assert isinstance(system, OperatingSystem)
    stated: dict[FactKey[object], object] = {
        OS: system,
        ROLE: Role.DOMAIN_CONTROLLER,
    }
    for one in subcategories().values():
        on = one.name not in off
        stated[AUDIT(one.guid)] = AuditSetting(success=on, failure=on)
    for name, sddl in sacls.items():
        stated[SACL(name)] = Sacl(aces_of(sddl))
    return Facts.of(Statement(key, value, Evidence("x")) for key, value in stated.items())


def judged(
    sacls: dict[str, str], event: int, fields: dict[str, list[Any]], off: tuple[str, ...] = ()
) -> Judged:
    """A rule's event there."""
    return judged_events.judged_event(facts_of(sacls, off), pattern(event, fields))


FILES = {"global:file": "S:(AU;SAFA;FA;;;WD)"}
NO_KEYS = {"global:key": "S:"}
KEY = {"ObjectType": ["equals", "Key"], "ObjectName": ["equals", "\\REGISTRY\\MACHINE\\SAM"]}
DCSYNC = {"Properties": ["contains", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"]}
REPLICATION = {"Properties": [*DCSYNC["Properties"], "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"]}
SERVICES = "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services"
OTHER_KEY = {"HKLM\\SOFTWARE": "S:(AU;CISA;KA;;;WD)"}
SERVICES_KEY = {"HKLM\\SYSTEM\\CurrentControlSet\\Services": "S:(AU;CISA;KA;;;WD)"}
BELOW_A = {"global:key": "S:", "HKLM\\A": "S:(AU;CISA;KA;;;WD)"}
BELOW_B = {"global:key": "S:", "HKLM\\A": "S:", "HKLM\\A\\B": "S:(AU;CISA;KA;;;WD)"}
DOMAIN = {"DC=a,DC=com": "S:(AU;CISA;GA;;;WD)"}
USERS = {"DC=a,DC=com": "S:(OU;CIIOSA;WP;;bf967aba-0de6-11d0-a285-00aa003049e2;WD)"}
SET_VALUE = {"HKLM\\SOFTWARE": "S:(AU;CISA;0x2;;;WD)"}
LSASS = {"ObjectType": ["equals", "Process"], "ObjectName": ["ends", "\\lsass.exe"]}
READ_LSASS = {**LSASS, "AccessMask": ["equals", "0x10"]}


@pytest.mark.parametrize(
    ("sacls", "event", "fields", "off", "label"),
    [
        # Entries on files once made rules on keys achievable.
        (FILES, 4663, {"ObjectType": ["equals", "Key"]}, (), "unknown"),
        (FILES, 4663, {"ObjectType": ["equals", "File"]}, (), "achievable"),
        (FILES, 4663, {"ObjectName": ["contains", "\\Teams\\Cookies"]}, (), "unknown"),
        (FILES, 4663, {"ObjectType": ["equals", "File"]}, ("Registry",), "achievable"),
        (FILES, 4663, {"ObjectType": ["equals", "File"]}, ("File System",), "conditional"),
        (FILES, 4663, {"ObjectType": ["equals", "File"]}, ("File System", "Removable Storage"), "not achievable"),
        ({}, 4663, {"ObjectType": ["equals", "File"]}, (), "unknown, at least conditional"),
        ({**NO_KEYS, "HKLM\\SAM": "S:"}, 4663, KEY, (), "not achievable"),
        ({"HKLM\\SAM": "S:"}, 4663, KEY, (), "unknown"),
        ({"HKLM\\SAM": "S:(AU;SA;KA;;;WD)"}, 4663, KEY, (), "achievable"),
        ({"HKLM\\SAM": "S:(AU;SA;KA;;;WD)"}, 4663, KEY, ("Registry",), "not achievable"),
        ({"HKLM\\SAM": "S:(AU;SA;KA;;;WD)"}, 4663, KEY, ("File System",), "achievable"),
        ({"HKLM\\SAM": "S:(AU;SA;KA;;;WD)"}, 4656, KEY, ("Handle Manipulation",), "not achievable"),
        ({}, 4663, READ_LSASS, (), "achievable"),
        ({}, 4663, LSASS, (), "conditional"),
        ({}, 4663, READ_LSASS, ("Kernel Object",), "not achievable"),
        ({}, 4662, DCSYNC, (), "unknown"),
        ({"DC=a,DC=com": "S:"}, 4662, DCSYNC, (), "not achievable"),
        ({"DC=a,DC=com": "S:(AU;SA;CR;;;WD)"}, 4662, DCSYNC, (), "achievable"),
        # An entry outside of what a rule names, or for another right, once proved a part of it.
        (OTHER_KEY, 4663, {"ObjectName": ["begins", f"{SERVICES}\\"]}, (), "unknown"),
        (OTHER_KEY, 4663, {"ObjectType": ["equals", "Key"], "ObjectName": ["contains", "\\Services\\"]}, (), "unknown"),
        (SERVICES_KEY, 4663, {"ObjectName": ["begins", f"{SERVICES}\\"]}, (), "achievable"),
        (SERVICES_KEY, 4663, {"ObjectName": ["begins", SERVICES]}, (), "unknown, at least conditional"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessList": ["contains", "%%1537"]}, (), "unknown"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessList": ["contains", "%%9999"]}, (), "unknown"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessList": ["contains", "%%4433"]}, (), "unknown, at least conditional"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessMask": ["equals", "0x10000", "0x20000"]}, (), "unknown"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessMask": ["equals", "0x10000", "0x2"]}, (), "unknown, at least conditional"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessMask": ["equals", "0x10002"]}, (), "unknown"),
        (SET_VALUE, 4663, {"ObjectType": ["equals", "Key"], "AccessMask": ["not", "0x2"]}, (), "unknown"),
        # Entries for another extended right once made DCSync conditional.
        ({"DC=a,DC=com": "S:(OU;SA;CR;00299570-246d-11d0-a768-00aa006e0529;;WD)"}, 4662, DCSYNC, (), "not achievable"),
        ({"DC=a,DC=com": "S:(OU;SA;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;WD)"}, 4662, DCSYNC, (), "achievable"),
        ({"DC=a,DC=com": "S:(OU;SA;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;WD)"}, 4662, REPLICATION, (), "conditional"),
        # What a rule excludes once counted as proof.
        (BELOW_B, 4663, {"ObjectName": [["begins", "HKLM\\A\\"], ["not begins", "HKLM\\A\\B"]]}, (), "unknown"),
        (BELOW_B, 4663, {"ObjectName": ["begins", "HKLM\\A\\"]}, (), "conditional"),
        (BELOW_A, 4663, {"ObjectName": [["begins", "HKLM\\A\\"], ["not begins", "HKLM\\A\\B"]]}, (), "achievable"),
        (OTHER_KEY, 4663, {"ObjectType": ["equals", "Key"], "ObjectName": ["not begins", "HKLM\\SOFTWARE"]}, (), "unknown"),
        # Objects of LSA and WMI were once judged by the domain's entries.
        (DOMAIN, 4662, {"ObjectType": ["equals", "SecretObject"]}, (), "unknown"),
        (DOMAIN, 4662, {"ObjectType": ["equals", "WMI Namespace"]}, (), "unknown"),
        (DOMAIN, 4662, {"ObjectType": ["equals", "WMI Namespace"]}, ("Directory Service Access",), "unknown"),
        (DOMAIN, 4662, {"ObjectType": ["equals", "SecretObject"]}, ("Other Object Access Events",), "not achievable"),
        # The entry for one class or attribute once proved a part of any rule on the directory.
        (USERS, 5136, {"ObjectClass": ["equals", "dnsNode"]}, (), "unknown"),
        (USERS, 5136, {"ObjectClass": ["equals", "user"]}, (), "achievable"),
        (USERS, 5136, {}, (), "unknown, at least conditional"),
        ({}, 4657, {"ObjectName": ["contains", "Exclusions"]}, (), "unknown"),
        ({"global:key": "S:(AU;SA;KA;;;WD)"}, 4657, {}, (), "achievable"),
        ({"global:key": "S:(AU;SA;KR;;;WD)"}, 4657, {}, (), "unknown"),
    ],
)  # fmt: skip
def test_a_rule_is_judged_by_the_object_that_it_means(
    sacls: dict[str, str],
    event: int,
    fields: dict[str, list[Any]],
    off: tuple[str, ...],
    label: str,
) -> None:
    found = judged(sacls, event, fields, off)
    assert found.verdict.label == label, found.reason


@pytest.mark.parametrize(
    ("sacls", "label"),
    [
        (FILES, "unknown, at least conditional"),
        ({**FILES, "global:key": "S:(AU;SAFA;KA;;;WD)"}, "achievable"),
        ({"global:key": "S:(AU;SAFA;KA;;;WD)"}, "unknown, at least conditional"),
    ],
)
def test_an_event_as_such_tells_of_files_and_keys(sacls: dict[str, str], label: str) -> None:
    events = RuleEvents.alone()
    node = events.compiled.include(events.events.able(EventId.parse("Security:4663")))
    found = evaluate(events.compiled, facts_of(sacls))
    assert found.verdict_at(node).label == label


def test_a_right_on_files_may_be_used_on_removable_storage() -> None:
    fields = {"ObjectName": ["ends", "\\hosts"], "AccessMask": ["equals", "0x2"]}
    found = judged({}, 4663, {**fields, "ObjectType": ["equals", "File"]})
    assert found.verdict.label == "unknown, at least conditional"


ON_OBJECTS = sorted(key for key, one in load_events().events.items() if one.sacl is not None)
TYPES = ["Key", "File", "Process", "SAM_USER", "SecretObject", "domainDNS", "SC_MANAGER OBJECT"]
NAMES = [
    "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\",
    "HKLM\\SOFTWARE\\X",
    "C:\\Windows\\x.exe",
    "\\lsass.exe",
    "\\etc\\hosts",
    "secret",
    "CN=x,DC=a,DC=com",
]
LISTS = ["%%1537", "%%4417", "%%7688", "WriteData", "DELETE"]


def constraints(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Constraint, ...]]:
    one = st.builds(
        Constraint,
        st.sampled_from([Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS, Test.UNKNOWN]),
        st.lists(values, max_size=2).map(tuple),
        st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=2).map(tuple)


masks = st.integers(0, 2**32).map(hex) | st.integers(0, 31).map(lambda bit: hex(1 << bit))
ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        "ObjectType": constraints(st.sampled_from(TYPES)),
        "ObjectName": constraints(st.sampled_from(NAMES)),
        "AccessMask": constraints(masks | st.text(max_size=4)),
        "AccessList": constraints(st.sampled_from(LISTS) | st.text(max_size=6)),
        "ObjectServer": constraints(st.sampled_from(["DS", "WMI", "LSA"])),
        "Properties": constraints(st.sampled_from(["1131f6ad-9c07-11d1-f79f-00c04fc2dcd2", "x"])),
    },
)
ONE_KEY = facts_of({"HKLM\\SOFTWARE": "S:(AU;CISA;KA;;;WD)", "C:\\": "S:(AU;SA;FA;;;WD)"})


@settings(max_examples=200)
@given(st.sampled_from(ON_OBJECTS), ANYTHING)
def test_whatever_a_rule_asks_of_an_object_is_judged(
    event: str, fields: dict[str, tuple[Constraint, ...]]
) -> None:
    asked = EventPattern(EventId.parse(event), fields)
    found = judged_events.judged(ONE_KEY, lambda events: events.passes(asked)).verdict
    assert not found.applicable or found.proven <= found.possible
