"""Whether a channel is enabled where it is not told, or where what should tell cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.engine.verdict import NO, UNKNOWN, YES, Verdict
from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.prerequisites.settings import ChannelOn
from logreach.inventories import load
from logreach.inventories.facts.facts import Facts

POWERSHELL = load_events().channels["PowerShell"]
NAME = POWERSHELL.name
LIST = '[{"LogName": "%s", "IsEnabled": %s}]'
ALONE = "name: %s\nenabled: %s\ntype: Operational\n"


def facts(root: Path, channels: str | None) -> Facts:
    (root / "H").mkdir()
    if channels is not None:
        (root / "H" / "channels.txt").write_text(channels)
    (root / "inventory.yaml").write_text("hosts: [{name: H, os: Windows 11 23H2, folder: H}]")
    return load(root).hosts[0].facts


def test_a_channel_that_windows_has_on_is_on_where_nobody_tells(tmp_path: Path) -> None:
    reason = ChannelOn("PowerShell:4104", POWERSHELL).check(facts(tmp_path, None))
    assert reason.verdict is YES
    assert "on by default" in reason.text


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(LIST % (NAME, '"perhaps"'), id="neither on nor off in a list"),
        pytest.param('[{"LogName": 7, "IsEnabled": true}]', id="a record without a name"),
        pytest.param((LIST % (NAME, "true"))[:-2], id="a list that is cut off"),
        pytest.param(ALONE % (NAME, "perhaps"), id="neither on nor off by itself"),
    ],
)
def test_a_channel_is_unknown_where_what_tells_it_cannot_be_read(told: str, tmp_path: Path) -> None:
    reason = ChannelOn("PowerShell:4104", POWERSHELL).check(facts(tmp_path, told))
    assert reason.verdict is UNKNOWN, reason.text
    assert "is unknown (" in reason.text


def test_a_channel_that_is_told_stands_beside_one_that_cannot_be_read(tmp_path: Path) -> None:
    told = LIST % (NAME, "true") + "\n"
    told = told.replace("]", ', {"LogName": "Other/Operational", "IsEnabled": null}]')
    assert ChannelOn("PowerShell:4104", POWERSHELL).check(facts(tmp_path, told)).verdict is YES


def by_default(root: Path, short: str, os: str) -> tuple[Verdict, str]:
    """What is said of a channel of which nobody tells, on a Windows."""
    role = "role: server, " if "Server" in os else ""
    (root / "inventory.yaml").write_text(f"hosts: [{{name: H, {role}os: {os}}}]")
    known = load(root).hosts[0].facts
    reason = ChannelOn("event", load_events().channels[short]).check(known)
    return reason.verdict, reason.text


@pytest.mark.parametrize(
    ("short", "os", "on"),
    [
        ("GroupPolicy", "Windows 11 23H2", True),
        ("GroupPolicy", "Windows Server 2022", None),
        ("GroupPolicy", "Windows 7 SP1", None),
        ("DNSServerAudit", "Windows Server 2019", True),
        ("DNSServerAudit", "Windows Server 2012 R2", None),
        ("CAPI2", "Windows 11 23H2", False),
        ("DriverFrameworks", "Windows 7 SP1", True),
        ("DriverFrameworks", "Windows 8.1", None),
        ("DriverFrameworks", "Windows 10 22H2", False),
        ("TaskScheduler", "Windows 10 22H2", False),
        ("TaskScheduler", "Windows 7 SP1", None),
        ("WinRM", "Windows 10 22H2", True),
        ("WinRM", "Windows 10 1607", None),
        ("LDAPClientDebug", "Windows 10 22H2", False),
        ("IISConfiguration", "Windows Server 2022", None),
    ],
)
def test_a_channel_is_as_its_release_has_it_by_default(
    short: str, os: str, on: bool | None, tmp_path: Path
) -> None:
    verdict, text = by_default(tmp_path, short, os)
    assert verdict == (YES if on else UNKNOWN)
    assert ("off by default" in text) == (on is False)
    assert ("not known to be on" in text) == (on is None)


def test_a_default_by_release_is_unknown_where_the_release_is() -> None:
    channels = load_events().channels
    assert channels["GroupPolicy"].default(None) == UNKNOWN
    assert channels["CAPI2"].default(None) == NO
    assert ChannelOn("event", channels["GroupPolicy"]).check(Facts()).verdict == UNKNOWN


def test_most_channels_have_a_default_and_each_null_its_reason() -> None:
    channels = load_events().channels.values()
    untold = [one for one in channels if one.on_by_default is None and not one.on_builds]
    assert len(untold) <= 18
    assert all(one.source for one in untold)
