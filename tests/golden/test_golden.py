"""The answers of a set of inventories stay as they were frozen.

`python tests/golden/freeze.py --check --texts` compares more: every inventory, each with all of
Sigma's rules for Windows, and the wording. Here inventories that say much the same as another are
left out, and each is assessed once, lest the tests become slow.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from golden.catalogue import WINDOWS_RULES, Inventory, all_inventories
from golden.freeze import compare
from golden.runs import WITH_OWN_RULES, WITH_WINDOWS_RULES, WITHOUT_RULES
from golden.storage import frozen_names

# With these rules an assessment says all that it says without them, and more.
_WITH_WINDOWS_RULES = {"contoso"}
_LEFT_TO_THE_SCRIPT = {
    # Forms whose facts the tests of their readers hold. `case/format-nxlog` is tested.
    *(f"case/format-{form}" for form in ("dcr", "elasticagent", "fluentbit", "gpresult_r")),
    *(f"case/format-{form}" for form in ("hardeningkitty", "intune_json", "listlog_csv")),
    *(f"case/format-{form}" for form in ("msinfo", "policyrules", "wazuh", "wmic_os")),
    # It takes a minute: five large configurations in every Sysmon that may be meant.
    "own/sysmon-reference",
    # These take five to ten seconds each.
    *("damaged/splunk-regex-splT4", "damaged/splunk-regex-splT5"),
    # Sound files, of which the damaged forms are tested.
    *("damaged/auditpol-whole", "damaged/sysmonc-whole", "damaged/wlb-whole"),
    # Many profiles, of kinds that other inventories have too.
    *("own/audit-policy-forms", "own/sysmon-versions", "own/windows10-builds"),
    # Rules that differ in one detail from a rule that is tested.
    *("rule/06_wdac_3077", "rule/09_correlation_across_hosts", "rule/12_category_and_service"),
    *("rule/15_numeric_id", "rule/16_no_product_not_windows", "rule/19_other_taxonomy"),
    *("rule/22_duplicate_key", "rule/24_defender_2012r2"),
}
_FROZEN = frozen_names()
_TESTED = _FROZEN - _LEFT_TO_THE_SCRIPT
_INVENTORIES = [
    inventory for inventory in all_inventories(_FROZEN).values() if inventory.name in _TESTED
]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("inventory", _INVENTORIES, ids=lambda inventory: inventory.name)
def test_answers_are_as_frozen(inventory: Inventory, cache: Path) -> None:
    absent = inventory.missing_references()
    if absent:
        pytest.skip(f"reference data not at hand: {absent[0].name}")
    differences = compare(inventory, _variants(inventory), cache, texts=False)
    assert not differences, "\n".join(differences)


def _variants(inventory: Inventory) -> list[str]:
    if inventory.name in _WITH_WINDOWS_RULES and WINDOWS_RULES.exists():
        return [WITH_WINDOWS_RULES]
    return [WITH_OWN_RULES if inventory.rules else WITHOUT_RULES]


def test_what_is_left_to_the_script_is_frozen() -> None:
    assert _LEFT_TO_THE_SCRIPT <= _FROZEN


def test_every_inventory_of_our_own_is_frozen() -> None:
    own = {name for name in all_inventories([]) if name.startswith(("own/", "gpo/", "contoso"))}
    assert own <= _FROZEN
