"""Whether Sysmon logs one event, and under which rule: SEMANTICS.md in code.

Exclude elements are asked before include elements, and within each kind the last in the
document first. The first that matches decides. A name of any filter that matched on the way
sticks until a later one takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from logreach.coverage.events.patterns import Decider
from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.conditions import Test, fold
from logreach.coverage.platforms.sysmon.engine.config import Config, Element, Filter, Rule

_UNFILTERED = frozenset((4, 16, 255))
_EMPTY = "-"  # what text fields hold in place of nothing
# The engine derives these ids from the type, so an event without one has it all the same.
_IMPLIED_TYPE = {13: "SetValue", 14: "RenameKey"}


class Status(Enum):
    """What comes of a filter, rule or element."""

    MATCH = "match"
    NO_MATCH = "no match"
    FAILED = "failed"  # a number or GUID that the event lacks: the whole element is left


MATCH, NO_MATCH, FAILED = Status.MATCH, Status.NO_MATCH, Status.FAILED


class Basis(Enum):
    """What the decision rests on."""

    ELEMENT = "element"  # an element matched
    SINGLE = "single"  # nothing matched, and one element stands alone: its default
    MULTIPLE = "multiple"  # nothing matched, and there are two or more: not logged
    MANIFEST = "manifest"  # there is no element
    UNFILTERED = "unfiltered"  # the event cannot be filtered
    NO_EVENT = "no event"  # this Sysmon has no such event


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an event is logged, and why.

    `rule` is the RuleName ('' for none). `disabled` says that the event is switched off, so that
    nothing is logged whatever the elements say. `element` decided, `item` is the filter or rule
    in it that matched.
    """

    logged: bool
    rule: str
    basis: Basis
    disabled: bool = False
    element: Element | None = None
    item: Filter | Rule | None = None

    @property
    def deciders(self) -> tuple[Decider, ...]:
        """The parts of the configuration that decided, most telling first."""
        if self.element is None:
            return ()
        group = f"in RuleGroup {self.element.group!r}" if self.element.group else ""
        element = Decider(str(self.element), self.element.line, group)
        if self.item is None:
            return (element,)
        name = self.item.name or self.element.tag
        return (Decider(name, self.item.line, str(self.item)), element)


class _Texts(dict[str, "str | None"]):
    """The fields of one event as conditions see them, each made ready when it is asked for."""

    __slots__ = ("_event_id", "_fields")

    def __init__(self, event_id: int, fields: Mapping[str, str]) -> None:
        super().__init__()
        self._event_id = event_id
        self._fields = fields

    def __missing__(self, name: str) -> str | None:
        self[name] = text = field_text(self._event_id, name, self._fields.get(name))
        return text


class _Run:
    """One event on its way through the elements: its texts, and the name that sticks."""

    __slots__ = ("rule", "texts")

    def __init__(self, texts: _Texts) -> None:
        self.texts = texts
        self.rule = ""


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter with its test.

    `applies` is False where the event lacks the field at that place. `alternative` says that the
    element asks the same field again further on, so that this one may fail in an AND.
    """

    source: Filter
    field: str
    name: str
    test: Test
    applies: bool
    alternative: bool

    def status(self, run: _Run) -> Status:
        """What comes of the filter."""
        if not self.applies:
            return NO_MATCH
        text = run.texts[self.field]
        if text is None:
            return FAILED
        if not self.test(text):
            return NO_MATCH
        if self.name:
            run.rule = self.name
        return MATCH


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule; filters on the same field are nothing special in it."""

    source: Rule
    filters: tuple[CompiledFilter, ...]

    def status(self, run: _Run) -> Status:
        """A true AND ends at the first filter that is not met, an OR at the first that is."""
        going_on = MATCH if self.source.match_all else NO_MATCH
        for one in self.filters:
            status = one.status(run)
            if status is not going_on:
                return status
        return going_on


