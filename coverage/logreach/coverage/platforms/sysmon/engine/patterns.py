"""A Sysmon configuration as an EventFilter: what it does with all events of a pattern."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.patterns import Constraint, Decider, EventPattern, FilterAnswer
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import (
    Config,
    EventElement,
    Filter,
    RuleElement,
)
from logreach.coverage.platforms.sysmon.engine.decision import MATCH, UNFILTERED
from logreach.coverage.platforms.sysmon.engine.domains import Domain, domain
from logreach.coverage.platforms.sysmon.engine.outcomes import (
    DomainEvaluation,
    EventModel,
    Outcome,
    StatusTable,
    event_model,
)
from logreach.coverage.platforms.sysmon.engine.witnesses import WitnessSearch

_MAX_DECIDERS = 5
_MAX_DOMAINS = 256
_CHANNEL = "Sysmon"
Exclusions = tuple[Filter | RuleElement, ...]


class SysmonFilter:
    """A loaded configuration as a filter for patterns such as 'Sysmon:13'.

    YES and NO hold for every event that the pattern admits and that Sysmon can write: Sysmon fills
    every number, boolean and GUID, and the event id determines some texts (`knowledge/values.csv`).
    PARTIAL is exact if two witnesses show both outcomes.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._models: dict[int, EventModel] = {}
        # Detection rules constrain the same few fields in the same ways over and over.
        self._domain = lru_cache(_MAX_DOMAINS)(_domain_and_table)

    def answer(self, pattern: EventPattern) -> FilterAnswer:
        """Answer for every event in the pattern; ValueError if it is not about Sysmon events."""
        if pattern.event.channel != _CHANNEL:
            raise ValueError(f"{pattern.event} is no event of Sysmon")
        event_id = int(pattern.event.number)
        if not manifest.fields_of(event_id, self.config.sysmon_schema):
            reason = f"Sysmon with schema {self.config.sysmon_schema} has no event {event_id}"
            return FilterAnswer(Level.NO, reason=reason)
        if event_id in UNFILTERED:
            reason = f"event {event_id} is never filtered"
            return FilterAnswer(Level.YES, reason=reason)
        evaluation = self._evaluation(event_id, pattern)
        if evaluation is None:
            return FilterAnswer(Level.NO, reason="no event that Sysmon writes meets the pattern")
        outcome = evaluation.outcome()
        if outcome == Outcome.EITHER:
            return self._searched(evaluation, pattern)
        return _settled(evaluation, Level.YES if outcome == Outcome.LOGGED else Level.NO)

    def exclusions(self, pattern: EventPattern) -> Iterator[tuple[EventElement, Exclusions]]:
        """The exclude elements that may match events of a pattern, with the filters and rules of
        each that may; only for an event that Sysmon can filter."""
        evaluation = self._evaluation(int(pattern.event.number), pattern)
        if evaluation is None:
            return
        for element in evaluation.model.elements:
            if not element.source.include and evaluation.element_status(element) & MATCH:
                matching = (item for item in element.items if evaluation.item_status(item) & MATCH)
                yield element.source, tuple(item.source for item in matching)

    def _evaluation(self, event_id: int, pattern: EventPattern) -> DomainEvaluation | None:
        """The filters on events of the pattern; None where Sysmon writes no such event."""
        if event_id not in self._models:
            self._models[event_id] = event_model(self.config, event_id)
        model = self._models[event_id]
        constrained = {
            name: self._domain(model.event_id, name, constraints)
            for name, constraints in pattern.fields.items()
            if constraints and name in model.fields
        }
        domains = {name: field_domain for name, (field_domain, _) in constrained.items()}
        if not all(field_domain.possible for field_domain in domains.values()):
            return None
        # The event id limits some fields even if the pattern does not.
        for name in model.filtered_fields:
            if name not in domains and manifest.values_of(model.event_id, name):
                domains[name] = domain(model.event_id, name, ())
        tables = {name: table for name, (_, table) in constrained.items()}
        return DomainEvaluation(model, domains, tables)

    def _searched(self, evaluation: DomainEvaluation, pattern: EventPattern) -> FilterAnswer:
        """Look for an event of either outcome; a proof that one lacks settles the answer."""
        search = WitnessSearch(self.config, pattern, evaluation)
        kept = search.find(Outcome.LOGGED)
        if kept is None and search.exhausted:
            return _settled(evaluation, Level.NO)
        dropped = search.find(Outcome.DROPPED)
        if dropped is None and search.exhausted:
            return _settled(evaluation, Level.YES)
        witnesses = [witness for witness in (kept, dropped) if witness is not None]
        deciders = [decider for witness in witnesses for decider in witness.decision.deciders]
        if len(witnesses) == 2:
            reason = ""
        elif not evaluation.model.host_independent:
            reason = "some filters depend on the user or host, such as %TEMP%"
        else:
            reason = "not decided: the pattern or the filters are too complex"
        return FilterAnswer(
            Level.PARTIAL,
            exact=len(witnesses) == 2,
            deciders=tuple(dict.fromkeys(deciders)),
            kept=kept.event if kept else None,
            dropped=dropped.event if dropped else None,
            reason=reason,
        )


def _domain_and_table(
    event_id: int, name: str, constraints: tuple[Constraint, ...]
) -> tuple[Domain, StatusTable]:
    """The domain of a field, and an empty table for the status of the filters on it."""
    return domain(event_id, name, constraints), {}


def _settled(evaluation: DomainEvaluation, level: Level) -> FilterAnswer:
    deciders = tuple(_deciders(evaluation))[:_MAX_DECIDERS]
    if not deciders:
        deciders = tuple(
            Decider(str(element.source), element.source.line, "its filters do not match")
            for element in evaluation.model.elements[:_MAX_DECIDERS]
        )
    return FilterAnswer(level, deciders=deciders, reason=_reason(evaluation))


def _reason(evaluation: DomainEvaluation) -> str:
    """The default that applies to events that no element matches; '' if an element decides."""
    elements = evaluation.model.elements
    if evaluation.model.disabled:
        return f"{elements[0].source.tag if elements else 'the event'} is switched off"
    if not elements:
        return "the configuration has no element for the event; Sysmon's default applies"
    if any(evaluation.element_status(element) == MATCH for element in elements):
        return ""
    if len(elements) == 1:
        return f"if nothing matches, the default of {elements[0].source} applies"
    return "if nothing matches, nothing is logged, since there are two or more elements"


def _deciders(evaluation: DomainEvaluation) -> Iterator[Decider]:
    """The filters and rules that match or may match, up to the first element that always does."""
    for element in evaluation.model.elements:
        status = evaluation.element_status(element)
        if not status & MATCH:
            continue
        decides = status == MATCH
        possible = [item for item in element.items if evaluation.item_status(item) & MATCH]
        certain = [item for item in possible if evaluation.item_status(item) == MATCH]
        listed = certain[:1] if decides and certain and not element.source.match_all else possible
        for item in listed:
            name = item.source.name or element.source.tag
            yield Decider(name, item.source.line, f"{item.source} in {element.source}")
        if decides:
            return
