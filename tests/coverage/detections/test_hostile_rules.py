"""Rules made to keep a judge busy: read all the same, or told, with work that does not explode."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from counted_calls import calls

from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.model import RuleSet
from logreach.coverage.events.patterns import Constraint, Test
from logreach.coverage.platforms.sysmon.engine.expressions import example


def _rule(detection: dict[str, Any], condition: str) -> str:
    return json.dumps(
        {
            "title": "A rule",
            "id": "00000000-0000-4000-8000-000000000001",
            "logsource": {"product": "windows", "category": "process_creation"},
            "detection": {**detection, "condition": condition},
            "level": "high",
        }
    )


def _load(folder: Path, rule: str) -> RuleSet:
    (folder / "rule.yml").write_text(rule)
    return load_rules([folder])


def test_wildcards_of_twelve_thousand_letters_are_read(tmp_path: Path) -> None:
    (rule,) = _load(tmp_path, _rule({"a": {"Image": "*a" * 6_000 + "*"}}, "a")).rules
    assert not rule.unjudged
    assert len(rule.branches) == 1


def test_their_expression_is_searched_without_trying_every_way() -> None:
    expression = "(?s)" + "a.*" * 6_000 + "b"
    constraint = Constraint(Test.MATCHES, (expression,))
    assert constraint.admits("a" * 7_000) is False
    assert constraint.admits("a" * 6_000 + "b") is True
    assert example("(?s)" + "a.*" * 1_000 + "b") == "a" * 1_000 + "b"


def test_a_selector_with_many_wildcards_names_its_searches(tmp_path: Path) -> None:
    searches = {"a" * 200: {"Image": "x"}, "a" * 100 + "b": {"Image": "y"}}
    (rule,) = _load(tmp_path, _rule(searches, "1 of " + "*a" * 100 + "*b")).rules
    assert not rule.unjudged


@pytest.mark.parametrize("condition", ["1 of sel*", "sel0 and not 1 of sel1*"], ids=["any", "none"])
def test_work_grows_with_the_number_of_selections(condition: str, tmp_path: Path) -> None:
    def selections(count: int) -> str:
        return _rule({f"sel{n}": {"Image|contains": f"x{n}"} for n in range(count)}, condition)

    for name in ("few", "many"):
        (tmp_path / name).mkdir()
    _load(tmp_path / "few", selections(100))  # whatever is made once is made here
    few = calls(lambda: _load(tmp_path / "few", selections(200)))
    many = calls(lambda: _load(tmp_path / "many", selections(800)))
    assert many < 6 * few
