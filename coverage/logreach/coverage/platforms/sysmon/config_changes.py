"""The least change with which a configuration keeps the events of a pattern, tried on the engine.

What excludes such events is made to spare them, or, where no condition says that, is taken out. An
include of its own is added unless the configuration keeps what nothing excludes. The engine then
answers for the changed configuration: a change with which it does not keep all is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.engine import Config, SysmonFilter, grammar, manifest
from logreach.coverage.platforms.sysmon.engine.config import EventElement, Filter, RuleElement
from logreach.coverage.platforms.sysmon.include_rules import all_of, has_rules, including, sparing

Item = Filter | RuleElement


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An exclude element, and its filters and rules that may match the events to keep."""

    element: EventElement
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """What to change of the elements of one tag.

    `include` are the filters and rules of a new include element at the end; () for none.
    `exclusions` exclude such events: they are to spare them with the filters `sparing`, or, where
    that is empty, are taken out.
    """

    tag: str
    include: tuple[Item, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    sparing: tuple[Filter, ...] = ()


def least_change(filter_: SysmonFilter, pattern: EventPattern) -> ConfigChange | None:
    """The least change that keeps such events; None where none is known that surely does."""
    config, event = filter_.config, manifest.event(int(pattern.event.number))
    if event is None or not _extensible(config, event.tag):
        return None
    fields = frozenset(grammar.fields_of_tag(event.tag, config.grammar)).intersection(
        manifest.fields_of(event.id, config.sysmon_schema)
    )
    exclusions = tuple(Exclusion(*exclusion) for exclusion in filter_.exclusions(pattern))
    include = including(pattern, config.sysmon_schema, fields)
    spared = sparing(pattern, config.sysmon_schema, fields) if exclusions else ()
    for filters in dict.fromkeys((spared, ())):
        elements = _spared(config.elements_of(event.id), exclusions, filters)
        if exclusions and _keeps(config, event.tag, elements, pattern):
            return ConfigChange(event.tag, (), exclusions, filters)
        # Beside a single exclude list, an include would end what the list lets through.
        if include and not (len(elements) == 1 and not elements[0].include):
            new = EventElement(
                event.tag, 0, include=True, match_all=False, items=include, group="", line=0
            )
            if _keeps(config, event.tag, (*elements, new), pattern):
                return ConfigChange(event.tag, include, exclusions, filters)
    return None


def _extensible(config: Config, tag: str) -> bool:
    """Whether Sysmon would load an element of the tag at the end of the file.

    It drops every element of a tag after one with an incorrect field.
    """
    if not tag or not has_rules(config.grammar):
        return False
    loadable = tag in manifest.tags(config.grammar, loading=True)
    return loadable and not any(dropped.tag == tag and dropped.field for dropped in config.dropped)


def _spared(
    elements: Iterable[EventElement], exclusions: Iterable[Exclusion], filters: tuple[Filter, ...]
) -> tuple[EventElement, ...]:
    """The elements with the filters added to every exclusion, so that it spares events that fail
    them; without filters, the exclusions are removed."""
    items = {id(exclusion.element): exclusion.items for exclusion in exclusions}
    return tuple(
        _sparing(element, items[id(element)], filters) if id(element) in items else element
        for element in elements
    )


def _sparing(
    element: EventElement, items: tuple[Item, ...], filters: tuple[Filter, ...]
) -> EventElement:
    if element.match_all:
        return replace(element, items=(*element.items, all_of(filters)) if filters else ())
    changed = (
        rule
        for item in element.items
        for rule in ((item,) if item not in items else _with(item, filters) if filters else ())
    )
    return replace(element, items=tuple(changed))


def _with(item: Item, filters: tuple[Filter, ...]) -> Iterator[Item]:
    """An excluding filter or rule that also requires the further filters."""
    if isinstance(item, RuleElement) and item.match_all:
        yield replace(item, filters=(*item.filters, *filters))
        return
    for filter_ in item.filters if isinstance(item, RuleElement) else (item,):
        yield all_of((filter_, *filters))


def _keeps(
    config: Config, tag: str, elements: Sequence[EventElement], pattern: EventPattern
) -> bool:
    """Whether the engine keeps all such events with these elements of the tag."""
    compiled = [_recompiled(config, element) for element in elements]
    if not all(compiled):
        return False
    changed = replace(config, elements={**config.elements, tag: tuple(filter(None, compiled))})
    answer = SysmonFilter(replace(changed, compiled={})).answer(pattern)
    return answer.level is Level.YES and answer.exact


def _recompiled(config: Config, element: EventElement) -> EventElement | None:
    """The element for the first event of its tag that has all its fields; None where none has."""
    fields = {filter_.field for filter_ in element.filters}
    for event_id in manifest.tags(config.sysmon_schema)[element.tag]:
        if fields <= set(manifest.fields_of(event_id, config.sysmon_schema)):
            return replace(element, event_id=event_id)
    return None


def as_xml(change: ConfigChange) -> str:
    """The include element of a change, in a group of its own."""
    inside = "".join(item_xml(item) for item in change.include)
    return (
        f'<RuleGroup groupRelation="or"><{change.tag} onmatch="include">{inside}'
        f"</{change.tag}></RuleGroup>"
    )


def item_xml(item: Item) -> str:
    """A filter or rule as it stands in a configuration."""
    if isinstance(item, RuleElement):
        relation = "and" if item.match_all else "or"
        filters = "".join(map(item_xml, item.filters))
        return f'<Rule groupRelation="{relation}">{filters}</Rule>'
    value = escape(item.value, quote=False)
    return f'<{item.field} condition="{item.condition}">{value}</{item.field}>'
