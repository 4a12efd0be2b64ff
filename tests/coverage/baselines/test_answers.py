"""What hosts show of baselines: answers written by hand, inventory by inventory."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ROOT

from logreach.coverage.assessment.assess import Scope
from logreach.coverage.attack import load_attack
from logreach.coverage.baselines.assess import assess_baseline
from logreach.coverage.baselines.result import BaselineResult
from logreach.inventories import load
from logreach.inventories.windows.baselines.shipped import find_baseline

ANSWERS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("answers.yaml").read_text("utf-8")
)
BASES = {
    "printed by the host": "printed",
    "declared in the inventory": "declared",
    "asked for by policy": "policy",
}
CASES = [(inventory, baseline) for inventory, several in ANSWERS.items() for baseline in several]


@cache
def judged(inventory: str, baseline: str) -> BaselineResult:
    own = ROOT / "tests" / "golden" / "inventories" / "own" / inventory
    folder = ROOT / "examples" / inventory if inventory == "contoso" else own
    return assess_baseline(
        load(folder),
        load_attack("19.1"),
        find_baseline(baseline),
        scope=Scope(("T1543.003",)),
    )


@pytest.mark.parametrize(("inventory", "baseline"), CASES)
def test_hosts_show_what_was_written_by_hand(inventory: str, baseline: str) -> None:
    result = judged(inventory, baseline)
    wrong = []
    for requirement, expected in ANSWERS[inventory][baseline].items():
        for host, words in expected.items():
            (profile,) = (each for each in result.profiles if host in each.hosts)
            answer = profile.answers[requirement]
            status, _, basis = map(str.strip, words.partition("|"))
            actual = answer.label, BASES.get(answer.basis.value, "")
            if actual[0] != status or (basis and actual[1] != basis):
                wrong.append((requirement, host, words, actual, answer.reasons[:3]))
    assert wrong == []
