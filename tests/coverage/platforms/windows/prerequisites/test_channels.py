"""Whether a channel is enabled where it is not told, or where what should tell cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.engine.verdict import UNKNOWN, YES
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
