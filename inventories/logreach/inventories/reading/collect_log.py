"""The log that `logreach collect`'s script leaves beside its files: which commands failed."""

from __future__ import annotations

from logreach.inventories.facts.facts import Reading
from logreach.inventories.files.sources import Source
from logreach.inventories.files.text import lines

HEADER = "# logreach collect"
_LOST = {"failed": "{} is not there", "partly": "{} lacks that"}
_HINT = "Run the script again, as administrator."


def looks_like(text: str) -> bool:
    """Whether a text is the script's log."""
    return text.startswith(HEADER)


def read(source: Source) -> Reading:
    """Each command that failed and should not have, as a fault.

    A line is: file, 'ok', 'failed', 'partly' or 'absent', exit code or message, command; tabs
    between.
    """
    faults = []
    for number, line in lines(source.text()):
        parts = line.split("\t")
        if len(parts) != 4 or parts[1] not in _LOST:
            continue
        file, state, why, command = parts
        message = f"on the host {command!r} failed ({why[:400]}), so {_LOST[state].format(file)}"
        faults.append(source.fault(message, f"line {number}", _HINT))
    return Reading(faults=tuple(faults))
