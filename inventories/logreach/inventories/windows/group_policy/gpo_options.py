"""Whether the computer settings of a backed-up GPO are disabled, so that no host applies them.

`Backup.xml` holds the GPO's flags (1: user settings disabled, 2: computer settings disabled, 3:
both); `gpreport.xml` says of each half of the GPO whether it is enabled.
"""

from __future__ import annotations

from typing import NamedTuple

from logreach.inventories.files.faults import Fault
from logreach.inventories.files.xml_tree import XmlElement
from logreach.inventories.windows.group_policy.gpo_checks import Records

_COMPUTER_OFF = 2
_WORDS = {"true": False, "1": False, "false": True, "0": True}


class Disabled(NamedTuple):
    """Whether the computer settings are disabled, None if that is uncertain.

    `note` tells that they are, `fault` why it is uncertain.
    """

    disabled: bool | None = False
    note: Fault | None = None
    fault: Fault | None = None


def computer_settings_disabled(records: Records, name: str) -> Disabled:
    """Whether a GPO's computer settings are disabled, by what its folder records."""
    backup, report = records.backup, records.report
    off_by_flags = _from_flags(backup.root if backup else None)
    off_by_report = disabled_by_report(report.computer if report else None)
    if off_by_flags and off_by_report is not False and backup is not None:
        return Disabled(disabled=True, note=backup.source.fault(no_host_applies(name)))
    if not (off_by_flags or off_by_report):
        return Disabled()
    if backup is None or off_by_flags is None:
        message = f"only the report says that the computer settings of {name} are disabled"
    else:
        message = f"backup and report disagree on whether {name}'s computer settings are disabled"
    hint = "Back the GPO up again; until then its settings count as unknown."
    place = report.source.path if report else ""
    return Disabled(disabled=None, fault=Fault(message, place, hint=hint))


def no_host_applies(name: str) -> str:
    """The remark on a GPO whose computer settings are disabled."""
    return f"the computer settings of {name} are disabled, so that no host applies them"


def _from_flags(root: XmlElement | None) -> bool | None:
    """Whether the flags disable the computer settings; None if there are no readable flags."""
    for settings in (
        element
        for element in (root.walk() if root is not None else ())
        if element.name == "GroupPolicyCoreSettings"
    ):
        options = settings.child("Options")
        word = options.text.strip() if options is not None else ""
        if word.isdecimal() and len(word) < 4:
            return bool(int(word) & _COMPUTER_OFF)
    return None


def disabled_by_report(computer: XmlElement | None) -> bool | None:
    """The same from the computer half of a report; None where it does not tell."""
    enabled = computer.child("Enabled") if computer is not None else None
    return None if enabled is None else _WORDS.get(enabled.text.strip().lower())
