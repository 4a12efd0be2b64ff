"""HardeningKitty: a report tells the audit policy of the host, a finding list only what should be."""

from __future__ import annotations

import pytest
from gpo_files import PROCESS_CREATION
from policy_files import KITTY_HEAD, finding

from logreach.inventories.facts.evidence import Strength
from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.faults import InputError
from logreach.inventories.files.sources import Source
from logreach.inventories.windows.audit_policy import hardening_kitty
from logreach.inventories.windows.facts import AUDIT

LIST = (
    "ID,Category,Name,Method,MethodArgument,RegistryPath,RegistryItem,ClassName,Namespace,Property,"
    "DefaultValue,RecommendedValue,Operator,Severity\n"
    '1505,"Advanced Audit Policy Configuration","Process Creation",auditpol,'
    f"{{{PROCESS_CREATION}}},,,,,,,Success,contains,Low\n"
)
LOGOFF = "0CCE9216-69AE-11D9-BED3-505054503030"


def read(*rows: str, head: str = KITTY_HEAD) -> Reading:
    return hardening_kitty.read(Source.of("k.csv", (head + "".join(rows)).encode("utf-8-sig")))


@pytest.mark.parametrize(
    ("outcome", "setting"),
    [
        ("No Auditing", "No Auditing"),
        ("Success", "Success"),
        ("Failure", "Failure"),
        ("Success and Failure", "Success and Failure"),
    ],
)
@pytest.mark.parametrize("name", ["Process Creation", "Audit Process Creation"])
def test_a_result_of_the_audit_policy_is_what_the_host_has(
    outcome: str, setting: str, name: str
) -> None:
    (statement,) = read(finding(name, outcome)).statements
    assert statement.key == AUDIT(PROCESS_CREATION)
    assert (str(statement.value), statement.strength) == (setting, Strength.OBSERVED)
    assert statement.evidence.where == "line 2"


def test_other_findings_may_be_defaults_of_the_list_and_prove_nothing() -> None:
    name = "Turn on PowerShell Script Block Logging"
    reading = read(finding(name, "1", "PowerShell"), finding("Logoff", "Success"))
    assert [one.key for one in reading.statements] == [AUDIT(LOGOFF)]
    assert reading.faults == ()
    assert "1 finding beside the audit policy not read" in str(reading.notes[0])


def test_a_finding_list_is_named_and_states_nothing() -> None:
    reading = read(LIST, head="")
    assert (reading.statements, reading.faults, reading.missing) == ((), (), ())
    assert "is a finding list of HardeningKitty and not read" in str(reading.notes[0])


@pytest.mark.parametrize(
    ("rows", "message", "lost"),
    [
        ([finding("Process Creation", "")], "has no result", AUDIT(PROCESS_CREATION)),
        ([finding("Process Creation", "Succ")], "has no result", AUDIT(PROCESS_CREATION)),
        ([finding("Process Kreation", "Success")], "is no known audit", AUDIT.every),
        ([finding("Logoff", "Success")[:40]], "row has", AUDIT.every),
        (
            [finding("Process Creation", "Success"), finding("Process Creation", "No Auditing")],
            "several times",
            AUDIT(PROCESS_CREATION),
        ),
    ],
)
def test_a_row_that_cannot_be_read_leaves_its_subcategory_unknown(
    rows: list[str], message: str, lost: object
) -> None:
    reading = read(*rows)
    assert reading.statements == ()
    assert message in reading.faults[0].message
    assert [key for key, _ in reading.missing] == [lost]


def test_the_same_result_twice_is_no_fault() -> None:
    row = finding("Process Creation", "Success")
    assert len(read(row, KITTY_HEAD, row).statements) == 1


def test_another_table_is_refused() -> None:
    with pytest.raises(InputError, match="no report of HardeningKitty"):
        read("a,b\n", head="")
    assert not hardening_kitty.looks_like("ID,Category,Name\n")
