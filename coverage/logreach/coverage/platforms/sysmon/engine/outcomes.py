"""The decision of SEMANTICS.md in three values: what may come of all events of a pattern.

`Outcome` is a set of possibilities, so that the answer never claims more than is known. Where
every filter is decided it equals `decide`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntFlag

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import Config, Element, Filter, Rule
from logreach.coverage.platforms.sysmon.engine.decision import (
    CompiledFilter,
    CompiledRule,
    elements_for,
)
from logreach.coverage.platforms.sysmon.engine.domains import Domain
from logreach.coverage.platforms.sysmon.engine.literals import ANYTHING, Cases, Shape, shape

MATCH, NO_MATCH, FAILED = 1, 2, 4  # a set of what may come of a filter, as bits
_UNSURE = MATCH | NO_MATCH


class Outcome(IntFlag):
    """What may become of the events: logged, dropped, or either."""

    NONE = 0
    LOGGED = 1
    DROPPED = 2
    EITHER = 3


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A filter as literals; `free` is what may come of it where its field may hold anything."""

    source: Filter
    field: str
    shape: Shape | None
    applies: bool
    alternative: bool
    free: int


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A `<Rule>`; `free` is what may come of it where all its fields may hold anything."""

    source: Rule
    leaves: tuple[Leaf, ...]
    fields: frozenset[str]
    free: int


Item = Leaf | Branch


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """An element, in the order in which they are asked."""

    source: Element
    items: tuple[Item, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every filter of the element."""
        return tuple(
            leaf
            for item in self.items
            for leaf in (item.leaves if isinstance(item, Branch) else (item,))
        )


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """All that decides about one event id.

    `otherwise` says what holds where no element matches, `filtered` which fields any filter
    looks at, `certain` that no filter's value differs from host to host, `letters` which letters
    the filters' values hold, `size` how many filters there are.
    """

    event_id: int
    stages: tuple[Stage, ...]
    otherwise: bool
    disabled: bool
    fields: tuple[str, ...]
    filtered: tuple[str, ...]
    certain: bool
    letters: frozenset[str]
    size: int


def model(config: Config, event_id: int) -> Model:
    """The model of an event that can be filtered and that this Sysmon has."""
    compiled = elements_for(config, event_id)
    stages = tuple(Stage(one.source, tuple(_item(item) for item in one.items)) for one in compiled)
    if not stages:
        otherwise = config.logged_unasked(event_id)
    else:
        otherwise = len(stages) == 1 and not stages[0].source.include
    leaves = [leaf for stage in stages for leaf in stage.leaves]
    return Model(
        event_id,
        stages,
        otherwise,
        not config.enabled(event_id),
        manifest.fields_of(event_id, config.binary),
        filtered=tuple(dict.fromkeys(leaf.field for leaf in leaves if leaf.applies)),
        certain=all(leaf.shape is not None for leaf in leaves),
        letters=frozenset().union(*(_letters(leaf.shape) for leaf in leaves)),
        size=len(leaves),
    )


def _letters(wanted: Shape | None) -> frozenset[str]:
    texts = (literal.text for literal in wanted.literals) if wanted else ()
    return frozenset("".join(texts))


def _item(item: CompiledFilter | CompiledRule) -> Item:
    if isinstance(item, CompiledRule):
        leaves = tuple(_leaf(one) for one in item.filters)
        statuses = [leaf.free for leaf in leaves]
        free = _rule_status(item.source, statuses)
        return Branch(item.source, leaves, frozenset(leaf.field for leaf in leaves), free)
    return _leaf(item)


def _rule_status(rule: Rule, statuses: Iterable[int]) -> int:
    """What may come of a rule, from what may come of its filters."""
    going_on, stop = (MATCH, NO_MATCH) if rule.match_all else (NO_MATCH, MATCH)
    result = 0
    for status in statuses:
        result |= status & (stop | FAILED)
        if not status & going_on:
            return result
    return result | going_on


