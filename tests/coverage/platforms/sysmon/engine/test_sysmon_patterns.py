"""Answers for patterns: sound against sampled events and a slow oracle, sharp with witnesses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shared
from sysmon_samples import (
    EVENT,
    FIELDS,
    USUAL,
    configurations,
    events,
    every_event,
    outcomes,
    patterns,
)

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, FilterAnswer, Test
from logreach.coverage.platforms.sysmon.engine import (
    SysmonFilter,
    decide,
    domains,
    load,
    value_sets,
)
from logreach.coverage.platforms.sysmon.engine import outcomes as outcomes_module

CASES = Path(__file__).with_name("pattern_cases.yaml")
SHORT_EVENTS = list(every_event("aB\\-", 2))
thoroughly = settings(max_examples=100, derandomize=True)


def _contradicts(answer: FilterAnswer, logged: bool) -> bool:
    return answer.level is (Level.NO if logged else Level.YES)


@thoroughly
@given(configurations(), patterns(), st.lists(events(), min_size=5, max_size=30))
def test_no_event_in_a_pattern_contradicts_its_answer(
    xml: str, pattern: EventPattern, samples: list[dict[str, str]]
) -> None:
    config = load(xml)
    answer = SysmonFilter(config).answer(pattern)
    for event in samples:
        if pattern.admits(EVENT, event) is not False:
            assert not _contradicts(answer, decide(config, 1, event).logged), event


@thoroughly
@given(configurations(), patterns())
def test_witnesses_lie_in_the_pattern_and_have_the_outcome_claimed(
    xml: str, pattern: EventPattern
) -> None:
    config = load(xml)
    answer = SysmonFilter(config).answer(pattern)
    for witness, logged in ((answer.kept, True), (answer.dropped, False)):
        if witness is not None:
            assert pattern.admits(EVENT, witness) is True
            assert decide(config, 1, witness).logged is logged
    if answer.level is Level.PARTIAL and answer.exact:
        assert answer.kept is not None
        assert answer.dropped is not None


@settings(thoroughly, max_examples=40)
@given(configurations(), patterns(USUAL))
def test_the_slow_oracle_finds_no_outcome_that_was_denied(xml: str, pattern: EventPattern) -> None:
    config = load(xml)
    answer = SysmonFilter(config).answer(pattern)
    for logged in outcomes(config, pattern, SHORT_EVENTS):
        assert not _contradicts(answer, logged)


@settings(thoroughly, max_examples=120)
@given(configurations().filter(lambda xml: "than" not in xml), patterns(USUAL))
def test_usual_constraints_are_always_decided(xml: str, pattern: EventPattern) -> None:
    assert SysmonFilter(load(xml)).answer(pattern).exact


def _single(event: Mapping[str, str]) -> EventPattern:
    """The pattern that only this event meets, letter case aside."""
    absent = (Constraint(Test.EXISTS, negated=True),)
    fields = {
        field: (Constraint(Test.EQUALS, (event[field],)),) if field in event else absent
        for field in (*FIELDS, *event)
    }
    return EventPattern(EventId.parse(EVENT), fields)


@thoroughly
@given(configurations(), events())
def test_a_pattern_of_one_event_is_answered_as_the_event(xml: str, event: dict[str, str]) -> None:
    config = load(xml)
    answer = SysmonFilter(config).answer(_single(event))
    if all(value.isascii() for value in event.values()):
        expected = Level.YES if decide(config, 1, event).logged else Level.NO
        assert (answer.level, answer.exact) == (expected, True)
    else:  # letters such as É are the same to a pattern in either case, and not to the engine
        assert not _contradicts(answer, decide(config, 1, event).logged)


def _cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return cases


def _constraint(spec: Mapping[str, Any]) -> Constraint:
    (test, values), *further = spec.items()
    flags = dict(further)
    listed = values if isinstance(values, list) else [values] if values is not None else []
    return Constraint(Test(test), tuple(map(str, listed)), **flags)


def _answer(case: Mapping[str, Any]) -> FilterAnswer:
    config = load(
        f'<Sysmon schemaversion="4.90"><EventFiltering>{case["xml"]}</EventFiltering></Sysmon>'
    )
    fields = {
        name: tuple(_constraint(each) for each in (spec if isinstance(spec, list) else [spec]))
        for name, spec in case.get("fields", {}).items()
    }
    return SysmonFilter(config).answer(EventPattern(EventId.parse(case["event"]), fields))


def _described(answer: FilterAnswer) -> str:
    return answer.level.word + ("" if answer.exact else " undecided")


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["name"])
def test_pattern(case: dict[str, Any]) -> None:
    answer = _answer(case)
    assert _described(answer) == case["answer"], answer
    for words in case.get("tells", []):
        shown = [f"{decider.name} {decider.text}" for decider in answer.deciders]
        assert any(words in each for each in (*shown, answer.reason)), (shown, answer.reason)


def _decided_by_first_set(condition: Any, sets: Any) -> int:
    truth = condition.truth(sets[0]) if condition and sets else False
    return outcomes_module.MATCH if truth else outcomes_module.NO_MATCH


def _not_narrowed(values: Any, *_: Any, **__: Any) -> Any:
    return values


def _never(*_: Any) -> bool:
    return False


def _anything(*_: Any) -> value_sets.ValueSets:
    return (value_sets.ANY_VALUE,)


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [
        (outcomes_module, "_status_of_sets", _decided_by_first_set),
        (value_sets.ValueSet, "narrowed", _not_narrowed),
        (domains, "_may_be_empty", _never),
        (domains, "_written", _anything),
    ],
)
def test_a_careless_answer_is_found_out(
    owner: object, name: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, broken)
    assert any(_described(_answer(case)) != case["answer"] for case in _cases())


SERVICES = "HKLM\\System\\CurrentControlSet\\Services\\"
SERVICE_PATTERNS = {
    "a service's ImagePath is set": EventPattern(
        EventId.parse("Sysmon:13"),
        {
            "TargetObject": (
                Constraint(Test.BEGINS, (SERVICES,)),
                Constraint(Test.ENDS, ("\\ImagePath",)),
            ),
            "Image": (Constraint(Test.EQUALS, ("C:\\Windows\\System32\\services.exe",)),),
        },
    ),
    "a service key is created": EventPattern(
        EventId.parse("Sysmon:12"),
        {
            "TargetObject": (Constraint(Test.BEGINS, (SERVICES,)),),
            "EventType": (Constraint(Test.EQUALS, ("CreateKey",)),),
        },
    ),
    "an unsigned driver is loaded": EventPattern(
        EventId.parse("Sysmon:6"),
        {
            "Signed": (Constraint(Test.EQUALS, ("false",)),),
            "Signature": (Constraint(Test.EMPTY),),
            "SignatureStatus": (Constraint(Test.EQUALS, ("Unavailable",)),),
        },
    ),
}


@pytest.mark.parametrize(
    ("file", "name", "level"),
    [
        ("modular-sysmonconfig.xml", "a service key is created", Level.NO),
        ("swiftonsecurity.xml", "a service key is created", Level.NO),
        ("swiftonsecurity.xml", "an unsigned driver is loaded", Level.YES),
        ("modular-sysmonconfig.xml", "an unsigned driver is loaded", Level.YES),
        ("modular-sysmonconfig-mde-augment.xml", "an unsigned driver is loaded", Level.NO),
        ("modular-sysmonconfig-mde-augment.xml", "a service's ImagePath is set", Level.PARTIAL),
    ],
)
def test_service_pattern_against_a_configuration_in_wide_use(
    file: str, name: str, level: Level
) -> None:
    config = load(shared(f"sysmon/configs/{file}").read_bytes())
    answer = SysmonFilter(config).answer(SERVICE_PATTERNS[name])
    assert (answer.level, answer.exact) == (level, True), answer


def test_events_of_others_are_refused() -> None:
    config = load('<Sysmon schemaversion="4.90"/>')
    with pytest.raises(ValueError, match="no event of Sysmon"):
        SysmonFilter(config).answer(EventPattern(EventId.parse("Security:4688")))


def test_a_very_long_list_of_filters_is_answered_in_bounded_time() -> None:
    filters = [f'<Image condition="excludes">x{number}</Image>' for number in range(1500)]
    element = f'<ProcessCreate onmatch="include">{"".join(filters)}</ProcessCreate>'
    answer = _answer(
        {"xml": f'<RuleGroup groupRelation="or">{element}</RuleGroup>', "event": EVENT}
    )
    assert answer.level is not Level.NO
    assert answer.kept is not None
