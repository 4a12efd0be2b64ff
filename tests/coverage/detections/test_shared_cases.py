"""Rules as they are published: the cases of ../shared/cases/rules, each with what it expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.assessment.profiles import group
from logreach.coverage.assessment.result import RuleSummary
from logreach.coverage.assessment.rules import JudgedRules, RuleWork, judged_rules
from logreach.coverage.attack import load_attack
from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import RuleSet
from logreach.coverage.network.rule_nodes import RuleEvents
from logreach.inventories import load

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "cases" / "rules"
EXPECTED = yaml.safe_load(Path(__file__).with_name("shared_cases.yaml").read_text("utf-8"))
BESIDE = ("reason", "gain", "fault")


def _judged(case: str) -> tuple[RuleSet, dict[str, JudgedRules]]:
    folder = FOLDER / case
    if not folder.is_dir():
        pytest.skip("../shared/cases is absent")
    inventory, rules = load(folder / "inv"), load_rules([folder / "rules"])
    work = RuleWork(rules, load_attack(), RuleEvents.alone())
    groups = list(group(inventory.hosts))
    judged = judged_rules(work, groups)
    named = zip(groups, judged, strict=True)
    return rules, {host.name: found for each, found in named for host in each.hosts}


def _summary(rules: dict[str, RuleSummary], name: str) -> RuleSummary:
    """The rule of a file, or the one with this title."""
    (found,) = [
        summary
        for summary in rules.values()
        if name == summary.title or summary.source.endswith(f"/{name}.yml")
    ]
    return found


@pytest.mark.parametrize("case", EXPECTED)
def test_a_rule_as_it_is_published_is_judged_as_expected(case: str) -> None:
    rules, hosts = _judged(case)
    for name, expected in EXPECTED[case].items():
        _check(name, expected, rules, hosts)


def _check(
    name: str, expected: dict[str, Any], rules: RuleSet, hosts: dict[str, JudgedRules]
) -> None:
    labels = {key: value for key, value in expected.items() if key not in BESIDE}
    for host, label in labels.items():
        summary = _summary(dict(hosts[host].rules), name)
        assert summary.judged.verdict.label == label, (name, host)
        assert summary.judged.reason, (name, host)
        if "gain" in expected:
            assert summary.rule_id not in hosts[host].changes
    summary = _summary(dict(hosts[next(iter(labels))].rules), name)
    assert expected.get("reason", "") in summary.judged.reason
    assert expected.get("fault", "") in " | ".join(map(str, rules.faults))