def _leaf(one: CompiledFilter) -> Leaf:
    found = shape(one.source.condition, one.source.value)
    free = _cases_status(found, (ANYTHING,)) if one.applies else NO_MATCH
    return Leaf(one.source, one.field, found, one.applies, one.alternative, free)


def _cases_status(wanted: Shape | None, cases: Cases) -> int:
    if wanted is None:
        return _UNSURE if cases else 0
    status = 0
    for case in cases:
        truth = wanted.truth(case)
        status |= _UNSURE if truth is None else MATCH if truth else NO_MATCH
        if status == _UNSURE:
            break
    return status


Table = dict[Leaf, int]
"""What is known to come of the filters on one field."""


class View:
    """A model seen under what is known of the fields; remembers what comes of each filter.

    `tables` may hold what is known already, by field, and is added to.
    """

    def __init__(
        self,
        seen: Model,
        domains: Mapping[str, Domain],
        tables: Mapping[str, Table] | None = None,
    ) -> None:
        self.model = seen
        self.domains = domains
        self._tables = {name: (tables or {}).get(name, {}) for name in domains}

    def narrowed(self, domains: Mapping[str, Domain], field: str) -> View:
        """The same with less room for one field: what is decided stays so."""
        known = self._tables.get(field, {})
        decided = {leaf: status for leaf, status in known.items() if not status & (status - 1)}
        return View(self.model, domains, {**self._tables, field: decided})

    def status(self, leaf: Leaf) -> int:
        """What may come of a filter."""
        table = self._tables.get(leaf.field)
        if table is None or not leaf.applies:
            return leaf.free
        status = table.get(leaf)
        if status is None:
            status = table[leaf] = _domain_status(leaf.shape, self.domains[leaf.field])
        return status

    def item_status(self, item: Item) -> int:
        """What may come of a filter or rule."""
        if isinstance(item, Leaf):
            return self.status(item)
        if item.fields.isdisjoint(self.domains):
            return item.free
        return _rule_status(item.source, map(self.status, item.leaves))

    def stage_status(self, stage: Stage) -> int:
        """What may come of an element."""
        if stage.source.match_all:
            return self._all_status(stage)
        result = 0
        tables = self._tables
        for item in stage.items:
            # As item_status and status have it, without the calls: this is asked most of all.
            if isinstance(item, Branch):
                status = self.item_status(item)
            elif (table := tables.get(item.field)) is None:
                status = item.free
            else:
                status = table.get(item) or self.status(item)
            result |= status & (MATCH | FAILED)
            if not status & NO_MATCH:
                return result
        return result | NO_MATCH

    def _all_status(self, stage: Stage) -> int:
        """Every way through an AND element, told apart by the fields that matched so far."""
        ways: set[frozenset[str]] = {frozenset()}
        result = 0
        for item in stage.items:
            status = self.item_status(item)
            field = item.field if isinstance(item, Leaf) else ""
            onward: set[frozenset[str]] = set()
            for way in ways:
                if field in way and isinstance(item, Leaf) and item.applies:
                    onward.add(way)
                    continue
                result |= status & FAILED
                if status & MATCH:
                    onward.add(way | {field} if field else way)
                if status & NO_MATCH:
                    if isinstance(item, Leaf) and item.alternative:
                        onward.add(way)
                    else:
                        result |= NO_MATCH
            ways = onward
            if not ways:
                return result
        return result | (MATCH if stage.items else NO_MATCH)

    def outcome(self) -> Outcome:
        """What may become of the events."""
        if self.model.disabled:
            return Outcome.DROPPED
        result = Outcome.NONE
        for stage in self.model.stages:
            status = self.stage_status(stage)
            if status & MATCH:
                result |= Outcome.LOGGED if stage.source.include else Outcome.DROPPED
            if not status & (NO_MATCH | FAILED):
                return result
        return result | (Outcome.LOGGED if self.model.otherwise else Outcome.DROPPED)


def _domain_status(wanted: Shape | None, domain: Domain) -> int:
    status = FAILED if domain.fails else 0
    if domain.cases:
        found = _cases_status(wanted, domain.cases)
        for more in domain.also:
            found &= _cases_status(wanted, more)
        status |= found
    return status
