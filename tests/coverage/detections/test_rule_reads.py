"""What a rule reads, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from logreach.coverage.detections.load import load_rules
from logreach.coverage.detections.rule_reads import reads_of

CASES = yaml.safe_load(Path(__file__).with_name("reads_cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_reads(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "rule.yml"
    file.write_text(yaml.safe_dump({"title": "a", **case["rule"]}), "utf-8")
    (rule,) = load_rules([file]).rules
    assert not rule.unjudged
    assert [str(reads) for reads in reads_of(rule)] == case["reads"]
