"""What the values of facts say of themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logreach.inventories.facts.values import added_to, for_grouping, in_words
from logreach.inventories.forwarding.subscriptions import Forwarding, Subscription
from logreach.inventories.windows.facts import (
    Ace,
    AuditSetting,
    ChannelState,
    OperatingSystem,
    OsKind,
    Sacl,
    SysmonState,
)

ENTRY = Ace("S-1-1-0", 2, success=True, failure=False)
SUBSCRIPTION = Subscription("s", ())
READ = SysmonState(installed=True, version="15.15", config="<Sysmon/>")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Sacl(()), "0 audit entries"),
        (Sacl((ENTRY,)), "1 audit entry"),
        (Sacl((ENTRY, ENTRY)), "2 audit entries"),
        (Forwarding(()), "0 subscriptions"),
        (Forwarding((SUBSCRIPTION,)), "1 subscription"),
        (Forwarding((SUBSCRIPTION, SUBSCRIPTION)), "2 subscriptions"),
        (SysmonState(installed=False), "not installed"),
        (SysmonState(installed=True), "version not told, configuration not told"),
        (READ, "15.15, configuration read"),
        (
            replace(READ, config_loaded=True),
            "15.15, configuration read, and it is the one loaded",
        ),
        (
            replace(READ, config_loaded=False),
            "15.15, configuration read, but another one is loaded",
        ),
        (ChannelState(enabled=False, max_bytes=2**21), "disabled, at most 2 MiB"),
        (True, "on"),
        (0, "0"),
    ],
)
def test_a_value_in_words(value: object, words: str) -> None:
    assert in_words(value) == words


WINDOWS_11 = OperatingSystem("Windows 11", "23H2", OsKind.CLIENT, "10.0", 22631, 3007)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        (WINDOWS_11, replace(WINDOWS_11, product="Microsoft Windows 11 Pro", revision=1), True),
        (WINDOWS_11, replace(WINDOWS_11, build=26100), False),
        (replace(READ, config_source="a.xml", config_sha256="00"), READ, True),
        (replace(READ, version="15.0"), READ, False),
        (ChannelState(max_bytes=1), ChannelState(max_bytes=2), False),
        (True, False, False),
    ],
)
def test_values_that_differ_in_what_no_verdict_reads_are_alike(
    first: object, second: object, alike: bool
) -> None:
    assert (for_grouping(first) == for_grouping(second)) is alike


SUCCESS, FAILURE = (
    AuditSetting(success=True, failure=False),
    AuditSetting(success=False, failure=True),
)
BOTH = AuditSetting(success=True, failure=True)


@pytest.mark.parametrize(
    ("current", "value", "becomes"),
    [
        (SUCCESS, FAILURE, BOTH),
        (None, FAILURE, FAILURE),
        (
            Sacl((ENTRY,), protected=True),
            Sacl((ENTRY, replace(ENTRY, rights=4))),
            Sacl((ENTRY, replace(ENTRY, rights=4)), protected=True),
        ),
        (None, Sacl((ENTRY,)), Sacl((ENTRY,))),
        (SysmonState(installed=False), READ, READ),
        (False, True, True),
    ],
)
def test_a_remedy_adds_to_what_is_there(current: object, value: object, becomes: object) -> None:
    assert added_to(current, value) == becomes


def test_a_setting_exceeds_another_where_it_records_all_of_it_and_more() -> None:
    assert BOTH.exceeds(SUCCESS)
    assert BOTH.exceeds(FAILURE)
    assert not SUCCESS.exceeds(SUCCESS)
    assert not SUCCESS.exceeds(BOTH)
    assert not SUCCESS.exceeds(FAILURE)
    assert not SUCCESS.exceeds(READ)
    assert not READ.exceeds(SUCCESS)
