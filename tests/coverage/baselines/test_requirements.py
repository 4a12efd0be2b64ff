"""Requirements on single hosts: masks, settings, logs, hosts that they are for, proof, gains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import hosts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.assessment.comparison import Direction, Subject, compare, side_of
from logreach.coverage.attack import load_attack
from logreach.coverage.baselines.assess import assess_baseline
from logreach.coverage.baselines.result import Answer, BaselineResult
from logreach.coverage.engine.verdict import NOT_APPLICABLE, UNKNOWN, YES
from logreach.coverage.platforms.changes import changed
from logreach.coverage.platforms.windows.prerequisites.required import IsFor, required
from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Inventory
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.baselines import baseline_file
from logreach.inventories.windows.baselines.contradictions import records
from logreach.inventories.windows.baselines.requirements import (
    AppliesTo,
    AuditCheck,
    Baseline,
    Match,
)

HEAD = "name: x\ntitle: X\nsource: us\nrequirements:\n"
WORDS: dict[str, Any] = {
    "os": "Windows 11 23H2",
    "role": "workstation",
    "sysmon": "none",
    "settings": {"process_creation_command_line": True},
    "channels": {"Microsoft-Windows-PowerShell/Operational": True},
}
OUTCOMES = ("none", "success", "failure", "success and failure")


def baseline(*requirements: str) -> Baseline:
    lines = "".join(
        f"  - {{id: R{number}, title: t, {words}}}\n"
        for number, words in enumerate(requirements, 1)
    )
    return baseline_file.read(Source.of("x.yaml", (HEAD + lines).encode()))


def judged(inventory: Inventory, *requirements: str, **options: Any) -> BaselineResult:
    return assess_baseline(
        inventory,
        load_attack("19.1"),
        baseline(*requirements),
        scope=options.pop("scope", Scope(("T1059.001",))),
        **options,
    )


def answers(words: dict[str, Any], *requirements: str, **options: Any) -> list[Answer]:
    (profile,) = judged(hosts.inventory(a=WORDS | words), *requirements, **options).profiles
    return list(profile.answers.values())


def labels(words: dict[str, Any], *requirements: str) -> list[str]:
    return [each.label for each in answers(words, *requirements)]


def weaker(
    inventory: Inventory, strength: Strength, kinds: Iterable[str] = ("audit",)
) -> Inventory:
    """The same hosts, of which these facts are shown less directly."""

    def weakened(facts: Facts) -> Facts:
        known = {
            key: replace(fact, strength=strength) if key.family in kinds else fact
            for key, fact in facts.known.items()
        }
        return Facts(known, facts.missing, facts.conflicts)

    shown = tuple(replace(host, facts=weakened(host.facts)) for host in inventory.hosts)
    return replace(inventory, hosts=shown)


@given(st.sampled_from(OUTCOMES), st.sampled_from(OUTCOMES), st.sampled_from(list(Match)[:3]))
def test_masks_are_sets_of_outcomes(wanted: str, actual: str, match: Match) -> None:
    asked, has = (hosts.audit_setting(words) for words in (wanted, actual))
    wants, have = (
        {name for name in ("success", "failure") if getattr(each, name)} for each in (asked, has)
    )
    expected = {
        Match.AT_LEAST: wants <= have,
        Match.ANY_OF: bool(wants & have),
        Match.EXACTLY: wants == have,
    }
    assert records(AuditCheck("x", asked, match), has) is expected[match]


def test_masks_on_a_host() -> None:
    checks = [
        f"audit: Logon, records: {words}, match: {match}"
        for words in ("Success", "Failure", "Success and Failure")
        for match in ("at least", "any of")
    ]
    assert labels({"audit": {"Logon": "success"}}, *checks) == [
        "met",
        "met",
        "not met",
        "not met",
        "not met",
        "met",
    ]
    exact = "audit: Logon, records: Success, match: exactly"
    assert labels({"audit": {"Logon": "success and failure"}}, exact) == ["not met"]
    assert labels({"audit": {"Logon": "success"}}, exact) == ["met"]
    assert labels({}, exact) == ["unknown"]


def test_what_is_asked_exactly_can_cost_detections() -> None:
    (answer,) = answers(
        {"audit": "success and failure"},
        "audit: Process Creation, records: No Auditing, match: exactly",
        scope=Scope(("T1036",)),
    )
    assert answer.label == "not met"
    assert "/success:disable /failure:disable" in answer.remedies[0].text
    assert answer.gain.lost


@pytest.mark.parametrize(
    ("check", "value", "label"),
    [
        ("setting: lsa_protection, is: 1, match: at least", 2, "met"),
        ("setting: lsa_protection, is: 2, match: at least", 1, "not met"),
        ("setting: lsa_protection, is: 1", 1, "met"),
        ("setting: lsa_protection, is: 1", 2, "not met"),
    ],
)
def test_numbers(check: str, value: int, label: str) -> None:
    assert labels({"settings": {"lsa_protection": value}}, check) == [label]


def test_entries_of_lists_are_added_and_those_that_are_there_stay() -> None:
    check = "setting: powershell_module_names, is: '*'"
    assert labels({"settings": {"powershell_module_names": "a;*"}}, check) == ["met"]
    (answer,) = answers({"settings": {"powershell_module_names": "a;b"}}, check)
    assert answer.label == "not met"
    assert answer.remedies[0].value == "a;b;*"


def test_a_log_that_is_off_or_not_told() -> None:
    check = "log: Microsoft-Windows-PowerShell/Operational, enabled: true"
    assert labels({}, check) == ["met"]
    off = {"channels": {"Microsoft-Windows-PowerShell/Operational": False}}
    assert labels(off, check) == ["not met"]
    assert labels({"channels": {}}, check) == ["unknown"]  # a default proves nothing
    assert labels({"channels": {}}, "log: Security, enabled: true") == ["met"]
    assert labels({}, "log: Security, holds_mib: 512") == ["unknown"]


def test_logs_are_named_in_any_case_and_by_their_short_names() -> None:
    checks = ("log: powershell, enabled: true", "log: security, enabled: true")
    assert labels({}, *checks) == ["met", "met"]
    with pytest.raises(InputError, match="Did you mean Security"):
        labels({}, "log: Securty, enabled: true")


def test_a_default_of_a_log_does_not_make_an_event_proven() -> None:
    words = {"settings": {"powershell_script_block_logging": True}}
    check = "events: [PowerShell:4104]"
    assert labels(words, check) == ["met"]
    (answer,) = answers({**words, "channels": {}}, check)
    assert answer.label == "unknown"
    assert any("channels.json" in command for command in answer.commands)


def test_a_log_that_a_policy_turns_on_is_not_proven_to_be_on() -> None:
    words = WORDS | {"settings": {"powershell_script_block_logging": True}}
    inventory = weaker(hosts.inventory(a=words), Strength.POLICY, ("channel",))
    (answer,) = judged(inventory, "events: [PowerShell:4104]").profiles[0].answers.values()
    assert (answer.label, answer.asked_by_policy) == ("unknown", True)


def test_what_a_policy_asks_for_is_no_proof_and_is_told_apart() -> None:
    inventory = weaker(
        hosts.inventory(a=WORDS | {"audit": {"Logon": "success", "Logoff": "none"}}),
        Strength.POLICY,
    )
    result = judged(
        inventory,
        "audit: Logon, records: Success",
        "audit: Logoff, records: Success",
        "events: [Security:4624]",
    )
    asked, otherwise, event = result.profiles[0].answers.values()
    assert (asked.label, asked.asked_by_policy) == ("unknown", True)
    assert "a policy asks for Success" in asked.reasons[0]
    assert asked.gain.nothing
    assert (otherwise.label, otherwise.asked_by_policy) == ("unknown", False)
    assert event.label == "unknown"
    assert asked.commands == ("auditpol /get /category:* /r > auditpol.csv",)


def test_what_is_assumed_is_no_proof() -> None:
    inventory = weaker(hosts.inventory(a=WORDS | {"audit": "success"}), Strength.ASSUMED)
    (answer,) = judged(inventory, "audit: Logon, records: Success").profiles[0].answers.values()
    assert (answer.label, answer.basis.value) == ("unknown", "default, assumed")


def test_declared_facts_are_proof_unless_only_outputs_count() -> None:
    inventory = weaker(hosts.inventory(a=WORDS | {"audit": "success"}), Strength.DECLARED)
    check = "audit: Logon, records: Success"
    (answer,) = judged(inventory, check).profiles[0].answers.values()
    assert (answer.label, answer.basis.value) == ("met", "declared in the inventory")
    (strict,) = judged(inventory, check, observed_only=True).profiles[0].answers.values()
    assert (strict.label, strict.basis.value) == ("unknown", "declared in the inventory")


def test_hosts_with_the_same_values_shown_otherwise_are_apart() -> None:
    words = WORDS | {"audit": "success"}
    printed, asked = hosts.inventory(a=words, b=words).hosts
    weak = weaker(Inventory("x", (asked,)), Strength.POLICY).hosts
    result = judged(Inventory("x", (printed, *weak)), "audit: Logon, records: Success")
    assert [(each.profile_id, each.hosts) for each in result.profiles] == [
        ("P1.1", ("a",)),
        ("P1.2", ("b",)),
    ]
    assert [each.answers["R1"].label for each in result.profiles] == ["met", "unknown"]


@pytest.mark.parametrize(
    ("words", "hosts_meant", "verdict"),
    [
        ({"os": "Windows 11 23H2"}, AppliesTo(systems=frozenset({"server"})), NOT_APPLICABLE),
        ({"os": "Windows 11 23H2"}, AppliesTo(roles=frozenset({"workstation"})), YES),
        ({"os": "Windows Server 2022"}, AppliesTo(roles=frozenset({"server"})), UNKNOWN),
        ({"role": "workstation"}, AppliesTo(systems=frozenset({"client"})), YES),
        ({}, AppliesTo(systems=frozenset({"client"})), UNKNOWN),
        ({"os": "Windows Server 2016"}, AppliesTo(first_build=17763), NOT_APPLICABLE),
        ({"os": "Windows Server 2016"}, AppliesTo(first_build=14393, last_build=14393), YES),
        ({"os": "Windows 11 23H2"}, AppliesTo(features=frozenset({"ad-cs"})), NOT_APPLICABLE),
        ({"os": "Windows Server 2022"}, AppliesTo(features=frozenset({"ad-cs"})), UNKNOWN),
        ({"features": {"ad-cs": True}}, AppliesTo(features=frozenset({"ad-cs"})), YES),
    ],
)
def test_hosts_that_a_requirement_is_for(
    words: dict[str, Any], hosts_meant: Any, verdict: object
) -> None:
    assert IsFor("x", hosts_meant).check(hosts.facts(words)).verdict is verdict


def test_an_answer_rests_on_what_says_that_it_is_for_the_host() -> None:
    inventory = weaker(
        hosts.inventory(a=WORDS | {"audit": "success"}), Strength.DECLARED, ("role", "os")
    )
    check = "audit: Logon, records: Success"
    result = judged(inventory, check, f"{check}, applies_to: {{roles: [workstation]}}")
    everywhere, here = result.profiles[0].answers.values()
    assert [everywhere.basis.value, here.basis.value] == [
        "printed by the host",
        "declared in the inventory",
    ]


def test_whether_it_is_for_a_host_is_unknown_where_its_role_is() -> None:
    words = {"os": "Windows Server 2022", "role": None, "audit": {"Logon": "none"}}
    inventory = hosts.inventory(a={key: value for key, value in words.items() if value})
    (answer,) = (
        judged(
            inventory, "audit: Logon, records: Success, applies_to: {roles: [domain-controller]}"
        )
        .profiles[0]
        .answers.values()
    )
    assert answer.label == "unknown"
    assert answer.commands == ("systeminfo > systeminfo.txt",)


def test_a_subcategory_that_this_windows_lacks_is_not_asked_for() -> None:
    check = "audit: Group Membership, records: Success"
    assert labels({"os": "Windows Server 2008 SP2", "role": "server"}, check) == ["not applicable"]


def test_alternatives_and_needs() -> None:
    either = "any: [{audit: Logon, records: Success}, {setting: lsa_protection, is: 1}]"
    both = either.replace("any", "all")
    words = {"audit": {"Logon": "success"}}
    assert labels(words, either, both) == ["met", "unknown"]
    off = {"audit": {"Logon": "none"}, "settings": {"lsa_protection": 0}}
    (answer,) = answers(off, either)
    assert answer.label == "not met"
    assert len(answer.remedies) == 1


def test_forwarding_that_nothing_tells_leaves_it_unknown() -> None:
    words = {"audit": "success and failure"}
    (answer,) = answers(words, "events: [Security:4688/CommandLine], forwarded: true")
    assert answer.label == "unknown"
    assert not answer.enough
    (held,) = answers(words, "events: [Security:4688/CommandLine]")
    assert held.label == "met"
    (off,) = answers({"audit": "none"}, "events: [Security:4688], forwarded: true")
    assert off.label == "not met"


def test_a_control_that_facts_show_in_part_is_never_met() -> None:
    (answer,) = answers({"audit": "success"}, "audit: Logon, records: Success, beyond: the rest")
    assert answer.label == "met as far as shown"


def test_events_that_nobody_knows_are_faults_with_their_lines() -> None:
    with pytest.raises(InputError) as refused:
        answers(
            {},
            "events: [Security:99999999]",
            "events: [Security:4688/ComandLine]",
            "events: [T1543.003]",
        )
    first, second, third = map(str, refused.value.faults)
    assert "line 5" in first
    assert "line 6" in second
    assert "CommandLine" in second
    assert "no event or field in x.yaml line 7" in third


def test_meeting_all_gains_what_the_same_change_gains_in_compare() -> None:
    inventory = hosts.inventory(
        ws=WORDS | {"audit": {"Logon": "success"}},
        dc={"os": "Windows Server 2022", "role": "domain-controller", "audit": "none"},
    )
    attack = load_attack("19.1")
    sides = [
        side_of(assess(each, attack), "")
        for each in (inventory, changed(inventory, "baseline=microsoft-server"))
    ]
    from logreach.inventories.windows.baselines.shipped import find_baseline

    result = assess_baseline(inventory, attack, find_baseline("microsoft-server"), scope=Scope())
    comparison = compare(*sides)
    for profile in result.profiles:
        (pair,) = (each for each in comparison.hosts if each.hosts == profile.hosts)
        raised = {
            change.key
            for change in pair.changes
            if change.subject is Subject.TECHNIQUE and change.direction is Direction.GAINED
        }
        together = profile.together
        assert {*together.techniques, *together.in_part} == raised
        assert any("achievable" in change.after for change in pair.changes) is bool(
            together.techniques
        )


def test_a_change_to_a_baseline_skips_hosts_that_it_is_not_for() -> None:
    inventory = hosts.inventory(a=WORDS | {"audit": "none"})
    (after,) = changed(inventory, "baseline=microsoft-server").hosts
    assert after.facts.known == inventory.hosts[0].facts.known


def test_a_baseline_of_events_is_no_change() -> None:
    with pytest.raises(InputError, match="asks for events"):
        changed(hosts.inventory(a=WORDS), "baseline=ism")


def test_a_change_by_a_file_of_ones_own(tmp_path: Any) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        HEAD + "  - {id: A, title: a, audit: Logon, records: Failure, match: exactly}\n"
        "  - {id: B, title: b, any: [{events: [Sysmon:1]}, {audit: Logoff, records: Success}]}\n"
    )
    inventory = hosts.inventory(a=WORDS | {"audit": "success"})
    (host,) = changed(inventory, f"baseline={path}").hosts
    for requirement in baseline_file.read(Source.of("x", path.read_bytes())).requirements[:1]:
        assert required(requirement.check).check(host.facts).verdict is YES  # type: ignore[arg-type]
