"""Whether the computer settings of a backed-up GPO are disabled, so that no host applies them.

`Backup.xml` holds the GPO's flags (1: user settings disabled, 2: computer settings disabled, 3:
both); `gpreport.xml` says of each half of the GPO whether it is enabled.
"""

from __future__ import annotations

from pathlib import Path

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder
from logreach.inventories.files.xml_tree import read_xml

_COMPUTER_OFF = 2
_WORDS = {"true": False, "1": False, "false": True, "0": True}


def computer_settings_disabled(
    folder: Folder, backup: Path | None, report: Path | None, name: str
) -> tuple[bool | None, tuple[Fault, ...]]:
    """(True if the computer settings are disabled, None if that is uncertain; faults)."""
    off_by_flags, faults = _from_flags(folder, backup)
    off_by_report = _from_report(folder, report)
    if off_by_flags and off_by_report is not False:
        message = f"the computer settings of {name} are disabled, so that no host applies them"
        return True, (*faults, Fault(message, folder.name(backup) if backup else ""))
    if off_by_flags or off_by_report:
        file_name = folder.name(report) if report else ""
        if backup is None or off_by_flags is None:
            message = f"only the report says that the computer settings of {name} are disabled"
        else:
            message = (
                f"backup and report disagree on whether {name}'s computer settings are disabled"
            )
        hint = "Back the GPO up again; until then its settings count as unknown."
        return None, (*faults, Fault(message, file_name, hint=hint))
    return False, faults


def _from_flags(folder: Folder, path: Path | None) -> tuple[bool | None, tuple[Fault, ...]]:
    """Whether the flags disable the computer settings; None if there are no readable flags."""
    if path is None:
        return None, ()
    try:
        source = folder.read(path)
        root, _ = read_xml(source)
    except InputError as error:
        return None, error.faults
    for settings in (
        element for element in root.walk() if element.name == "GroupPolicyCoreSettings"
    ):
        options = settings.child("Options")
        word = options.text.strip() if options is not None else ""
        if word.isdecimal() and len(word) < 4:
            return bool(int(word) & _COMPUTER_OFF), ()
    return None, ()


def _from_report(folder: Folder, path: Path | None) -> bool | None:
    """The same from the report. `gpo._check_report` reports the faults of an unreadable report."""
    if path is None:
        return None
    try:
        root, _ = read_xml(folder.read(path))
    except InputError:
        return None
    computer = root.child("Computer")
    enabled = computer.child("Enabled") if computer is not None else None
    return None if enabled is None else _WORDS.get(enabled.text.strip().lower())
