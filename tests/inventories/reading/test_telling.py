"""Which command tells a missing fact."""

from __future__ import annotations

import shlex

import pytest

from logreach.inventories.facts.keys import FactKey
from logreach.inventories.forwarding.subscriptions import FORWARDING
from logreach.inventories.reading.telling import telling_command, telling_most
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    FAMILIES,
    FEATURE,
    OS,
    SACL,
    SETTING,
    SYSMON,
)
from logreach.inventories.windows.registry.settings import settings


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != SETTING])
def test_every_family_of_facts_has_a_command(family: str) -> None:
    assert telling_command(FactKey(family, "x")) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_that_windows_keeps_has_a_command_that_prints_its_key(name: str) -> None:
    command = telling_command(SETTING(name))
    paths = settings()[name].registry
    if not paths:
        assert command is None or "Get-HotFix" in command.command
        return
    assert command is not None
    exported = shlex.split(command.command, posix=False)[2].strip('"')
    assert any(path.startswith(exported) for path in paths)


def test_the_command_that_tells_most_is_named_first() -> None:
    weights: list[tuple[FactKey[object], float]] = [
        (AUDIT("A"), 2),
        (AUDIT("B"), 2),
        (SYSMON, 3),
        (FORWARDING, 1),
        (FactKey(CHANNEL, "x"), 0.5),
    ]
    assert [line.split()[0] for line in telling_most(weights, 2)] == ["auditpol", "sysmon"]
    assert telling_most(weights, 3)[2].startswith("on each event collector: wecutil")
    assert telling_most([(SACL("global:key"), 1), (OS, 1), (FEATURE("x"), 1)], 9) == [
        "auditpol /backup /file:auditpol-backup.csv",
        'powershell "Get-WindowsFeature | ConvertTo-Json" > features.json',
        "systeminfo > systeminfo.txt",
    ]
