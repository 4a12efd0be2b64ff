"""Whether the computer half of a backed-up GPO is switched off.

`Backup.xml` holds the GPO's flags (1: user half off, 2: computer half off, 3: both), and
`gpreport.xml` says of each half whether it is enabled. A half that is off asks nothing of a host.
"""

from __future__ import annotations

from pathlib import Path

from logreach.inventories.files.faults import Fault, InputError
from logreach.inventories.files.sources import Folder
from logreach.inventories.files.xml_tree import XmlElement, read_xml

_COMPUTER_OFF = 2
_WORDS = {"true": False, "1": False, "false": True, "0": True}


def computer_off(
    folder: Folder, backup: Path | None, report: Path | None, name: str
) -> tuple[bool | None, tuple[Fault, ...]]:
    """True where the computer half is off, None where the files leave it open; and what to say."""
    flagged, faults = _by_flags(folder, backup)
    told = _by_report(folder, report)
    if flagged and told is not False:
        message = f"the computer half of {name} is disabled: its settings are not applied"
        return True, (*faults, Fault(message, folder.name(backup) if backup else ""))
    if flagged or told:
        where = folder.name(report) if report else ""
        if backup is None or flagged is None:
            why = "the report alone says that its computer half is disabled"
        else:
            why = "its backup and its report disagree on whether its computer half is disabled"
        hint = "Back the GPO up again; until then its settings count as unknown."
        return None, (*faults, Fault(f"whether {name} is applied is open: {why}", where, hint=hint))
    return False, faults


def _by_flags(folder: Folder, path: Path | None) -> tuple[bool | None, tuple[Fault, ...]]:
    """What the flags say; None where there are none to be read."""
    if path is None:
        return None, ()
    try:
        source = folder.read(path)
        root, _ = read_xml(source)
    except InputError as error:
        return None, error.faults
    for settings in (one for one in root.walk() if one.name == "GroupPolicyCoreSettings"):
        options = settings.child("Options")
        word = options.text.strip() if options is not None else ""
        if word.isdecimal() and len(word) < 4:
            return bool(int(word) & _COMPUTER_OFF), ()
    return None, ()


def _by_report(folder: Folder, path: Path | None) -> bool | None:
    """What the report says; its faults are told where it is held against the files."""
    if path is None:
        return None
    try:
        root, _ = read_xml(folder.read(path))
    except InputError:
        return None
    return _off(root.child("Computer"))


def _off(computer: XmlElement | None) -> bool | None:
    enabled = computer.child("Enabled") if computer is not None else None
    return None if enabled is None else _WORDS.get(enabled.text.strip().lower())
