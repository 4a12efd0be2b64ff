"""Event keys from the log source references of ATT&CK 18 and later.

ATT&CK writes a log ('WinEventLog:Security') and a free text ('EventCode=4663, 4670, 4656'). The
text is parsed only if it is a list of event ids (remarks in brackets are ignored): any other words
may restrict or extend the list in a way that cannot be computed.
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
class MisnamedEvent:
    """An event that ATT&CK names under a log that does not hold it.

    `written` is the key as ATT&CK writes it, `corrections` are the keys that it must mean (empty:
    unknown). `certain` is False if general knowledge is the only source.
    """

    written: EventId
    corrections: tuple[EventId, ...]
    certain: bool
    reason: str
    source: str


def log_source_ref(component: str, source: str, channel: str) -> LogSourceRef:
    """A reference with the event keys in its source and channel."""
    events = events_of(source, channel)
    return LogSourceRef(component, source, channel, events, parsed=bool(events))


@lru_cache(maxsize=8192)
def events_of(source: str, channel: str) -> tuple[EventId, ...]:
    """Event keys such as 'Sysmon:22'; empty if the text is not a list of Windows events."""
    log = _windows_log(source)
    if log is None or ":" in log:  # no log is called so
        return ()
    return tuple(EventId.of(log, number) for number in event_ids(channel))


def event_ids(channel: str) -> tuple[int, ...]:
    """The ids in a list of event ids, in order without repetition; empty for any other text."""
    channel = channel.strip()
    ids: dict[int, None] = {}
    position = 0
    while position < len(channel):
        item = _ITEM.match(channel, position)
        item_ids = _ids_in_range(item) if item else ()
        if item is None or not item_ids:
            return ()
        ids.update(dict.fromkeys(item_ids))
        position = item.end()
        separator = _BETWEEN.match(channel, position)
        if position < len(channel) and (separator is None or separator.end() == len(channel)):
            return ()
        position = separator.end() if separator else position
    return tuple(ids)


def _ids_in_range(item: re.Match[str]) -> tuple[int, ...]:
    low = int(item["low"])
    high = int(item["high"] or low)
    if not low <= high <= min(low + _WIDEST_RANGE, _HIGHEST_ID):
        return ()
    return tuple(range(low, high + 1))


def _windows_log(source: str) -> str | None:
    """logreach's short name of a Windows log, else ATT&CK's name; None for other log sources."""
    name = source.strip()
    if not name.casefold().startswith(WINDOWS_LOG):
        return None
    name = name[len(WINDOWS_LOG) :].strip()
    return log_names().get(name.casefold(), name) or None


@cache
def log_names() -> dict[str, str]:
    """logreach's short names of Windows logs, by ATT&CK's names in lower case."""
    table = yaml_table(FOLDER / _NAMES_FILE, {"names": {...: {"log": str}}})
    return {name.casefold(): entry["log"] for name, entry in table["names"].items()}


@cache
def misnamed() -> dict[EventId, MisnamedEvent]:
    """The events that ATT&CK names under a wrong log, by the key that it writes."""
    entry_shape: Shape = {"corrections": [str], "certain": bool, "reason": str, "source": str}
    table = yaml_table(FOLDER / _MISNAMED_FILE, {"events": {...: entry_shape}})
    return {
        (event := EventId.parse(written)): MisnamedEvent(
            event,
            corrections=tuple(map(EventId.parse, entry["corrections"])),
            certain=entry["certain"],
            reason=entry["reason"],
            source=entry["source"],
        )
        for written, entry in table["events"].items()
    }
