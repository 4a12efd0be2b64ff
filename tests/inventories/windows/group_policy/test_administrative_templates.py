"""Policies of Administrative Templates in reports: what each sets, and what cannot be told."""

from __future__ import annotations

import pytest
from policy_files import (
    COMMAND_LINE,
    POWERSHELL,
    SECURITY_LOG,
    audit,
    box,
    computer,
    names,
    number,
    policy,
    result,
)

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import CHANNEL, SETTING
from logreach.inventories.windows.group_policy import policy_xml
from logreach.inventories.windows.group_policy.administrative_templates import policies
from logreach.inventories.windows.registry.settings import channel_keys, settings

SCRIPT_BLOCKS = "Turn on PowerShell Script Block Logging"
INVOCATION = "Log script block invocation start / stop events:"
MODULES, TRANSCRIPTION = "Turn on Module Logging", "Turn on PowerShell Transcription"
SIZE, FULL = (
    "Specify the maximum log file size (KB)",
    "Control Event Log behavior when the log file reaches its maximum size",
)
MANAGER = ("Configure target Subscription Manager", "Windows Components/Event Forwarding")
FOLLOWS = "Use Windows PowerShell Policy setting."


def read(*listed: str, name: str = "Registry", audits: tuple[str, ...] = ()) -> Reading:
    xml = result(computer(listed, audits, name=name))
    return policy_xml.read_result(Source.of("gp.xml", xml.encode("utf-16")))


def told(reading: Reading) -> dict[str, object]:
    return {str(one.key): one.value for one in reading.statements}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (policy(*COMMAND_LINE), {"setting:process_creation_command_line": True}),
        (policy(*COMMAND_LINE, "Disabled"), {"setting:process_creation_command_line": False}),
        (
            policy(SCRIPT_BLOCKS, POWERSHELL, "Enabled", box(INVOCATION, "Enabled")),
            {
                "setting:powershell_script_block_logging": True,
                "setting:powershell_script_block_invocation_logging": True,
            },
        ),
        (
            policy(SCRIPT_BLOCKS, POWERSHELL, "Enabled", box(INVOCATION, "Disabled")),
            {
                "setting:powershell_script_block_logging": True,
                "setting:powershell_script_block_invocation_logging": False,
            },
        ),
        (
            policy(SCRIPT_BLOCKS, POWERSHELL, "Disabled"),
            {
                "setting:powershell_script_block_logging": False,
                "setting:powershell_script_block_invocation_logging": False,
            },
        ),
        (
            policy(MODULES, POWERSHELL, "Enabled", names("Module Names", "*", "A.*")),
            {"setting:powershell_module_logging": True, "setting:powershell_module_names": "*;A.*"},
        ),
        (policy(TRANSCRIPTION, POWERSHELL), {"setting:powershell_transcription": True}),
        (
            policy(SCRIPT_BLOCKS, "PowerShell Core", "Enabled", box(FOLLOWS, "Enabled")),
            {
                "setting:powershell7_script_block_logging": True,
                "setting:powershell7_script_block_logging_follows_windows": True,
            },
        ),
        (
            policy(*MANAGER, "Enabled", names("SubscriptionManagers", "Server=http://c")),
            {"setting:wef_subscription_manager": "Server=http://c"},
        ),
    ],
)
def test_a_policy_sets_what_its_template_says(written: str, expected: dict[str, object]) -> None:
    reading = read(written)
    assert reading.faults == ()
    assert told(reading) == expected
    assert all(one.evidence.where.startswith("line ") for one in reading.statements)


def test_policies_of_the_event_log_service_set_size_and_retention() -> None:
    reading = read(
        policy(SIZE, SECURITY_LOG, "Enabled", number("Maximum Log Size (KB)", 196608)),
        policy(FULL, SECURITY_LOG),
        policy("Back up log automatically when full", SECURITY_LOG),
        policy(SIZE, SECURITY_LOG.replace("Security", "System"), "Disabled"),
        policy("Turn on logging", SECURITY_LOG.replace("Security", "Setup"), "Disabled"),
    )
    states = told(reading)
    assert reading.faults == ()
    assert str(states["channel:Security"]) == (
        "ChannelState(enabled=None, max_bytes=201326592, retention='archive')"
    )
    assert "channel:System" not in states
    assert "enabled=False" in str(states["channel:Setup"])


