"""What a remedy says to change of a configuration, done to the file and loaded by the engine."""

from __future__ import annotations

import re
from functools import cache

import hosts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shared

from logreach.coverage.attack import load_attack
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.network.model import build
from logreach.coverage.platforms.sysmon.config_changes import ConfigChange, as_xml, least_change
from logreach.coverage.platforms.sysmon.engine import Config, SysmonFilter, document, load, loading
from logreach.coverage.platforms.sysmon.engine.config import Filter, RuleElement
from logreach.coverage.platforms.sysmon.engine.document import XmlNode
from logreach.coverage.platforms.sysmon.kept_events import KeptPattern
from logreach.coverage.platforms.sysmon.prerequisites import Keeping, SysmonKeeps
from logreach.inventories.windows.facts import SYSMON, SysmonState

SERVICES = "HKLM\\System\\CurrentControlSet\\Services\\"


def _pattern(number: int, **fields: tuple[str, ...]) -> EventPattern:
    """Of an event, a test and its values by field."""
    return EventPattern(
        EventId.of("Sysmon", number),
        {
            name: (Constraint(Test(test), tuple(values)),)
            for name, (test, *values) in fields.items()
        },
    )


def _config(*elements: str, relation: str = "or") -> str:
    groups = "".join(
        f'<RuleGroup groupRelation="{relation}">{element}</RuleGroup>' for element in elements
    )
    return f'<Sysmon schemaversion="4.90"><EventFiltering>{groups}</EventFiltering></Sysmon>'


def changed(xml: str, change: ConfigChange, version: str = "15.15") -> str:
    """The file once the change is made, by hand as it were: element by element."""
    root, config = document.parse(xml), load(xml, version)
    for exclusion in change.exclusions:
        node = _node_of(root, config, exclusion.element)
        if exclusion.element.match_all:
            spared = [_node(RuleElement(change.sparing, True, "", 0))] if change.sparing else []
            node.children = [*node.children, *spared] if spared else []
            continue
        children = []
        for child, item in zip(node.children, exclusion.element.items, strict=True):
            if item not in exclusion.items:
                children.append(child)
            elif change.sparing:
                children += _sparing(child, change.sparing)
        node.children = children
    if change.include:
        filtering = next(node for node in root.children if node.name == "EventFiltering")
        filtering.children.append(document.parse(as_xml(change)))
    # Elements are told apart by their lines: the next change must find each of two equal ones.
    return re.sub("(?<=>)(?=<(RuleGroup|RegistryEvent))", "\n", _text(root))


def _node_of(root: XmlNode, config: Config, element: object) -> XmlNode:
    """The node of an element that the engine has loaded."""
    nodes = [
        node
        for node, _ in loading._event_nodes(root)
        if node.name == element.tag and "onmatch" in node.attributes
    ]
    return nodes[config.elements[element.tag].index(element)]


def _sparing(child: XmlNode, filters: tuple[Filter, ...]) -> list[XmlNode]:
    more = [_node(filter_) for filter_ in filters]
    if child.name != "Rule":
        rule = XmlNode("Rule", 0, {"groupRelation": "and"}, [child, *more], empty=False)
        return [rule]
    if child.attributes.get("groupRelation", "or").lower() != "or":
        child.children += more
        return [child]
    return [XmlNode("Rule", 0, {"groupRelation": "and"}, [x, *more]) for x in child.children]


def _node(item: Filter | RuleElement) -> XmlNode:
    if isinstance(item, RuleElement):
        return XmlNode("Rule", 0, {"groupRelation": "and"}, [_node(x) for x in item.filters])
    return XmlNode(item.field, 0, {"condition": str(item.condition)}, content=item.value)


def _text(node: XmlNode) -> str:
    attributes = "".join(f' {name}="{_escape(value)}"' for name, value in node.attributes.items())
    if node.empty and not node.children and not node.content:
        return f"<{node.name}{attributes}/>"
    inside = "".join(map(_text, node.children)) or _escape(node.content)
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


