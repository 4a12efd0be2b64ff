"""The steps of a plan in the terminal: what they cost beside what they gain."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from logreach.coverage.assessment.result import Assessment, Plan, PlannedRemedy, PlanStep
from logreach.coverage.engine.judged import Remedy, Volume
from logreach.inventories.windows.facts import AUDIT, CHANNEL, SYSMON
from logreach.reports.terminal.details import print_details

REMEDIES = (
    Remedy(AUDIT("A"), None, "long", "", "Audit Logon: Success", "audit policy", Volume.MEDIUM),
    Remedy(SYSMON, None, "long", "", "Sysmon 15.22: installed", "Sysmon installation"),
    Remedy(CHANNEL("C"), None, "long", "", "Subscription s: send", "forwarding", Volume.LOW),
    Remedy(CHANNEL("D"), None, "a change without a title"),
)


@pytest.mark.parametrize("plan", ["plan", "rule_plan"])
def test_a_step_tells_its_volume_and_each_change_its_kind_and_volume(plan: str) -> None:
    planned = tuple(PlannedRemedy(remedy, ("P1",), 7, 1, {}) for remedy in REMEDIES)
    step = PlanStep((0, 1, 2, 3), ("P1",), 7, 3, 10, (), volume=Volume.HIGH)
    assessment = Assessment(
        version="1",
        attack_version="18.1",
        inventory="i",
        scope="",
        inputs=(),
        profiles=(),
        fleet={},
        remedies=planned,
        missing=(),
        tactics=(),
        **{plan: Plan((step,), pairs=20)},
    )
    out = io.StringIO()
    print_details(assessment, Console(file=out, width=150))
    text = out.getvalue()
    assert " high " in text
    assert "- Audit Logon: Success (volume medium)" in text
    assert "- Sysmon 15.22: installed" in text
    assert "Sysmon installation" not in text
    assert "- Subscription s: send (forwarding, volume low)" in text
    assert "- a change without a title" in text
