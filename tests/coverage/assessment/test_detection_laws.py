"""Laws of the detection of techniques, over hosts and small fleets made of random facts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import hosts
import pytest
import random_hosts
from detected_on import detected_on, model
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.evaluated import Assessed, evaluate_fleet
from logreach.coverage.assessment.profiles import HostGroup, group
from logreach.coverage.assessment.questions import technique_questions
from logreach.coverage.assessment.remedies import offered_remedies, planned_remedies
from logreach.coverage.assessment.result import WayKind
from logreach.coverage.attack import facts_carried_into, load_attack
from logreach.coverage.attack.shipped import SHIPPED_VERSIONS
from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import RuleSet
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.judged import Remedy, RemedyName
from logreach.coverage.engine.minimal_changes import applied, facts_after
from logreach.coverage.engine.verdict import NO, Level, any_of
from logreach.coverage.events.evidence import load_evidence
from logreach.coverage.network.keys import technique_key
from logreach.coverage.network.techniques import DETECTION, DETECTION_HERE
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.facts.keys import FactFamily
from logreach.inventories.windows.facts import AUDIT, ROLE, SACL, Ace, Role, Sacl

_COMMON = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a whole host takes minutes
    max_examples=6,
)
_SET_VALUE = 0x2
_RULES = Path(__file__).with_name("rule_laws.yaml")


@cache
def _rules() -> RuleSet:
    return load_rules([_RULES])


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
@given(random_hosts.facts())
@_COMMON
def test_no_technique_is_out_of_reach_while_a_rule_for_it_can_fire(
    version: str, known: Facts
) -> None:
    tagged = sorted({technique for rule in _rules().rules for technique in rule.techniques})
    inventory = Inventory("laws", (Host("h", 1, known),))
    profile = assess(
        inventory, load_attack(version), Scope(tuple(tagged)), rules=_rules()
    ).profiles[0]
    for rule in profile.rules.values():
        for technique in rule.techniques:
            detection = profile.techniques[technique].detection
            fires, detected = rule.judged.verdict, detection.judged.verdict
            if fires.proven > Level.NO:
                assert detected.proven > Level.NO, (rule.title, technique)
                assert rule.title in detection.holds
            if fires.possible > Level.NO:
                assert detected.possible > Level.NO, (rule.title, technique)


@given(random_hosts.facts())
@_COMMON
def test_a_detection_is_as_good_as_the_best_of_its_ways(known: Facts) -> None:
    for technique, detection in detected_on(Inventory("laws", (Host("h", 1, known),)))["h"].items():
        verdict = detection.judged.verdict
        if not detection.ways:
            continue
        best = any_of(way.verdict for way in detection.ways)
        assert (verdict.proven, verdict.possible) == (best.proven, best.possible), technique
        assert bool(detection.depth) == (verdict.proven is Level.YES), technique
        assert not set(detection.holds) & set(detection.lacks), technique
        for way in detection.ways:
            assert bool(way.holds) == (way.verdict.proven > Level.NO), (technique, way)


@given(random_hosts.facts())
@_COMMON
def test_what_other_hosts_record_never_takes_away(known: Facts) -> None:
    evaluation = evaluate(model().compiled, known)
    for technique in model().techniques:
        here = evaluation.verdict(technique_key(technique.id, DETECTION_HERE))
        fleet = evaluation.verdict(technique_key(technique.id, DETECTION))
        assert fleet.proven >= here.proven
        assert fleet.possible >= here.possible


@given(random_hosts.facts(), random_hosts.facts(), st.randoms(use_true_random=False))
@_COMMON
def test_a_change_on_a_domain_controller_lowers_nothing_on_a_workstation(
    workstation: Facts, controller: Facts, chance: random.Random
) -> None:
    fleet = [
        Host("ws", 1, workstation.stating(ROLE, Role.WORKSTATION)),
        Host("dc", 1, controller.stating(ROLE, Role.DOMAIN_CONTROLLER)),
    ]
    profiles, whole = evaluate_fleet(model(), group(fleet))
    place = next(n for n, one in enumerate(profiles) if one.group.hosts[0].name == "dc")
    remedies = [
        reason.remedy
        for _, reason in profiles[place].evaluation.reasons()
        if reason.remedy is not None and reason.verdict.proven < Level.YES
    ]
    for remedy in chance.sample(remedies, min(8, len(remedies))):
        changes = {place: applied(profiles[place].evaluation, [remedy])}
        for other, after in whole.changed(profiles, changes).items():
            before = profiles[other].evaluation
            for number in model().questions:
                old, new = before.verdict_at(number), after.verdict_at(number)
                assert new.proven >= old.proven, (remedy.text, model().questions[number])


def test_what_a_remedy_gains_in_a_fleet_is_the_difference_of_two_fleets() -> None:
    """A domain controller's own verdicts rise by its remedy, and so do those of others."""
    words = {"os": "Windows Server 2022", "audit": "none", "sysmon": "none"}
    fleet = group(
        hosts.inventory(
            dc=words | {"role": "domain-controller"}, ws=words | {"role": "workstation"}
        ).hosts
    )
    assert _raised_together(fleet, AUDIT) > 2


