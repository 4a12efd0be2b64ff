"""What reports call the value of a fact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logreach.inventories.facts.values import in_words
from logreach.inventories.forwarding.subscriptions import Forwarding, Subscription
from logreach.inventories.windows.facts import Ace, ChannelState, Sacl, SysmonState

ENTRY = Ace("S-1-1-0", 2, success=True, failure=False)
SUBSCRIPTION = Subscription("s", ())
READ = SysmonState(installed=True, version="15.15", config="<Sysmon/>")


@pytest.mark.parametrize(
    ("value", "told"),
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
def test_a_value_is_told_in_words(value: object, told: str) -> None:
    assert in_words(value) == told
