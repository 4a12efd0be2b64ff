"""What a configuration does with all events of a pattern, as an EventFilter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.patterns import Constraint, Decider, EventPattern, FilterAnswer
from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.config import Config
from logreach.coverage.platforms.sysmon.engine.domains import Domain, domain
from logreach.coverage.platforms.sysmon.engine.outcomes import (
    MATCH,
    Model,
    Outcome,
    Table,
    View,
    model,
)
from logreach.coverage.platforms.sysmon.engine.witnesses import Search

_UNFILTERED = frozenset((4, 16, 255))
_MAX_DECIDERS = 5
_MAX_DOMAINS = 256
_CHANNEL = "Sysmon"


class SysmonFilter:
    """A loaded configuration as a filter for patterns such as 'Sysmon:13'.

    YES and NO hold for every event that the pattern admits and that Sysmon can write: it fills
    every number, boolean and GUID, and binds some texts to the id (`knowledge/
    values.csv`). PARTIAL is exact where two witnesses show both outcomes.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._models: dict[int, Model] = {}
        # Rules ask for the same few fields in the same ways over and over.
        self._domain = lru_cache(_MAX_DOMAINS)(_domain_and_table)

    def answer(self, pattern: EventPattern) -> FilterAnswer:
        """Answer for every event in the pattern; raises ValueError for an event of others."""
        if pattern.event.channel != _CHANNEL:
            raise ValueError(f"{pattern.event} is no event of Sysmon")
        event_id = int(pattern.event.number)
        if not manifest.fields_of(event_id, self.config.binary):
            reason = f"Sysmon with schema {self.config.binary} has no event {event_id}"
            return FilterAnswer(Level.NO, reason=reason)
        if event_id in _UNFILTERED:
            reason = f"event {event_id} is never filtered"
            return FilterAnswer(Level.YES, reason=reason)
        return self._answer(self._model(event_id), pattern)

    def _model(self, event_id: int) -> Model:
        if event_id not in self._models:
            self._models[event_id] = model(self.config, event_id)
        return self._models[event_id]

    def _answer(self, seen: Model, pattern: EventPattern) -> FilterAnswer:
        known = {
            name: self._domain(seen.event_id, name, constraints)
            for name, constraints in pattern.fields.items()
            if constraints and name in seen.fields
        }
        domains = {name: one for name, (one, _) in known.items()}
        if not all(one.possible for one in domains.values()):
            return FilterAnswer(Level.NO, reason="no event that Sysmon writes meets the pattern")
        # Fields that Sysmon binds to the id have a domain without any constraint.
        for name in seen.filtered:
            if name not in domains and manifest.values_of(seen.event_id, name):
                domains[name] = domain(seen.event_id, name, ())
        view = View(seen, domains, {name: table for name, (_, table) in known.items()})
        outcome = view.outcome()
        if outcome == Outcome.EITHER:
            return self._searched(view, pattern)
        return self._settled(view, Level.YES if outcome == Outcome.LOGGED else Level.NO)

    def _searched(self, view: View, pattern: EventPattern) -> FilterAnswer:
        search = Search(self.config, pattern, view)
        kept = search.find(Outcome.LOGGED)
        if kept is None and search.exhausted:
            return self._settled(view, Level.NO)
        dropped = search.find(Outcome.DROPPED)
        if dropped is None and search.exhausted:
            return self._settled(view, Level.YES)
        found = [witness for witness in (kept, dropped) if witness is not None]
        deciders = [one for witness in found for one in witness.decision.deciders]
        if len(found) == 2:
            reason = ""
        elif not view.model.certain:
            reason = "some filters hang on the user or host, such as %TEMP%"
        else:
            reason = "not decided: the pattern or the filters are too involved"
        return FilterAnswer(
            Level.PARTIAL,
            exact=len(found) == 2,
            deciders=tuple(dict.fromkeys(deciders)),
            kept=kept.event if kept else None,
            dropped=dropped.event if dropped else None,
            reason=reason,
        )

    def _settled(self, view: View, level: Level) -> FilterAnswer:
        seen = view.model
        deciders = tuple(_deciders(view))[:_MAX_DECIDERS]
        if not deciders:
            deciders = tuple(
                Decider(str(stage.source), stage.source.line, "its filters do not match")
                for stage in seen.stages[:_MAX_DECIDERS]
            )
        return FilterAnswer(level, deciders=deciders, reason=_reason(view))


def _domain_and_table(
    event_id: int, name: str, constraints: tuple[Constraint, ...]
) -> tuple[Domain, Table]:
    """What a field may hold, and room for what comes of the filters on it."""
    return domain(event_id, name, constraints), {}


def _reason(view: View) -> str:
    """What holds where no element surely decides; '' where one does."""
    stages = view.model.stages
    if view.model.disabled:
        return f"{stages[0].source.tag if stages else 'the event'} is switched off"
    if not stages:
        return "the configuration has no element for the event; Sysmon's default holds"
    if any(view.stage_status(stage) == MATCH for stage in stages):
        return ""
    if len(stages) == 1:
        return f"where nothing matches, the default of {stages[0].source} holds"
    return "where nothing matches, nothing is logged, since there are two or more elements"


def _deciders(view: View) -> Iterator[Decider]:
    """The filters and rules that match or may match, up to the first that surely decides."""
    for stage in view.model.stages:
        status = view.stage_status(stage)
        if not status & MATCH:
            continue
        sure = status == MATCH
        items = [item for item in stage.items if view.item_status(item) & MATCH]
        settled = [item for item in items if view.item_status(item) == MATCH]
        for item in settled[:1] if sure and settled and not stage.source.match_all else items:
            source = item.source
            name = source.name or stage.source.tag
            yield Decider(name, source.line, f"{source} in {stage.source}")
        if sure:
            return
