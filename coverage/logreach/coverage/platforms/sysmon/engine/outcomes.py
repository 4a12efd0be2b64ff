"""The decision of SEMANTICS.md for all events of a pattern at once: which outcomes are possible.

Statuses and outcomes are sets of possibilities, so that an answer never claims more than is known.
If every filter is decided, the outcome is that of `decide`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntFlag

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import (
    Config,
    EventElement,
    Filter,
    RuleElement,
)
from logreach.coverage.platforms.sysmon.engine.decision import (
    FAILED,
    MATCH,
    NO_MATCH,
    CompiledFilter,
    CompiledRule,
    elements_for,
)
from logreach.coverage.platforms.sysmon.engine.domains import Domain
from logreach.coverage.platforms.sysmon.engine.value_sets import (
    ANY_VALUE,
    Formula,
    ValueSets,
    formula,
)

StatusSet = int
"""The statuses that a filter, rule or element may have, as bits; 0: it is never reached.

Plain integers, since a search combines them millions of times and combining enum flags takes 60
times as long (Python 3.11).
"""
UNDECIDED = MATCH | NO_MATCH


class Outcome(IntFlag):
    """What may happen to the events of a pattern."""

    NONE = 0
    LOGGED = 1
    DROPPED = 2
    EITHER = 3


@dataclass(frozen=True, slots=True, eq=False)
class FilterModel:
    """A filter as a formula; `unconstrained` is its status set if its field may hold anything."""

    source: Filter
    field: str
    formula: Formula | None
    applies: bool
    alternative: bool
    unconstrained: StatusSet


@dataclass(frozen=True, slots=True, eq=False)
class RuleModel:
    """A `<Rule>`; `unconstrained` is its status set if all its fields may hold anything."""

    source: RuleElement
    filters: tuple[FilterModel, ...]
    fields: frozenset[str]
    unconstrained: StatusSet


ItemModel = FilterModel | RuleModel


@dataclass(frozen=True, slots=True, eq=False)
class ElementModel:
    """An event element with its filters and rules in document order."""

    source: EventElement
    items: tuple[ItemModel, ...]

    @property
    def filters(self) -> tuple[FilterModel, ...]:
        """Every filter of the element, including those inside rules."""
        return tuple(
            filter_
            for item in self.items
            for filter_ in (item.filters if isinstance(item, RuleModel) else (item,))
        )


@dataclass(frozen=True, slots=True, eq=False)
class EventModel:
    """Everything in a configuration that decides about one event id.

    `elements` are in the order of evaluation. `logs_unmatched`: an event that no element matches
    is logged. `filtered_fields` are the fields that any filter compares. `host_independent`: no
    filter's value differs between hosts. `letters` are those in the operands of all filters.
    `size` is the number of filters.
    """

    event_id: int
    elements: tuple[ElementModel, ...]
    logs_unmatched: bool
    disabled: bool
    fields: tuple[str, ...]
    filtered_fields: tuple[str, ...]
    host_independent: bool
    letters: frozenset[str]
    size: int


def event_model(config: Config, event_id: int) -> EventModel:
    """The model of an event that this Sysmon writes and can filter."""
    elements = tuple(
        ElementModel(element.source, tuple(_item_model(item) for item in element.items))
        for element in elements_for(config, event_id)
    )
    if not elements:
        logs_unmatched = config.logged_by_default(event_id)
    else:
        logs_unmatched = len(elements) == 1 and not elements[0].source.include
    filters = [filter_ for element in elements for filter_ in element.filters]
    return EventModel(
        event_id,
        elements,
        logs_unmatched,
        not config.enabled(event_id),
        manifest.fields_of(event_id, config.sysmon_schema),
        filtered_fields=tuple(
            dict.fromkeys(filter_.field for filter_ in filters if filter_.applies)
        ),
        host_independent=all(filter_.formula is not None for filter_ in filters),
        letters=frozenset().union(
            *(
                comparison.operand
                for filter_ in filters
                if filter_.formula is not None
                for comparison in filter_.formula.comparisons
            )
        ),
        size=len(filters),
    )


def _item_model(item: CompiledFilter | CompiledRule) -> ItemModel:
    if isinstance(item, CompiledRule):
        filters = tuple(_filter_model(filter_) for filter_ in item.filters)
        unconstrained = _rule_status(item.source, [filter_.unconstrained for filter_ in filters])
        fields = frozenset(filter_.field for filter_ in filters)
        return RuleModel(item.source, filters, fields, unconstrained)
    return _filter_model(item)


def _rule_status(rule: RuleElement, statuses: Iterable[StatusSet]) -> StatusSet:
    """The status set of a rule, given those of its filters."""
    neutral, decisive = (MATCH, NO_MATCH) if rule.match_all else (NO_MATCH, MATCH)
    possible = 0
    for status in statuses:
        possible |= status & (decisive | FAILED)
        if not status & neutral:
            return possible
    return possible | neutral


def _filter_model(compiled: CompiledFilter) -> FilterModel:
    source = compiled.source
    condition = formula(source.condition, source.value)
    unconstrained = _status_of_sets(condition, (ANY_VALUE,)) if compiled.applies else NO_MATCH
    return FilterModel(
        source, compiled.field, condition, compiled.applies, compiled.alternative, unconstrained
    )


def _status_of_sets(condition: Formula | None, value_sets: ValueSets) -> StatusSet:
    """The status set of a filter whose field has a value of any of the sets."""
    if condition is None:
        return UNDECIDED if value_sets else 0
    status = 0
    for values in value_sets:
        truth = condition.truth(values)
        status |= UNDECIDED if truth is None else MATCH if truth else NO_MATCH
        if status == UNDECIDED:
            break
    return status


StatusTable = dict[FilterModel, StatusSet]
"""The known status sets of the filters on one field."""


class DomainEvaluation:
    """An event model evaluated for events whose fields lie in given domains.

    Remembers the status set of each filter. `tables` may bring some that are known already, by
    field; they are added to.
    """

    def __init__(
        self,
        model: EventModel,
        domains: Mapping[str, Domain],
        tables: Mapping[str, StatusTable] | None = None,
    ) -> None:
        self.model = model
        self.domains = domains
        self._tables = {name: (tables or {}).get(name, {}) for name in domains}

    def narrowed(self, domains: Mapping[str, Domain], field: str) -> DomainEvaluation:
        """The same model with a smaller domain for one field: decided filters stay decided."""
        table = self._tables.get(field, {})
        decided = {
            filter_: status for filter_, status in table.items() if not status & (status - 1)
        }
        return DomainEvaluation(self.model, domains, {**self._tables, field: decided})

    def status(self, filter_: FilterModel) -> StatusSet:
        """The status set of a filter."""
        table = self._tables.get(filter_.field)
        if table is None or not filter_.applies:
            return filter_.unconstrained
        status = table.get(filter_)
        if status is None:
            status = _status_in_domain(filter_.formula, self.domains[filter_.field])
            table[filter_] = status
        return status

    def item_status(self, item: ItemModel) -> StatusSet:
        """The status set of a filter or rule."""
        if isinstance(item, FilterModel):
            return self.status(item)
        if item.fields.isdisjoint(self.domains):
            return item.unconstrained
        return _rule_status(item.source, map(self.status, item.filters))

    def element_status(self, element: ElementModel) -> StatusSet:
        """The status set of an element."""
        if element.source.match_all:
            return self._status_of_all(element)
        possible = 0
        tables = self._tables
        for item in element.items:
            # item_status and status inlined: this loop runs more often than any other.
            if isinstance(item, RuleModel):
                status = self.item_status(item)
            elif (table := tables.get(item.field)) is None:
                status = item.unconstrained
            else:
                status = table.get(item) or self.status(item)
            possible |= status & (MATCH | FAILED)
            if not status & NO_MATCH:
                return possible
        return possible | NO_MATCH

    def _status_of_all(self, element: ElementModel) -> StatusSet:
        """The status set of an AND element, for each set of fields that may have matched so far."""
        matched: set[frozenset[str]] = {frozenset()}
        possible = 0
        for item in element.items:
            status = self.item_status(item)
            field = item.field if isinstance(item, FilterModel) else ""
            matched_next: set[frozenset[str]] = set()
            for fields in matched:
                if field in fields and isinstance(item, FilterModel) and item.applies:
                    matched_next.add(fields)
                    continue
                possible |= status & FAILED
                if status & MATCH:
                    matched_next.add(fields | {field} if field else fields)
                if status & NO_MATCH:
                    if isinstance(item, FilterModel) and item.alternative:
                        matched_next.add(fields)
                    else:
                        possible |= NO_MATCH
            matched = matched_next
            if not matched:
                return possible
        return possible | (MATCH if element.items else NO_MATCH)

    def outcome(self) -> Outcome:
        """What may happen to the events."""
        if self.model.disabled:
            return Outcome.DROPPED
        possible = Outcome.NONE
        for element in self.model.elements:
            status = self.element_status(element)
            if status & MATCH:
                possible |= Outcome.LOGGED if element.source.include else Outcome.DROPPED
            if not status & (NO_MATCH | FAILED):
                return possible
        return possible | (Outcome.LOGGED if self.model.logs_unmatched else Outcome.DROPPED)


def _status_in_domain(condition: Formula | None, domain: Domain) -> StatusSet:
    status = FAILED if domain.may_fail else 0
    if domain.value_sets:
        of_values = _status_of_sets(condition, domain.value_sets)
        for value_sets in domain.further_sets:
            of_values &= _status_of_sets(condition, value_sets)
        status |= of_values
    return status
