"""Whether Sysmon logs one event, and under which rule: SEMANTICS.md in code.

Exclude elements are evaluated before include elements, within each kind the last of the document
first. The first element that matches decides. The rule name of a filter that matches is kept, even
if its element then fails, until a later filter with a name matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from logreach.coverage.events.patterns import Decider
from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.conditions import Test, fold
from logreach.coverage.platforms.sysmon.engine.config import (
    Config,
    EventElement,
    Filter,
    RuleElement,
)

UNFILTERED = frozenset((4, 16, 255))
"""Events that Sysmon logs whatever its configuration says."""
EMPTY = "-"
"""What the engine compares instead of an empty text field."""
# The engine derives these event ids from EventType, so an event that lacks the field still has it.
_IMPLIED_TYPE = {13: "SetValue", 14: "RenameKey"}

Status = int
"""The result of a filter, rule or element for one event: one of the three below.

They are bits, so that `outcomes` can hold the possible results for many events in one number.
"""
MATCH, NO_MATCH = 1, 2
FAILED = 4
"""A filter needs a number or GUID that the event lacks: Sysmon leaves the element."""


class Basis(Enum):
    """The ground of a decision."""

    ELEMENT = "element"  # an element matched
    SINGLE = "single"  # no match, and there is one element: its default
    MULTIPLE = "multiple"  # no match, and there are several elements: not logged
    MANIFEST = "manifest"  # no element: the default of this Sysmon
    UNFILTERED = "unfiltered"  # the event cannot be filtered
    NO_EVENT = "no event"  # this Sysmon does not write the event


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an event is logged, and why.

    `rule` is the RuleName ('' for none). `disabled`: the event is switched off, so that no element
    can log it. `element` decided, by its filter or rule `item`.
    """

    logged: bool
    rule: str
    basis: Basis
    disabled: bool = False
    element: EventElement | None = None
    item: Filter | RuleElement | None = None

    @property
    def deciders(self) -> tuple[Decider, ...]:
        """The parts of the configuration that decided, the most specific first."""
        if self.element is None:
            return ()
        group = f"in RuleGroup {self.element.group!r}" if self.element.group else ""
        element = Decider(str(self.element), self.element.line, group)
        if self.item is None:
            return (element,)
        name = self.item.name or self.element.tag
        return (Decider(name, self.item.line, str(self.item)), element)


class _FieldValues(dict[str, "str | None"]):
    """The field values of one event as conditions see them, each computed on first use."""

    __slots__ = ("_event_id", "_fields")

    def __init__(self, event_id: int, fields: Mapping[str, str]) -> None:
        super().__init__()
        self._event_id = event_id
        self._fields = fields

    def __missing__(self, name: str) -> str | None:
        self[name] = value = field_value(self._event_id, name, self._fields.get(name))
        return value


class _EventState:
    """One event during evaluation: its field values and the rule name that it would carry."""

    __slots__ = ("rule", "values")

    def __init__(self, values: _FieldValues) -> None:
        self.values = values
        self.rule = ""


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter with its test.

    `applies` is False if the event lacks the field at its index. `alternative`: the element has
    a later filter on the same field, so that this one need not match in an AND.
    """

    source: Filter
    field: str
    name: str
    test: Test
    applies: bool
    alternative: bool

    def status(self, event: _EventState) -> Status:
        """The filter's result."""
        if not self.applies:
            return NO_MATCH
        value = event.values[self.field]
        if value is None:
            return FAILED
        if not self.test(value):
            return NO_MATCH
        if self.name:
            event.rule = self.name
        return MATCH


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A `<Rule>` with its tests; unlike an element, it does not OR filters on the same field."""

    source: RuleElement
    filters: tuple[CompiledFilter, ...]

    def status(self, event: _EventState) -> Status:
        """The rule's result: AND ends at the first filter that does not match, OR at a match."""
        neutral = MATCH if self.source.match_all else NO_MATCH
        for filter_ in self.filters:
            status = filter_.status(event)
            if status != neutral:
                return status
        return neutral


