"""What an assessment is restricted to: options of one kind add up, different kinds narrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.assessment.scope import scope_of
from logreach.coverage.attack import load_attack
from logreach.inventories.files.faults import InputError

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "scope.yaml").read_text("utf-8")
)
KINDS = ("technique", "tactic", "group")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_scope(case: dict[str, Any]) -> None:
    asked = [case.get(kind, []) for kind in KINDS]
    if "refused" in case:
        with pytest.raises(InputError) as refused:
            scope_of(load_attack(case.get("version")), *asked)
        assert case["refused"] in str(refused.value)
        assert len(refused.value.faults) == case.get("faults", 1)
        return
    scope = scope_of(load_attack(case.get("version")), *asked)
    assert set(scope.techniques or ()) == set(case["left"])
    assert scope.words == case.get("words", scope.words)


def test_what_is_left_stands_in_the_order_of_attack() -> None:
    scope = scope_of(load_attack(), ["T1547.001", "T1543.003"])
    assert scope.techniques == ("T1543.003", "T1547.001")


def test_nothing_named_means_everything() -> None:
    assert scope_of(load_attack()).techniques is None


@pytest.mark.parametrize("tactic", ["persistence", "credential-access"])
@pytest.mark.parametrize("group", ["FIN7", "APT28", "G0016"])
def test_narrowing_is_what_both_leave_alone(tactic: str, group: str) -> None:
    attack = load_attack()
    alone = scope_of(attack, (), [tactic]).techniques, scope_of(attack, (), (), [group]).techniques
    assert alone[0] is not None
    assert alone[1] is not None
    both = scope_of(attack, (), [tactic], [group]).techniques
    assert set(both or ()) == set(alone[0]) & set(alone[1])