def _escape(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


CREATED = _pattern(13, TargetObject=("begins", SERVICES), EventType=("equals", "SetValue"))
KEPT_BEFORE = _pattern(13, TargetObject=("ends", "\\x"))
INCLUDES = '<RegistryEvent onmatch="include"><TargetObject condition="end with">\\x</TargetObject></RegistryEvent>'
EXCLUDES = '<RegistryEvent onmatch="exclude"><Image condition="end with">\\noisy.exe</Image><TargetObject condition="end with">\\x</TargetObject></RegistryEvent>'
BOTH_FIELDS = '<RegistryEvent onmatch="exclude"><Image condition="end with">\\noisy.exe</Image><TargetObject condition="end with">\\Start</TargetObject></RegistryEvent>'


@pytest.mark.parametrize(
    ("xml", "include", "exclusions"),
    [
        (_config(), True, 0),
        (_config(INCLUDES), True, 0),
        (_config('<RegistryEvent onmatch="include"/>'), True, 0),
        (_config(EXCLUDES), False, 2),
        (_config(EXCLUDES, INCLUDES), True, 2),
        (_config(EXCLUDES, '<RegistryEvent onmatch="exclude"/>'), True, 2),
        (_config(BOTH_FIELDS, relation="and"), False, 2),
    ],
    ids=["none", "include", "empty include", "exclude", "both", "two excludes", "all at once"],
)
def test_the_change_is_the_least_for_the_elements_there_are(
    xml: str, include: bool, exclusions: int
) -> None:
    change = least_change(SysmonFilter(load(xml, "15.15")), CREATED)
    assert change is not None
    assert bool(change.include) is include
    assert sum(len(one.items) for one in change.exclusions) == exclusions
    after = SysmonFilter(load(changed(xml, change), "15.15"))
    assert after.answer(CREATED).level.name == "YES"


def test_an_include_names_the_pattern_and_nothing_that_the_event_id_says_already() -> None:
    change = least_change(SysmonFilter(load(_config(), "15.15")), CREATED)
    assert change is not None
    assert as_xml(change) == (
        '<RuleGroup groupRelation="or"><RegistryEvent onmatch="include">'
        f'<TargetObject condition="begin with">{SERVICES}</TargetObject>'
        "</RegistryEvent></RuleGroup>"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        _pattern(13, TargetObject=("matches", "a.*b")),
        _pattern(13, TargetObject=("begins", "É")),
        _pattern(13),
    ],
    ids=["an expression", "a letter that Sysmon folds otherwise", "every event"],
)
def test_of_what_no_condition_surely_includes_all_is_to_be_kept(pattern: EventPattern) -> None:
    said = hosts.facts(
        {"os": "Windows 11 23H2", "sysmon": {"version": "15.15", "config": _config()}}
    )
    remedy = SysmonKeeps(pattern).check(said).remedy
    assert remedy is not None
    assert '<RegistryEvent onmatch="exclude"/>' in remedy.text


def test_a_file_whose_schema_lacks_the_element_gets_no_include() -> None:
    old = '<Sysmon schemaversion="4.22"><EventFiltering/></Sysmon>'
    pattern = _pattern(26, TargetFilename=("ends", ".exe"))
    assert least_change(SysmonFilter(load(old, "15.15")), pattern) is None


@cache
def _wanted() -> tuple[EventPattern, ...]:
    """Every pattern that techniques ask of Sysmon."""
    leaves = build(load_attack()).compiled.leaves.by_number.values()
    return tuple(x.pattern for x in leaves if isinstance(x, SysmonKeeps) and x.pattern.fields)


@pytest.mark.parametrize(
    "name",
    [
        "modular-sysmonconfig",
        "modular-sysmonconfig-excludes-only",
        "modular-sysmonconfig-mde-augment",
        "swiftonsecurity",
    ],
)
def test_in_configurations_of_others_every_change_keeps_its_pattern_and_loses_nothing(
    name: str,
) -> None:
    xml = shared(f"sysmon/configs/{name}.xml").read_text("utf-8-sig")
    filter_ = SysmonFilter(load(xml, "15.15"))
    offered = 0
    wanted = [x for x in _wanted() if filter_.answer(x).level.name != "YES"]
    for pattern in wanted[::23]:
        change = least_change(filter_, pattern)
        if change is None:
            continue
        offered += 1
        after = SysmonFilter(load(changed(xml, change), "15.15"))
        assert after.answer(pattern).level.name == "YES", pattern
        for other in [x for x in _wanted() if x.event == pattern.event][:9]:
            assert after.answer(other).level >= filter_.answer(other).level, (pattern, other)
    assert offered


_TEXTS = st.sampled_from(("\\a", "b;c", "%TEMP%\\d", "e&<f", "HKLM\\g"))
_FIELDS = st.sampled_from(("TargetObject", "Image"))
_CONDITIONS = st.sampled_from(("is", "begin with", "end with", "contains", "excludes", "image"))


