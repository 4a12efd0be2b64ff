"""What is advised about Sysmon: releases, and steps in a configuration, each read plainly."""

from __future__ import annotations

import pytest

from logreach.coverage.engine.judged import Remedy
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.platforms.sysmon.config_changes import as_xml, item_xml, least_change
from logreach.coverage.platforms.sysmon.engine import SysmonFilter, load, releases, systems
from logreach.coverage.platforms.sysmon.engine.config import Condition, Filter, RuleElement
from logreach.coverage.platforms.sysmon.engine.defects import Defect, defects
from logreach.coverage.platforms.sysmon.kept_events import KeptPattern
from logreach.coverage.platforms.sysmon.programs import Sieve
from logreach.coverage.platforms.sysmon.remedies import install, keep, keep_all, upgrade
from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.windows.facts import SYSMON, OperatingSystem, SysmonState
from logreach.inventories.windows.system.operating_systems import catalogue

NOT_TOLD = Missing("the inventory does not say")
SYSTEMS = sorted(set(catalogue()), key=str)
NEWEST = releases.releases()[-1].name


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_the_sysmon_to_install_is_the_newest_that_runs_there(system: OperatingSystem) -> None:
    remedy, version = install(Known(system)), systems.newest_for(system)
    if version is None:
        assert remedy is None
        return
    assert remedy is not None
    assert remedy.key == SYSMON
    state = remedy.value
    assert isinstance(state, SysmonState)
    assert (state.installed, state.version) == (True, version)
    assert ("or newer" in remedy.text) is (version == NEWEST)
    assert ("the last that runs there" in remedy.text) is (version != NEWEST)
    assert state.config is not None
    filter_ = SysmonFilter(load(state.config, version))
    assert filter_.answer(EventPattern(EventId.of("Sysmon", 1))).level.name == "YES"


def test_no_sysmon_is_advised_for_a_windows_that_is_not_told() -> None:
    assert install(NOT_TOLD) is None


@pytest.mark.parametrize("defect", defects(), ids=lambda defect: defect.id)
def test_the_release_advised_lacks_the_defect_and_runs_there(defect: Defect) -> None:
    for os in (NOT_TOLD, *map(Known, SYSTEMS)):
        version = defect.fixed_name if isinstance(os, Missing) else systems.newest_for(os.value)
        able = version is not None and releases.numbers(version) >= defect.fixed
        remedy = upgrade(os, defect)
        assert (remedy is not None) is able, os
        if remedy is not None:
            assert remedy.value == SysmonState(installed=True, version=version)
            assert remedy.title == f"Sysmon: upgrade to {version}"
            assert remedy.key == SYSMON


def pattern(number: int = 13, **fields: tuple[str, ...]) -> EventPattern:
    """Of an event, a test and its values by field."""
    return EventPattern(
        EventId.of("Sysmon", number),
        {
            name: (Constraint(Test(test), tuple(values)),)
            for name, (test, *values) in fields.items()
        },
    )


def sieve(
    *elements: str, relation: str = "or", schema: str = "4.90", version: str = "15.15"
) -> Sieve:
    groups = "\n".join(
        f'<RuleGroup groupRelation="{relation}">{each}</RuleGroup>' for each in elements
    )
    xml = f'<Sysmon schemaversion="{schema}"><EventFiltering>\n{groups}</EventFiltering></Sysmon>'
    return Sieve(load(xml, version), xml)


SERVICES = pattern(TargetObject=("begins", "HKLM\\S"))
EMPTY = sieve()
OTHERS = sieve('<RegistryEvent onmatch="include"><Image condition="is">x</Image></RegistryEvent>')
NOISE = sieve('<RegistryEvent onmatch="exclude"><Image condition="is">x</Image></RegistryEvent>')


@pytest.mark.parametrize(
    ("sieves", "is_least"),
    [
        ([EMPTY], True),
        ([EMPTY, OTHERS], True),
        ([EMPTY, OTHERS, EMPTY], True),
        ([EMPTY, NOISE], False),
        ([NOISE, EMPTY], False),
        ([EMPTY, OTHERS, NOISE], False),
        ([], False),
    ],
)
def test_a_change_is_advised_that_is_the_least_in_every_sysmon_there_may_be(
    sieves: list[Sieve], *, is_least: bool
) -> None:
    remedy = keep(SERVICES, sieves)
    assert remedy is not None
    least = SysmonState(installed=True, keeps_also=(KeptPattern.of(SERVICES),))
    assert (remedy.value == least) is is_least
    assert (remedy == keep_all(13)) is not is_least
    assert remedy.key == SYSMON


@pytest.mark.parametrize("number", [27, 28])
def test_what_blocks_is_never_to_be_matched(number: int) -> None:
    assert keep(pattern(number), [EMPTY]) is None
    assert keep(pattern(number, Image=("equals", "x")), [EMPTY]) is None


def test_to_keep_all_of_an_element_is_to_keep_every_event_that_shares_it() -> None:
    remedy = keep(pattern(13), [EMPTY])
    assert remedy == keep_all(13) == keep_all(12)
    assert isinstance(remedy, Remedy)
    assert isinstance(remedy.value, SysmonState)
    assert {str(each) for each in remedy.value.keeps_also} == {
        f"every Sysmon:{number}" for number in (12, 13, 14)
    }
    for number, asks in ((24, True), (1, False)):
        all_ = keep_all(number)
        assert all_ is not None
        assert ("<CaptureClipboard/>" in all_.text) is asks


