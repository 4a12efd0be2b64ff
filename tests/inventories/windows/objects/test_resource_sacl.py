"""Global audit entries as `auditpol /resourceSACL /view` prints them: good and broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sacl_cases
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.inventories.windows.objects import resource_sacl

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("resource_sacl.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", CASES)
def test_global_entries_are_read_as_the_case_says(name: str) -> None:
    case = CASES[name]
    source = case.get("source", "the.txt")
    sacl_cases.check(case, resource_sacl.read(case["text"], source, "ab"))


@pytest.mark.parametrize("text", sacl_cases.HOSTILE.values(), ids=sacl_cases.HOSTILE)
def test_a_hostile_output_is_a_fault(text: str) -> None:
    assert resource_sacl.read(text, "the.txt").faults


@settings(max_examples=200)
@given(st.lists(st.sampled_from(sacl_cases.TEXT_PIECES), max_size=20).map("".join))
def test_any_output_is_read_or_a_fault(text: str) -> None:
    reading = resource_sacl.read(text, "the.txt")
    assert reading.statements or reading.faults
