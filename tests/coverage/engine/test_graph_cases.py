"""What small graphs come to, why, and what would change it: graph_cases.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import graph_words
import pytest
import yaml

CASES = yaml.safe_load(Path(__file__).with_name("graph_cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    answer = graph_words.answer(case)
    assert answer == {name: case[name] for name in answer}
