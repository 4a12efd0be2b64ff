"""What is known of an event of Sysmon besides its fields' values, for filters that ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from logreach.coverage.events.event_id import EventId
from logreach.coverage.events.header import EventMetadata
from logreach.coverage.platforms.sysmon.engine import manifest, releases
from logreach.coverage.platforms.windows.headers import agreed, header_of, level_words
from logreach.inventories.facts.facts import Missing

CHANNEL = "Microsoft-Windows-Sysmon/Operational"
PROVIDER = "Microsoft-Windows-Sysmon"


@lru_cache(maxsize=1024)
def sysmon_header(event: EventId, version: str | None = None) -> EventMetadata | None:
    """Header and fields of an event, as far as all such events agree; None: nothing is known.

    The fields are those that every schema has which this version may bring; where the version is
    not told, those of every schema there is.
    """
    if not event.number.isdecimal():
        return None
    number, entry = int(event.number), header_of(event, PROVIDER)
    fields, more = agreed(_layouts(number, version))
    newer = version is not None and isinstance(releases.schema_for(version), Missing)
    ever = frozenset(name for layout in _layouts(number, None) for name in layout)
    return EventMetadata(
        CHANNEL,
        PROVIDER,
        number,
        entry["level"],
        entry["keywords"],
        fields,
        task=number,
        ever=None if newer else ever or None,
        user_data=entry["user_data"],
        more_fields=more,
    )


def _layouts(number: int, version: str | None) -> Iterator[tuple[str, ...]]:
    """The fields of an event by the schema of this Sysmon, or by each schema that has it."""
    schema = releases.schema_for(version) if version else Missing("")
    for candidate in manifest.schemas() if isinstance(schema, Missing) else (schema,):
        fields = manifest.fields_of(number, candidate)
        if fields:
            yield fields


@lru_cache(maxsize=4096)
def header_texts(event: EventId, field: str) -> tuple[str, ...]:
    """Every text that a header field may hold in the event; none where that is not known."""
    if field == "Channel":
        return (CHANNEL,)
    header = sysmon_header(event)
    if header is None:
        return ()
    if field == "Provider_Name":
        return (header.provider,)
    return level_words(header.level) if field == "Level" and header.level is not None else ()
