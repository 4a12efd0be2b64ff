"""Laws of rules in the graph over hosts made of random facts."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from random_hosts import facts

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.evaluated import Assessed
from logreach.coverage.assessment.profiles import HostGroup
from logreach.coverage.assessment.questions import WEIGHTS
from logreach.coverage.assessment.remedies import offered_remedies
from logreach.coverage.assessment.result import Assessment, RuleSummary
from logreach.coverage.assessment.rule_changes import rule_changes
from logreach.coverage.assessment.rules import RuleWork
from logreach.coverage.attack import load_attack
from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import RuleSet
from logreach.coverage.engine.compiled import Compiled
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.graph import Combine
from logreach.coverage.engine.minimal_changes import applied, facts_after
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    YES,
    Level,
    Verdict,
    all_of,
    any_of,
    hull,
)
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory

_COMMON = settings(
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a whole host takes minutes
)
FEW = settings(_COMMON, max_examples=4)
SLOW = settings(_COMMON, max_examples=12)
RULES = Path(__file__).with_name("rule_laws.yaml")


@cache
def _rules() -> RuleSet:
    ruleset = load_rules([RULES])
    assert ruleset.faults == ()
    assert len(ruleset.rules) > 12
    return ruleset


@cache
def _work() -> RuleWork:
    work = RuleWork(_rules(), load_attack(), RuleEvents.alone())
    assert work.nodes
    return work


def _assessed(*hosts: Host) -> Assessment:
    scope = Scope(("T1543.003",))
    return assess(Inventory("t", hosts), load_attack(), scope, rules=_rules())


def _half_steps(before: RuleSummary, after: RuleSummary) -> float:
    return (after.judged.verdict.proven - before.judged.verdict.proven) / 2


@given(facts(), st.integers(1, 9), st.randoms(use_true_random=False))
@FEW
def test_the_gain_of_a_remedy_is_the_difference_of_two_assessments(
    known: Facts, count: int, chance: random.Random
) -> None:
    before = _assessed(Host("h", count, known))
    tried = [planned for planned in before.remedies if planned.remedy.value is not None]
    for planned in chance.sample(tried, min(3, len(tried))):
        changed = known
        for key, value in facts_after(known, [planned.remedy])[0].items():
            changed = changed.stating(key, value)
        after = _assessed(Host("h", count, changed)).profiles[0].rules
        rises = {
            rule_id: _half_steps(summary, after[rule_id])
            for rule_id, summary in before.profiles[0].rules.items()
        }
        assert planned.rule_gain == sum(
            count * rise * WEIGHTS.get(after[rule_id].level, 1.0) for rule_id, rise in rises.items()
        ), planned.remedy.text
        raised = {rule_id for rules in planned.rules_raised.values() for rule_id in rules}
        assert raised == {rule_id for rule_id, rise in rises.items() if rise > 0}


@given(facts())
@SLOW
def test_a_remedy_never_lowers_a_rule(known: Facts) -> None:
    work = _work()
    before = evaluate(work.events.compiled, known)
    for remedy in offered_remedies(before):
        after = applied(before, [remedy])
        for number, question in work.questions.items():
            old, new = before.verdict_at(number), after.verdict_at(number)
            assert new.applicable is old.applicable, (remedy.text, question.name)
            assert new.proven >= old.proven, (remedy.text, question.name, old.label, new.label)


@given(facts())
@SLOW
def test_the_change_of_a_rule_does_what_it_says_and_others_have_none(known: Facts) -> None:
    work = _work()
    profile = Assessed(
        HostGroup("P1", (Host("h", 1, known),)), evaluate(work.events.compiled, known)
    )
    changes = rule_changes(profile, work.questions.values())
    everything = applied(profile.evaluation, offered_remedies(profile.evaluation))
    for number, question in work.questions.items():
        before = profile.evaluation.verdict_at(number)
        change = changes.get(question.name)
        if change is not None:
            after = applied(profile.evaluation, change.remedies).verdict_at(number)
            assert change.rise == (after.proven - before.proven) / 2 > 0
        elif before.applicable and before is not YES:
            # What all changes together do not wake, none does.
            assert everything.verdict_at(number).proven >= before.proven


def _plainly(compiled: Compiled, number: int, known: Facts, done: dict[int, Verdict]) -> Verdict:
    """A node by plain recursion over its children."""
    if number not in done:
        done[number] = _computed(compiled, number, known, done)
    return done[number]


def _computed(compiled: Compiled, number: int, known: Facts, done: dict[int, Verdict]) -> Verdict:
    if number in compiled.leaves.by_number:
        return compiled.leaves.by_number[number].check(known).verdict
    verdicts = []
    for child, edge in compiled.links(number):
        verdict = _plainly(compiled, child, known, done)
        if edge.gate and not verdict.applicable:
            return NOT_APPLICABLE
        limited = edge.limit is not None and verdict.applicable
        verdicts.append(verdict.limited(edge.limit) if limited else verdict)
    combine = compiled.kinds[number]
    if combine is Combine.BRACKET:
        outer, inner = verdicts
        if outer in (YES, NO):
            return outer
        proven = min(inner.proven, Level.PARTIAL)
        return Verdict.of(proven, max(inner.possible, Level.PARTIAL))
    return {Combine.ANY: any_of, Combine.ALL: all_of, Combine.EITHER: hull}[combine](verdicts)


@given(facts())
@SLOW
def test_the_compiled_evaluation_equals_a_plain_one(known: Facts) -> None:
    work = _work()
    evaluation = evaluate(work.events.compiled, known)
    # What may turn out not to apply is counted both ways: `test_graph` looks at that.
    assume(all(one.verdict.settled for _, one in evaluation.reasons() if one.link == "role"))
    done: dict[int, Verdict] = {}
    for number, question in work.questions.items():
        plain = _plainly(work.events.compiled, number, known, done)
        assert evaluation.verdict_at(number) == plain, question.name


DEAD: dict[str, Any] = {
    "title": "Dead for good",
    "id": "dead",
    "level": "critical",
    "logsource": {"product": "windows", "service": "security"},
    "detection": {"a": {"EventID": 4688, "NoSuchField": "x"}, "condition": "a"},
}


def test_a_rule_that_no_change_can_wake_has_no_remedy_and_no_gain(tmp_path: Path) -> None:
    file = tmp_path / "rule.yml"
    file.write_text(yaml.safe_dump(DEAD), encoding="utf-8")
    work = RuleWork(load_rules([file]), load_attack(), RuleEvents.alone())
    known = Facts()
    group = HostGroup("P1", (Host("h", 1, known),))
    profile = Assessed(group, evaluate(_compiled(work), known))
    assert rule_changes(profile, work.questions.values()) == {}


def _compiled(work: RuleWork) -> Compiled:
    assert work.questions
    return work.events.compiled
