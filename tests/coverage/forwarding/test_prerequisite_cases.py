"""What is forwarded of an event: prerequisite.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import leaves
import pytest
import yaml

CASES = yaml.safe_load(Path(__file__).with_name("prerequisite.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    answer, expected = leaves.compared(case, "Security:4624")
    assert answer == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_reads_every_fact_that_its_answer_depends_on(case: dict[str, Any]) -> None:
    assert leaves.depends_on_more(case) is None


def test_hosts_in_the_same_state_are_answered_the_same() -> None:
    assert leaves.told_alike(CASES) == []