@st.composite
def _filters(draw: st.DrawFn) -> str:
    field, text = draw(_FIELDS), _escape(draw(_TEXTS))
    return f'<{field} condition="{draw(_CONDITIONS)}">{text}</{field}>'


@st.composite
def _configs(draw: st.DrawFn) -> str:
    """A few lists for the registry, in groups of either relation, with rules or without."""
    groups = []
    for _ in range(draw(st.integers(0, 3))):
        items = draw(st.lists(_filters(), max_size=3))
        if items and draw(st.booleans()):
            relation = draw(st.sampled_from(("and", "or")))
            items = [f'<Rule groupRelation="{relation}">{"".join(items)}</Rule>', draw(_filters())]
        match = draw(st.sampled_from(("include", "exclude")))
        element = f'<RegistryEvent onmatch="{match}">{"".join(items)}</RegistryEvent>'
        relation = draw(st.sampled_from(("and", "or")))
        groups.append(f'\n<RuleGroup groupRelation="{relation}">{element}</RuleGroup>')
    filtering = f"<EventFiltering>{''.join(groups)}</EventFiltering>"
    return f'<Sysmon schemaversion="4.90">{filtering}</Sysmon>'


@st.composite
def _patterns(draw: st.DrawFn) -> EventPattern:
    test = st.sampled_from(("equals", "begins", "ends", "contains"))
    fields = {
        name: (draw(test), *draw(st.lists(_TEXTS, min_size=1, max_size=2, unique=True)))
        for name in draw(st.sets(_FIELDS, min_size=1))
    }
    return _pattern(draw(st.sampled_from((12, 13, 14))), **fields)


@given(_configs(), st.lists(_patterns(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_several_changes_add_up_and_the_engine_keeps_what_they_promise(
    xml: str, patterns: list[EventPattern]
) -> None:
    """What is said of any pattern once remedies are made is no more than what the engine does."""
    said = hosts.facts({"os": "Windows 11 23H2", "sysmon": {"version": "15.15", "config": xml}})
    state, text = said.get(SYSMON).value, xml
    for pattern in patterns:
        remedy = SysmonKeeps(pattern).check(said).remedy
        if remedy is None or "a single <" in remedy.text:
            continue  # nothing to change, or all of the event to keep
        change = least_change(SysmonFilter(load(text, "15.15")), pattern)
        if change is None:
            continue  # the change before keeps it
        state, text = remedy.value.added_to(state), changed(text, change)
    after, modelled = SysmonFilter(load(text, "15.15")), Keeping(said.stating(SYSMON, state))
    for pattern in (*patterns, *(EventPattern(x.event) for x in patterns)):
        promised = modelled.check(pattern).verdict.proven
        answer = after.answer(pattern)
        assert promised <= answer.level or not answer.exact, (pattern, text)


@given(_configs(), _patterns())
@settings(max_examples=150, deadline=None)
def test_a_single_change_keeps_its_pattern_and_loses_nothing(
    xml: str, pattern: EventPattern
) -> None:
    before = SysmonFilter(load(xml, "15.15"))
    change = least_change(before, pattern)
    if change is None or before.answer(pattern).level.name == "YES":
        return
    after = SysmonFilter(load(changed(xml, change), "15.15"))
    assert after.answer(pattern).level.name == "YES", text_of(change)
    for number in (12, 13, 14):
        other = EventPattern(EventId.of("Sysmon", number), pattern.fields)
        assert after.answer(other).level >= before.answer(other).level


def text_of(change: ConfigChange) -> str:
    return f"{as_xml(change)} {change.exclusions} {change.sparing}"


def test_keeping_all_exceeds_keeping_a_pattern_and_patterns_add_up() -> None:
    def state(*patterns: EventPattern) -> SysmonState:
        return SysmonState(True, keeps_also=tuple(map(KeptPattern.of, patterns)))

    all_, services = state(_pattern(13)), state(CREATED)
    start = state(_pattern(13, TargetObject=("equals", f"{SERVICES}x\\Start")))
    assert all_.exceeds(services)
    assert not services.exceeds(all_)
    assert not services.exceeds(services)
    other = state(_pattern(12, TargetObject=("begins", SERVICES)))
    assert not all_.exceeds(other)
    there = SysmonState(True, "15.15", _config())
    both = start.added_to(services.added_to(there))
    assert len(both.keeps_also) == 2
    assert both.config == there.config
    assert services.added_to(both) == both
