"""PolicyAnalyzer's files as baselines."""

from __future__ import annotations

import pytest
from gpo_files import PROCESS_CREATION, SCRIPT_BLOCK
from policy_files import audit_rule, registry_rule, rules

from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.baselines import policy_rules_baseline
from logreach.inventories.windows.baselines.requirements import (
    AuditCheck,
    Baseline,
    ChannelCheck,
    Match,
    SettingCheck,
)
from logreach.inventories.windows.facts import AuditSetting

EVENT_LOG = "Software\\Policies\\Microsoft\\Windows\\EventLog\\System"
LOGOFF = "0CCE9216-69AE-11D9-BED3-505054503030"


def read(*elements: str) -> Baseline:
    return policy_rules_baseline.read(
        Source.of("Server 2022.PolicyRules", rules(*elements).encode("utf-8-sig"))
    )


def test_outcomes_and_sizes_are_the_least_and_switches_are_as_set() -> None:
    baseline = read(
        audit_rule(PROCESS_CREATION, 1),
        audit_rule(LOGOFF, 0),
        registry_rule(SCRIPT_BLOCK, "EnableScriptBlockLogging", 1),
        registry_rule(EVENT_LOG, "MaxSize", 32768),
        registry_rule("Software\\Other", "Thing", 1),
    )
    assert baseline.name == "Server 2022"
    audit, setting, log = (each.check for each in baseline.requirements)
    assert audit == AuditCheck(
        PROCESS_CREATION.strip("{}"), AuditSetting(True, False), Match.AT_LEAST
    )
    assert setting == SettingCheck("powershell_script_block_logging", True)
    assert log == ChannelCheck("System", None, 32)
    assert [each.line > 0 for each in baseline.requirements] == [True] * 3
    whats = [each.what for each in baseline.left_out]
    assert any("No Auditing" in what for what in whats)
    assert "1 other rule" in whats


def test_policies_that_contradict_each_other_are_faults_with_their_lines() -> None:
    with pytest.raises(InputError) as refused:
        read(
            audit_rule(PROCESS_CREATION, 9),
            registry_rule(SCRIPT_BLOCK, "EnableScriptBlockLogging", 1),
            registry_rule(SCRIPT_BLOCK, "EnableScriptBlockLogging", 0),
        )
    assert len(refused.value.faults) >= 2
    assert all(fault.line for fault in refused.value.faults)


def test_a_file_that_sets_nothing_known_is_no_baseline_of_logging() -> None:
    with pytest.raises(InputError, match="sets no audit subcategory"):
        read(registry_rule("Software\\Other", "Thing", 1))
