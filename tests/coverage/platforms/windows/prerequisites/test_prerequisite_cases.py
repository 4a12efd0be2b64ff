"""What single prerequisites answer: prerequisites.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import leaves
import pytest
import yaml

CASES = yaml.safe_load(Path(__file__).with_name("prerequisites.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    answer, expected = leaves.compared(case, "Made:1")
    assert answer == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_reads_every_fact_that_its_answer_depends_on(case: dict[str, Any]) -> None:
    assert leaves.depends_on_more(case) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_its_answer_hangs_on_no_fact_on_which_it_says_it_does_not(case: dict[str, Any]) -> None:
    assert leaves.hangs_on_more(case) == []
