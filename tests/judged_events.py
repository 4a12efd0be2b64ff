"""What a host says of single events, patterns and fields, asked of the graph."""

from __future__ import annotations

from collections.abc import Callable

from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import all_of
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.events.variant import ANY_SENSE
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.inventories.facts.facts import Facts


def judged(facts: Facts, node: Callable[[RuleEvents], int]) -> Judged:
    """What a host with these facts says of one node."""
    events = RuleEvents.alone()
    number = node(events)
    return Reasons(evaluate(events.compiled, facts)).judged_at(number)


def judged_event(facts: Facts, pattern: EventPattern) -> Judged:
    """A rule's event there: it can be written, and filters let the pattern through."""
    both = (
        judged(facts, lambda events: events.event(pattern.event, ANY_SENSE)),
        judged(facts, lambda events: events.passes(pattern)),
    )
    applying = [answer for answer in both if answer.verdict.applicable]
    reasons = tuple(reason for answer in applying for reason in answer.reasons)
    return Judged(all_of(answer.verdict for answer in applying), reasons)