RULES = '<RegistryEvent onmatch="exclude"><Image condition="is">x</Image><TargetObject condition="end with">y</TargetObject></RegistryEvent>'
NEVER = '<RegistryEvent onmatch="exclude"><Details condition="is">x</Details><Rule groupRelation="or"><Image condition="is">x</Image></Rule></RegistryEvent>'
OTHER_FIELDS = '<RegistryEvent onmatch="exclude"><Image condition="is">x</Image><Details condition="is">y</Details></RegistryEvent>'
SPARED = '<TargetObject condition="not begin with">HKLM\\S</TargetObject>'


@pytest.mark.parametrize(
    ("elements", "relation", "steps"),
    [
        ([], "or", 1),
        ([RULES], "or", 1),
        ([NEVER], "or", 1),
        ([RULES], "and", 1),
        ([RULES, '<RegistryEvent onmatch="include"/>'], "or", 2),
        ([RULES, '<RegistryEvent onmatch="include"/>'], "and", 2),
        ([RULES, NEVER], "or", 3),
        ([RULES, NEVER], "and", 3),
        ([OTHER_FIELDS], "and", 1),
    ],
)
@pytest.mark.parametrize("schema", ["4.90", "4.22"])
def test_every_part_of_a_change_is_a_step(
    elements: list[str], relation: str, steps: int, schema: str
) -> None:
    version = "15.15" if schema == "4.90" else "10.42"
    made = sieve(*elements, relation=relation, schema=schema, version=version)
    remedy, change = keep(SERVICES, [made]), least_change(made.engine, SERVICES)
    assert change is not None
    assert remedy is not None
    assert len(change.exclusions) + bool(change.include) == steps
    instruction = remedy.text.partition(": ")[2].split("; ")
    assert len(instruction) == steps
    assert any(as_xml(change) in step for step in instruction) is bool(change.include)
    # Beside a filter on the same field, another one widens a list that asks for all of its fields.
    in_vain = relation == "and" and RULES in elements
    assert bool(change.sparing) is (schema == "4.90" and bool(change.exclusions) and not in_vain)
    for exclusion, step in zip(change.exclusions, instruction, strict=False):
        element = exclusion.element
        assert f"(line {element.line})" in step
        if element.match_all and change.sparing:
            assert f'<Rule groupRelation="and">{SPARED}</Rule>' in step
            assert step.startswith("add to ")
        elif element.match_all:
            assert step.startswith("empty ")
        else:
            lines = sorted({item.line for item in exclusion.items})
            assert all(str(line) in step for line in lines)
            assert (SPARED in step) is bool(change.sparing)
            assert ("take out" in step) is not bool(change.sparing)


def test_no_more_than_eight_lines_are_named() -> None:
    for count, more in ((8, ""), (9, " and 1 more"), (11, " and 3 more")):
        items = "".join(f'\n<Image condition="is">x{number}</Image>' for number in range(count))
        made = sieve(f'<RegistryEvent onmatch="exclude">{items}</RegistryEvent>')
        remedy = keep(SERVICES, [made])
        assert remedy is not None
        last = 2 + min(count, 8)
        assert f", {last}{more})" in remedy.text
        assert f", {last + 1}" not in remedy.text


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"Image": ("equals", "a", "b")}, "RegistryEvent with Image a/b"),
        ({"Image": ("equals", "a", "b", "c")}, "RegistryEvent with Image a/b/..."),
        (
            {"Image": ("equals", "a"), "TargetObject": ("ends", "b")},
            "RegistryEvent with Image a, TargetObject b",
        ),
        (
            {"EventType": ("equals", "SetValue"), "Image": ("equals", "a")},
            "RegistryEvent with Image a",
        ),
    ],
)
def test_a_title_names_the_first_values_of_each_field(
    fields: dict[str, tuple[str, ...]], title: str
) -> None:
    remedy = keep(pattern(**fields), [EMPTY])
    assert remedy is not None
    assert remedy.title == f"Sysmon configuration: keep {title}"


def test_of_an_event_that_shares_its_element_the_kind_alone_is_named() -> None:
    remedy = keep(pattern(12, EventType=("equals", "CreateKey")), [EMPTY])
    assert remedy is not None
    assert remedy.title == "Sysmon configuration: keep RegistryEvent with EventType CreateKey"


def test_filters_and_rules_as_they_stand_in_a_configuration() -> None:
    first = Filter("Image", Condition.IS, 'a<b&"c"', "", 0)
    second = Filter("User", Condition.CONTAINS, "d", "", 0)
    plain = ['<Image condition="is">a&lt;b&amp;"c"</Image>', '<User condition="contains">d</User>']
    assert [item_xml(first), item_xml(second)] == plain
    for match_all, relation in ((True, "and"), (False, "or")):
        rule = RuleElement((first, second), match_all=match_all, name="", line=0)
        assert item_xml(rule) == f'<Rule groupRelation="{relation}">{"".join(plain)}</Rule>'
