"""Event keys from the log source references of ATT&CK 18 and later.

ATT&CK writes a log ('WinEventLog:Security') and a free text ('EventCode=4663, 4670, 4656'). A
text counts as parsed only where it says nothing but event ids (a remark in brackets behind an
id aside): a text with more in it narrows or widens the set in ways that no one can compute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from logreach.coverage.attack.model import LogSourceRef
from logreach.coverage.attack.shipped import FOLDER
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.tables import Shape, yaml_table

WINDOWS_LOG: Final = "wineventlog:"
_NAMES_FILE: Final = "log_source_names.yaml"
_MISNAMED_FILE: Final = "misnamed.yaml"
_WIDEST_RANGE: Final = 64
_HIGHEST_ID: Final = 65535
_WORD: Final = r"event\s*(?:code|id)s?\s*(?:==?|:|in\b)?\s*"
_ITEM: Final = re.compile(
    rf"(?:{_WORD})?[(\[]?\s*(?P<low>\d{{1,5}})(?:\s*(?:-|–|to\b)\s*(?P<high>\d{{1,5}}))?\s*[)\]]?"
    r"(?:\s*\([^()\d][^()]*\))?\s*",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*(?:,|;|/|\||\bor\b|\band\b|&)+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Misnamed:
    """An event that ATT&CK names under a log that does not hold it.

    `named` is the key as ATT&CK has it, `meant` the keys that it must mean (empty: not known),
    `sure` False where only general knowledge says so.
    """

    named: EventId
    meant: tuple[EventId, ...]
    sure: bool
    reason: str
    source: str


def log_source_ref(component: str, source: str, channel: str) -> LogSourceRef:
    """A reference with its event keys, where source and channel name some."""
    events = events_of(source, channel)
    return LogSourceRef(component, source, channel, events, parsed=bool(events))


@lru_cache(maxsize=8192)
def events_of(source: str, channel: str) -> tuple[EventId, ...]:
    """Event keys such as 'Sysmon:22'; empty where the text names none that can be told."""
    log = _windows_log(source)
    if log is None or ":" in log:  # no log is called so
        return ()
    return tuple(EventId.of(log, number) for number in event_ids(channel))


def event_ids(text: str) -> tuple[int, ...]:
    """The event ids of a text that says nothing else, each once in order; else empty."""
    text = text.strip()
    found: dict[int, None] = {}
    at = 0
    while at < len(text):
        item = _ITEM.match(text, at)
        ids = _range(item) if item else ()
        if item is None or not ids:
            return ()
        found.update(dict.fromkeys(ids))
        at = item.end()
        between = _BETWEEN.match(text, at)
        if at < len(text) and (between is None or between.end() == len(text)):
            return ()
        at = between.end() if between else at
    return tuple(found)


def _range(item: re.Match[str]) -> tuple[int, ...]:
    low = int(item["low"])
    high = int(item["high"] or low)
    if not low <= high <= min(low + _WIDEST_RANGE, _HIGHEST_ID):
        return ()
    return tuple(range(low, high + 1))


def _windows_log(source: str) -> str | None:
    """The short name of a Windows log, or its own name where we have none; None: another source."""
    name = source.strip()
    if not name.casefold().startswith(WINDOWS_LOG):
        return None
    name = name[len(WINDOWS_LOG) :].strip()
    return log_names().get(name.casefold(), name) or None


@cache
def log_names() -> dict[str, str]:
    """ATT&CK's names of Windows logs (case folded) to our short names."""
    table = yaml_table(FOLDER / _NAMES_FILE, {"names": {...: {"log": str}}})
    return {name.casefold(): entry["log"] for name, entry in table["names"].items()}


@cache
def misnamed() -> dict[EventId, Misnamed]:
    """The slips we know of in ATT&CK's event references, by the key as named."""
    slip: Shape = {"meant": [str], "sure": bool, "reason": str, "source": str}
    table = yaml_table(FOLDER / _MISNAMED_FILE, {"events": {...: slip}})
    return {
        (event := EventId.parse(named)): Misnamed(
            event,
            meant=tuple(map(EventId.parse, entry["meant"])),
            sure=entry["sure"],
            reason=entry["reason"],
            source=entry["source"],
        )
        for named, entry in table["events"].items()
    }
