"""What a filter does with an event, whatever it holds, is only taken for a pattern where it is so."""

from __future__ import annotations

import hosts
import pytest
import sysmon_samples
from hypothesis import given
from hypothesis import strategies as st

from logreach.coverage.engine.verdict import NO, NOT_APPLICABLE, PARTIAL, UNKNOWN, YES, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.filters import drops_all, verdict_of
from logreach.coverage.events.patterns import Constraint, EventPattern, Test
from logreach.coverage.forwarding import ForwardingFilter
from logreach.coverage.forwarding.prerequisite import Arriving
from logreach.coverage.platforms.registry import sensors
from logreach.coverage.platforms.sysmon.engine import SysmonFilter, load
from logreach.coverage.platforms.sysmon.prerequisites import Keeping
from logreach.coverage.platforms.windows.headers import windows_header
from logreach.inventories.facts.facts import Known
from logreach.inventories.forwarding.subscriptions import (
    FORWARDING,
    Forwarding,
    Query,
    Subscription,
)
from logreach.inventories.windows.facts import OS

LOGON = "Security:4624"
LOGON_TYPES = ("2", "3", "10")


@given(sysmon_samples.configurations(), st.lists(sysmon_samples.patterns(), min_size=1, max_size=4))
def test_sysmon_says_the_same_of_a_pattern_asked_after_others(
    config: str, patterns: list[EventPattern]
) -> None:
    said = {"os": "Windows 11 22H2", "sysmon": {"version": "15.15", "config": config}}
    keeping, alone = Keeping(hosts.facts(said)), SysmonFilter(load(config))
    for pattern in patterns:
        found, direct = keeping.check(pattern).verdict, verdict_of(alone.answer(pattern))
        assert found == direct or (direct == UNKNOWN and found == NO)


@st.composite
def _forwardings(draw: st.DrawFn) -> Forwarding:
    """A subscription or two on logons, by their type or without, some of them suppressed."""
    subscriptions = []
    for number in range(draw(st.integers(0, 2))):
        queries = []
        for suppress in draw(st.lists(st.booleans(), min_size=1, max_size=3)):
            event = draw(st.sampled_from(("4624", "4688")))
            kind = draw(st.sampled_from(("", *LOGON_TYPES)))
            test = f" and EventData[Data[@Name='LogonType']='{kind}']" if kind else ""
            xpath = f"*[System[(EventID={event})]{test}]"
            queries.append(Query("Security", xpath, suppress=suppress, line=1))
        subscriptions.append(Subscription(f"S{number}", tuple(queries)))
    return Forwarding(tuple(subscriptions))


@given(_forwardings(), st.lists(st.sampled_from(("", *LOGON_TYPES, "7")), min_size=1, max_size=4))
def test_forwarding_says_the_same_of_a_pattern_asked_after_others(
    forwarding: Forwarding, kinds: list[str]
) -> None:
    said = {"os": "Windows Server 2022", "role": "server"}
    facts = hosts.facts(said).stating(FORWARDING, forwarding)
    arriving, sensor = Arriving(facts), sensors().of(EventId.parse(LOGON))
    os = facts.get(OS)
    assert isinstance(os, Known)
    for kind in kinds:
        fields = {"LogonType": (Constraint(Test.EQUALS, (kind,)),)} if kind else {}
        pattern = EventPattern(EventId.parse(LOGON), fields)
        alone = ForwardingFilter(forwarding, lambda event: windows_header(event, os.value))
        assert arriving.check(pattern, sensor).verdict == verdict_of(alone.answer(pattern))


@pytest.mark.parametrize(
    ("verdict", "drops"),
    [(NOT_APPLICABLE, True), (NO, True), (YES, False), (PARTIAL, False), (UNKNOWN, False)],
)
def test_only_what_drops_all_events_answers_for_any_pattern(verdict: Verdict, drops: bool) -> None:
    reason = Keeping(hosts.facts({})).check(EventPattern(EventId.parse("Sysmon:1")))
    assert drops_all(reason._replace(verdict=verdict)) is drops
