"""Which hosts a subscription takes from, and what that means for verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.three_valued import all_true
from logreach.coverage.engine.verdict import Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding.membership import Membership, Who, membership
from logreach.coverage.forwarding.prerequisite import Forwarded, _member
from logreach.coverage.platforms.registry import sensors
from logreach.inventories import load
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import FEATURE, OS, ROLE, Role
from logreach.inventories.windows.system.operating_systems import identify

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("membership.yaml").read_text(encoding="utf-8")
)
EVERYTHING = (Query("Security", "*", suppress=False, line=3),)
COMPUTERS = "D:(A;;GA;;;DC)"
OWN_GROUP = "D:(A;;GA;;;S-1-5-21-1-2-3-1105)"

LOGON = EventId.parse("Security:4624")


def subscription(allowed: str, xpath: str = "*", **told: Any) -> Subscription:
    queries = (Query("Security", xpath, suppress=False, line=3),)
    return Subscription("Base", queries, allowed=allowed, initiated="source", **told)


@pytest.mark.parametrize("name", CASES)
def test_membership(name: str) -> None:
    case = CASES[name]
    one = Subscription(
        "Base",
        EVERYTHING,
        allowed=case.get("allowed", ""),
        initiated=case.get("initiated", "source"),
        certificates=case.get("certificates", False),
        sources=tuple(case.get("sources", ())),
        named=case.get("named", False),
        elsewhere=case.get("elsewhere", False),
        expires=case.get("expires", ""),
    )
    role = Role(case["role"]) if "role" in case else None
    found = membership(one, Who(role, case.get("collector")))
    assert found.takes is case["takes"], found.why
    assert case.get("why", "") in found.why
    assert (str(found.missing) if found.missing else None) == case.get("missing")


@pytest.mark.parametrize("allowed", [COMPUTERS, OWN_GROUP, "D:(D;;GA;;;DC)(A;;GA;;;DC)"])
@pytest.mark.parametrize("readable", [True, None, False])
def test_a_subscription_takes_what_it_is_for_and_may_read(
    allowed: str, *, readable: bool | None
) -> None:
    who, asked = Who(Role.WORKSTATION, None), subscription(allowed)
    kept_out = None if readable else Membership(readable, "it may not read", ROLE)
    alone, both = membership(asked, who), _member(asked, who, kept_out)
    assert both.takes is all_true([alone.takes, readable])
    assert both == (alone if readable or alone.takes in (False, readable) else kept_out)


def reason(
    *subscriptions: Subscription,
    role: Role | None = None,
    os: str = "",
    event: str = "Security:4624",
    fields: dict[str, tuple[Constraint, ...]] | None = None,
) -> Reason:
    told: dict[FactKey[object], object] = {FORWARDING: Forwarding(subscriptions)}
    if role:
        told[ROLE] = role
    if os:
        system = identify(os)
        assert not hasattr(system, "reason")
        told[OS] = system  # type: ignore[assignment]
    facts = Facts.of(Statement(key, value, Evidence("x")) for key, value in told.items())
    pattern = EventPattern(EventId.parse(event), fields or {})
    return Forwarded(pattern, sensors().of(pattern.event)).check(facts)


def test_a_domain_controller_beside_a_subscription_for_computers_is_told_why() -> None:
    found = reason(subscription(COMPUTERS), role=Role.DOMAIN_CONTROLLER)
    assert found.verdict.label == "not achievable"
    assert "not take them from this host: Base takes from Domain Computers only" in found.text
    assert reason(subscription(COMPUTERS), role=Role.SERVER).verdict.label == "achievable"


def test_a_subscription_that_would_not_take_the_event_is_no_reason() -> None:
    other = subscription(COMPUTERS, "*[System[EventID=1]]")
    found = reason(other, role=Role.DOMAIN_CONTROLLER)
    assert found.verdict.label == "not achievable"
    assert "Domain Computers" not in found.text


def test_a_disabled_subscription_takes_nothing_from_anyone() -> None:
    found = reason(subscription("D:(A;;GA;;;WD)", enabled=False), role=Role.SERVER)
    assert found.verdict.label == "not achievable"
    assert "is disabled" in found.text


def test_the_query_that_decides_is_named_with_its_file(tmp_path: Path) -> None:
    query = "<QueryList><Query Id='0'><Select Path='Security'>*</Select></Query></QueryList>"
    (tmp_path / "a.xml").write_text(query, "utf-8")
    (tmp_path / "inventory.yaml").write_text("hosts: [{name: H, subscriptions: a.xml}]", "utf-8")
    inventory = load(tmp_path)
    (evidence,) = (
        Forwarded(EventPattern(LOGON), sensors().of(LOGON)).check(inventory.hosts[0].facts).evidence
    )
    digests = {one.path: one.sha256 for one in inventory.files}
    assert (evidence.source, evidence.where) == ("a.xml", "line 1")
    assert evidence.sha256 == digests["a.xml"]


def test_an_unknown_membership_leaves_open_what_only_that_subscription_takes() -> None:
    found = reason(subscription(OWN_GROUP), role=Role.SERVER)
    assert found.verdict.label == "unknown"
    assert found.missing == FORWARDING
    assert "S-1-5-21-1-2-3-1105" in found.text


def test_what_one_surely_takes_another_cannot_leave_open() -> None:
    both = (subscription(OWN_GROUP), subscription(COMPUTERS))
    assert reason(*both, role=Role.SERVER).verdict.label == "achievable"


def test_what_no_subscription_asks_for_is_settled_whoever_is_a_member() -> None:
    found = reason(subscription(OWN_GROUP, "*[System[EventID=1]]"), role=Role.SERVER)
    assert found.verdict.label == "not achievable"


def test_some_for_sure_and_all_perhaps() -> None:
    logons = "*[EventData[Data[@Name='LogonType']='3']]"
    found = reason(subscription(COMPUTERS, logons), subscription(OWN_GROUP), role=Role.SERVER)
    assert found.verdict.label == "unknown, at least conditional"


def test_the_role_is_asked_for_where_it_decides() -> None:
    found = reason(subscription(COMPUTERS))
    assert found.verdict.label == "unknown"
    assert found.missing == ROLE


NETWORK = Constraint(Test.EQUALS, ("3",))
NEWER = "*[EventData[Data[@Name='RestrictedAdminMode']='-']]"


@pytest.mark.parametrize(
    ("event", "xpath", "fields", "os", "label"),
    [
        # 4624 has four layouts, 4663 two, 1102 two: what all have in common can be asked for.
        ("4624", "*[EventData[Data[@Name='LogonType']='3']]", {"LogonType": NETWORK}, "", "achievable"),
        ("4624", "*[EventData[Data[@Name='LogonType']='10']]", {"LogonType": NETWORK}, "", "not achievable"),
        ("4624", "*[EventData[Data[9]='3']]", {"LogonType": NETWORK}, "", "achievable"),
        # A field that no version of the event has on any Windows; one of a newer version is not
        # said to be absent, for tables may lag behind updates.
        ("4624", "*[EventData[Data[@Name='ObjectName']='x']]", {}, "Windows Server 2016", "not achievable"),
        ("4624", "*[EventData[Data[@Name='LogonType' or @Name='NoSuch']='3']]", {"LogonType": NETWORK}, "", "achievable"),
        ("4624", NEWER, {}, "", "unknown"),
        ("4624", NEWER, {}, "Windows Server 2016", "conditional"),
        ("4624", NEWER, {}, "Windows 7 SP1", "unknown"),
        ("4663", "*[EventData[Data[@Name='ObjectType']='File']]", {}, "", "conditional"),
        ("1102", "*[UserData[LogFileCleared[SubjectUserName]]]", {}, "", "achievable"),
        ("1102", "*[UserData[LogFileCleared[SubjectUserName='x']]]", {}, "", "conditional"),
        ("1102", "*[EventData]", {}, "", "not achievable"),
        # 4776 and 4778 begin with names, 4624 with a SID.
        ("4776", "*[EventData[Data[1]='S-1-5-18']]", {}, "", "not achievable"),
        ("4778", "*[EventData[Data[1]='S-1-5-18']]", {}, "", "not achievable"),
        ("4779", "*[EventData[Data[1]!='S-1-5-18']]", {}, "", "achievable"),
        ("4779", "*[EventData[Data[1]='SYSTEM']]", {}, "", "conditional"),
        ("4779", "*[EventData[Data[2]='S-1-5-18']]", {}, "", "conditional"),
        ("4624", "*[EventData[Data[1]='S-1-5-18']]", {}, "", "conditional"),
        # Versions by the layouts that the host writes.
        ("4688", "*[System[Version=2]]", {}, "Windows Server 2016", "achievable"),
        ("4688", "*[System[Version<2]]", {}, "Windows Server 2016", "not achievable"),
        ("4688", "*[System[Version=2]]", {}, "", "unknown"),
        ("4688", "*[System[Version<=9]]", {}, "", "achievable"),
        ("4688", "*[System[Version='2']]", {}, "Windows 7 SP1", "unknown"),
        ("4688", "*[EventData[Data[@Name='ParentProcessName']='x']]", {}, "", "unknown"),
        ("4688", "*[EventData[Data[@Name='ParentProcessName']='x']]", {}, "Windows Server 2016", "conditional"),
    ],
)  # fmt: skip
def test_queries_ask_for_fields_of_the_layouts_that_the_host_writes(
    event: str, xpath: str, fields: dict[str, Constraint], os: str, label: str
) -> None:
    everyone = subscription("D:(A;;GA;;;WD)", xpath)
    wanted = {name: (one,) for name, one in fields.items()}
    found = reason(everyone, os=os, event=f"Security:{event}", fields=wanted)
    assert found.verdict.label == label, found.text


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from("AD"),
        st.sampled_from(["GA", "GR"]),
        st.sampled_from(["DC", "DD", "WD", "AN", "NS", "ED", "S-1-5-21-1-2-3-1105"]),
    ),
    max_size=3,
).map(lambda entries: "D:" + "".join(f"({kind};;{mask};;;{who})" for kind, mask, who in entries))
SUBSCRIPTIONS = st.lists(
    st.builds(
        subscription,
        ENTRIES,
        st.sampled_from(["*", "*[System[EventID=1]]", "*[EventData[Data[@Name='LogonType']='3']]"]),
        enabled=st.booleans(),
        certificates=st.booleans(),
        named=st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def verdict(
    subscriptions: list[Subscription], role: Role | None, collector: bool | None
) -> Verdict:
    told: dict[FactKey[object], object] = {FORWARDING: Forwarding(tuple(subscriptions))}
    if role is not None:
        told[ROLE] = role
    if collector is not None:
        told[FEATURE("event-collector")] = collector
    facts = Facts.of(Statement(key, value, Evidence("x")) for key, value in told.items())
    return Forwarded(EventPattern(LOGON), sensors().of(LOGON)).check(facts).verdict


@settings(max_examples=150)
@given(SUBSCRIPTIONS, st.sampled_from(list(Role)), st.booleans())
def test_what_is_told_of_a_host_stays_within_what_was_possible(
    subscriptions: list[Subscription], role: Role, collector: bool
) -> None:
    told = verdict(subscriptions, role, collector)
    for known in ((None, None), (role, None), (None, collector)):
        before = verdict(subscriptions, *known)
        assert before.proven <= told.proven <= told.possible <= before.possible


@settings(max_examples=100)
@given(SUBSCRIPTIONS, SUBSCRIPTIONS, st.sampled_from([None, *Role]))
def test_one_more_subscription_never_takes_less(
    some: list[Subscription], more: list[Subscription], role: Role | None
) -> None:
    fewer, all_ = verdict(some, role, None), verdict([*some, *more], role, None)
    assert fewer.proven <= all_.proven
    assert fewer.possible <= all_.possible
