"""Single least changes; test_config_changes.py makes changes and asks the engine again."""

from __future__ import annotations

import pytest

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.config_changes import least_change
from logreach.coverage.platforms.sysmon.engine import SysmonFilter, load


def _pattern(number: int, **fields: tuple[str, ...]) -> EventPattern:
    """Of an event, a test and its values by field."""
    return EventPattern(
        EventId.of("Sysmon", number),
        {
            name: (Constraint(Test(test), tuple(values)),)
            for name, (test, *values) in fields.items()
        },
    )


def _config(*elements: str) -> str:
    groups = "".join(f'<RuleGroup groupRelation="or">{element}</RuleGroup>' for element in elements)
    return f'<Sysmon schemaversion="4.90"><EventFiltering>{groups}</EventFiltering></Sysmon>'


@pytest.mark.parametrize("besides", [(), ('<RegistryEvent onmatch="exclude"/>',)])
def test_no_filter_is_put_into_a_list_beside_a_field_of_another_event(
    besides: tuple[str, ...],
) -> None:
    """Event 13 has Details, 14 has NewName: Sysmon loads no list that asks for both."""
    fields = '<NewName condition="excludes">x</NewName><Image condition="is">x</Image>'
    xml = _config(f'<RegistryEvent onmatch="exclude">{fields}</RegistryEvent>', *besides)
    pattern = _pattern(13, Details=("begins", "a"))
    change = least_change(SysmonFilter(load(xml, "15.15")), pattern)
    assert change is not None
    assert change.sparing == ()
    assert [str(item) for each in change.exclusions for item in each.items] == ['Image is "x"']


def test_several_values_of_two_fields_are_kept_by_rules_any_of_which_suffices() -> None:
    pattern = _pattern(13, TargetObject=("begins", "a", "b"), Image=("ends", "c", "d"))
    change = least_change(SysmonFilter(load(_config(), "15.15")), pattern)
    assert change is not None
    assert len(change.include) == 4


@pytest.mark.parametrize(
    ("number", "schema", "version", "extensible"),
    [
        (13, "4.90", "15.15", True),
        (13, "4.22", "10.42", True),
        (13, "4.21", "10.2", False),
        (16, "4.90", "15.15", False),
        (29, "4.82", "15.15", False),
        (29, "4.90", "15.15", True),
    ],
)
def test_a_file_is_changed_whose_schema_has_rules_and_the_element(
    number: int, schema: str, version: str, *, extensible: bool
) -> None:
    xml = f'<Sysmon schemaversion="{schema}"><EventFiltering/></Sysmon>'
    pattern = _pattern(number, Image=("equals", "x"))
    change = least_change(SysmonFilter(load(xml, version)), pattern)
    assert (change is not None) is extensible


def test_no_element_is_added_to_those_that_sysmon_drops() -> None:
    """After an element with fields of two events, it drops every later one of the same tag."""
    fields = '<NewName condition="is">x</NewName><Details condition="is">x</Details>'
    xml = _config(f'<RegistryEvent onmatch="include">{fields}</RegistryEvent>')
    assert load(xml, "15.15").dropped
    filter_ = SysmonFilter(load(xml, "15.15"))
    assert least_change(filter_, _pattern(13, Image=("equals", "x"))) is None
    assert least_change(filter_, _pattern(1, Image=("equals", "x"))) is not None
