"""A role and a Windows that do not belong together: what hangs on the role is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from logreach.coverage.engine.verdict import NOT_APPLICABLE, UNKNOWN, YES, Verdict
from logreach.coverage.platforms.windows.prerequisites.os import HasRole
from logreach.inventories import load
from logreach.inventories.windows.facts import ROLE


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ("os: Windows 11 23H2, role: domain-controller", UNKNOWN),
        ("os: Windows 11 23H2, role: server", UNKNOWN),
        ("os: Windows Server 2022, role: workstation", UNKNOWN),
        ("os: Windows 11 23H2", NOT_APPLICABLE),
        ("os: Windows 11 23H2, role: workstation", NOT_APPLICABLE),
        ("os: Windows Server 2022, role: server", NOT_APPLICABLE),
        ("os: Windows Server 2022, role: domain-controller", YES),
        ("os: Windows Server 2022", UNKNOWN),
    ],
)
def test_an_event_of_domain_controllers(tmp_path: Path, told: str, verdict: Verdict) -> None:
    (tmp_path / "inventory.yaml").write_text(f"hosts: [{{name: H, {told}}}]")
    facts = load(tmp_path).hosts[0].facts
    role = HasRole("Security:4768", frozenset({"domain-controller"}), ("domain controller",))
    reason = role.check(facts)
    assert reason.verdict == verdict
    assert (reason.missing == ROLE) is (verdict == UNKNOWN)
