"""Fields that an update brings to an old Windows: command lines of 4688 by KB3004375."""

from __future__ import annotations

from typing import Any

import hosts
import pytest

from logreach.coverage.platforms.windows.knowledge.events import load_events
from logreach.coverage.platforms.windows.prerequisites.os import OsFillsField
from logreach.inventories.windows.facts import SETTING

UPDATE = "update_kb3004375"
CREATED = next(event for key, event in load_events().events.items() if key == "Security:4688")
OLD = ("Windows 7 SP1", "Windows Server 2008 R2 SP1", "Windows 8", "Windows Server 2012")


@pytest.mark.parametrize("system", OLD)
@pytest.mark.parametrize(
    ("told", "verdict"),
    [({}, "unknown"), ({UPDATE: True}, "achievable"), ({UPDATE: False}, "not achievable")],
    ids=["not told", "installed", "not installed"],
)
def test_on_old_systems_the_update_decides_about_the_command_line(
    system: str, told: dict[str, Any], verdict: str
) -> None:
    facts = hosts.facts({"os": system, "settings": told})
    leaf = OsFillsField(CREATED, "CommandLine")
    reason = leaf.check(facts)
    assert reason.verdict.label == verdict
    assert (reason.missing == SETTING(UPDATE)) is (not told)
    assert SETTING(UPDATE) in leaf.reads
    if verdict == "achievable":
        return
    assert reason.remedy is not None
    assert "KB3004375" in reason.remedy.text
    changed = facts.stating(SETTING(UPDATE), reason.remedy.value)
    assert leaf.check(changed).verdict.label == "achievable"


@pytest.mark.parametrize(
    ("system", "verdict"),
    [
        ("Windows Server 2008 SP2", "not achievable"),
        ("Windows 8.1", "achievable"),
        ("Windows 11 23H2", "achievable"),
    ],
)
@pytest.mark.parametrize("told", [{}, {UPDATE: True}, {UPDATE: False}])
def test_on_others_it_is_no_matter(system: str, verdict: str, told: dict[str, Any]) -> None:
    facts = hosts.facts({"os": system, "settings": told})
    reason = OsFillsField(CREATED, "CommandLine").check(facts)
    assert reason.verdict.label == verdict
    assert reason.remedy is None
    assert reason.missing is None
