"""Loads what is known of Windows events from the tables of this folder.

events.csv has a row per event, layouts.csv one per form in which it is written. They refer to
sacl.yaml, settings.yaml, channels.yaml, roles.yaml and the inventories' own table of audit
subcategories. unknown_events.csv holds the keys that others name and nothing here describes,
retired_events.csv the numbers that are out of use, field_updates.csv the updates that bring a field
to an event. Spans of builds are written as `spans` says.
Where a server claim rests only on a client build of the same code, the layout's note says 'by
branch'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.windows.knowledge.event_rows import (
    EVENT_COLUMNS,
    LAYOUT_COLUMNS,
    EventRows,
)
from logreach.coverage.platforms.windows.knowledge.model import (
    Channel,
    Event,
    EventKnowledge,
    FieldUpdate,
    Layout,
    Retired,
    SaclNeed,
    Setting,
    Span,
)
from logreach.coverage.platforms.windows.knowledge.spans import parse_span
from logreach.inventories.files.tables import Faults, TableRow, read_csv, read_entries
from logreach.inventories.windows.audit_policy.subcategories import subcategories
from logreach.inventories.windows.facts import OsKind
from logreach.inventories.windows.registry.settings import settings

_HERE = Path(__file__).parent
_SETTING_KEYS = (
    "fact",
    "title",
    "mask",
    "whole",
    "exactly",
    "in_part",
    "channel",
    "retention",
    "remedy",
    "note",
    "volume",
    "source",
)
_UNKNOWN_COLUMNS = ("key", "named_by", "reason")
_UPDATE_COLUMNS = ("event", "field", "setting", "builds", "source")
_RETIRED_COLUMNS = ("channel", "first", "last", "reason", "source")


@cache
def load_events(folder: Path = _HERE) -> EventKnowledge:
    """Every table, resolved and checked; read once a process.

    Raises InputError with every unknown column or key, dangling reference, missing source and
    span out of order that the tables hold.
    """
    faults = Faults()
    # The tables speak of subcategories by name, inventories by GUID.
    audit = {each.name: each for each in subcategories().values()}
    channels = _channels(folder, faults)
    needed = _settings(folder, faults)
    roles, own_roles = _roles(folder, faults)
    rows = EventRows(audit, channels, needed, roles, faults)
    layouts = _layouts(folder, rows, faults)
    sacls = _sacls(folder, faults)
    updates = _field_updates(folder, rows, layouts, faults)
    events = _events(folder, rows, layouts, sacls, updates, faults)
    unknown = _unknown(folder, events, faults)
    retired = tuple(_retired(folder, events, channels, faults))
    faults.settle()
    return EventKnowledge(
        events,
        subcategories(),
        channels,
        needed,
        roles,
        own_roles,
        unknown,
        retired,
    )


def _sourced(row: TableRow, faults: Faults) -> str:
    source = row.text("source")
    if not source:
        faults.add(row, "no source")
    return source


def _channels(folder: Path, faults: Faults) -> dict[str, Channel]:
    keys = (
        "name",
        "providers",
        "on_by_default",
        "always_on",
        "separate",
        "source",
        "access",
        "access_source",
    )
    by_short_name: dict[str, Channel] = {}
    for short, row in read_entries(folder / "channels.yaml", keys, faults):
        on = row.values.get("on_by_default")
        access = row.text("access")
        if bool(access) is not bool(row.text("access_source")):
            faults.add(row, "access and access_source stand together")
        if not row.text("name") or not row.items("providers"):
            faults.add(row, "no name, or no provider")
        by_short_name[short] = Channel(
            short,
            row.text("name"),
            row.items("providers"),
            on if isinstance(on, bool) else None,
            _sourced(row, faults),
            separate=row.values.get("separate") is True,
            # The short name of another channel stands for the list of that one.
            access=by_short_name[access].access if access in by_short_name else access,
            always_on=row.values.get("always_on") is True,
            on_builds={} if isinstance(on, bool | None) else _on_builds(row, on, faults),
        )
    return by_short_name


def _on_builds(row: TableRow, on: object, faults: Faults) -> dict[OsKind, Span | None]:
    """The builds of clients and of servers that have a channel on by default."""
    kinds = {kind.value for kind in OsKind}
    if not isinstance(on, dict) or set(on) != kinds:
        faults.add(row, "on_by_default is true, false, absent, or a span for client and for server")
        return {}
    try:
        return {OsKind(kind): parse_span(str(span)) for kind, span in on.items()}
    except ValueError as error:
        faults.add(row, f"on_by_default: {error}")
        return {}


def _settings(folder: Path, faults: Faults) -> dict[str, Setting]:
    by_name: dict[str, Setting] = {}
    for name, row in read_entries(folder / "settings.yaml", _SETTING_KEYS, faults):
        fact = row.text("fact") or name
        stated = settings().get(fact)
        title = row.text("title") or (stated.title if stated else "")
        if not title:
            faults.add(row, "no title")
        by_name[name] = Setting(
            fact,
            title,
            row.text("remedy"),
            row.text("note"),
            _sourced(row, faults),
            _number(row, "mask", faults),
            row.text("whole"),
            row.text("volume"),
            _numbers(row, "exactly", faults),
            _numbers(row, "in_part", faults),
            row.text("channel"),
            row.text("retention"),
        )
    return by_name


def _number(row: TableRow, name: str, faults: Faults) -> int:
    number = row.values.get(name, 0)
    if type(number) is int:
        return number
    faults.add(row, f"{name} is a number")
    return 0


def _numbers(row: TableRow, name: str, faults: Faults) -> tuple[int, ...]:
    numbers = row.values.get(name, [])
    if isinstance(numbers, list) and all(type(number) is int for number in numbers):
        return tuple(numbers)
    faults.add(row, f"{name} is a list of numbers")
    return ()


def _roles(folder: Path, faults: Faults) -> tuple[dict[str, str], frozenset[str]]:
    """Titles by name, and the roles whose hosts record only what is done on themselves."""
    rows = dict(read_entries(folder / "roles.yaml", ("title", "own"), faults))
    self_only = frozenset(name for name, row in rows.items() if row.values.get("own") is True)
    return {name: row.text("title") for name, row in rows.items()}, self_only


def _sacls(folder: Path, faults: Faults) -> dict[str, tuple[TableRow, SaclNeed]]:
    keys = ("objects", "rights", "exempt", "note", "source")
    needs: dict[str, tuple[TableRow, SaclNeed]] = {}
    for key, row in read_entries(folder / "sacl.yaml", keys, faults):
        _sourced(row, faults)
        need = SaclNeed(
            row.items("objects"), row.items("rights"), row.items("exempt"), row.text("note")
        )
        needs[key] = (row, need)
    return needs


def _layouts(folder: Path, rows: EventRows, faults: Faults) -> dict[str, list[Layout]]:
    by_event: dict[str, list[Layout]] = {}
    names: set[tuple[str, str, str]] = set()
    for row in read_csv(folder / "layouts.csv", LAYOUT_COLUMNS, faults):
        name = (row.text("event"), row.text("version"), row.text("variant"))
        if name in names:
            faults.add(row, f"{' '.join(name)} stands twice")
        names.add(name)
        by_event.setdefault(row.text("event"), []).append(rows.layout(row))
    return by_event


def _events(
    folder: Path,
    rows: EventRows,
    layouts: Mapping[str, list[Layout]],
    sacls: Mapping[str, tuple[TableRow, SaclNeed]],
    updates: Mapping[str, Mapping[str, FieldUpdate]],
    faults: Faults,
) -> dict[EventId, Event]:
    by_key: dict[EventId, Event] = {}
    for row in read_csv(folder / "events.csv", EVENT_COLUMNS, faults):
        key = row.text("key")
        if key in by_key:
            faults.add(row, f"{key} stands twice")
        _, sacl = sacls.get(key, (None, None))
        event = rows.event(row, tuple(layouts.get(key, ())), sacl)
        by_key[event.key] = replace(event, field_updates=updates.get(key, {}))
    for key in layouts.keys() - by_key.keys():
        faults.add(TableRow({}, "layouts.csv", key), "no such event in events.csv")
    for key in sacls.keys() - by_key.keys():
        faults.add(sacls[key][0], "no such event in events.csv")
    return by_key


def _field_updates(
    folder: Path, rows: EventRows, layouts: Mapping[str, list[Layout]], faults: Faults
) -> dict[str, dict[str, FieldUpdate]]:
    by_event: dict[str, dict[str, FieldUpdate]] = {}
    for row in read_csv(folder / "field_updates.csv", _UPDATE_COLUMNS, faults):
        _sourced(row, faults)
        event, field, setting = row.text("event"), row.text("field"), row.text("setting")
        if not any(field in layout.fields for layout in layouts.get(event, ())):
            faults.add(row, f"no layout of {event!r} has {field!r}")
        span = rows.span(row, "builds")
        if setting not in rows.settings or span is None:
            faults.add(row, f"{setting!r} is no setting, or no builds are named")
            continue
        by_event.setdefault(event, {})[field] = FieldUpdate(rows.settings[setting], span)
    return by_event


def _unknown(folder: Path, events: Mapping[EventId, Event], faults: Faults) -> dict[EventId, str]:
    reasons: dict[EventId, str] = {}
    for row in read_csv(folder / "unknown_events.csv", _UNKNOWN_COLUMNS, faults):
        try:
            event = EventId.parse(row.text("key"))
        except ValueError as error:
            faults.add(row, str(error))
            continue
        if event in events:
            faults.add(row, f"{event} is known: it stands in events.csv")
        if not row.text("reason") or not row.text("named_by"):
            faults.add(row, "no reason, or nobody who names it")
        reasons[event] = row.text("reason")
    return reasons


def _retired(
    folder: Path,
    events: Mapping[EventId, Event],
    channels: Mapping[str, Channel],
    faults: Faults,
) -> Iterator[Retired]:
    for row in read_csv(folder / "retired_events.csv", _RETIRED_COLUMNS, faults):
        ends = (row.text("first"), row.text("last"))
        if row.text("channel") not in channels:
            faults.add(row, f"channels.yaml has no {row.text('channel')!r}")
        _sourced(row, faults)
        if not row.text("reason"):
            faults.add(row, "no reason")
        if not all(end.isdecimal() for end in ends):
            faults.add(row, "first and last are numbers")
            continue
        numbers = Retired(row.text("channel"), int(ends[0]), int(ends[1]), row.text("reason"))
        for number in range(numbers.first, numbers.last + 1):
            if (event := EventId.of(numbers.channel, number)) in events:
                faults.add(row, f"{event} is known: it stands in events.csv")
        yield numbers
