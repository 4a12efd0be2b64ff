"""Policies of Intune: the settings catalogue and custom OMA-URI settings, as Graph exports them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gpo_files import PROCESS_CREATION
from policy_files import DEVICE, choice, intune

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.files.tables import TABLES, yaml_table
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import AUDIT, CHANNEL, SETTING
from logreach.inventories.windows.group_policy import intune_json

AUDIT_NAME = DEVICE + "audit_detailedtracking_auditprocesscreation"
LINE = DEVICE + "admx_auditsettings_includecmdline"
BLOCKS = DEVICE + "windowspowershell_turnonpowershellscriptblocklogging"
SIZE = DEVICE + "eventlogservice_specifymaximumfilesizesecuritylog"
MODULES = DEVICE + "admx_powershellexecutionpolicy_enablemodulelogging"


def read(text: str) -> Reading:
    assert intune_json.looks_like(text)
    return intune_json.read(Source.of("p.json", text.encode("utf-8-sig")))


def told(reading: Reading) -> dict[str, str]:
    return {str(one.key): str(one.value) for one in reading.statements}


def simple(name: str, value: object) -> dict[str, Any]:
    return {"settingDefinitionId": name, "simpleSettingValue": {"value": value}}


def listed(name: str, *values: str) -> dict[str, Any]:
    collection = [{"value": value} for value in values]
    return {"settingDefinitionId": name, "simpleSettingCollectionValue": collection}


def test_settings_of_the_catalogue_are_read_as_what_should_be() -> None:
    reading = read(
        intune(
            choice(AUDIT_NAME, 3),
            choice(LINE, 1),
            choice(BLOCKS, 1, choice(f"{BLOCKS}_enablescriptblockinvocationlogging", 0)),
            choice(SIZE, 1, simple(f"{SIZE}_channel_logmaxsize", 196608)),
            choice(MODULES, 1, listed(f"{MODULES}_listbox_modulenames", "*")),
            choice(DEVICE + "admx_eventlog_channel_log_retention_2", 0),
            choice("user_vendor_msft_policy_config_windowspowershell_x", 1),
            choice("vendor_msft_firewall_mdmstore_global_enable", 1),
            choice(DEVICE + "defender_allowcloudprotection", 1),
            choice(DEVICE + "admx_eventlog_channel_logfilepath_2", 1),
        )
    )
    assert reading.faults == ()
    assert told(reading) == {
        f"audit:{PROCESS_CREATION}": "Success and Failure",
        "setting:process_creation_command_line": "True",
        "setting:powershell_script_block_logging": "True",
        "setting:powershell_script_block_invocation_logging": "False",
        "setting:powershell_module_logging": "True",
        "setting:powershell_module_names": "*",
        "channel:Security": "ChannelState(enabled=None, max_bytes=201326592, retention='overwrite')",
    }
    assert {one.strength for one in reading.statements} == {Strength.POLICY}
    assert all(one.evidence.where.startswith("line ") for one in reading.statements)
    assert "is an Intune policy (Logging): what should be" in str(reading.notes[0])


def test_custom_settings_name_the_same_nodes() -> None:
    root = "./Device/Vendor/MSFT/Policy/Config/"
    custom = [
        {"omaUri": root + "Audit/DetailedTracking_AuditProcessCreation", "value": 1},
        {"omaUri": root + "ADMX_AuditSettings/IncludeCmdLine", "value": "<enabled/>"},
        {
            "omaUri": root + "WindowsPowerShell/TurnOnPowerShellScriptBlockLogging",
            "value": '<enabled/><data id="EnableScriptBlockInvocationLogging" value="true"/>',
        },
        {"omaUri": "./Vendor/MSFT/Firewall/MdmStore/Global/X", "value": 1},
    ]
    reading = read(json.dumps({"displayName": "Custom", "omaSettings": custom}))
    assert reading.faults == ()
    assert told(reading) == {
        f"audit:{PROCESS_CREATION}": "Success",
        "setting:process_creation_command_line": "True",
        "setting:powershell_script_block_logging": "True",
        "setting:powershell_script_block_invocation_logging": "True",
    }


def test_every_form_of_the_export_is_read() -> None:
    policy = json.loads(intune(choice(AUDIT_NAME, 1)))
    forms = [
        policy,
        [policy],
        {"value": [policy]},
        policy["settings"],
        {"value": policy["settings"]},
    ]
    for form in forms:
        assert told(read(json.dumps(form))) == {f"audit:{PROCESS_CREATION}": "Success"}


def test_policies_for_other_systems_set_nothing() -> None:
    assert told(read(intune(choice(AUDIT_NAME, 1), platforms="macOS"))) == {}


@pytest.mark.parametrize(
    ("text", "message", "lost"),
    [
        (intune(choice(AUDIT_NAME, 9)), "no audit setting", AUDIT(PROCESS_CREATION)),
        (intune(choice(DEVICE + "audit_new_thing", 1)), "no known audit", AUDIT.every),
        (intune(choice(LINE, "x")), "neither enabled", SETTING("process_creation_command_line")),
        (intune(choice(SIZE, 1)), "lacks 'Maximum Log Size", CHANNEL("Security")),
        (
            intune(choice(SIZE, 1, simple(f"{SIZE}_channel_logmaxsize", "big"))),
            "lacks 'Maximum Log Size",
            CHANNEL("Security"),
        ),
        (
            intune(choice(DEVICE + "windowspowershell_new", 1)),
            "'windowspowershell_new' is not known",
            SETTING("powershell_script_block_logging"),
        ),
        (intune({"choiceSettingValue": None}), "without its definition", AUDIT.every),
        (json.dumps({"name": "A", "settingInstance": 1, "settings": [1]}), "without", AUDIT.every),
        (
            json.dumps({"@odata.context": "deviceManagement/configurationPolicies", "name": "A"}),
            "has no settings",
            AUDIT.every,
        ),
        (json.dumps({"omaSettings": [{"value": 1}]}), "without its OMA-URI", AUDIT.every),
        (
            intune(choice(AUDIT_NAME, 1), choice(AUDIT_NAME, 0)),
            "several times, and differently",
            AUDIT(PROCESS_CREATION),
        ),
    ],
)
def test_what_cannot_be_read_is_a_fault_and_unknown(text: str, message: str, lost: object) -> None:
    reading = read(text)
    assert reading.statements == ()
    assert message in str(reading.faults[0])
    assert lost in {key for key, _ in reading.missing}


@pytest.mark.parametrize("text", ['{"settingInstance": 1', '{"value": [1], "omaUri": ""}'])
def test_json_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


def test_every_subcategory_that_the_audit_csp_names_is_known_once() -> None:
    table = yaml_table(TABLES / "audit_csp.yaml", {"source": str, "subcategories": {...: str}})
    guids = list(table["subcategories"].values())
    assert len(guids) == len(set(guids)) == 59
    assert set(guids) <= set(subcategories())
