"""Verdicts of single nodes of the graph, case by case."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import hosts
import pytest
import yaml

from logreach.coverage.assessment.assess import Scope, assess
from logreach.coverage.attack import load_attack
from logreach.coverage.engine.evaluation import evaluate
from logreach.coverage.engine.reasons import Reasons
from logreach.coverage.network.model import Model, build

_CASES = yaml.safe_load((Path(__file__).parent / "verdicts.yaml").read_text("utf-8"))


@cache
def _model() -> Model:
    return build(load_attack(), ("T1025", "T1558.003", "T1558.004"))


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["name"])
def test_a_node_has_its_verdict_and_says_why(case: dict[str, Any]) -> None:
    evaluation = evaluate(_model().compiled, hosts.facts(case["host"]))
    keys = {str(key): key for key in evaluation.compiled.keys}
    found = {name: evaluation.verdict(keys[name]).label for name in case["verdicts"]}
    assert found == case["verdicts"]
    reasons = Reasons(evaluation)
    for name, part in case.get("says", {}).items():
        assert part in "\n".join(one.text for one in reasons.of(keys[name])), name
    for name, part in case.get("remedies", {}).items():
        remedies = [reason.remedy.text for reason in reasons.of(keys[name]) if reason.remedy]
        assert part in "\n".join(remedies), name


def test_a_question_about_one_technique_shows_what_bears_on_it_and_the_same_verdicts() -> None:
    read = hosts.inventory(one={"os": "Windows 11 23H2", "audit": "success", "sysmon": "none"})
    whole = assess(read, load_attack()).profiles[0]
    one = assess(read, load_attack(), Scope(("T1543.003",))).profiles[0]
    assert one.components.keys() == one.techniques["T1543.003"].components.keys()
    assert one.techniques == {"T1543.003": whole.techniques["T1543.003"]}
    assert 0 < len(one.events) < len(whole.events) / 2
    assert one.events == {key: whole.events[key] for key in one.events}
