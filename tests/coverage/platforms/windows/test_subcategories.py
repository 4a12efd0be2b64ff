"""The audit subcategory that decides about a pattern: answers, remedies, and real records."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import judged_events
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import aces_of, shared

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.evidence import load_evidence
from logreach.coverage.events.operations import Shown, load_operations
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.knowledge.model import Policy
from logreach.coverage.platforms.windows.knowledge.subcategory_cases import (
    subcategory_cases,
    untold_events,
)
from logreach.coverage.platforms.windows.sacls.needs import objects
from logreach.coverage.platforms.windows.subcategories import cases_of, possible_cases
from logreach.coverage.platforms.windows.variants import variant_of
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, OS, ROLE, SACL, AuditSetting, Role, Sacl
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.system.operating_systems import identify

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("subcategories.yaml").read_text(encoding="utf-8")
)
EVERYTHING = {
    "global:file": "S:(AU;SAFA;FA;;;WD)",
    "global:key": "S:(AU;SAFA;KA;;;WD)",
    "DC=a,DC=com": "S:(AU;CISAFA;GA;;;WD)",
}
_AUDITS = "Microsoft-Windows-Security-Auditing"
_FIRST_TASK = 12288  # lower ones are not a subcategory's: some captures write the level there
NAMES = {one.name: one.guid for one in subcategories().values()}


def constraint(written: list[Any]) -> Constraint:
    test, *values = map(str, written)
    negated = test.startswith("not")
    kind = Test(test.removeprefix("not").strip() or Test.EQUALS)
    return Constraint(kind, tuple(values), negated=negated)


def pattern(case: dict[str, Any]) -> EventPattern:
    fields = {name: (constraint(written),) for name, written in case["fields"].items()}
    return EventPattern(EventId.parse(f"Security:{case['event']}"), fields)


def host(case: dict[str, Any]) -> Facts:
    off = NAMES if case.get("lacking") == "all" else case.get("lacking", ())
    on = set(case["only"]) if "only" in case else NAMES.keys() - set(off)
    stated: dict[FactKey[object], object] = {
        OS: identify("Windows Server 2022"),
        ROLE: Role.DOMAIN_CONTROLLER,
    }
    for name, guid in NAMES.items():
        stated[AUDIT(guid)] = AuditSetting(success=name in on, failure=name in on)
    for name, sddl in ({} if case.get("sacls") == "none" else EVERYTHING).items():
        stated[SACL(name)] = Sacl(aces_of(sddl))
    return Facts.of(Statement(key, value, Evidence("x")) for key, value in stated.items())


@pytest.mark.parametrize("name", CASES)
def test_the_subcategory_that_decides_hangs_on_the_fields(name: str) -> None:
    case = CASES[name]
    assert {*case.get("only", ()), *case.get("advised", ())} <= NAMES.keys()
    found = judged_events.judged_event(host(case), pattern(case))
    assert found.verdict.label == case["label"], found.reasons
    if "advised" in case:
        remedies = [reason.remedy for reason in found.reasons if reason.remedy]
        advised = {one.key for one in remedies if one.key.family == AUDIT}
        assert advised == {AUDIT(NAMES[subcategory]) for subcategory in case["advised"]}


TASKS: dict[int, str] = yaml.safe_load(
    Path(__file__).with_name("tasks.yaml").read_text(encoding="utf-8")
)["tasks"]


def records() -> Iterator[tuple[EventId, int, dict[str, Any]]]:
    """Every audit at hand: its event, its task, its fields."""
    evtx = pytest.importorskip("evtx")
    for folder in ("evtx", "sigma/regression_data", "labelled/evtx-to-mitre"):
        for path in sorted(shared(folder).rglob("*.evtx")):
            for record in evtx.PyEvtxParser(str(path)).records_json():
                event = json.loads(record["data"])["Event"]
                system = event["System"]
                if system["Provider"]["#attributes"]["Name"] == _AUDITS:
                    number = system["EventID"]
                    number = number["#text"] if isinstance(number, dict) else number
                    yield (
                        EventId.of("Security", int(number)),
                        system["Task"],
                        event["EventData"] or {},
                    )
    for path in sorted(shared("labelled/otrf").rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                for line in archive.read(name).decode("utf-8", "replace").splitlines():
                    event = json.loads(line) if _AUDITS in line else {}
                    if event.get("SourceName") == _AUDITS:
                        number = int(event["EventID"])
                        yield EventId.of("Security", number), int(event.get("Task") or 0), event


def test_real_records_have_the_task_of_a_subcategory_that_their_fields_allow() -> None:
    events, seen = load_events().events, Counter[tuple[EventId, str]]()
    for event, task, fields in records():
        if task < _FIRST_TASK or events[event].policy is not Policy.SUBCATEGORY:
            continue
        allowed = {subcategories()[guid].name for guid in events[event].subcategories}
        deciding = {name for case in subcategory_cases().get(event, ()) for name in case.fields}
        told = {
            name: (Constraint(Test.EQUALS, (str(fields[name]).strip(),)),)
            for name in deciding & fields.keys()
        }
        cases = possible_cases(EventPattern(event, told))
        if cases:
            allowed = {name for case in cases for name in case.subcategories}
        assert TASKS[task] in allowed, (event, told, task)
        seen[event, TASKS[task]] += 1
    told_apart = {event for event, _ in seen} & subcategory_cases().keys()
    assert len(told_apart) >= 9, told_apart
    assert len(seen) > 70


@pytest.mark.parametrize("event", sorted(subcategory_cases()))
def test_cases_name_fields_kinds_and_subcategories_of_their_event(event: EventId) -> None:
    entry, cases = load_events().events[event], subcategory_cases()[event]
    of_event = {subcategories()[guid].name for guid in entry.subcategories}
    assert {name for case in cases for name in case.subcategories} == of_event
    fields = {field for layout in entry.layouts for field in layout.fields}
    assert {field for case in cases for field in case.fields} <= fields
    kinds = {case.kind for case in cases}
    known = {*access_rights.kinds(), *objects()["exempt"], *objects()["unreported"]}
    assert kinds <= known or kinds == {""}
    assert bool(entry.sacl) == (kinds != {""})


def test_events_of_several_subcategories_have_cases_or_a_reason_why_not() -> None:
    several = {
        event
        for event, entry in load_events().events.items()
        if len(entry.subcategories) > 1 and not entry.subcategory_spans
    }
    assert several == subcategory_cases().keys() | untold_events().keys()
    assert not subcategory_cases().keys() & untold_events().keys()


def shown_events() -> Iterator[Shown]:
    """Everything that operations and direct evidence say of an event of Windows."""
    for technique in load_evidence().values():
        yield from (line.shown for line in technique.every)
    operations = load_operations()
    tables = [operations.general, *operations.of_technique.values()]
    for component in (component for table in tables for component in table.values()):
        for operation in component.operations:
            yield from operation.shown_by


def test_a_subcategory_is_stated_only_where_object_and_fields_do_not_tell_it() -> None:
    for shown in shown_events():
        entry = load_events().events.get(shown.event)
        if entry is None or not shown.subcategory:
            continue
        names = {subcategories()[guid].name for guid in entry.subcategories}
        cases = cases_of(shown.event, shown.pattern, shown.object_kind)
        told = {name for case in cases for name in case.subcategories} or names
        assert shown.subcategory in told, shown
        assert len(told) > 1, f"needless: {shown}"


def test_no_pattern_of_ours_is_one_that_no_event_can_be_in() -> None:
    for shown in shown_events():
        if shown.pattern is not None and shown.event in load_events().events:
            assert variant_of(shown.pattern) is not None, shown


FURTHER = ["SERVICE OBJECT", "SecretObject", "%{bf967aba-0de6-11d0-a285-00aa003049e2}", "Foo"]
TWO = "SeTcbPrivilege SeShutdownPrivilege"
VALUES = {
    "ObjectServer": ["Security", "Security Account Manager", "SC Manager", "DS", "LSA", "WMI"],
    "ObjectType": ["File", "Key", "Process", "Mutant", "Token", "SAM_USER", "SAM_SERVER", *FURTHER],
    "ObjectName": ["SAM", "x"],
    "Properties": ["-", "{1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}"],
    "SubStatus": ["0x0", "0xc0000234", "0xc000006a"],
    "Status": ["0xc000006d", "0xc0000234"],
    "PrivilegeList": ["SeTcbPrivilege", "SeShutdownPrivilege", "SeLockMemoryPrivilege", TWO],
}
TESTS = [Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS]


@given(st.data())
def test_what_a_pattern_tells_holds_for_every_event_in_it(data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(sorted(subcategory_cases())))
    fields = data.draw(
        st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in VALUES.items()})
    )
    asked = {}
    for name, value in fields.items():
        test, start = data.draw(st.sampled_from(TESTS)), data.draw(st.integers(0, len(value) - 1))
        part = {Test.EQUALS: value, Test.BEGINS: value[: start + 1], Test.ENDS: value[start:]}
        other = data.draw(st.sampled_from(VALUES[name]))
        wanted = Constraint(test, (part.get(test, value[start : start + 5]), other))
        excluded = Constraint(Test.EQUALS, (other,), negated=True)
        asked[name] = (wanted,) if other == value else (wanted, excluded)
    single = {name: (Constraint(Test.EQUALS, (value,)),) for name, value in fields.items()}
    assert EventPattern(event, asked).admits(event, fields) is True
    told = possible_cases(EventPattern(event, asked))
    if told:
        assert {*map(id, possible_cases(EventPattern(event, single)))} <= {*map(id, told)}
