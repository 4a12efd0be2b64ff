"""Switches: each turns off what it says, and nothing that somebody can change is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hosts
import pytest

from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import evaluate, reevaluate
from logreach.coverage.engine.verdict import YES, Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.keys import event_key
from logreach.coverage.network.model import Model, build
from logreach.coverage.platforms.switches import (
    COLLECTOR_AGENT,
    SWITCHED,
    WEF,
    Switch,
    SwitchKind,
    switches_of,
)
from logreach.coverage.resilience.host_switches import read_facts
from logreach.inventories.facts.facts import Facts
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import AUDIT, AUDIT_ORIGINS, AuditOrigin, AuditOrigins
from logreach.inventories.windows.log_access import (
    CHANNEL_ACCESS,
    EVENT_LOG_READERS,
    LOCAL_GROUP,
    NETWORK_SERVICE,
    AccessList,
    GroupMembers,
)

# What no act on a running host changes: what it is, and what others record for it.
FIXED = {"os", "role", "feature", "evidence of other hosts", "audit-origins"}
HOST: Mapping[str, Any] = {
    "os": "Windows Server 2022",
    "role": "server",
    "audit": "success and failure",
    "settings": {"process_creation_command_line": True, "powershell_script_block_logging": True},
    "sysmon": {"version": "15.15", "config": "everything"},
    "sacls": {r"HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES": "S:(AU;CISA;KA;;;WD)"},
}
SECURITY = Query("Security", "*", suppress=False, line=1)
READABLE = "O:BAG:SYD:(A;;0xf0005;;;SY)(A;;0x1;;;S-1-5-20)"


@pytest.fixture(scope="module")
def model() -> Model:
    return build(load_attack(), ["T1543.003", "T1059.001", "T1112"])


def _switches(model: Model, facts: Facts) -> dict[tuple[SwitchKind, str], Switch]:
    read = read_facts(model.compiled)
    return {(each.kind, each.title): each for each in switches_of(facts, read)}


def test_every_fact_that_a_prerequisite_reads_is_a_switch_or_cannot_be_changed() -> None:
    families = {str(key.family) for key in read_facts(build(load_attack()).compiled)}
    assert families - SWITCHED == FIXED


@pytest.mark.parametrize(
    ("kind", "title", "event"),
    [
        (SwitchKind.AUDIT, "Process Creation", "Security:4688"),
        (SwitchKind.SETTING, "Windows PowerShell script block logging", "PowerShell:4104"),
        (SwitchKind.CHANNEL, "Security", "Security:4688"),
        (SwitchKind.CHANNEL, "Microsoft-Windows-Sysmon/Operational", "Sysmon:1"),
        (SwitchKind.SENSOR, "Sysmon", "Sysmon:13"),
    ],
)
def test_a_switch_takes_its_events_and_no_others(
    model: Model, kind: SwitchKind, title: str, event: str
) -> None:
    facts = hosts.facts(HOST)
    before = evaluate(model.compiled, facts)
    key = event_key(EventId.parse(event))
    assert before.verdict(key) is YES
    switch = _switches(model, facts)[kind, title]
    after = reevaluate(before, switch.off(facts), switch.keys)
    assert after.verdict(key).proven is Level.NO
    assert after.verdict(event_key(EventId.parse("System:7045"))) is YES


def test_no_switch_raises_a_verdict(model: Model) -> None:
    facts = hosts.facts(HOST)
    before = evaluate(model.compiled, facts)
    for switch in _switches(model, facts).values():
        after = reevaluate(before, switch.off(facts), switch.keys)
        for number in after.changed:
            assert after.proven(number) <= before.proven(number), switch


def test_turning_one_off_after_the_other_is_turning_all_off(model: Model) -> None:
    facts = hosts.facts(HOST)
    switches = list(_switches(model, facts).values())
    once, back = facts, facts
    for switch in switches:
        once = switch.off(once)
    for switch in reversed(switches):
        back = switch.off(back)
    assert once.known == back.known


def test_a_subcategory_stays_off_whatever_a_policy_asks_of_it(model: Model) -> None:
    facts = hosts.facts(HOST)
    guid = next(key.name for key in facts.known if key.family == AUDIT)
    asked = AuditOrigin("Baseline", hosts.audit_setting("success"), "AuditSystem", "Old")
    facts = facts.stating(AUDIT_ORIGINS, AuditOrigins(((guid, asked), ("other", asked))))
    (switch,) = switches_of(facts, [AUDIT(guid)])
    after = switch.off(facts)
    origins = after.get(AUDIT_ORIGINS)
    assert getattr(origins, "value", None) == AuditOrigins((("other", asked),))
    assert set(switch.keys) == {AUDIT(guid), AUDIT_ORIGINS}


def test_ways_of_forwarding_are_switches_and_subscriptions_where_a_way_has_several() -> None:
    agent = Subscription("beat", (SECURITY,), source="winlogbeat.yml", dialect="collector")
    subscriptions = (
        Subscription("first", (SECURITY,)),
        Subscription("second", (SECURITY,), then=(agent,)),
        agent,
        Subscription("unused", (SECURITY,), enabled=False),
    )
    facts = Facts().stating(FORWARDING, Forwarding(subscriptions))
    switches = {each.title: each for each in switches_of(facts, [FORWARDING])}
    assert list(switches) == [WEF, "first", "second", "agent (winlogbeat.yml)", COLLECTOR_AGENT]
    assert _enabled(switches[WEF].off(facts)) == ["beat"]
    assert _enabled(switches["first"].off(facts)) == ["second", "beat"]
    assert _enabled(switches["first"].off(switches["second"].off(facts))) == ["beat"]
    passed_on = switches[COLLECTOR_AGENT].off(facts).get(FORWARDING)
    assert [each.then for each in getattr(passed_on, "value", Forwarding(())).subscriptions] == [
        None,
        (),
        None,
        None,
    ]


def _enabled(facts: Facts) -> list[str]:
    fact = facts.get(FORWARDING)
    subscriptions = getattr(fact, "value", Forwarding(())).subscriptions
    return [each.name for each in subscriptions if each.enabled]


def test_nobody_reads_a_channel_once_its_list_or_its_group_is_emptied(model: Model) -> None:
    facts = (
        hosts.facts(HOST)
        .stating(FORWARDING, Forwarding((Subscription("all", (SECURITY,)),)))
        .stating(CHANNEL_ACCESS("security"), AccessList(READABLE))
    )
    group = LOCAL_GROUP(EVENT_LOG_READERS)
    by_group = facts.stating(
        CHANNEL_ACCESS("security"), AccessList("O:BAG:SYD:(A;;0x1;;;S-1-5-32-573)")
    ).stating(group, GroupMembers(frozenset({NETWORK_SERVICE})))
    key = event_key(EventId.parse("Security:4688"))
    for readable, read in ((facts, CHANNEL_ACCESS("security")), (by_group, group)):
        before = evaluate(model.compiled, readable)
        assert before.verdict(key) is YES
        (switch,) = switches_of(readable, [read])
        after = reevaluate(before, switch.off(readable), switch.keys)
        assert after.verdict(key).proven is Level.NO, read


def test_who_may_read_is_no_switch_where_nothing_is_forwarded() -> None:
    read = [CHANNEL_ACCESS("security"), LOCAL_GROUP(EVENT_LOG_READERS)]
    assert switches_of(Facts(), read) == ()