@dataclass(frozen=True, slots=True)
class CompiledElement:
    """An event element with its filters and rules in document order."""

    source: EventElement
    items: tuple[CompiledFilter | CompiledRule, ...]

    def status(self, event: _EventState) -> tuple[Status, Filter | RuleElement | None]:
        """The element's result, and the filter or rule that caused it."""
        if self.source.match_all:
            return self._status_of_all(event)
        for item in self.items:
            status = item.status(event)
            if status != NO_MATCH:
                return status, item.source
        return NO_MATCH, None

    def _status_of_all(self, event: _EventState) -> tuple[Status, Filter | RuleElement | None]:
        """AND over all filters and rules, but filters on the same field are ORed."""
        matched_fields: set[str] = set()
        last_match: Filter | RuleElement | None = None
        for item in self.items:
            if isinstance(item, CompiledFilter) and item.applies and item.field in matched_fields:
                continue
            status = item.status(event)
            if isinstance(item, CompiledFilter):
                if status == NO_MATCH and item.alternative:
                    continue
                matched_fields.add(item.field)
            if status != MATCH:
                return status, None
            last_match = item.source
        return (MATCH if self.items else NO_MATCH), last_match


def decide(config: Config, event_id: int, fields: Mapping[str, str]) -> Decision:
    """Whether a configuration logs one event; `fields` as the event log shows them."""
    event = manifest.event(event_id)
    if event is None or not manifest.fields_of(event_id, config.sysmon_schema):
        return Decision(logged=False, rule="", basis=Basis.NO_EVENT)
    if event_id in UNFILTERED:
        return Decision(logged=True, rule="", basis=Basis.UNFILTERED)
    disabled = not config.enabled(event_id)
    elements = elements_for(config, event_id)
    if not elements:
        logged = config.logged_by_default(event_id) and not disabled
        return Decision(logged, "", Basis.MANIFEST, disabled)
    state = _EventState(_FieldValues(event_id, fields))
    for element in elements:
        status, item = element.status(state)
        if status == MATCH:
            logged = element.source.include and not disabled
            return Decision(logged, state.rule, Basis.ELEMENT, disabled, element.source, item)
    if len(elements) == 1:
        only = elements[0].source
        return Decision(not only.include and not disabled, "", Basis.SINGLE, disabled, only)
    return Decision(logged=False, rule="", basis=Basis.MULTIPLE, disabled=disabled)


def elements_for(config: Config, event_id: int) -> tuple[CompiledElement, ...]:
    """The elements for an event in the order of evaluation, compiled once per configuration."""
    key = str(event_id)
    compiled = config.compiled.get(key)
    if compiled is None:
        last_first = config.elements_of(event_id)[::-1]
        excludes = [element for element in last_first if not element.include]
        includes = [element for element in last_first if element.include]
        compiled = tuple(_compile(element, event_id, config) for element in (*excludes, *includes))
        config.compiled[key] = compiled
    return compiled  # type: ignore[return-value]  # only these are stored


def _compile(element: EventElement, event_id: int, config: Config) -> CompiledElement:
    """Compile an element for one of the events that share its tag.

    The engine addresses a field by its index in the event that the element was compiled for. A
    filter therefore applies to this event only if it has the same field at that index.
    """
    event_fields = manifest.fields_of(event_id, config.sysmon_schema)
    compiled_fields = manifest.fields_of(element.event_id, config.sysmon_schema)

    def compiled(filter_: Filter, alternative: bool = False) -> CompiledFilter:
        index = compiled_fields.index(filter_.field)
        applies = index < len(event_fields) and event_fields[index] == filter_.field
        test = conditions.test(filter_.condition, filter_.value)
        return CompiledFilter(filter_, filter_.field, filter_.name, test, applies, alternative)

    items: list[CompiledFilter | CompiledRule] = []
    later_fields: set[str] = set()
    for item in reversed(element.items):
        if isinstance(item, RuleElement):
            items.append(CompiledRule(item, tuple(compiled(filter_) for filter_ in item.filters)))
        else:
            items.append(compiled(item, item.field in later_fields))
            later_fields.add(item.field)
    return CompiledElement(element, tuple(reversed(items)))


def field_value(event_id: int, name: str, value: object) -> str | None:
    """The field value that conditions compare; None if a number, boolean or GUID is absent."""
    if name == "RuleName":
        return EMPTY  # set only after the filters have run
    if isinstance(value, bool):
        value = str(value).lower()
    content = "" if value is None else str(value)
    if not content and name == "EventType":
        content = _IMPLIED_TYPE.get(event_id, "")
    if content:
        return fold(content)
    return EMPTY if manifest.is_text(name) else None
