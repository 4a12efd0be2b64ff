"""Finds single events of a pattern that a configuration logs, or drops, or proves there are none.

First the search tries a few likely events. Then it splits the undecided filters one by one into
'matched' and 'not matched' until nothing is undecided. That ends in an event or in a proof, unless
it takes too many steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.platforms.sysmon.engine import conditions, manifest
from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.decision import (
    EMPTY,
    MATCH,
    NO_MATCH,
    Decision,
    decide,
)
from logreach.coverage.platforms.sysmon.engine.domains import Domain, filler
from logreach.coverage.platforms.sysmon.engine.outcomes import (
    UNDECIDED,
    DomainEvaluation,
    ElementModel,
    EventModel,
    FilterModel,
    ItemModel,
    Outcome,
    RuleModel,
)
from logreach.coverage.platforms.sysmon.engine.value_sets import ANY_VALUE, ValueSet, ValueSets

_MAX_WORK = 2_000_000  # filters times comparisons evaluated in one search
_MAX_BLIND_WORK = 400_000  # the same for a blind search, see _is_blind
_MAX_TARGETS = 24  # likely events tried before the split
_MAX_SETS = 64
_ANY_DOMAIN = Domain((ANY_VALUE,))
_LIKELY: Mapping[str, tuple[str, ...]] = {
    "UInt16": ("50505", "40404", "60606", "33333"),
    "UInt32": ("4242", "5252", "6262", "7272"),
    "HexInt32": ("0x4242", "0x5252", "0x6262"),
    "HexInt64": ("0x42424", "0x52525", "0x62626"),
    "Boolean": ("true", "false"),
    "GUID": (
        "{00000000-0000-0000-0000-000000004242}",
        "{00000000-0000-0000-0000-000000005252}",
    ),
}

Domains = dict[str, Domain]
EventFields = dict[str, str]


class Witness(NamedTuple):
    """An event of the pattern, and the configuration's decision about it."""

    event: EventFields
    decision: Decision


class _Content(NamedTuple):
    """What a field of an event contains; None: the field is absent."""

    value: str | None


