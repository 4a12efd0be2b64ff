"""Whether Sysmon logs one event, and under which rule: SEMANTICS.md in code.

Exclude elements are asked before include elements, and within each kind the last in the
document first. The first that matches decides. A name of any filter that matched on the way
sticks until a later one takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from logreach.coverage.patterns import Decider
from logreach.coverage.sysmon import conditions, manifest
from logreach.coverage.sysmon.conditions import Test, fold
from logreach.coverage.sysmon.config import Config, Element, Filter, Rule

_UNFILTERED = frozenset((4, 16, 255))
_EMPTY = "-"  # what text fields hold in place of nothing
# The engine derives these ids from the type, so an event without one has it all the same.
_IMPLIED_TYPE = {13: "SetValue", 14: "RenameKey"}


class Status(Enum):
    """What comes of a filter, rule or element."""

    MATCH = "match"
    NO_MATCH = "no match"
    FAILED = "failed"  # a number or GUID that the event lacks: the whole element is left


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
        element = Decider(str(self.element), self.element.line, f"group {self.element.group!r}")
        if self.item is None:
            return (element,)
        name = self.item.name or self.element.tag
        return (Decider(name, self.item.line, str(self.item)), element)


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter with its test; `applies` is False where the event lacks the field there."""

    source: Filter
    test: Test
    applies: bool


@dataclass(frozen=True, slots=True)
class CompiledRule:
    source: Rule
    filters: tuple[CompiledFilter, ...]


@dataclass(frozen=True, slots=True)
class CompiledElement:
    source: Element
    items: tuple[CompiledFilter | CompiledRule, ...]


@dataclass(slots=True)
class _Run:
    """One event on its way through the elements."""

    text: Callable[[str], str | None]
    rule: str = ""


def decide(config: Config, event_id: int, fields: Mapping[str, str]) -> Decision:
    """What a configuration does with one event; `fields` as the event log shows them."""
    event = manifest.event(event_id)
    if event is None or not manifest.fields_of(event_id, config.binary):
        return Decision(False, "", Basis.NO_EVENT)
    if event_id in _UNFILTERED:
        return Decision(True, "", Basis.UNFILTERED)
    disabled = not config.enabled(event_id)
    elements = elements_for(config, event_id)
    if not elements:
        return Decision(event.logged_by_default and not disabled, "", Basis.MANIFEST, disabled)
    run = _Run(_reader(event_id, fields))
    for element in elements:
        status, item = _match_element(element, run)
        if status is Status.MATCH:
            logged = element.source.include and not disabled
            return Decision(logged, run.rule, Basis.ELEMENT, disabled, element.source, item)
    if len(elements) == 1:
        only = elements[0].source
        return Decision(not only.include and not disabled, "", Basis.SINGLE, disabled, only)
    return Decision(False, "", Basis.MULTIPLE, disabled)


def elements_for(config: Config, event_id: int) -> tuple[CompiledElement, ...]:
    """The elements for an event in the order in which they are asked, compiled once."""
    key = str(event_id)
    found = config.compiled.get(key)
    if found is None:
        document_order = config.elements_of(event_id)
        asked = sorted(reversed(document_order), key=lambda element: element.include)
        found = tuple(_compile(element, event_id, config) for element in asked)
        config.compiled[key] = found
    return found  # type: ignore[return-value]  # only these are stored


def _compile(element: Element, event_id: int, config: Config) -> CompiledElement:
    """A filter applies to another id of the tag only if that has the field at the same index."""
    own = manifest.fields_of(event_id, config.binary)
    first = manifest.fields_of(element.event_id, config.binary)

    def compiled(one: Filter) -> CompiledFilter:
        index = first.index(one.field)
        applies = index < len(own) and own[index] == one.field
        return CompiledFilter(one, conditions.test(one.condition, one.value), applies)

    return CompiledElement(
        element,
        tuple(
            CompiledRule(item, tuple(compiled(one) for one in item.filters))
            if isinstance(item, Rule)
            else compiled(item)
            for item in element.items
        ),
    )


def _reader(event_id: int, fields: Mapping[str, str]) -> Callable[[str], str | None]:
    """How a field's text is read: folded, '-' for no text, None for no number."""
    cache: dict[str, str | None] = {}

    def read(name: str) -> str | None:
        if name not in cache:
            cache[name] = field_text(event_id, name, fields.get(name))
        return cache[name]

    return read


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


def _match_element(element: CompiledElement, run: _Run) -> tuple[Status, Filter | Rule | None]:
    """AND: every field must match, filters on the same field are ORed. OR: any filter."""
    match_all = element.source.match_all
    matched: set[str] = set()
    last: Filter | Rule | None = None
    for position, item in enumerate(element.items):
        if isinstance(item, CompiledRule):
            status = _match_rule(item, run)
            alternative = False
        elif item.applies and item.source.field in matched:
            continue
        else:
            status = _match_filter(item, run)
            alternative = _has_alternative(element.items, position, item.source.field)
            if status is Status.MATCH:
                matched.add(item.source.field)
        if status is Status.FAILED:
            return status, None
        if status is Status.MATCH:
            last = item.source
            if not match_all:
                return status, last
        elif match_all and not alternative:
            return status, None
    return (Status.MATCH, last) if match_all and element.items else (Status.NO_MATCH, None)


def _has_alternative(
    items: tuple[CompiledFilter | CompiledRule, ...], position: int, field: str
) -> bool:
    """Whether the same field is asked again further on in the element."""
    return any(
        isinstance(item, CompiledFilter) and item.source.field == field
        for item in items[position + 1 :]
    )


def _match_rule(rule: CompiledRule, run: _Run) -> Status:
    """A true AND, or an OR; filters on the same field are nothing special here."""
    match_all = rule.source.match_all
    for one in rule.filters:
        status = _match_filter(one, run)
        if status is Status.FAILED or (status is Status.MATCH) is not match_all:
            return status
    return Status.MATCH if match_all else Status.NO_MATCH


def _match_filter(one: CompiledFilter, run: _Run) -> Status:
    if not one.applies:
        return Status.NO_MATCH
    text = run.text(one.source.field)
    if text is None:
        return Status.FAILED
    if not one.test(text):
        return Status.NO_MATCH
    run.rule = one.source.name or run.rule
    return Status.MATCH
