"""The log that the script of `logreach collect` writes beside its files: which commands failed."""

from __future__ import annotations

from datetime import date

from logreach.inventories.facts.facts import Missing, Reading
from logreach.inventories.facts.keys import FactFamily, FactKey
from logreach.inventories.files.faults import Fault
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines
from logreach.inventories.windows.facts import (
    AUDIT,
    CHANNEL,
    FAMILIES,
    FEATURE,
    OS,
    REGISTRY_FAMILIES,
    ROLE,
    SACL,
    SETTING,
    SYSMON,
)
from logreach.inventories.windows.log_access import CHANNEL_ACCESS, LOCAL_GROUP

HEADER = "# logreach collect"
_COLLECTED = "# collected "
_CONSEQUENCES = {"failed": "{} is not there", "partly": "{} lacks that"}
_WELL = ("ok", "absent")
_FILES: tuple[tuple[str, tuple[FactFamily[object], ...]], ...] = (
    ("os.json", (OS.family, ROLE.family)),
    ("features.json", (FEATURE,)),
    ("auditpol.csv", (AUDIT,)),
    ("auditpol-backup.csv", (AUDIT, SACL, SETTING)),
    ("policies", REGISTRY_FAMILIES),
    ("lsa", (SETTING,)),
    ("netlogon.txt", (SETTING,)),
    ("ntds.txt", (SETTING,)),
    ("ca.txt", (SETTING,)),
    ("channels.json", (CHANNEL, CHANNEL_ACCESS)),
    ("event-log-readers.json", (LOCAL_GROUP,)),
    ("sysmon.txt", (SYSMON.family,)),
    ("sacl-", (SACL,)),
    ("gpresult.xml", ()),  # a policy, that the host may do without
)
"""How the names of the script's files begin, and what these files tell of the host."""
_HINT = "Run the script again, as administrator."


def looks_like(head: str) -> bool:
    """Whether a text is the script's log."""
    return head.startswith(HEADER)


def read(source: Source) -> Reading:
    """Each command that failed although the host has what it asks for, as a fault.

    What its file should have told is unknown, whatever a policy asks for.

    A line has four cells with tabs between: file; 'ok', 'failed', 'partly' or 'absent'; exit code
    or message; command. Since version 3 a comment tells the day (UTC) of the collection.
    """
    faults: list[Fault] = []
    missing: list[tuple[FactKey[object], Missing]] = []
    collected: date | None = None
    for number, line in lines(source.text()):
        if line.startswith(_COLLECTED):
            try:
                collected = date.fromisoformat(line.removeprefix(_COLLECTED).strip())
            except ValueError:
                faults.append(source.fault("is no day of collection", f"line {number}"))
            continue
        cells = line.split("\t")
        if not line.strip() or line.startswith("#") or (len(cells) == 4 and cells[1] in _WELL):
            continue
        if len(cells) != 4 or cells[1] not in _CONSEQUENCES:
            fault = source.fault("line is none of the script's", f"line {number}", _HINT)
            faults.append(fault)
            cost = Missing(str(fault), fault)
            missing += [(family.every, cost) for family in FAMILIES]
            continue
        file, state, reason, command = cells
        consequence = _CONSEQUENCES[state].format(file)
        message = f"on the host {command!r} failed ({reason[:400]}), so {consequence}"
        fault = source.fault(message, f"line {number}", _HINT)
        faults.append(fault)
        cost = Missing(str(fault), fault)
        missing += [(family.every, cost) for family in _families(file)]
    return Reading(faults=tuple(faults), missing=tuple(missing), collected=collected)


def _families(file: str) -> tuple[FactFamily[object], ...]:
    """What a file tells; where its name is damaged, it may be any."""
    return next((families for name, families in _FILES if file.startswith(name)), FAMILIES)
