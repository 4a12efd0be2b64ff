"""Turns rows of events.csv and layouts.csv into typed events, checking every reference."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from logreach.coverage.engine.verdict import Level
from logreach.coverage.events.event_id import EventId
from logreach.coverage.platforms.windows.knowledge.model import (
    Channel,
    Event,
    Layout,
    Policy,
    SaclNeed,
    Setting,
    Span,
)
from logreach.coverage.platforms.windows.knowledge.spans import parse_span
from logreach.inventories.files.tables import TEXTS, Faults, TableRow
from logreach.inventories.windows.audit_policy.subcategories import AuditSubcategory

EVENT_COLUMNS = (
    "key",
    "provider",
    "title",
    "policy",
    "subcategories",
    "also_subcategories",
    "outcomes",
    "settings",
    "without_setting",
    "field_settings",
    "roles",
    "never_emitted",
    "client",
    "server",
    "caveats",
    "reference",
    "source",
)
LAYOUT_COLUMNS = ("event", "version", "variant", "client", "server", "fields", "note", "source")
_NO_FIELDS = "-"
"""An event without fields; an empty cell means that no source at hand names them."""
_MORE = "?"
"""Beside those that are named there are others, which no source at hand names."""
_KEY = re.compile(r"([\w-]+):(\d+)")
_OUTCOMES = frozenset({"success", "failure"})
_LEVELS = {"": Level.NO, "no": Level.NO, "partial": Level.PARTIAL}


@dataclass(frozen=True, slots=True)
class EventRows:
    """Parses rows against the tables that they refer to; faults go to `faults`."""

    subcategories: Mapping[str, AuditSubcategory]
    channels: Mapping[str, Channel]
    settings: Mapping[str, Setting]
    roles: Mapping[str, str]
    faults: Faults

    def layout(self, row: TableRow) -> Layout:
        """One row of layouts.csv."""
        version = row.text("version")
        if not version.isdecimal():
            self.faults.add(row, f"{version!r} is not a version")
        if not row.text("source"):
            self.faults.add(row, "no source")
        names = row.parts("fields")
        complete = bool(names) and _MORE not in names
        fields = tuple(part for part in names if part not in (_NO_FIELDS, _MORE))
        if len(set(fields)) != len(fields):
            self.faults.add(row, "a field stands twice")
        return Layout(
            int(version) if version.isdecimal() else 0,
            self.span(row, "client"),
            self.span(row, "server"),
            fields,
            "; ".join(part for part in (row.text("variant"), row.text("note")) if part),
            row.text("source"),
            complete,
        )

    def event(self, row: TableRow, layouts: tuple[Layout, ...], sacl: SaclNeed | None) -> Event:
        """One row of events.csv with its layouts and its need for an audit entry."""
        key, channel = self._key(row)
        subcategories, spans = self._subcategories(row)
        also, doubted = self._also(row)
        event = Event(
            key=key,
            event_id=int(key.number),
            channel=channel,
            provider=row.text("provider"),
            title=row.text("title"),
            layouts=layouts,
            policy=self._policy(row),
            subcategories=subcategories,
            also_subcategories=also,
            outcomes=frozenset(self._among(row, "outcomes", _OUTCOMES)),
            sacl=sacl,
            settings=self._among(row, "settings", self.settings),
            field_settings=self._field_settings(row, layouts),
            roles=frozenset(self._among(row, "roles", self.roles)),
            never_emitted=self._flag(row, "never_emitted"),
            caveats=row.parts("caveats", TEXTS),
            reference=row.text("reference") or row.text("source"),
            source=row.text("source"),
            client=self.span(row, "client", empty=True),
            server=self.span(row, "server", empty=True),
            subcategory_spans=spans,
            without_setting=self._level(row),
            also_doubted=doubted,
        )
        self._check(row, event)
        return event

    def _key(self, row: TableRow) -> tuple[EventId, str]:
        """The event of a row, and its channel's full name."""
        key = row.text("key")
        match = _KEY.fullmatch(key)
        if match is None or match[1] not in self.channels:
            self.faults.add(row, f"{key!r} names no channel of channels.yaml and an event id")
            return EventId.of("unknown", 0), ""  # the loader refuses the table
        channel = self.channels[match[1]]
        if row.text("provider") not in channel.providers:
            self.faults.add(row, f"channels.yaml gives {match[1]} no provider of that name")
        return EventId.parse(key), channel.name

    def span(self, row: TableRow, column: str, *, empty: bool = False) -> Span | None:
        """The builds in a column; None for none, and, with a fault, for what is no span."""
        cell = row.text(column)
        if empty and not cell:
            return None
        try:
            return parse_span(cell)
        except ValueError as error:
            self.faults.add(row, f"{column}: {error}")
            return None

    def _among(self, row: TableRow, column: str, allowed: Collection[str]) -> tuple[str, ...]:
        names = row.parts(column)
        for name in names:
            if name not in allowed:
                self.faults.add(row, f"{column}: {name!r} is not known")
        return names

    def _guids(self, row: TableRow, names: Collection[str]) -> tuple[str, ...]:
        for name in names:
            if name not in self.subcategories:
                self.faults.add(row, f"no subcategory {name!r} in audit_subcategories.csv")
        return tuple(self.subcategories[name].guid for name in names if name in self.subcategories)

    def _subcategories(self, row: TableRow) -> tuple[tuple[str, ...], dict[str, Span]]:
        """'Name' or 'Name@SPAN': those with a span govern the event on these builds only."""
        names: list[str] = []
        spans: dict[str, Span] = {}
        for part in row.parts("subcategories"):
            name, _, span_text = part.partition("@")
            names.append(name)
            if not span_text or name not in self.subcategories:
                continue
            span = self.span(
                TableRow({"subcategories": span_text}, row.source, row.where), "subcategories"
            )
            if span is not None:
                spans[self.subcategories[name].guid] = span
        return self._guids(row, names), spans

    def _also(self, row: TableRow) -> tuple[tuple[str, ...], dict[str, str]]:
        """'Name' or 'Name?OUTCOME': whether it is needed for that outcome too is not settled."""
        entries = [part.partition("?") for part in row.parts("also_subcategories")]
        for _, _, outcome in entries:
            if outcome and outcome not in _OUTCOMES:
                self.faults.add(row, f"also_subcategories: {outcome!r} is not known")
        guids = self._guids(row, [name for name, _, _ in entries])
        doubted = {
            self.subcategories[name].guid: outcome
            for name, _, outcome in entries
            if outcome and name in self.subcategories
        }
        return guids, doubted

    def _policy(self, row: TableRow) -> Policy:
        word = row.text("policy")
        if word not in [policy.value for policy in Policy]:
            self.faults.add(row, f"policy {word!r} is not known")
            return Policy.UNDOCUMENTED
        policy = Policy(word)
        has_subcategories = bool(row.parts("subcategories"))
        if policy is not Policy.UNDOCUMENTED and has_subcategories != (
            policy in (Policy.SUBCATEGORY, Policy.IGNORES)
        ):
            self.faults.add(row, f"policy {word} and the subcategories do not fit")
        return policy

    def _field_settings(self, row: TableRow, layouts: Collection[Layout]) -> dict[str, str]:
        settings: dict[str, str] = {}
        for part in row.parts("field_settings"):
            name, _, setting = part.partition("=")
            if setting not in self.settings:
                self.faults.add(row, f"field_settings: {setting!r} is not known")
            if not any(name in layout.fields for layout in layouts):
                self.faults.add(row, f"field_settings: no layout has {name!r}")
            settings[name] = setting
        return settings

    def _flag(self, row: TableRow, column: str) -> bool:
        if row.text(column) not in ("", "yes"):
            self.faults.add(row, f"{column} is 'yes' or empty")
        return row.text(column) == "yes"

    def _level(self, row: TableRow) -> Level:
        word = row.text("without_setting")
        if word not in _LEVELS:
            self.faults.add(row, "without_setting is 'no', 'partial' or empty")
        return _LEVELS.get(word, Level.NO)

    def _check(self, row: TableRow, event: Event) -> None:
        if not event.layouts:
            self.faults.add(row, "no row in layouts.csv")
        if not event.title or not event.source:
            self.faults.add(row, "no title, or no source")
        if (row.text("client") == "") != (row.text("server") == ""):
            self.faults.add(row, "client and server stand together or not at all")