def test_only_the_policy_that_wins_counts() -> None:
    reading = read(
        policy(*COMMAND_LINE, "Disabled", precedence=2), policy(*COMMAND_LINE, precedence=1)
    )
    assert told(reading) == {"setting:process_creation_command_line": True}


@pytest.mark.parametrize(
    "written",
    [
        policy("Allow Cortana", "Windows Components/Search"),
        policy("Configure Group Policy Caching", "System/Group Policy"),
        policy("Activate Shutdown Event Tracker System State Data feature", "System"),
        policy("Turn on Script Execution", POWERSHELL),
        policy("Control the location of the log file", SECURITY_LOG),
        policy("Enable saving passwords", "Google/Google Chrome/Password manager"),
    ],
)
def test_a_policy_that_sets_nothing_known_is_no_fault(written: str) -> None:
    assert read(written) == Reading()


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Protokollierung von PowerShell-Skriptblöcken", "Windows-Komponenten/Windows PowerShell"),
        ("Befehlszeile einschließen", "System/Prozesserstellung überwachen"),
        ("Consigner les blocs de script", "Composants Windows/Windows PowerShell"),
        ("Includi la riga di comando", "Système/Auditer la création de processus"),
    ],
)
def test_a_policy_in_another_language_leaves_unknown_what_it_may_set(
    name: str, category: str
) -> None:
    reading = read(policy(*COMMAND_LINE), policy(name, category))
    (fault,) = reading.faults
    assert "perhaps in another language" in fault.message
    assert name in fault.message
    assert fault.where.startswith("line ")
    assert told(reading) == {"setting:process_creation_command_line": True}
    lost = {key for key, _ in reading.missing}
    assert {SETTING("powershell_script_block_logging"), CHANNEL("Security")} <= lost


@pytest.mark.parametrize(
    "reading",
    [
        read(policy("Includi la riga", "Sistema/Controllo"), name="Registro di sistema"),
        read(
            policy("Includi la riga", "Sistema/Controllo"),
            audits=(audit("0CCE922B-69AE-11D9-BED3-505054503030", 1, "Controlla creazione"),),
        ),
    ],
    ids=["the extension's name", "a subcategory's name"],
)
def test_a_report_shows_its_language_elsewhere_too(reading: Reading) -> None:
    assert "1 policy of Administrative Templates" in reading.faults[0].message


@pytest.mark.parametrize(
    ("written", "message", "lost"),
    [
        (policy("New one", POWERSHELL), "'New one' of", "powershell_transcription"),
        (policy(COMMAND_LINE[0], ""), "has no category", "process_creation_command_line"),
        (policy(*COMMAND_LINE, "On"), "no known state", "process_creation_command_line"),
        (policy(MODULES, POWERSHELL), "lacks its field 'Module Names'", "powershell_module_names"),
        (
            policy(SCRIPT_BLOCKS, POWERSHELL, "Enabled", box(INVOCATION, "x")),
            "is in no known state",
            "powershell_script_block_invocation_logging",
        ),
    ],
)
def test_what_cannot_be_told_is_a_fault_and_unknown(written: str, message: str, lost: str) -> None:
    reading = read(written)
    assert message in str(reading.faults[0])
    assert SETTING(lost) in {key for key, _ in reading.missing}


@pytest.mark.parametrize("written", ["", "many", "-1", "9" * 40])
def test_a_log_size_that_is_no_number_leaves_the_log_unknown(written: str) -> None:
    reading = read(policy(SIZE, SECURITY_LOG, "Enabled", number("Maximum Log Size (KB)", written)))
    assert reading.statements == ()
    assert "is no number" in reading.faults[0].message
    assert CHANNEL("Security") in {key for key, _ in reading.missing}


def test_every_policy_sets_a_value_that_some_setting_or_channel_reads() -> None:
    paths = [path.rpartition("\\")[0] for one in settings().values() for path in one.registry]
    logs = [each.key.removesuffix("*") for each in channel_keys()]
    for one in policies():
        keys = [key.casefold() for key in one.keys]
        assert any(
            key in {path.casefold() for path in paths}
            or any(key.startswith(log.casefold()) for log in logs)
            for key in keys
        ), one
    assert len({(one.name, one.category) for one in policies()}) == len(policies())
