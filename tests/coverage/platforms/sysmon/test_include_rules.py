"""Rules that include a pattern, and filters that spare it, read plainly beside the pattern."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.engine.config import Condition, Filter, RuleElement
from logreach.coverage.platforms.sysmon.engine.manifest import Schema, newest
from logreach.coverage.platforms.sysmon.include_rules import has_rules, including, sparing

FIELDS = ("Image", "TargetObject")
OLD = Schema(4, 22)
"""Knows neither 'is any' nor 'contains any'."""
TESTS = {Test.EQUALS: "is", Test.BEGINS: "begin with", Test.ENDS: "end with", Test.CONTAINS: "contains"}  # fmt: skip
MEANING: dict[str, Callable[[str, str], bool]] = {
    "is": lambda text, value: text == value,
    "is not": lambda text, value: text != value,
    "is any": lambda text, value: text in value.split(";"),
    "begin with": str.startswith,
    "not begin with": lambda text, value: not text.startswith(value),
    "end with": str.endswith,
    "not end with": lambda text, value: not text.endswith(value),
    "contains": lambda text, value: value in text,
    "excludes": lambda text, value: value not in text,
    "contains any": lambda text, value: any(part in text for part in value.split(";")),
}
Event = dict[str, str]

_texts = st.sampled_from(["a", "b", "c", "ab", "ba", "b;c", "abc"])
_constraints = st.builds(
    Constraint,
    st.sampled_from(list(TESTS)),
    st.lists(_texts, min_size=1, max_size=3, unique=True).map(tuple),
    negated=st.booleans(),
)
_patterns = st.dictionaries(
    st.sampled_from(FIELDS), st.lists(_constraints, min_size=1, max_size=2).map(tuple), min_size=1
).map(lambda fields: EventPattern(EventId.of("Sysmon", 13), fields))
_events = st.fixed_dictionaries(dict.fromkeys(FIELDS, _texts))
_schemas = st.sampled_from([OLD, newest()])


def matches(item: Filter | RuleElement, event: Event) -> bool:
    if isinstance(item, RuleElement):
        assert item.match_all
        return all(matches(filter_, event) for filter_ in item.filters)
    return MEANING[item.condition](event[item.field], item.value)


def is_in(pattern: EventPattern, event: Event) -> bool:
    return pattern.admits(pattern.event, event) is True


@given(_patterns, _events, _schemas)
def test_an_event_is_included_exactly_where_it_lies_in_the_pattern(
    pattern: EventPattern, event: Event, schema: Schema
) -> None:
    constraints = [each for several in pattern.fields.values() for each in several]
    items = including(pattern, schema, FIELDS)
    if schema == OLD and all(
        each.negated and _OPPOSITES[each.test] is None for each in constraints
    ):
        assert items == ()
        return
    included = any(matches(item, event) for item in items)
    assert included or not is_in(pattern, event)
    comparable = schema != OLD or not any(
        each.negated and _OPPOSITES[each.test] is None for each in constraints
    )
    most = prod(1 if each.negated else len(each.values) for each in constraints)
    if comparable and most <= 64:
        assert included is is_in(pattern, event)


_OPPOSITES = {Test.EQUALS: "is not", Test.CONTAINS: "excludes", Test.BEGINS: None, Test.ENDS: None}
"""Conditions of the old schema that say the opposite of a test."""


@given(_patterns, _events, _schemas)
def test_no_event_of_the_pattern_meets_all_filters_that_spare_it(
    pattern: EventPattern, event: Event, schema: Schema
) -> None:
    filters = sparing(pattern, schema, FIELDS)
    able = [
        (name, each)
        for name, several in pattern.fields.items()
        for each in several
        if not each.negated and (schema != OLD or _OPPOSITES[each.test])
    ]
    assert bool(filters) is bool(able)
    if not filters:
        return
    assert len(filters) == min(len(each.values) for _, each in able)
    spared = all(matches(filter_, event) for filter_ in filters)
    assert not (spared and is_in(pattern, event))
    (name,) = {filter_.field for filter_ in filters}
    assert spared in {not each.admits(event[name]) for other, each in able if other == name}


def pattern_of(number: int = 13, **fields: Constraint) -> EventPattern:
    return EventPattern(EventId.of("Sysmon", number), {name: (each,) for name, each in fields.items()})  # fmt: skip


def is_(*values: str, test: Test = Test.EQUALS, negated: bool = False) -> Constraint:
    return Constraint(test, values, negated)


MANY = tuple(f"v{number}" for number in range(9))


@pytest.mark.parametrize(
    ("constraint", "schema", "conditions"),
    [
        (is_("a"), newest(), [("is", "a")]),
        (is_("a", "b"), newest(), [("is any", "a;b")]),
        (is_("a", "b", test=Test.CONTAINS), newest(), [("contains any", "a;b")]),
        (is_("a", "b"), OLD, [("is", "a"), ("is", "b")]),
        (is_("a", "b;c"), newest(), [("is", "a"), ("is", "b;c")]),
        (is_("a", "b", test=Test.ENDS), newest(), [("end with", "a"), ("end with", "b")]),
        (is_("a", negated=True), OLD, [("is not", "a")]),
        (is_("a", test=Test.ENDS, negated=True), OLD, []),
        (is_("a", test=Test.MATCHES), newest(), []),
        (is_(), newest(), []),
        (is_(""), newest(), []),
        (is_("a\nb"), newest(), []),
        (is_("a", "b\t"), newest(), []),
    ],
)
def test_values_of_one_field_in_the_fewest_conditions(
    constraint: Constraint, schema: Schema, conditions: list[tuple[str, str]]
) -> None:
    items = including(pattern_of(Image=constraint), schema, FIELDS)
    assert items == tuple(Filter("Image", Condition(name), value, "", 0) for name, value in conditions)  # fmt: skip


def test_values_of_two_fields_in_a_rule_for_each_pair() -> None:
    pattern = pattern_of(Image=is_("a", "b", test=Test.ENDS), TargetObject=is_("c", "d", test=Test.BEGINS))  # fmt: skip
    items = including(pattern, newest(), FIELDS)
    assert [str(item) for item in items] == [
        f'Image end with "{image}" and TargetObject begin with "{target}"'
        for image in "ab"
        for target in "cd"
    ]


@pytest.mark.parametrize(("sizes", "rules"), [((8, 8), 64), ((9, 8), 8), ((65, 2), 2), ((64,), 64), ((65,), 0)])  # fmt: skip
def test_a_constraint_with_too_many_values_is_left_out(sizes: tuple[int, ...], rules: int) -> None:
    fields = {
        name: is_(*(f"v{number}" for number in range(size)), test=Test.ENDS)
        for name, size in zip(FIELDS, sizes, strict=False)
    }
    assert len(including(pattern_of(**fields), newest(), FIELDS)) == rules


def test_fields_that_may_not_be_named_are_left_out() -> None:
    pattern = pattern_of(Image=is_("a"), TargetObject=is_("b"))
    assert including(pattern, newest(), ("Image",)) == including(pattern_of(Image=is_("a")), newest(), FIELDS)  # fmt: skip
    assert including(pattern, newest(), ()) == ()
    assert sparing(pattern, newest(), ()) == ()


@pytest.mark.parametrize(
    ("constraint", "named"),
    [
        (is_("SetValue"), False),
        (is_("SetValue", "CreateKey"), False),
        (is_("CreateKey"), True),
        (is_("SetValue", test=Test.ENDS), True),
        (is_("SetValue", negated=True), True),
    ],
)
def test_what_the_event_id_says_already_is_not_named(
    constraint: Constraint, *, named: bool
) -> None:
    fields = ("EventType", "Image")
    pattern = pattern_of(EventType=constraint, Image=is_("a"))
    (item,) = including(pattern, newest(), fields)
    assert isinstance(item, RuleElement) is named
    assert bool(including(pattern_of(EventType=constraint), newest(), fields)) is named


def test_another_field_spares_before_the_kind_of_an_event_does() -> None:
    fields = ("EventType", "Image")
    pattern = pattern_of(12, EventType=is_("CreateKey"), Image=is_("a", "b"))
    assert {each.field for each in sparing(pattern, newest(), fields)} == {"Image"}
    assert {each.field for each in sparing(pattern, newest(), fields[:1])} == {"EventType"}


def test_rules_came_with_schema_4_22() -> None:
    assert [has_rules(Schema(*number)) for number in ((4, 21), (4, 22), (4, 23))] == [False, True, True]  # fmt: skip
