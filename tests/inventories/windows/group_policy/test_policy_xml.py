"""Group Policy in XML: settings that win, and files that are something else."""

from __future__ import annotations

import pytest

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.facts import AUDIT, SETTING
from logreach.inventories.windows.group_policy import policy_xml

PROCESS_CREATION = "0CCE922B-69AE-11D9-BED3-505054503030"


def result(*settings: str) -> Reading:
    xml = f"<Rsop><ComputerResults>{''.join(settings)}</ComputerResults></Rsop>"
    return policy_xml.read_result(Source.of("gp.xml", xml.encode()))


def audit(number: str, precedence: int, guid: str = PROCESS_CREATION) -> str:
    return (
        f"<AuditSetting><Precedence>{precedence}</Precedence><PolicyTarget>System</PolicyTarget>"
        f"<SubcategoryGuid>{{{guid}}}</SubcategoryGuid><SettingValue>{number}</SettingValue>"
        "</AuditSetting>"
    )


def test_only_the_setting_with_precedence_1_counts() -> None:
    (statement,) = result(audit("0", 2), audit("3", 1)).statements
    assert statement.key == AUDIT(PROCESS_CREATION)
    assert str(statement.value) == "Success and Failure"


@pytest.mark.parametrize("setting", [audit("9", 1), audit("1", 1, "no-guid")])
def test_an_unknown_setting_is_a_fault(setting: str) -> None:
    reading = result(setting)
    assert reading.statements == ()
    assert "is not known" in str(reading.faults[0])


def test_a_security_option_is_a_registry_value() -> None:
    key = "MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\SCENoApplyLegacyAuditPolicy"
    option = (
        f"<SecurityOptions><KeyName>{key}</KeyName><SettingNumber>1</SettingNumber>"
        "</SecurityOptions>"
    )
    (statement,) = result(option).statements
    assert (statement.key, statement.value) == (SETTING("sce_no_apply_legacy_audit_policy"), True)


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("<html/>", "its root element is 'html'"),
        ("<Rsop><UserResults/></Rsop>", "has no computer settings"),
    ],
)
def test_a_file_without_computer_settings_is_refused(xml: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        policy_xml.read_result(Source.of("gp.xml", xml.encode()))
