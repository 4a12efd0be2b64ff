"""The answers of a set of inventories stay as they were frozen.

`python tests/golden/freeze.py --check` compares more: every inventory with all of Sigma's rules for
Windows. Here those rules join for a few inventories, and inventories that say much the same as another are
left out, lest the tests become slow.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from golden.catalogue import WINDOWS_RULES, Inventory, all_inventories
from golden.freeze import compare
from golden.runs import WITH_OWN_RULES, WITH_WINDOWS_RULES, WITHOUT_RULES
from golden.storage import frozen_names

_WITH_WINDOWS_RULES = {"contoso"}
# Files of a format that logreach does not read all give the same answer; format-nxlog stands for
# them. The two of Splunk take ten seconds each.
_LEFT_TO_THE_SCRIPT = {
    *(f"case/format-{form}" for form in ("dcr", "elasticagent", "fluentbit", "gpresult_r")),
    *(f"case/format-{form}" for form in ("hardeningkitty", "intune_json", "listlog_csv")),
    *(f"case/format-{form}" for form in ("msinfo", "policyrules", "wazuh", "wmic_os")),
    *("damaged/splunk-regex-splT4", "damaged/splunk-regex-splT5"),
}
_FROZEN = frozen_names()
_TESTED = _FROZEN - _LEFT_TO_THE_SCRIPT
_INVENTORIES = [one for one in all_inventories(_FROZEN).values() if one.name in _TESTED]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("inventory", _INVENTORIES, ids=lambda inventory: inventory.name)
def test_answers_are_as_frozen(inventory: Inventory, cache: Path) -> None:
    absent = inventory.missing_references()
    if absent:
        pytest.skip(f"reference data not at hand: {absent[0].name}")
    differences = compare(inventory, _variants(inventory), cache, texts=True)
    assert not differences, "\n".join(differences)


def _variants(inventory: Inventory) -> list[str]:
    variants = [WITHOUT_RULES]
    if inventory.name in _WITH_WINDOWS_RULES and WINDOWS_RULES.exists():
        variants.append(WITH_WINDOWS_RULES)
    if inventory.rules:
        variants.append(WITH_OWN_RULES)
    return variants


def test_every_inventory_of_our_own_is_frozen() -> None:
    own = {name for name in all_inventories([]) if name.startswith(("own/", "gpo/", "contoso"))}
    assert own <= _FROZEN
