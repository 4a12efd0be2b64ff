"""What rules read tells of a host whatever judging the rules themselves tells."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from fake_host import NodesOf

from logreach.coverage.detections.nodes import RuleNodes
from logreach.coverage.detections.rule_reads import reads_of
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of
from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.registry import sensors
from logreach.inventories.facts.facts import Facts

if TYPE_CHECKING:
    from logreach.coverage.detections.model import Rule, RuleSet
    from logreach.coverage.events.patterns import EventPattern

VERDICTS = (YES, YES, YES, NO, UNKNOWN)


@dataclass(frozen=True)
class RandomHost:
    """A host that writes some events that a sensor knows, fills some fields, and has no filter."""

    seed: int

    def has_event(self, event: EventId) -> Verdict:
        return self._chosen(event) if sensors().knows(event) else NO

    def fills(self, event: EventId, name: str) -> Verdict:
        return self._chosen(f"{event}/{name}")

    def lets_pass(self, pattern: EventPattern) -> Verdict:  # noqa: ARG002 - the protocol's
        return YES

    def _chosen(self, name: str) -> Verdict:
        return VERDICTS[sha256(f"{self.seed} {name}".encode()).digest()[0] % len(VERDICTS)]


def by_reads(rule: Rule, host: RandomHost) -> Verdict:
    """NO where nothing is read."""
    alternatives = (
        all_of(
            (
                each.limit,
                host.has_event(each.event),
                *(host.fills(each.event, name) for name in each.fields),
            )
        )
        for each in reads_of(rule)
    )
    return any_of((NO, *alternatives))


@pytest.mark.parametrize("seed", range(5))
def test_reads_and_rules_agree_on_hosts_without_filters(seed: int, windows_rules: RuleSet) -> None:
    host = RandomHost(seed)
    judged = [rule for rule in windows_rules.rules if not rule.unjudged]
    nodes = NodesOf(host)
    by_id = RuleNodes(judged, nodes).by_id
    evaluation = evaluate(nodes.compiled, Facts())
    told = {rule.id: evaluation.verdict_at(by_id[rule.id].node) for rule in judged}
    assert {rule.id: by_reads(rule, host) for rule in judged} == told
    assert len(set(told.values())) > 2