@dataclass(slots=True)
class WitnessSearch:
    """A search for events of one pattern.

    `exhausted`: the last search left no possibility open, so that a failure proves there is no
    event. `filler` is a letter that occurs in no filter and no constraint.
    """

    config: Config
    pattern: EventPattern
    evaluation: DomainEvaluation
    exhausted: bool = True
    model: EventModel = field(init=False)
    filler: str = field(init=False)
    # By field and domain, the latter by identity since most domains of a split stay the same
    # objects. The domain is kept with its content so that its id is not used again.
    _contents: dict[tuple[str, int], tuple[Domain | None, _Content | None]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.model = self.evaluation.model
        values = (
            value
            for constraints in self.pattern.fields.values()
            for constraint in constraints
            for value in constraint.values
        )
        self.filler = filler(self.model.letters.union(*values))

    def find(self, outcome: Outcome) -> Witness | None:
        """An event with that outcome; None: none exists, or (not `exhausted`) none was found."""
        self.exhausted = True
        for domains in self._likely(outcome):
            witness = self._witness(domains, outcome)
            if witness is not None:
                return witness
        return self._split(outcome)

    def event(self, domains: Mapping[str, Domain]) -> EventFields | None:
        """An event from the first value of each domain that the pattern admits.

        The fields of the pattern come first, then those that filters need, then those that Sysmon
        always writes; other fields are absent.
        """
        fields: EventFields = {}
        for name in dict.fromkeys((*self.pattern.fields, *domains)):
            content = self._content(name, domains.get(name))
            if content is None:
                return None
            if content.value is not None:
                fields[name] = content.value
        for name in self.model.fields:
            likely = _LIKELY.get(manifest.type_of(name))
            if likely and name not in domains:
                fields[name] = likely[0]
        return fields

    def _witness(self, domains: Mapping[str, Domain], outcome: Outcome) -> Witness | None:
        """An event of these domains that is in the pattern and certainly has that outcome."""
        event = self.event(domains)
        if event is None or self.pattern.admits(self.pattern.event, event) is not True:
            return None
        decision = decide(self.config, self.model.event_id, event)
        if decision.logged is not (outcome is Outcome.LOGGED):
            return None
        if self.model.host_independent or self._outcome_on_any_host(event) == outcome:
            return Witness(event, decision)
        return None

    def _outcome_on_any_host(self, event: EventFields) -> Outcome:
        """The possible outcomes of one event if filter values may differ between hosts."""
        fixed = {
            name: Domain((ValueSet(equals=conditions.fold(event.get(name) or EMPTY)),))
            for name in self.model.filtered_fields
        }
        return DomainEvaluation(self.model, fixed).outcome()

    def _likely(self, outcome: Outcome) -> Iterator[Mapping[str, Domain]]:
        """Domains that likely hold a witness: the given ones, then one for each matching item.

        Then the same again, avoiding every filter that would cause the other outcome.
        """
        plain = self.evaluation.domains
        yield plain
        yield from self._targets(plain, outcome)
        if self._is_blind():
            return
        avoiding = self._avoiding(plain, outcome)
        yield avoiding
        yield from self._targets(avoiding, outcome)

    def _is_blind(self) -> bool:
        """Whether no value was found for some field of the pattern, regardless of the filters.

        Its constraint may be a regular expression, or unknown. A value can then only arise by
        chance from the operands of filters, so that a long search is not worth its time.
        """
        domains = self.evaluation.domains
        return any(self._content(name, domains.get(name)) is None for name in self.pattern.fields)

    def _targets(
        self, domains: Mapping[str, Domain], outcome: Outcome
    ) -> Iterator[Mapping[str, Domain]]:
        """For items that can cause the outcome, the domains in which they match."""
        targets = 0
        for element in self.model.elements:
            if element.source.include is not (outcome is Outcome.LOGGED):
                continue
            if element.source.match_all:
                targeted = [element.items] if element.items else []
            else:
                targeted = [(item,) for item in element.items]
            for items in targeted:
                if not all(self.evaluation.item_status(item) & MATCH for item in items):
                    continue
                matching = _matching(domains, items)
                if matching is not None:
                    yield matching
                    targets += 1
                if targets >= _MAX_TARGETS:
                    return

    def _avoiding(self, domains: Mapping[str, Domain], outcome: Outcome) -> Mapping[str, Domain]:
        """The domains without matches of filters that cause the other outcome, where possible."""
        for element in self.model.elements:
            if element.source.include is (outcome is Outcome.LOGGED):
                continue
            for filter_ in element.filters:
                if self.evaluation.status(filter_) & NO_MATCH:
                    narrow = _narrowed(domains, filter_, satisfied=False)
                    domains = domains if narrow is None else _capped(narrow, filter_.field)
        return domains

    def _split(self, outcome: Outcome) -> Witness | None:
        """Split undecided filters until an event is found or every branch has been followed."""
        waiting = [self.evaluation]
        work = 0
        max_work = _MAX_BLIND_WORK if self._is_blind() else _MAX_WORK
        while waiting and work < max_work:
            evaluation = waiting.pop()
            sizes = sum(domain.size for domain in evaluation.domains.values())
            work += 100 + self.model.size * (1 + sizes)
            possible = evaluation.outcome()
            if possible == outcome:
                witness = self._witness(evaluation.domains, outcome)
                if witness is not None:
                    return witness
                self.exhausted = False  # such an event may exist, but none could be composed
            elif possible & outcome:
                halves = _halves(evaluation, outcome)
                self.exhausted = self.exhausted and bool(halves)
                waiting += halves
        self.exhausted = self.exhausted and not waiting
        return None

    def _content(self, name: str, domain: Domain | None) -> _Content | None:
        """Content of a field that the pattern may admit; None if none was found."""
        key = (name, id(domain))
        if key not in self._contents:
            self._contents[key] = (domain, self._find_content(name, domain))
        return self._contents[key][1]

    def _find_content(self, name: str, domain: Domain | None) -> _Content | None:
        constraints = self.pattern.fields.get(name, ())
        candidates = self._candidates(name, domain) if domain else iter((None, ""))
        for value in candidates:
            if all(constraint.admits(value) is not False for constraint in constraints):
                return _Content(value)
        return None

    def _candidates(self, name: str, domain: Domain) -> Iterator[str | None]:
        """Values of a domain, the likely ones first; None stands for an absent field."""
        for value in (*domain.hints, *_LIKELY.get(manifest.type_of(name), ())):
            if any(values.admits(conditions.fold(value)) for values in domain.value_sets):
                yield value
        for values in domain.value_sets[:_MAX_SETS]:
            if domain.may_be_empty and values.equals == EMPTY:
                yield from (None, "")
            yield from self._examples(values, domain)
            for hint in domain.hints:
                for value in values.examples_with(self.filler, hint):
                    yield _respelled(value, domain.spellings)
        if domain.may_be_empty:
            yield from (None, "")

    def _examples(self, values: ValueSet, domain: Domain) -> Iterator[str]:
        """Values of a set: with operands spelled as in the pattern, then in other letter case."""
        for further in domain.further_sets:
            values = next(_intersections(values, further), values)
        example = values.example(self.filler)
        if values.bounds and not values.admits(example):
            yield from filter(values.admits, _between_bounds(values))
            return
        yield _respelled(example, domain.spellings)
        yield from (example, example.upper(), example.swapcase())


def _capped(domains: Domains, name: str) -> Domains:
    """The domains with as many value sets of a field as are tried; a filter may double them."""
    domain = domains[name]
    return {**domains, name: replace(domain, value_sets=domain.value_sets[:_MAX_SETS])}


def _between_bounds(values: ValueSet) -> Iterator[str]:
    """Values that likely lie between the bounds of a set: at its ends, and just inside them."""
    for low, high in (("", ""), ("\x01", "\uffee"), ("\x01", "")):
        yield values.begins + high + values.ends
        yield values.begins + low + values.ends
        for bound, _ in values.bounds:
            yield bound.operand + low
            yield bound.operand + high
            yield bound.operand[:-1] + high
    yield from (values.example(letter) for letter in ("\x01", "\uffee"))


def _intersections(values: ValueSet, further: ValueSets) -> Iterator[ValueSet]:
    """Subsets of a set that lie in one of the further sets, by the comparisons of the latter."""
    for further_set in further[:_MAX_SETS]:
        narrow: ValueSet | None = values
        for comparison in further_set.comparisons():
            narrow = narrow.narrowed(comparison, satisfied=True) if narrow else None
        if narrow:
            yield narrow


def _respelled(value: str, spellings: tuple[str, ...]) -> str:
    """The value with operands in the letter case in which the pattern spells them."""
    folded = conditions.fold(value)
    for spelling in spellings:
        operand = conditions.fold(spelling)
        start = folded.rfind(operand) if folded.endswith(operand) else folded.find(operand)
        if start >= 0 and len(operand) == len(spelling):
            value = value[:start] + spelling + value[start + len(spelling) :]
    return value


def _narrowed(
    domains: Mapping[str, Domain], filter_: FilterModel, satisfied: bool
) -> Domains | None:
    """The domains in which a filter matches, or does not; None: there are none."""
    if filter_.formula is None or not filter_.applies:
        return None
    domain = domains.get(filter_.field, _ANY_DOMAIN)
    distinct: dict[ValueSet, None] = {}
    for values in domain.value_sets:
        for narrow in filter_.formula.narrowed(values, satisfied):
            distinct[narrow] = None
    if not distinct:
        return None
    spellings = tuple(filter_.source.value.split(";")) if satisfied else ()
    narrowed = replace(domain, value_sets=tuple(distinct), spellings=spellings + domain.spellings)
    return {**domains, filter_.field: narrowed}


def _matching(
    domains: Mapping[str, Domain], items: tuple[ItemModel, ...]
) -> Mapping[str, Domain] | None:
    """The domains in which all of the items match, by their first filters; None: there are none."""
    matched_fields: set[str] = set()
    for item in items:
        if isinstance(item, RuleModel):
            filters = item.filters if item.source.match_all else item.filters[:1]
        elif item.field in matched_fields:
            continue
        else:
            filters = (item,)
            matched_fields.add(item.field)
        for filter_ in filters:
            narrow = _narrowed(domains, filter_, satisfied=True)
            if narrow is None:
                return None
            domains = narrow
    return domains


def _halves(evaluation: DomainEvaluation, outcome: Outcome) -> list[DomainEvaluation]:
    """The evaluation split by its first undecided filter, the promising half last.

    [] if only filters whose values differ between hosts are undecided.
    """
    element, filter_ = _first_undecided(evaluation)
    if element is None or filter_ is None:
        return []
    promising = element.source.include is (outcome is Outcome.LOGGED)
    halves = (
        _narrowed(evaluation.domains, filter_, satisfied)
        for satisfied in (not promising, promising)
    )
    return [evaluation.narrowed(half, filter_.field) for half in halves if half is not None]


def _first_undecided(
    evaluation: DomainEvaluation,
) -> tuple[ElementModel | None, FilterModel | None]:
    """The first filter whose result matters and is undecided, and its element."""
    for element in evaluation.model.elements:
        status = evaluation.element_status(element)
        if status & (status - 1):  # more than one bit
            for item in element.items:
                status = evaluation.item_status(item)
                if status & (status - 1):
                    for filter_ in item.filters if isinstance(item, RuleModel) else (item,):
                        status = evaluation.status(filter_)
                        if status == UNDECIDED and filter_.formula is not None:
                            return element, filter_
        elif status == MATCH:
            break
    return None, None
