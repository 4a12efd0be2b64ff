"""The log that the script of `logreach collect` writes beside its files: which commands failed."""

from __future__ import annotations

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines

HEADER = "# logreach collect"
_CONSEQUENCES = {"failed": "{} is not there", "partly": "{} lacks that"}
_HINT = "Run the script again, as administrator."


def looks_like(head: str) -> bool:
    """Whether a text is the script's log."""
    return head.startswith(HEADER)


def read(source: Source) -> Reading:
    """Each command that failed although the host has what it asks for, as a fault.

    A line has four cells with tabs between: file; 'ok', 'failed', 'partly' or 'absent'; exit code
    or message; command.
    """
    faults = []
    for number, line in lines(source.text()):
        cells = line.split("\t")
        if len(cells) != 4 or cells[1] not in _CONSEQUENCES:
            continue
        file, state, reason, command = cells
        consequence = _CONSEQUENCES[state].format(file)
        message = f"on the host {command!r} failed ({reason[:400]}), so {consequence}"
        faults.append(source.fault(message, f"line {number}", _HINT))
    return Reading(faults=tuple(faults))
