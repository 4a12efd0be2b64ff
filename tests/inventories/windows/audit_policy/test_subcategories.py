"""Audit subcategories: their GUIDs, and what Windows audits by default."""

from __future__ import annotations

import pytest

from logreach.inventories.windows.audit_policy.subcategories import (
    as_guid,
    default_settings,
    subcategories,
)
from logreach.inventories.windows.facts import OperatingSystem
from logreach.inventories.windows.system.operating_systems import catalogue


@pytest.mark.parametrize(
    "written", ["{0cce922b-69ae-11d9-bed3-505054503030}", " 0CCE922B-69AE-11D9-BED3-505054503030 "]
)
def test_a_guid_has_one_form(written: str) -> None:
    assert as_guid(written) == "0CCE922B-69AE-11D9-BED3-505054503030"


@pytest.mark.parametrize("written", ["", "0cce922b", "{0cce922b-69ae-11d9-bed3-50505450303}"])
def test_another_text_is_no_guid(written: str) -> None:
    assert as_guid(written) is None


@pytest.mark.parametrize("os", catalogue(), ids=str)
def test_defaults_are_those_of_known_subcategories(os: OperatingSystem) -> None:
    assert default_settings(os).keys() <= subcategories().keys()
