"""What single prerequisites about Sysmon answer: answers.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import leaves
import pytest
import yaml

CASES = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    answer, expected = leaves.compared(case, "Sysmon:1")
    assert answer == expected
