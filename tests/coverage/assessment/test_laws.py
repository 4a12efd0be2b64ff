"""Laws of the assessment over hosts made of random facts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import cache

import hosts
import random_hosts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logreach.coverage.assessment.assess import Scope, assess, score
from logreach.coverage.assessment.evaluated import evaluate_fleet
from logreach.coverage.assessment.profiles import group
from logreach.coverage.assessment.result import Assessment, Profile
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import Evaluation, evaluate, reevaluate
from logreach.coverage.engine.judged import Judged
from logreach.coverage.engine.minimal_changes import applied
from logreach.coverage.engine.node_key import NodeKey
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.engine.verdict import (
    NO,
    NOT_APPLICABLE,
    PARTIAL,
    UNKNOWN,
    YES,
    Level,
    Verdict,
)
from logreach.coverage.network.keys import analytic_key, technique_key
from logreach.coverage.network.model import Model, build
from logreach.coverage.network.techniques import QUESTIONS
from logreach.coverage.platforms.sysmon.prerequisites import contradictions
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.facts.keys import FactKey
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
)
from logreach.inventories.windows.facts import AUDIT, CHANNEL, OS, SETTING

TECHNIQUES = ("T1543.003", "T1543", "T1059.001", "T1003.001", "T1558.003", "T1136.002", "T1543.001")
"""Few, and unlike: services, PowerShell, LSASS, Kerberos, domain accounts, and one of macOS."""

_COMMON = settings(
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a whole host takes minutes
)
_FEW = settings(_COMMON, max_examples=4)
_SLOW = settings(_COMMON, max_examples=12)


@cache
def _model() -> Model:
    return build(load_attack(), TECHNIQUES)


def _asked(evaluation: Evaluation) -> Iterator[tuple[NodeKey, Verdict]]:
    """Every verdict that a report shows."""
    shown = {"event", "attribute", "component", "operation", "via", "wanted", "technique"}
    for key in evaluation.compiled.keys:
        if key.kind in {*shown, "analytic"}:
            yield key, evaluation.verdict(key)


def _within(new: Verdict, old: Verdict) -> bool:
    """Whether a verdict says nothing that the one with fewer facts excluded."""
    if not new.applicable:
        return old.proven is Level.NO
    return old.applicable and old.proven <= new.proven and new.possible <= old.possible


def _forgettable(known: Facts) -> list[FactKey[object]]:
    """Facts whose absence nothing is assumed for.

    Assumed, and said in the reason, is that a channel which Windows has on by default is on.
    Facts that contradict each other are worth less together than the one alone. Where no
    subscription is named, forwarding is not asked at all.
    """
    kept = {
        CHANNEL,
        FORWARDING.family,
        *((OS.family,) if contradictions(known) else ()),
    }
    return [key for key in sorted(known.known) if key.family not in kept]


@given(random_hosts.facts(), st.randoms(use_true_random=False))
@_SLOW
def test_knowing_more_never_leads_out_of_what_was_possible(
    known: Facts, chance: random.Random
) -> None:
    full = evaluate(_model().compiled, known)
    keys = _forgettable(known)
    heavy = [key for key in keys if key.family not in (AUDIT, SETTING)]
    for forgotten in (*heavy, *chance.sample(keys, min(4, len(keys)))):
        rest = Facts({key: one for key, one in known.known.items() if key != forgotten})
        less = dict(_asked(reevaluate(full, rest, [forgotten])))
        wrong = [
            (key, less[key].label, verdict.label)
            for key, verdict in _asked(full)
            if not _within(verdict, less[key])
        ]
        assert not wrong, f"without {forgotten}: {wrong[:10]}"


@given(random_hosts.facts(), st.randoms(use_true_random=False))
@_SLOW
def test_evaluating_again_gives_what_evaluating_anew_gives(
    known: Facts, chance: random.Random
) -> None:
    old = evaluate(_model().compiled, known)
    dropped = chance.sample(sorted(known.known), min(5, len(known.known)))
    rest = Facts({key: one for key, one in known.known.items() if key not in dropped})
    anew = evaluate(_model().compiled, rest)
    again = reevaluate(old, rest, dropped)
    assert list(again.codes) == list(anew.codes)
    assert {n: r.text for n, r in again.reasons()} == {n: r.text for n, r in anew.reasons()}


@given(random_hosts.facts())
@_SLOW
def test_no_remedy_lowers_what_is_proven(known: Facts) -> None:
    before = evaluate(_model().compiled, known)
    offered = {reason.remedy.name: reason.remedy for _, reason in before.reasons() if reason.remedy}
    for remedy in offered.values():
        after = applied(before, [remedy])
        for number, asked in _model().questions.items():
            key = before.compiled.keys[number]
            old, new = before.verdict(key), after.verdict(key)
            assert new.applicable is old.applicable, (remedy.text, asked)
            assert new.proven >= old.proven, (remedy.text, asked, old.label, new.label)


@given(st.lists(random_hosts.facts(), min_size=1, max_size=2))
@_FEW
def test_the_least_to_change_suffices_and_the_steps_gain_what_they_say(many: list[Facts]) -> None:
    fleet = [Host(f"h{n}", n + 1, one) for n, one in enumerate(many)]
    found = _assessed(*fleet)
    profiles, _ = evaluate_fleet(_model(), group(fleet))
    known = {profile.group.profile_id: profile.evaluation for profile in profiles}
    remedies = [one.remedy for one in found.remedies]
    for profile, techniques in found.plan.least.items():
        before = known[profile]
        for technique, places in techniques.items():
            question = technique_key(technique, "detection")
            assert before.verdict(question) != YES
            after = applied(before, [remedies[place] for place in places])
            assert after.verdict(question) == YES, (technique, [remedies[n].text for n in places])
    achieved = sum(
        profile.count
        for profile in found.profiles
        for one in profile.techniques.values()
        if one.detection.judged.verdict == YES
    )
    for step in found.plan.steps:
        achieved += step.gain
        assert step.achievable == achieved <= found.plan.pairs
        assert step.gain > 0
        assert step.techniques


@given(random_hosts.facts())
@_FEW
def test_every_verdict_short_of_achievable_says_why(known: Facts) -> None:
    profile = _assessed(Host("one", 1, known)).profiles[0]
    for where, judged in _judged(profile):
        if judged.verdict != YES:
            assert judged.reasons, (where, judged.verdict.label)
            assert all(reason.text for reason in judged.reasons), where
        if judged.verdict.applicable and not judged.verdict.settled:
            assert any(not r.verdict.settled for r in judged.reasons), (where, judged.reasons)
        if judged.verdict == NO:
            assert any(r.verdict.possible < Level.YES for r in judged.reasons), where


@given(
    st.lists(st.tuples(random_hosts.facts(), st.integers(1, 50)), min_size=2, max_size=4),
    st.integers(0, 3),
)
@_FEW
def test_a_fleet_adds_up_and_has_no_order(made: list[tuple[Facts, int]], twin: int) -> None:
    made = [*made, (made[twin % len(made)][0], 7)]
    fleet_hosts = [Host(f"h{number}", count, one) for number, (one, count) in enumerate(made)]
    forth, back = _assessed(*fleet_hosts), _assessed(*reversed(fleet_hosts))
    total = sum(host.count for host in fleet_hosts)
    assert len(forth.profiles) < len(fleet_hosts)
    assert sum(profile.count for profile in forth.profiles) == total
    for technique, fleet in forth.fleet.items():
        for counts in (fleet.detection, fleet.visibility, fleet.analytic_by_any_event):
            assert sum(counts.values()) == total, technique
        counts = dict(fleet.detection)
        asked = total - counts.pop("not applicable", 0)
        reached = counts.get("achievable", 0) + counts.get("achievable elsewhere", 0)
        share = reached / asked if asked else None
        assert fleet.achievable_share == (None if share is None else round(share, 4))
        assert fleet == back.fleet[technique]
    assert _by_host(forth) == _by_host(back)
    gains = [(one.remedy.text, one.gain, one.hosts) for one in forth.remedies]
    assert sorted(gains) == sorted((one.remedy.text, one.gain, one.hosts) for one in back.remedies)


@given(random_hosts.facts(), st.sets(st.sampled_from(TECHNIQUES), min_size=1, max_size=3))
@_FEW
def test_a_narrower_question_gets_the_same_answers(known: Facts, chosen: set[str]) -> None:
    evaluation = evaluate(build(load_attack(), sorted(chosen)).compiled, known)
    whole = dict(_asked(evaluate(_model().compiled, known)))
    asked = dict(_asked(evaluation))
    assert {technique_key(one, "detection") for one in chosen} <= asked.keys()
    assert {key: whole[key] for key in asked} == asked


@given(st.lists(st.sampled_from((YES, PARTIAL, NO, UNKNOWN, NOT_APPLICABLE)), max_size=8))
def test_what_does_not_apply_is_in_no_denominator(verdicts: list[Verdict]) -> None:
    applying = [one for one in verdicts if one.applicable]
    assert score(verdicts) == score(applying)
    if found := score(verdicts):
        assert 0 <= found[0] <= found[1] <= 1


def test_a_role_that_is_unknown_settles_nothing_for_hosts_that_are_not_asked() -> None:
    """Golden tickets: one analytic asks a domain controller's events beside any server's."""
    words = {
        "os": "Windows Server 2016",
        "audit": {"Kerberos Service Ticket Operations": "none", "others": "success and failure"},
    }
    key = analytic_key("AN0444", "T1558.003", "analytic_by_any_event")
    model = _model()
    unknown = evaluate(model.compiled, hosts.facts(words))
    member = evaluate(model.compiled, hosts.facts(words | {"role": "server"}))
    controller = evaluate(model.compiled, hosts.facts(words | {"role": "domain-controller"}))
    assert member.verdict(key).proven > Level.NO
    assert controller.verdict(key) == NO
    assert unknown.verdict(key) == UNKNOWN
    assert any(reason.link == "role" for reason in Reasons(unknown).of(key))


def _assessed(*group: Host) -> Assessment:
    return assess(Inventory("laws", group), load_attack(), Scope(TECHNIQUES))


def _judged(profile: Profile) -> Iterator[tuple[str, Judged]]:
    yield from profile.events.items()
    for name, component in profile.components.items():
        yield name, component.judged
        for part in (component.operations, component.via, component.attributes):
            yield from ((f"{name}: {key}", judged) for key, judged in part.items())
    for key, technique in profile.techniques.items():
        for question in QUESTIONS:
            yield key, technique.judged(question)
        for analytic in technique.analytics.values():
            yield analytic.analytic_id, analytic.detection
            yield analytic.analytic_id, analytic.with_alternatives


def _by_host(assessment: Assessment) -> Mapping[str, list[tuple[str, Verdict]]]:
    return {
        host: [(where, judged.verdict) for where, judged in _judged(profile)]
        for profile in assessment.profiles
        for host in profile.hosts
    }
