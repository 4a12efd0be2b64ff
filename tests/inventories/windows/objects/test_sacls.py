"""Get-Acl output and lists of descriptors: good and broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sacl_cases
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.files.evidence import Evidence
from logreach.inventories.files.faults import InputError
from logreach.inventories.windows.facts import SACL
from logreach.inventories.windows.objects import sacls

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("sacls.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", CASES)
def test_descriptors_are_read_as_the_case_says(name: str) -> None:
    case = CASES[name]
    audited = case.get("audited", False)
    sacl_cases.check(case, sacls.read(case["text"], "the.txt", "ab", audited=audited))


def test_a_template_states_audit_entries_as_policy_or_leaves_auditing_alone() -> None:
    evidence = Evidence("GptTmpl.inf", "ab", "line 3")
    path = r"MACHINE\SOFTWARE\Run"
    statement = sacls.of_policy(path, "D:PAR(A;;KA;;;BA)S:(AU;SA;KA;;;WD)", evidence)
    assert statement is not None
    assert statement.key == SACL(r"HKLM\SOFTWARE\RUN")
    assert statement.strength is Strength.POLICY
    assert sacls.of_policy(path, "D:PAR(A;;KA;;;BA)", evidence) is None
    with pytest.raises(InputError, match=r"not a key or file in GptTmpl\.inf line 3"):
        sacls.of_policy("nowhere", "S:", evidence)


@pytest.mark.parametrize("text", sacl_cases.HOSTILE.values(), ids=sacl_cases.HOSTILE)
def test_a_hostile_list_is_a_fault(text: str) -> None:
    assert sacls.read(text, "the.txt").faults


@settings(max_examples=200)
@given(st.lists(st.sampled_from(sacl_cases.TEXT_PIECES), max_size=20).map("".join))
def test_any_list_is_read_or_a_fault(text: str) -> None:
    reading = sacls.read(text, "the.txt")
    assert reading.statements or reading.faults