def test_a_remedy_brings_another_host_nothing_but_what_it_says() -> None:
    """The services' key has an audit entry on one host, and none that is known on the other."""
    words = {"os": "Windows Server 2022", "audit": "success and failure", "sysmon": "none"}
    with_entry, without = hosts.inventory(a=words, b=words | {"role": "workstation"}).hosts
    entry = Sacl((Ace("S-1-1-0", _SET_VALUE, success=True, failure=False),))
    stated = with_entry.facts.stating(SACL("HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES"), entry)
    _raised_together(group((replace(with_entry, facts=stated), without)), SACL)


def _raised_together(fleet: Sequence[HostGroup], family: FactFamily[Any]) -> int:
    """How many remedies of a family raise techniques on several profiles.

    Each gain is held against the difference of two fleets, with and without the change.
    """
    before, whole = evaluate_fleet(model(), fleet)
    questions = technique_questions(model())
    weighed = planned_remedies(questions, before, whole, lambda *_: None)
    of_family = [each for each in weighed if each.remedy.key.family == family]
    assert of_family
    together = 0
    for planned in of_family:
        changed = [
            _changed(assessed.group, planned.remedy)
            if _offers(assessed, planned.remedy)
            else assessed.group
            for assessed in before
        ]
        after, _ = evaluate_fleet(model(), changed)
        raised = [
            (old.group.profile_id, question.name)
            for old, new in zip(before, after, strict=True)
            for number, question in questions.items()
            if new.evaluation.proven(number) > old.evaluation.proven(number)
        ]
        assert planned.gain == len(raised), planned.remedy.text
        together += len({profile for profile, _ in raised}) > 1
    return together


def _offers(assessed: Assessed, remedy: Remedy) -> bool:
    return remedy.name in {each.name for each in offered_remedies(assessed.evaluation)}


def _changed(host: HostGroup, remedy: Remedy) -> HostGroup:
    return replace(host, hosts=(replace(host.hosts[0], facts=_with(host.facts, remedy)),))


@given(random_hosts.facts(), random_hosts.facts())
@_COMMON
def test_a_remedy_is_the_same_change_on_every_host(first: Facts, second: Facts) -> None:
    by_name: dict[RemedyName, Remedy] = {}
    for known in (first, second):
        for remedy in offered_remedies(evaluate(model().compiled, known)):
            assert by_name.setdefault(remedy.name, remedy).value == remedy.value, remedy.text


def _with(known: Facts, remedy: Remedy) -> Facts:
    for key, value in facts_after(known, [remedy])[0].items():
        known = known.stating(key, value)
    return known


