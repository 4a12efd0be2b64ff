"""Whether tampering is seen: by what still arrives once the act is done, and never by more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import hosts
import pytest
from resilience_fleets import SERVER, TECHNIQUES, WORKSTATION, fleet, forwarding

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.assessment.evaluated import evaluate_fleet
from logreach.coverage.assessment.profiles import group
from logreach.coverage.attack import load_attack
from logreach.coverage.events.event_id import EventId
from logreach.coverage.network.model import build
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.switches import WEF, SwitchKind
from logreach.coverage.resilience import assess, tampering
from logreach.coverage.resilience.assess import assess_resilience
from logreach.coverage.resilience.result import Resilience, SwitchResult
from logreach.coverage.resilience.tampering import Seen, least
from logreach.inventories.facts.facts import Facts
from logreach.inventories.facts.host import Host, Inventory
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)

_SERVICES = r"HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES"
_LINE = r"HKLM\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\POLICIES\SYSTEM\AUDIT"


def judged(facts: Facts) -> Resilience:
    inventory = Inventory("test", (Host("one", 1, facts),))
    return assess_resilience(inventory, load_attack(), Scope(TECHNIQUES))


def switch(facts: Facts, kind: SwitchKind, title: str) -> SwitchResult:
    (found,) = [each for each in judged(facts).switches if (each.kind, each.title) == (kind, title)]
    return found


def host(**changes: Any) -> Facts:
    return hosts.facts({**WORKSTATION, **changes})


def test_every_kind_of_switch_has_acts_and_every_act_events_that_are_known() -> None:
    table = tampering._table()
    assert set(table["kinds"]) == {kind.value for kind in SwitchKind}
    covered = {kind for row in table["hosts"] for kind in row["covers"]}
    assert covered <= set(table["kinds"])
    acts = [*table["hosts"], *(act for acts in table["kinds"].values() for act in acts)]
    for act in acts:
        for line in act.get("evidence", ()):
            assert sensors().knows(EventId.parse(line["event"])), line


@pytest.mark.parametrize(
    "audit", ["success and failure", {"others": "success", "Audit Policy Change": "none"}]
)
def test_windows_writes_4719_whatever_audit_policy_change_is_set_to(audit: object) -> None:
    result = switch(host(audit=audit), SwitchKind.AUDIT, "Process Creation")
    assert result.seen is Seen.YES
    assert [sight.events for sight in result.sights] == [("Security:4719",), ("Security:4912",)]


def test_nothing_is_seen_in_a_log_that_is_off() -> None:
    facts = host(channels={"Security": False})
    assert switch(facts, SwitchKind.AUDIT, "Process Creation").seen is Seen.NO


def test_no_channel_sees_itself_turned_off() -> None:
    title = "Microsoft-Windows-Sysmon/Operational"
    assert switch(host(), SwitchKind.CHANNEL, title).seen is not Seen.YES
    unaudited = host(audit="none", sacls={})
    sights = {each.act: each.seen for each in switch(unaudited, SwitchKind.CHANNEL, title).sights}
    assert sights["channel disabled (wevtutil set-log, its registry value)"] is Seen.NO


def test_a_channel_turned_off_is_seen_by_sysmon_which_writes_elsewhere() -> None:
    title = "Microsoft-Windows-PowerShell/Operational"
    result = switch(host(sacls={}), SwitchKind.CHANNEL, title)
    sights = {each.act: each for each in result.sights}
    disabled = sights["channel disabled (wevtutil set-log, its registry value)"]
    assert (disabled.seen, disabled.events) == (Seen.YES, ("Sysmon:13",))
    # Of another act no source says what records it, and the least visible act decides.
    assert result.seen is Seen.UNKNOWN


def test_sysmon_tells_that_it_stops_but_not_that_its_driver_is_unloaded() -> None:
    result = switch(host(), SwitchKind.SENSOR, "Sysmon")
    assert [(each.seen, each.events) for each in result.sights] == [
        (Seen.YES, ("Sysmon:4",)),
        (Seen.YES, ("Sysmon:16",)),
        (Seen.UNKNOWN, ()),
    ]
    assert result.seen is Seen.UNKNOWN


@pytest.mark.parametrize(
    ("audit", "seen"),
    [
        ("success and failure", Seen.YES),
        ({"others": "success", "Audit Policy Change": "none"}, Seen.NO),
    ],
)
@pytest.mark.parametrize("title", [_SERVICES, "global:key"])
def test_changed_audit_entries_are_seen_where_audit_policy_change_is_on(
    title: str, audit: object, seen: Seen
) -> None:
    assert switch(host(audit=audit), SwitchKind.SACL, title).seen is seen


def test_changed_entries_of_directory_objects_are_seen_by_no_event_with_a_source() -> None:
    facts = hosts.facts(
        {**SERVER, "role": "domain-controller", "sacls": {"AD:DC=X": "S:(AU;SA;WP;;;WD)"}}
    )
    assert switch(facts, SwitchKind.SACL, "AD:DC=X").seen is Seen.UNKNOWN


def test_a_setting_is_seen_by_sysmon_or_by_entries_on_its_key() -> None:
    title = "Command line in process creation events"
    assert switch(host(), SwitchKind.SETTING, title).seen is Seen.YES
    bare: Mapping[str, Any] = {"sysmon": "none", "sacls": {"global:file": "S:(AU;SA;KA;;;WD)"}}
    assert switch(host(**bare), SwitchKind.SETTING, title).seen is not Seen.YES
    entries = {"sysmon": "none", "sacls": {_LINE: "S:(AU;CISA;KA;;;WD)"}}
    result = switch(host(**entries), SwitchKind.SETTING, title)
    assert result.seen is Seen.YES
    assert {event for each in result.sights for event in each.events} == {
        "Security:4657",
        "Security:4663",
    }


def test_tampering_that_is_written_and_not_forwarded_is_not_seen() -> None:
    query = Query("Security", "*[System[(EventID=4688)]]", suppress=False, line=1)
    agent = Subscription("beat", (query,), source="beat.yml", dialect="collector")
    facts = host().stating(FORWARDING, Forwarding((agent,)))
    assert switch(facts, SwitchKind.AUDIT, "Process Creation").seen is Seen.NO
    everything = forwarding(host(), "beat.yml")
    assert switch(everything, SwitchKind.AUDIT, "Process Creation").seen is Seen.YES


def test_no_source_says_what_records_that_forwarding_stops() -> None:
    (path,) = [
        each
        for each in judged(forwarding(host(), "a.yml")).switches
        if each.kind == SwitchKind.PATH
    ]
    assert path.title == "agent (a.yml)"
    assert path.title != WEF
    assert path.seen is Seen.UNKNOWN


@cache
def _fleet() -> Resilience:
    return assess_resilience(fleet(), load_attack(), Scope(TECHNIQUES))


def test_a_set_is_seen_only_if_no_order_hides_every_act() -> None:
    """Turning off the log first hides what would have been written to it."""
    result = _fleet()
    for profile in result.profiles:
        for technique in profile.techniques.values():
            for blinding in (technique.whole, technique.part):
                if blinding is None:
                    continue
                acts = [result.switches[each].seen for each in blinding.switches]
                if blinding.seen is Seen.YES:
                    assert min(acts) is Seen.YES
                assert blinding.seen >= min(acts, default=Seen.NO)


def test_what_can_be_done_unseen_costs_no_less_than_what_can_be_done_at_all() -> None:
    for profile in _fleet().profiles:
        for technique in profile.techniques.values():
            for blinding in (technique.whole, technique.part):
                if blinding and blinding.unseen_cost is not None:
                    assert blinding.cost is not None
                    assert blinding.unseen_cost >= blinding.cost


def test_stopping_the_event_log_service_is_never_surely_seen_and_takes_the_most() -> None:
    result = _fleet()
    acts = [each for each in result.host_acts if each.name == "event log service"]
    assert {each.profile for each in acts} == {"P1", "P2", "P3", "P4"}
    assert all(each.sight.seen is not Seen.YES for each in acts)
    for act in acts:
        channels = [
            each
            for each in result.switches
            if each.profile == act.profile and each.kind == SwitchKind.CHANNEL
        ]
        for each in channels:
            assert set(each.lost.get(act.profile, ())) <= set(act.lost)


def test_a_cleared_log_takes_no_switch_and_is_seen() -> None:
    cleared = [each for each in _fleet().host_acts if each.name.endswith("cleared")]
    assert {each.sight.events for each in cleared} == {("Security:1102",), ("System:104",)}
    assert all(each.sight.seen is Seen.YES and not (each.lost or each.dark) for each in cleared)


def test_of_equally_small_sets_the_one_that_is_seen_least_is_named() -> None:
    """Its channel hides Sysmon as well as its own switch does, and nobody sees that."""
    facts = host(audit="none", sacls={}, settings={})
    result = judged(facts)
    technique = result.profiles[0].techniques["T1112"]
    blinding = technique.whole or technique.part
    assert blinding is not None
    alone = [
        result.switches[each].seen
        for each in blinding.sole
        if result.switches[each].profile == result.profiles[0].profile_id
    ]
    assert blinding.cost == 1
    assert {Seen.NO, Seen.UNKNOWN} <= set(alone)
    assert blinding.seen is Seen.NO
    assert blinding.unseen == blinding.switches


def test_what_is_off_already_sees_nothing() -> None:
    """Whoever turns off the Security log first has no 4719 to fear afterwards."""
    model = build(load_attack(), ["T1543.003"], narrow=True)
    groups = group([Host("one", 1, host(sysmon="none"))])
    acts = assess._tampering(model, groups)
    assessed, spread = evaluate_fleet(model, groups)
    judge = assess._Judge(model, assessed, spread, acts, own=1)
    bits = {each.switch.title: n for n, each in enumerate(judge.fleet.switches)}
    subcategory, log = bits["Security System Extension"], 1 << bits["Security"]
    assert least(judge._sights(subcategory, 0)) is Seen.YES
    assert least(judge._sights(subcategory, log)) is Seen.NO
    assert judge._seen_together(1 << subcategory) is Seen.YES
    assert judge._seen_together(1 << subcategory | log) is not Seen.YES
