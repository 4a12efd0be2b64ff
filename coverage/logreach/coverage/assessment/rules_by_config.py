"""The same rules under different Sysmon configurations, and nothing else on the host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from logreach.coverage.detections.filter_cache import remembered_by
from logreach.coverage.detections.judge import judge_rules
from logreach.coverage.detections.model import Rule
from logreach.coverage.detections.node_types import EventNodes
from logreach.coverage.detections.nodes import RuleNodes
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.fixed import Fixed
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import NO
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import Sense
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.coverage.platforms.sysmon.engine.trying import Trier
from logreach.inventories.facts.facts import Facts, Statement
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import SYSMON, SysmonState

_ASIDE = "only Sysmon's log is looked at"
VERSION = "15.15"  # of the Sysmon that loads them, unless another one is asked for


@dataclass(frozen=True, slots=True)
class UnderConfig:
    """How rules fare under one configuration.

    `labels` are the rules that Sysmon's events can carry by label of their verdict ('achievable':
    every event of at least one branch is logged); `states` the same by state, several a rule.
    """

    name: str
    labels: Mapping[str, int]
    states: Mapping[str, int]


class SysmonAlone:
    """What the graph has of events on hosts of which only Sysmon's log is looked at."""

    def __init__(self, events: EventNodes) -> None:
        self._events = events
        self.compiled = events.compiled

    def event(self, event: EventId, variant: Sense) -> int:
        """Events of Sysmon as they are; no other is there."""
        if event.channel == "Sysmon":
            return self._events.event(event, variant)
        return self.compiled.leaf(Fixed(event, NO, _ASIDE, link="channel"))

    def field(self, event: EventId, name: str) -> int:
        """A field of that event is filled."""
        return self._events.field(event, name)

    def passes(self, pattern: EventPattern) -> int:
        """Filters let such events through."""
        return self._events.passes(pattern)

    def recorded_elsewhere(self, rule: NodeKey, event: EventId, variant: Sense) -> int | None:  # noqa: ARG002
        """No other host is looked at."""
        return None


def configuration(name: str, data: bytes, sysmon_version: str = VERSION) -> str:
    """The text of a configuration file; InputError, with its name, where Sysmon refuses it."""
    config = Source(name, data).text()
    try:
        Trier(config, sysmon_version)
    except InputError as error:
        raise InputError(replace(fault, source=name) for fault in error.faults) from None
    return config


def rules_of_sysmon(rules: Iterable[Rule]) -> list[Rule]:
    """The rules that Sysmon's events can carry, by their log sources."""
    return [
        rule
        for rule in rules
        if any(
            candidate.event.channel == "Sysmon"
            for branch in rule.branches
            for events in branch.alternatives
            for candidate in events
        )
    ]


def under_config(
    name: str,
    config: str,
    rules: Iterable[Rule],
    sysmon_version: str = VERSION,
    cache_dir: Path | None = None,
) -> UnderConfig:
    """Judge rules on a host whose only log is that of a Sysmon with this configuration.

    `cache_dir` keeps the configuration's answers, so that the next run need not work them out.
    """
    state = SysmonState(installed=True, version=sysmon_version, config=config, config_source=name)
    sysmon = Statement(SYSMON, state, Evidence(name))
    events = SysmonAlone(RuleEvents.alone())
    nodes = RuleNodes(rules, events).by_id
    with remembered_by([state], cache_dir) if cache_dir else nullcontext():
        evaluation = evaluate(events.compiled, Facts.of([sysmon]))
    results = judge_rules(nodes, evaluation, Reasons(evaluation))
    labels = Counter(result.verdict.label for result in results.values())
    states = Counter(str(state) for result in results.values() for state in result.state)
    return UnderConfig(name, dict(labels), dict(states))
