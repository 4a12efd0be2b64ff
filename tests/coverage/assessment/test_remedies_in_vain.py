"""No remedy is offered in vain: it changes the leaf that offers it, and the event can be there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import hosts
import pytest
import random_hosts
from hypothesis import HealthCheck, Phase, given, settings

from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.minimal_changes import facts_after
from logreach.coverage.engine.verdict import YES
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.operations import Shown
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.coverage.platforms.registry import sensors
from logreach.inventories.facts.facts import Facts
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)


@cache
def _every_event() -> Compiled:
    """Every event that a sensor knows, with every field of it, as it is written and kept."""
    nodes = RuleEvents.alone(broad=False)
    for event in (event for sensor in sensors().every for event in sensor.events()):
        nodes.event(event, ANY_SENSE)
        nodes.passes(EventPattern(event))
        nodes.compiled.include(nodes.events.allowed(Shown(event)))
        for name in sensors().fields(event):
            nodes.field(event, name)
    return nodes.compiled


def _offered(facts: Facts) -> Iterator[tuple[int, Reason]]:
    for number, reason in evaluate(_every_event(), facts).reasons():
        if reason.remedy is not None and reason.verdict.applicable:
            yield number, reason


@given(random_hosts.facts())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a whole host takes minutes
)
def test_a_remedy_changes_the_leaf_that_offers_it(facts: Facts) -> None:
    after: dict[object, Facts] = {}
    for number, reason in _offered(facts):
        assert reason.verdict != YES
        remedy = reason.remedy
        if remedy is None or remedy.value is None:
            continue
        if remedy not in after:
            changed = facts
            for key, value in facts_after(facts, [remedy])[0].items():
                changed = changed.stating(key, value)
            after[remedy] = changed
        made = _every_event().leaves.by_number[number].check(after[remedy])
        assert made.verdict != reason.verdict, (reason, made)
        assert made.verdict.proven >= reason.verdict.proven, (reason, made)


_NOT_THERE = [
    ("Windows Server 2022", "Security:4696"),
    ("Windows Server 2008 SP2", "Security:5145"),
    ("Windows 7 SP1", "Sysmon:22"),
    ("Windows Server 2008 SP2", "Security:4688/CommandLine"),
    ("Windows 7 SP1", "Security:4688/ParentProcessName"),
]


@pytest.mark.parametrize(("system", "what"), _NOT_THERE)
def test_nothing_is_offered_for_what_a_system_does_not_have(system: str, what: str) -> None:
    facts = hosts.facts(
        {
            "os": system,
            "audit": "none",
            "settings": {"process_creation_command_line": False},
            "channels": {"Security": False},
            "sysmon": {"version": "13.01", "config": '<Sysmon schemaversion="4.50"/>'},
        }
    )
    nothing = Query("Application", "*[System[(EventID=1)]]", suppress=False, line=1)
    subscription = Subscription("s", (nothing,), enabled=True, initiated="source", allowed="")
    facts = facts.stating(FORWARDING, Forwarding((subscription,)))
    event, _, field = what.partition("/")
    subject = EventId.parse(event).field(field) if field else EventId.parse(event)
    offered = {reason.subject: reason.remedy for _, reason in _offered(facts)}
    if subject.startswith("Sysmon"):
        # Sysmon's events are of no Windows: whether they are forwarded is not asked of it.
        offered = {name: remedy for name, remedy in offered.items() if remedy.kind != "forwarding"}
    assert subject not in offered, offered[subject]
