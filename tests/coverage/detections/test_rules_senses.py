"""What the fields of an event tell of it as a whole narrows what is asked of a host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_host import judge_with
from hosts import facts
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.detections.load import load_rules
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.coverage.platforms.windows.headers import audit_keywords
from logreach.coverage.platforms.windows.knowledge import events as events_module
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.variants import variant_of

CASES = yaml.safe_load(Path(__file__).with_name("sense_cases.yaml").read_text(encoding="utf-8"))
HOSTS = {name: facts(words) for name, words in CASES["hosts"].items()}
TABLE = yaml.safe_load(
    Path(events_module.__file__).with_name("event_senses.yaml").read_text(encoding="utf-8")
)
SECURITY = {"product": "windows", "service": "security"}


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_rules_that_turn_on_what_an_event_is(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "rule.yml"
    rule = {"title": "t", "logsource": SECURITY, "detection": case["detection"]}
    file.write_text(yaml.safe_dump(rule), encoding="utf-8")
    (read,) = load_rules([file]).rules
    found = {
        name: judge_with([read], RuleEvents.alone(), HOSTS[name])[read.id] for name in case["hosts"]
    }
    assert {name: one.verdict.label for name, one in found.items()} == case["hosts"]
    if "state" in case:
        assert [str(state) for state in found[case["told"]].state] == case["state"]
    if "reason" in case:
        texts = [reason.text for reason in found[case["told"]].judged.reasons]
        assert any(case["reason"] in text for text in texts), texts


def test_each_rule_is_told_why_its_own_events_are_a_domain_s(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    asked = ("AllowedToDelegateTo", "SidHistory")
    file.write_text(yaml.safe_dump_all(_changed(field) for field in asked), encoding="utf-8")
    rules = load_rules([file]).rules
    found = judge_with(rules, RuleEvents.alone(), HOSTS["workstation"])
    assert [found[rule.id].judged.reason.partition("which alone ")[2] for rule in rules] == [
        "can be trusted for delegation: Active Directory domain controller",
        "have a SID history: Active Directory domain controller",
    ]


def _changed(field: str) -> dict[str, Any]:
    """A rule on accounts, one field of which was filled."""
    detection = {"a": {"EventID": 4738, f"{field}|contains": "S-1-5-21"}, "condition": "a"}
    return {"title": field, "id": field, "logsource": SECURITY, "detection": detection}


def _entries() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("outcomes", "elsewhere"):
        for entry in TABLE[kind]:
            yield kind, entry


def test_the_table_names_events_fields_and_roles_that_there_are() -> None:
    known = load_events()
    for kind, entry in _entries():
        keys = {"events", "field", "source"}
        one = {"success", "failure"} if kind == "outcomes" else {"holds", "lacks"}
        keys |= set() if kind == "outcomes" else {"role", "what"}
        assert set(entry) - one == keys, entry
        assert len(set(entry) & one) == 1, entry
        assert entry["source"], entry
        assert entry.get("role", "domain-controller") in known.roles, entry
        for key in entry["events"]:
            event = known.events[key]
            assert all(entry["field"] in layout.fields for layout in event.layouts[-1:]), entry
            assert kind == "elsewhere" or event.outcomes == {"success", "failure"}, key
            assert kind == "outcomes" or not event.roles, key


TEXTS = st.sampled_from(["0x0", "0x12", "0xffffffff", "0x17", "-", "0", "a"])
TESTS = st.sampled_from([Test.EQUALS, Test.BEGINS, Test.ENDS, Test.CONTAINS])
CONSTRAINTS = st.builds(
    Constraint, TESTS, st.lists(TEXTS, min_size=1, max_size=3).map(tuple), st.booleans()
)
KEYWORDS = [
    text for _, texts in audit_keywords(load_events().events["Security:4769"]) for text in texts
]


def _outcome(fields: dict[str, str]) -> str:
    """What Microsoft's page says of a single ticket event, read plainly."""
    return "success" if fields["Status"] == "0x0" else "failure"


@given(
    status=st.lists(CONSTRAINTS, max_size=2).map(tuple),
    suite=st.lists(CONSTRAINTS, max_size=2).map(tuple),
    keywords=st.none() | st.sampled_from(KEYWORDS),
    excluded=st.booleans(),
)
def test_no_event_of_a_pattern_has_another_outcome_than_is_told(
    status: tuple[Constraint, ...],
    suite: tuple[Constraint, ...],
    keywords: str | None,
    excluded: bool,
) -> None:
    held = {"Status": status, "TicketEncryptionType": suite}
    if keywords is not None:
        held["Keywords"] = (Constraint(Test.EQUALS, (keywords,), excluded),)
    pattern = EventPattern(
        EventId.parse("Security:4769"), {name: one for name, one in held.items() if one}
    )
    sense = variant_of(pattern)
    words = {"success": "0x8020000000000000", "failure": "0x8010000000000000"}
    for code, given_suite in (("0x0", "0x17"), ("0x0", "0x12"), ("0x12", "0xffffffff")):
        event = {"Status": code, "TicketEncryptionType": given_suite}
        event["Keywords"] = words[_outcome(event)]
        if pattern.admits("Security:4769", event):
            assert sense is not None
            assert sense.outcome in ("", _outcome(event))
