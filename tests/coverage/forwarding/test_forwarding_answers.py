"""What queries and collectors' configurations answer, a case a behaviour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata, common_fields
from logreach.coverage.events.patterns import Constraint, EventPattern, FilterAnswer, Test
from logreach.coverage.forwarding import ForwardingFilter
from logreach.inventories.forwarding import splunk, winlogbeat
from logreach.inventories.forwarding.subscriptions import Forwarding, Query, Subscription

READERS = {"winlogbeat": winlogbeat.read, "splunk": splunk.read}
CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8")
)


def constraints(written: list[str]) -> tuple[Constraint, ...]:
    test, *values = written
    if test in ("cased", "not"):
        return (Constraint(Test.EQUALS, tuple(values), negated=test == "not", cased=True),)
    if test == "impossible":
        return (Constraint(Test.EQUALS, ("a",)), Constraint(Test.EQUALS, ("b",)))
    return (Constraint(Test(test), tuple(values)),)


def metadata(told: dict[str, Any] | None) -> EventMetadata | None:
    if told is None:
        return None
    known: dict[str, Any] = {"level": 0, "keywords": 0x8020000000000000, "fields": ["A", "B", "C"]}
    known |= told
    fields = known.pop("fields")
    for name in ("names", "ever", "versions", "levels"):
        if name in known:
            known[name] = (frozenset if name in ("names", "ever") else tuple)(known[name])
    return EventMetadata(
        "Security", "Maker", 1, fields=None if fields is None else tuple(fields), **known
    )


def forwarding(case: dict[str, Any]) -> Forwarding:
    if "reader" in case:
        reading = READERS[case["reader"]](case["config"], "the.conf")
        assert not reading.faults
        (value,) = {one.value for one in reading.statements}
        assert isinstance(value, Forwarding)
        return value
    path = case.get("path", "Security")
    selects = case.get("select", [case.get("query")])
    *elsewhere, suppress = case.get("suppress", [None])
    queries = [Query(path, one, False, 1) for one in selects]
    if suppress:
        queries.append(Query(elsewhere[0] if elsewhere else path, suppress, True, 2))
    if "other" in case:
        select, suppress = case["other"]
        queries += [Query(path, select, False, 3, "1"), Query(path, suppress, True, 4, "1")]
    one = Subscription("one", tuple(queries), case.get("enabled", True))
    return Forwarding((one,), (case["incomplete"],) if "incomplete" in case else ())


def answered(case: dict[str, Any]) -> FilterAnswer:
    known = metadata(case.get("event", {}))
    fields = {name: constraints(told) for name, told in case.get("fields", {}).items()}
    return ForwardingFilter(forwarding(case), lambda _: known).answer(
        EventPattern(EventId.parse("Security:1"), fields)
    )


@pytest.mark.parametrize("name", CASES)
def test_forwarding_answer(name: str) -> None:
    case = CASES[name]
    answer = answered(case)
    assert (answer.level.word, answer.exact) == (case["level"], case.get("exact", True)), answer
    assert case.get("reason", "") in answer.reason
    assert answer.exact or answer.reason
    if answer.level.word == "partial" and answer.exact:
        assert answer.kept is not None
        assert answer.dropped is not None


def test_too_many_combinations_are_left_undecided_not_wrong() -> None:
    names = [f"F{number}" for number in range(14)]
    xpath = "*[EventData[" + " and ".join(f"Data[@Name='{name}']!='x'" for name in names) + "]]"
    one = Subscription("one", (Query("Security", xpath, False, 1),), dialect="collector")
    known = EventMetadata("Security", "Maker", 1, 0, fields=tuple(names))
    answer = ForwardingFilter(Forwarding((one,)), lambda _: known).answer(
        EventPattern(EventId.parse("Security:1"))
    )
    assert answer.level.word == "partial"


def test_layouts_agree_on_the_fields_with_which_all_begin() -> None:
    assert common_fields([("A", "B"), ("A", "B", "C")]) == (("A", "B"), True)
    assert common_fields([("A", "B"), ("A", "X")]) == (("A",), True)
    assert common_fields([("A", "B"), ("A", "B")]) == (("A", "B"), False)
    assert common_fields([]) == ((), False)
