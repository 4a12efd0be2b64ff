"""PolicyAnalyzer's .PolicyRules: baselines, read as policies with a remark that they are wishes."""

from __future__ import annotations

import pytest
from gpo_files import PROCESS_CREATION, SCRIPT_BLOCK
from policy_files import audit_rule, registry_rule, rules

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import AUDIT, SETTING
from logreach.inventories.windows.group_policy import policy_rules

LOGGING = "EnableScriptBlockLogging"
INVOCATION = "EnableScriptBlockInvocationLogging"


def read(*elements: str) -> Reading:
    return policy_rules.read(Source.of("x.PolicyRules", rules(*elements).encode("utf-8-sig")))


def told(reading: Reading) -> dict[str, str]:
    return {str(one.key): str(one.value) for one in reading.statements}


def line(section: str, text: str) -> str:
    return f'<SecurityTemplate Section="{section}"><LineItem>{text}</LineItem></SecurityTemplate>'


def test_every_kind_of_rule_is_read_as_what_should_be() -> None:
    reading = read(
        registry_rule(SCRIPT_BLOCK, LOGGING, 1),
        registry_rule(SCRIPT_BLOCK, f"**del.{INVOCATION}", " ", "REG_SZ"),
        registry_rule("Software\\Policies\\Microsoft\\Windows\\EventLog\\System", "MaxSize", 1024),
        audit_rule(PROCESS_CREATION, 1),
        "<AuditOption><Option>Option:CrashOnAuditFail</Option><Setting>0</Setting></AuditOption>",
        line("Event Audit", "AuditDSAccess=3"),
        line(
            "Registry Values",
            "MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\AuditBaseObjects=4,1",
        ),
        line("System Access", "MinimumPasswordAge=0"),
        "<UserConfig><Key>K</Key></UserConfig>",
        "<CSE-Machine><GUID>{A}</GUID></CSE-Machine>",
    )
    assert reading.faults == ()
    assert told(reading) == {
        f"audit:{PROCESS_CREATION}": "Success",
        "setting:crash_on_audit_fail": "False",
        "setting:powershell_script_block_logging": "True",
        "setting:powershell_script_block_invocation_logging": "False",
        "setting:audit_base_objects": "True",
        "channel:System": "ChannelState(enabled=None, max_bytes=1048576, retention=None)",
        "legacy-audit:AuditDSAccess": "Success and Failure",
    }
    assert {one.strength for one in reading.statements} == {Strength.POLICY}
    assert "is a baseline of PolicyAnalyzer of P: what should be" in str(reading.notes[0])


def test_policies_of_one_file_that_differ_leave_a_value_unknown() -> None:
    reading = read(
        audit_rule(PROCESS_CREATION, 1, "Controllers"),
        audit_rule(PROCESS_CREATION, 3, "Members"),
        registry_rule(SCRIPT_BLOCK, LOGGING, 1, of="Controllers"),
        registry_rule(SCRIPT_BLOCK, LOGGING, 0, of="Members"),
    )
    assert reading.statements == ()
    assert {key for key, _ in reading.missing} == {
        AUDIT(PROCESS_CREATION),
        SETTING("powershell_script_block_logging"),
    }
    assert "sets Process Creation several times, and differently" in str(reading.faults[0])


@pytest.mark.parametrize(
    ("element", "message", "lost"),
    [
        (
            registry_rule(SCRIPT_BLOCK, LOGGING, "on"),
            "is no number",
            "powershell_script_block_logging",
        ),
        ("<ComputerConfig><Value>x</Value></ComputerConfig>", "without Key", ""),
        (audit_rule("no-guid", 1), "without a GUID", ""),
        (audit_rule(PROCESS_CREATION, 7), "no audit setting", PROCESS_CREATION),
        (audit_rule(PROCESS_CREATION[:-1] + "F", 1), "no known audit subcategory", ""),
        (line("", "x"), "without section", ""),
        ("<AuditOption><Option>Other</Option></AuditOption>", "no known audit option", ""),
        (
            "<AuditOption><Option>AuditBaseObjects</Option><Setting>2</Setting></AuditOption>",
            "neither on (1) nor off (0)",
            "audit_base_objects",
        ),
        ("<NewKind/>", "no known kind of rule", ""),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_fault_with_its_cost(
    element: str, message: str, lost: str
) -> None:
    reading = read(element)
    assert message in reading.faults[0].message
    assert reading.faults[0].where == "line 2"
    assert lost in {key.name for key, _ in reading.missing}


def test_xml_of_something_else_is_refused() -> None:
    with pytest.raises(InputError, match="no file of PolicyAnalyzer"):
        policy_rules.read(Source.of("x", b"<Rules><PolicyRules/></Rules>"))
