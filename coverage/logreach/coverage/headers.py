"""What is known of the header of an event, for filters that ask for it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from logreach.coverage.forwarding import EventMetadata
from logreach.coverage.knowledge.events import load_events
from logreach.coverage.knowledge.model import Event, EventKnowledge
from logreach.coverage.sysmon import manifest

_FILE = Path(__file__).parent / "knowledge" / "event_headers.yaml"
_AUDIT_KEYWORDS = {
    frozenset({"success"}): 0x8020000000000000,
    frozenset({"failure"}): 0x8010000000000000,
}
_SYSMON = "Microsoft-Windows-Sysmon"


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return table


@lru_cache(maxsize=4096)
def metadata(key: str) -> EventMetadata | None:
    """Channel, provider, id, level and keywords of an event key; None: nothing is known of it."""
    knowledge = load_events()
    if key in knowledge.events:
        return _of_windows(knowledge.events[key], knowledge)
    short, _, number = key.partition(":")
    if short != "Sysmon" or not number.isdigit():
        return None
    entry = _table()["providers"][_SYSMON]
    fields = manifest.fields_of(int(number), manifest.newest()) or None
    return EventMetadata(
        knowledge.channels[short].name,
        _SYSMON,
        int(number),
        entry["level"],
        entry["keywords"],
        fields,
    )


def _of_windows(event: Event, knowledge: EventKnowledge) -> EventMetadata:
    table = _table()
    entry = table["events"].get(event.key) or table["providers"].get(event.provider, {})
    keywords = entry.get("keywords")
    if keywords == "audit":
        keywords = _AUDIT_KEYWORDS.get(event.outcomes)
    channel = knowledge.channels[event.key.partition(":")[0]].name
    forms = {layout.fields for layout in event.layouts}
    fields = next(iter(forms)) if len(forms) == 1 else None
    return EventMetadata(
        channel, event.provider, event.event_id, entry.get("level"), keywords, fields or None
    )
