"""What is offered where no subscription takes an event: the Select that would."""

from __future__ import annotations

import re
from typing import Any

import hosts
import pytest

from logreach.coverage.engine.judged import Reason
from logreach.coverage.engine.verdict import NO, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.patterns import EventPattern
from logreach.coverage.forwarding.prerequisite import Forwarded
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.prerequisites.os import written
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import OperatingSystem
from logreach.inventories.windows.system.operating_systems import identify

SELECT = re.compile(r'<Select Path="([^"]+)">(.+)</Select>')
OTHER = Query("System", "*[System[(EventID=1)]]", suppress=False, line=1)
LOGONS = Query("Security", "*[System[(EventID=4624)]]", suppress=False, line=1)
SOME = Query("Security", "*[EventData[Data[@Name='LogonType']='3']]", suppress=False, line=1)
NOT_SURE = Query("Security", "*[System[Computer='DC1']]", suppress=False, line=1)
JUNK = Query("Security", "*[System[", suppress=False, line=1)
CONTROLLERS = "O:NSG:NSD:(A;;GA;;;DD)"
GROUP = "O:NSG:NSD:(A;;GA;;;S-1-5-21-1-2-3-4444)"


def asked(forwarding: Forwarding, event: str = "Security:4624", **words: Any) -> Reason:
    said = {"os": "Windows Server 2022", "role": "server", **words}
    facts = hosts.facts(said).stating(FORWARDING, forwarding)
    pattern = EventPattern(EventId.parse(event))
    return Forwarded(pattern, sensors().of(pattern.event)).check(facts)


def identified(name: str) -> OperatingSystem:
    system = identify(name)
    assert isinstance(system, OperatingSystem)
    return system


def one(*queries: Query, **more: Any) -> Subscription:
    return Subscription("One", queries, **more)


@pytest.mark.parametrize("event", [*load_events().events, "Sysmon:1", "Sysmon:29"])
def test_the_select_offered_takes_every_such_event(event: str) -> None:
    other = OTHER if event.startswith("Security:") else LOGONS
    reason = asked(Forwarding((one(other),)), event)
    assert reason.verdict == NO
    if reason.remedy is None:
        channel = load_events().channels[event.partition(":")[0]].name
        direct = channel.rpartition("/")[2] in ("Debug", "Analytical", "Diagnostic")
        entry = load_events().events[EventId.parse(event)]
        assert direct or written(entry, identified("Windows Server 2022")) == NO
        return
    if event in load_events().events:
        entry = load_events().events[EventId.parse(event)]
        assert written(entry, identified("Windows Server 2022")) != NO
    assert reason.remedy.title == f"Subscription: take {event}"
    assert reason.remedy.value is None
    found = SELECT.search(reason.remedy.text)
    assert found
    added = Query(found[1], found[2], suppress=False, line=2, query_id="1")
    assert asked(Forwarding((one(other, added),)), event).verdict == YES


@pytest.mark.parametrize(
    ("forwarding", "verdict", "offered"),
    [
        pytest.param(Forwarding((one(LOGONS),)), YES, False, id="taken"),
        pytest.param(Forwarding((one(OTHER),)), NO, True, id="not taken"),
        pytest.param(Forwarding(()), NO, True, id="nothing leaves the host"),
        pytest.param(Forwarding((one(SOME),)), PARTIAL, True, id="some are taken"),
        pytest.param(
            Forwarding((one(LOGONS, initiated="source", allowed=CONTROLLERS),)),
            NO,
            True,
            id="taken from other hosts only",
        ),
        pytest.param(
            Forwarding((one(NOT_SURE),)),
            UNKNOWN,
            True,
            id="undecided, and a Select more settles it",
        ),
        pytest.param(
            Forwarding((one(JUNK),)), UNKNOWN, False, id="a subscription that Windows may refuse"
        ),
        pytest.param(
            Forwarding((one(OTHER),), ("b.xml is cut off",)), UNKNOWN, True, id="not all are read"
        ),
        pytest.param(
            Forwarding((), ("b.xml is cut off",)), UNKNOWN, False, id="none of them is read"
        ),
        pytest.param(
            Forwarding((one(OTHER, enabled=False),), ("b.xml is cut off",)),
            UNKNOWN,
            False,
            id="the only one that is read is disabled",
        ),
        pytest.param(
            Forwarding((one(LOGONS, initiated="source", allowed=GROUP),)),
            UNKNOWN,
            False,
            id="whether it takes from this host is not told",
        ),
        pytest.param(
            Forwarding((one(LOGONS, initiated="source", allowed=GROUP), one(OTHER))),
            UNKNOWN,
            True,
            id="nor of this one, but another surely does",
        ),
    ],
)
def test_a_remedy_is_offered_where_it_settles(
    forwarding: Forwarding, verdict: Verdict, *, offered: bool
) -> None:
    reason = asked(forwarding)
    assert reason.verdict == verdict
    assert (reason.remedy is not None) is offered


def test_who_collects_without_windows_is_not_told_to_add_a_select() -> None:
    reason = asked(Forwarding((one(OTHER, dialect="collector"),)))
    assert reason.remedy is not None
    assert "<Select" not in reason.remedy.text
    assert "4624 of the channel Security" in reason.remedy.text


LONG = Query(
    "Security",
    f"*[System[{' or '.join(f'EventID={number}' for number in range(4620, 4643))}]]",
    suppress=False,
    line=7,
)
ASKED = Query("Security", LOGONS.xpath, suppress=False, line=7, too_long="too many conditions")


@pytest.mark.parametrize(
    ("subscription", "advice"),
    [(one(LONG), "further Selects"), (one(ASKED, dialect="collector"), "drop_event")],
)
def test_a_query_that_may_be_too_long_is_to_be_split(
    subscription: Subscription, advice: str
) -> None:
    reason = asked(Forwarding((subscription,)))
    assert reason.verdict == UNKNOWN
    assert reason.remedy is not None
    assert "One, line 7: " in reason.remedy.text
    assert advice in reason.remedy.text
    changed = reason.remedy.value
    assert isinstance(changed, Forwarding)
    assert asked(changed).verdict == YES


def test_splitting_is_no_help_where_windows_may_refuse_the_query_for_another_reason() -> None:
    assert asked(Forwarding((one(LONG, JUNK),))).remedy is None


def test_what_a_query_that_may_be_too_long_does_not_ask_for_is_not_split_but_selected() -> None:
    reason = asked(Forwarding((one(LONG),)), "Security:4688")
    assert reason.verdict == NO
    assert reason.remedy is not None
    assert reason.remedy.title == "Subscription: take Security:4688"


def test_of_a_collector_only_the_event_log_with_the_long_query_is_unknown() -> None:
    subscription = one(ASKED, Query("System", "*", False, 9, query_id="1"), dialect="collector")
    assert asked(Forwarding((subscription,))).verdict == UNKNOWN
    assert asked(Forwarding((subscription,)), "System:7045").verdict == YES


def test_to_split_a_query_comes_before_selecting_each_of_its_events_elsewhere() -> None:
    another = Subscription("Two", (OTHER,))
    remedy = asked(Forwarding((one(LONG), another))).remedy
    assert remedy is not None
    assert remedy.title == "Subscription: split queries that are too long"