def test_starts_of_processes_alone_are_no_whole_way() -> None:
    """Nothing gets greener by guess: 4688 is indirect, and without the command line says little."""
    words = {
        "os": "Windows 11 23H2",
        "role": "workstation",
        "audit": {"Process Creation": "success", "others": "none"},
        "settings": {"powershell_script_block_logging": False, "powershell_module_logging": False},
        "sysmon": "none",
        "sacls": {"global:file": "", "global:key": ""},
    }
    without, found = (
        detected_on(hosts.inventory(h=words | {"settings": words["settings"] | line}))["h"]
        for line in (
            {"process_creation_command_line": False},
            {"process_creation_command_line": True},
        )
    )
    by_starts = [
        technique for technique, detection in found.items() if "Security:4688" in detection.holds
    ]
    assert len(by_starts) > 300
    for technique in by_starts:
        for detection in (without[technique], found[technique]):
            for way in detection.ways:
                if set(way.holds) == {"Security:4688"}:
                    assert not way.whole, (technique, way)
                    assert way.kind is WayKind.DIRECT or not way.direct, (technique, way)


@pytest.mark.parametrize("technique", sorted(load_evidence()))
def test_every_event_of_direct_evidence_is_known_or_said_to_be_unknown(technique: str) -> None:
    part = model().event_part
    for line in load_evidence()[technique].every:
        assert part.knows(line.shown.event), line
        fields = set(part.fields(line.shown.event))
        read = {*line.shown.needs, *(line.shown.pattern.fields if line.shown.pattern else ())}
        assert read <= fields, line


@pytest.mark.parametrize("version", SHIPPED_VERSIONS)
def test_every_windows_technique_has_direct_evidence_or_the_reason_for_none(version: str) -> None:
    attack = load_attack(version)
    windows = {each.id for each in attack.techniques if "Windows" in each.platforms}
    carried = {now for known in load_evidence() for now in facts_carried_into(attack, known)}
    assert windows - {"T1078.004"} <= carried


def test_evidence_stands_under_ids_of_18_or_of_what_is_new_in_19() -> None:
    older = load_attack("18.1").technique_by_id.keys()
    newer = load_attack("19.1").technique_by_id.keys()
    new = {id_ for id_ in newer if not facts_carried_into(load_attack("18.1"), id_)}
    assert load_evidence().keys() <= older | new


def test_what_three_techniques_became_is_detected_whole_only_with_each_of_them() -> None:
    """T1685 was T1562.001 and T1562.006 beside T1562; its sub-techniques are other acts."""
    host = {
        "os": "Windows 11 23H2",
        "role": "workstation",
        "audit": "success and failure",
        "settings": {"powershell_script_block_logging": True},
        "sysmon": {"version": "15.15", "config": "everything"},
    }
    found = detected_on(hosts.inventory(h=host), "19.1")["h"]["T1685"]
    direct = next(way for way in found.ways if way.name == "procedures")
    assert "Indicator Blocking (T1562.006)" in direct.text
    below = next(way for way in found.ways if way.kind is WayKind.SUBTECHNIQUES)
    assert "part of what is none of them" in below.text
    assert direct.verdict.proven is Level.PARTIAL
    assert below.verdict.possible is Level.PARTIAL


def test_an_inventory_without_a_domain_controller_leaves_its_evidence_unknown() -> None:
    words = {
        "os": "Windows 11 23H2",
        "role": "workstation",
        "audit": "none",
        "sysmon": "none",
        "settings": {"powershell_script_block_logging": False, "powershell_module_logging": False},
    }
    detection = detected_on(hosts.inventory(ws=words))["ws"]["T1558.003"]
    assert detection.judged.verdict.possible is Level.YES
    assert detection.here.proven < Level.YES
    assert any("the inventory has none" in reason.text for reason in detection.judged.reasons)
    controller = {
        "os": "Windows Server 2022",
        "role": "domain-controller",
        "audit": "success and failure",
    }
    both = detected_on(hosts.inventory(ws=words, dc=controller))
    assert both["ws"]["T1558.003"].label == "achievable elsewhere"
    assert both["ws"]["T1558.003"].where == ("dc",)
    assert both["dc"]["T1558.003"].label == "achievable"
    silent = detected_on(hosts.inventory(ws=words, dc=controller | {"audit": "none"}))
    assert silent["ws"]["T1558.003"].judged.verdict == NO
    half = hosts.inventory(ws=words, dc=controller, dc2=controller | {"audit": "none"})
    assert detected_on(half)["ws"]["T1558.003"].label == "conditional elsewhere"
