"""GPOs whose computer settings are disabled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gpo_files import POL, on, pol

from logreach.inventories.facts.facts import Known
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import SETTING

Files = dict[str, bytes]


def _report(enabled: str) -> bytes:
    return f"<GPO><Computer><Enabled>{enabled}</Enabled></Computer></GPO>".encode()


def _backup(options: int) -> bytes:
    core = f"<GroupPolicyCoreSettings><Options>{options}</Options></GroupPolicyCoreSettings>"
    return f"<GroupPolicyBackupScheme>{core}</GroupPolicyBackupScheme>".encode()


@pytest.mark.parametrize(
    ("files", "value", "words"),
    [
        ({"Backup.xml": _backup(1), "gpreport.xml": _report("true")}, True, ""),
        (
            {"Backup.xml": _backup(2), "gpreport.xml": _report("false")},
            None,
            "no host applies them",
        ),
        ({"Backup.xml": _backup(3)}, None, "no host applies them"),
        ({"gpreport.xml": _report("false")}, None, "only the report"),
        ({"Backup.xml": _backup(2), "gpreport.xml": _report("true")}, None, "disagree"),
        ({"Backup.xml": _backup(0), "gpreport.xml": _report("false")}, None, "disagree"),
    ],
)
def test_a_gpo_whose_computer_half_is_off_is_not_applied(
    loaded: Callable[..., Inventory], files: Files, value: bool | None, words: str
) -> None:
    inventory = loaded({POL: pol(on("EnableScriptBlockLogging")), **files})
    fact = inventory.hosts[0].facts.get(SETTING("powershell_script_block_logging"))
    assert (fact.value if isinstance(fact, Known) else None) is value
    told = inventory.notes if words == "no host applies them" else inventory.faults
    said = [str(one) for one in told if words and words in one.message]
    assert bool(said) == bool(words)
    assert bool(inventory.faults) == (words in ("only the report", "disagree"))
