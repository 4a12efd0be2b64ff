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
_KEY = re.compile(r"(\w+):(\d+)")
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
        parts = row.parts("fields")
        known = bool(parts) and _MORE not in parts
        fields = tuple(part for part in parts if part not in (_NO_FIELDS, _MORE))
        if len(set(fields)) != len(fields):
            self.faults.add(row, "a field stands twice")
        return Layout(
            int(version) if version.isdecimal() else 0,
            self._span(row, "client"),
            self._span(row, "server"),
            fields,
            "; ".join(part for part in (row.text("variant"), row.text("note")) if part),
            row.text("source"),
            known,
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
            client=self._span(row, "client", empty=True),
            server=self._span(row, "server", empty=True),
            subcategory_spans=spans,
            without_setting=self._level(row),
            also_doubted=doubted,
        )
        self._check(row, event)
        return event

    def _key(self, row: TableRow) -> tuple[EventId, str]:
        """The event of a row, and its channel's full name."""
        key = row.text("key")
        found = _KEY.fullmatch(key)
        if found is None or found[1] not in self.channels:
            self.faults.add(row, f"{key!r} names no channel of channels.yaml and an event id")
            return EventId.of("unknown", 0), ""  # the loader refuses the table
        channel = self.channels[found[1]]
        if row.text("provider") not in channel.providers:
            self.faults.add(row, f"channels.yaml gives {found[1]} no provider of that name")
        return EventId.parse(key), channel.name

    def _span(self, row: TableRow, column: str, *, empty: bool = False) -> Span | None:
        text = row.text(column)
        if empty and not text:
            return None
        try:
            return parse_span(text)
        except ValueError as error:
            self.faults.add(row, f"{column}: {error}")
            return None

    def _among(self, row: TableRow, column: str, known: Collection[str]) -> tuple[str, ...]:
        names = row.parts(column)
        for name in names:
            if name not in known:
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
            name, _, text = part.partition("@")
            names.append(name)
            if not text or name not in self.subcategories:
                continue
            span = self._span(
                TableRow({"subcategories": text}, row.source, row.where), "subcategories"
            )
            if span is not None:
                spans[self.subcategories[name].guid] = span
        return self._guids(row, names), spans

    def _also(self, row: TableRow) -> tuple[tuple[str, ...], dict[str, str]]:
        """'Name' or 'Name?OUTCOME': whether it is needed for that outcome too is not settled."""
        parts = [part.partition("?") for part in row.parts("also_subcategories")]
        for _, _, outcome in parts:
            if outcome and outcome not in _OUTCOMES:
                self.faults.add(row, f"also_subcategories: {outcome!r} is not known")
        guids = self._guids(row, [name for name, _, _ in parts])
        doubted = {
            self.subcategories[name].guid: outcome
            for name, _, outcome in parts
            if outcome and name in self.subcategories
        }
        return guids, doubted

    def _policy(self, row: TableRow) -> Policy:
        text = row.text("policy")
        if text not in [policy.value for policy in Policy]:
            self.faults.add(row, f"policy {text!r} is not known")
            return Policy.UNDOCUMENTED
        policy = Policy(text)
        named = bool(row.parts("subcategories"))
        if policy is not Policy.UNDOCUMENTED and named != (
            policy in (Policy.SUBCATEGORY, Policy.IGNORES)
        ):
            self.faults.add(row, f"policy {text} and the subcategories do not fit")
        return policy

    def _field_settings(self, row: TableRow, layouts: Collection[Layout]) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in row.parts("field_settings"):
            name, _, setting = part.partition("=")
            if setting not in self.settings:
                self.faults.add(row, f"field_settings: {setting!r} is not known")
            if not any(name in layout.fields for layout in layouts):
                self.faults.add(row, f"field_settings: no layout has {name!r}")
            found[name] = setting
        return found

    def _flag(self, row: TableRow, column: str) -> bool:
        if row.text(column) not in ("", "yes"):
            self.faults.add(row, f"{column} is 'yes' or empty")
        return row.text(column) == "yes"

    def _level(self, row: TableRow) -> Level:
        text = row.text("without_setting")
        if text not in _LEVELS:
            self.faults.add(row, "without_setting is 'no', 'partial' or empty")
        return _LEVELS.get(text, Level.NO)

    def _check(self, row: TableRow, event: Event) -> None:
        if not event.layouts:
            self.faults.add(row, "no row in layouts.csv")
        if not event.title or not event.source:
            self.faults.add(row, "no title, or no source")
        if (row.text("client") == "") != (row.text("server") == ""):
            self.faults.add(row, "client and server stand together or not at all")