@dataclass(frozen=True, slots=True)
class CompiledElement:
    """An element with its filters and rules in document order."""

    source: Element
    items: tuple[CompiledFilter | CompiledRule, ...]

    def status(self, run: _Run) -> tuple[Status, Filter | Rule | None]:
        """What comes of the element, and the filter or rule that brought it."""
        if self.source.match_all:
            return self._all(run)
        for item in self.items:
            status = item.status(run)
            if status is not NO_MATCH:
                return status, item.source
        return NO_MATCH, None

    def _all(self, run: _Run) -> tuple[Status, Filter | Rule | None]:
        """AND: every filter and rule, but filters on the same field are ORed."""
        matched: set[str] = set()
        last: Filter | Rule | None = None
        for item in self.items:
            if isinstance(item, CompiledFilter) and item.applies and item.field in matched:
                continue
            status = item.status(run)
            if isinstance(item, CompiledFilter):
                if status is NO_MATCH and item.alternative:
                    continue
                matched.add(item.field)
            if status is not MATCH:
                return status, None
            last = item.source
        return (MATCH if self.items else NO_MATCH), last


def decide(config: Config, event_id: int, fields: Mapping[str, str]) -> Decision:
    """What a configuration does with one event; `fields` as the event log shows them."""
    event = manifest.event(event_id)
    if event is None or not manifest.fields_of(event_id, config.binary):
        return Decision(logged=False, rule="", basis=Basis.NO_EVENT)
    if event_id in _UNFILTERED:
        return Decision(logged=True, rule="", basis=Basis.UNFILTERED)
    disabled = not config.enabled(event_id)
    elements = elements_for(config, event_id)
    if not elements:
        logged = config.logged_unasked(event_id) and not disabled
        return Decision(logged, "", Basis.MANIFEST, disabled)
    run = _Run(_Texts(event_id, fields))
    for element in elements:
        status, item = element.status(run)
        if status is MATCH:
            logged = element.source.include and not disabled
            return Decision(logged, run.rule, Basis.ELEMENT, disabled, element.source, item)
    if len(elements) == 1:
        only = elements[0].source
        return Decision(not only.include and not disabled, "", Basis.SINGLE, disabled, only)
    return Decision(logged=False, rule="", basis=Basis.MULTIPLE, disabled=disabled)


def elements_for(config: Config, event_id: int) -> tuple[CompiledElement, ...]:
    """The elements for an event in the order in which they are asked, compiled once."""
    key = str(event_id)
    found = config.compiled.get(key)
    if found is None:
        last_first = config.elements_of(event_id)[::-1]
        excludes = [element for element in last_first if not element.include]
        includes = [element for element in last_first if element.include]
        found = tuple(_compile(element, event_id, config) for element in (*excludes, *includes))
        config.compiled[key] = found
    return found  # type: ignore[return-value]  # only these are stored


def _compile(element: Element, event_id: int, config: Config) -> CompiledElement:
    """A filter applies to another id of the tag only if that has the field at the same index."""
    own = manifest.fields_of(event_id, config.binary)
    first = manifest.fields_of(element.event_id, config.binary)

    def compiled(one: Filter, alternative: bool = False) -> CompiledFilter:
        index = first.index(one.field)
        applies = index < len(own) and own[index] == one.field
        test = conditions.test(one.condition, one.value)
        return CompiledFilter(one, one.field, one.name, test, applies, alternative)

    items: list[CompiledFilter | CompiledRule] = []
    asked_later: set[str] = set()
    for item in reversed(element.items):
        if isinstance(item, Rule):
            items.append(CompiledRule(item, tuple(compiled(one) for one in item.filters)))
        else:
            items.append(compiled(item, item.field in asked_later))
            asked_later.add(item.field)
    return CompiledElement(element, tuple(reversed(items)))


def field_text(event_id: int, name: str, value: object) -> str | None:
    """The text that conditions see; None where a number, boolean or GUID is not there."""
    if name == "RuleName":
        return _EMPTY  # not known before the filters have run
    if isinstance(value, bool):
        value = str(value).lower()
    text = "" if value is None else str(value)
    if not text and name == "EventType":
        text = _IMPLIED_TYPE.get(event_id, "")
    if text:
        return fold(text)
    return _EMPTY if manifest.is_text(name) else None
