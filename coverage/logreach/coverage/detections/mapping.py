"""Which events a rule's log source means, and how its fields read in them.

Data: `knowledge/*.yaml`, each entry with its source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from logreach.coverage.detections.model import LogSource
from logreach.coverage.engine.verdict import PARTIAL, UNKNOWN, UNKNOWN_AT_BEST_PARTIAL, YES, Verdict
from logreach.coverage.events.event_id import EventId
from logreach.inventories.files.tables import Shape, yaml_table

_FOLDER = Path(__file__).parent / "knowledge"
_FIELD: Shape = {
    "to?": str,
    "absent?": str,
    "only?": str,
    "never?": str,
    "otherwise?": str,
    "values?": {...: str},
    "test?": str,
    "limit?": str,
    "why?": str,
}
_FIELDS: Shape = {
    ...: {
        "source": str,
        "fields?": {...: _FIELD},
        "every?": [str],
        "same?": {...: str},
        "unsure?": [str],
        "values?": {...: {...: str}},
    }
}
_MAPPED_EVENT: Shape = {
    "event": str,
    "names?": str,
    "fixed?": {...: [str]},
    "where?": {...: [str]},
    "named?": bool,
    "limit?": str,
    "why?": str,
}
_CATEGORIES: Shape = {
    ...: {
        "source": str,
        "alternatives?": [[_MAPPED_EVENT]],
        "unmapped?": str,
        "elsewhere?": bool,
    }
}
NO_CHANNEL = "the log source names no channel and no kind of event"
_ELSEWHERE = "elsewhere"  # of services.yaml: those that write no event log of Windows
_GAINS: Shape = {"fields": {...: str}, "default": str, "event": str, "filter": str}
FILES = ("categories.yaml", "services.yaml", "fields.yaml", "gains.yaml")
LIMITS = {
    "yes": YES,
    "partial": PARTIAL,
    "unknown": UNKNOWN,
    "at-best-partial": UNKNOWN_AT_BEST_PARTIAL,
}


@dataclass(frozen=True, slots=True)
class FieldName:
    """How one of Sigma's fields reads in an event; see fields.yaml."""

    to: str = ""
    absent: str = ""
    only: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None
    otherwise: re.Pattern[str] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    untold: bool = False
    limit: Verdict = YES
    why: str = ""


@dataclass(frozen=True, slots=True)
class MappedEvent:
    """An event that shows those of a log source.

    `names` is None where it uses Sigma's own names; `named`: only for rules that name it.
    """

    event: EventId
    names: Mapping[str, FieldName] | None = None
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limit: Verdict = YES
    why: str = ""
    named: bool = False


EventAlternatives = tuple[MappedEvent, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a log source's events are: alternatives, or channels whose events the rule names.

    `unmapped` says why neither is known, `impossible` why there can be no such event; `applicable`
    is False for what no log of Windows holds.
    """

    alternatives: tuple[EventAlternatives, ...] = ()
    channels: tuple[str, ...] = ()
    unmapped: str = ""
    applicable: bool = True
    impossible: str = ""


@dataclass(frozen=True, slots=True)
class Gains:
    """What is missed where a test on a field is lost, in words."""

    fields: Mapping[str, str]
    default: str
    event: EventId
    filter: str

    def of_field(self, name: str) -> str:
        return self.fields.get(name) or self.default.format(field=name)


@dataclass(frozen=True)
class Knowledge:
    """The tables of `knowledge`.

    `header` are the names for what every event holds, each with the one that the event schema
    has; `perhaps` and `whole` names that may stand for what an event holds in another form (all
    of its data), with the reason why nobody can tell; `hashes` the fields that hold one hash an
    algorithm, `algorithms` the names for one of them, in lower case; `rendered` the values that
    Windows renders, by field; `environment` the variables of Windows, in lower case; `unsure` the
    names of the header that many events have for a field of their own. `synonyms` are a site's own
    names for fields.
    """

    categories: Mapping[str, Placement]
    services: Mapping[str, Placement]
    gains: Gains
    header: Mapping[str, str]
    perhaps: Mapping[str, str]
    whole: Mapping[str, str]
    hashes: frozenset[str]
    algorithms: Mapping[str, str]
    rendered: Mapping[str, Mapping[str, str]]
    environment: frozenset[str]
    unsure: frozenset[str]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def header_name(self, name: str) -> str:
        """What the event schema calls a field of the header; '' for any other field."""
        header_names = (self.header.get(alias) for alias in (name, *self.synonyms.get(name, ())))
        return next(filter(None, header_names), "")

    @cached_property
    def _by_event(self) -> Mapping[EventId, MappedEvent]:
        every = (events for place in self.categories.values() for events in place.alternatives)
        return {mapped.event: mapped for events in every for mapped in events}

    def mapped(self, event: EventId) -> MappedEvent:
        """An event with the names that Sigma has for its fields, where it uses others."""
        return self._by_event.get(event) or MappedEvent(event)

    def place(self, source: LogSource) -> Placement:
        """Where a log source's events are: all that it names must hold."""
        if source.product not in ("windows", ""):
            return _elsewhere(source)
        category = self.categories.get(source.category)
        service = self.services.get(source.service)
        if not source.product and _none_here(category, service):
            return _elsewhere(source)
        if category is not None and category.applicable:
            return _within(category, service, source) if source.service else category
        if service is not None and service.applicable:
            return service
        if not source.category and not source.service:
            return Placement(unmapped=NO_CHANNEL)
        return Placement(unmapped=f"no mapping known for log source {source}{self._meant(source)}")

    def _meant(self, source: LogSource) -> str:
        """What the author may have meant; a category and a service are often mixed up."""
        if source.category in self.services:
            return f"; did you mean service {source.category}?"
        if source.service in self.categories:
            return f"; did you mean category {source.service}?"
        return ""


def _elsewhere(source: LogSource) -> Placement:
    return Placement(unmapped=f"not a Windows log: {source}", applicable=False)


def _none_here(category: Placement | None, service: Placement | None) -> bool:
    """Whether a log source that names no product is surely none of Windows."""
    placements = [place for place in (category, service) if place is not None]
    return bool(placements) and not any(place.applicable for place in placements)


def _within(category: Placement, service: Placement | None, source: LogSource) -> Placement:
    """The events of a category that are in the channels of a service."""
    if service is None or not service.applicable:
        return Placement(unmapped=f"no mapping known for service {source.service}")
    if category.unmapped:
        return category
    channels = frozenset(service.channels)
    kept = (
        tuple(mapped for mapped in events if mapped.event.channel in channels)
        for events in category.alternatives
    )
    alternatives = tuple(events for events in kept if events)
    if alternatives:
        return Placement(alternatives)
    reason = f"no event of category {source.category} is in the log of service {source.service}"
    return Placement(impossible=reason)


def table_text(name: str) -> str:
    """The text of one of `FILES`."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def _table(name: str, shape: Shape) -> dict[str, Any]:
    table: dict[str, Any] = yaml_table(_FOLDER / name, shape)
    return table


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The tables, read once. A fault in them is a programming error."""
    tables = _table("fields.yaml", _FIELDS)
    header = tables["header"]
    names = {name: _names(entry["fields"]) for name, entry in tables.items() if "fields" in entry}
    gains = _table("gains.yaml", _GAINS)
    return Knowledge(
        {
            name: _category(entry, names)
            for name, entry in _table("categories.yaml", _CATEGORIES).items()
        },
        _services(),
        Gains(gains["fields"], gains["default"], gains["event"], gains["filter"]),
        {**{name: name for name in header["every"]}, **header["same"]},
        tables["perhaps"]["values"]["names"],
        tables["whole"]["values"]["names"],
        frozenset(tables["hashes"]["every"]),
        tables["algorithms"]["same"],
        tables["rendered"]["values"],
        frozenset(name.lower() for name in tables["environment"]["every"]),
        frozenset(header["unsure"]),
    )


def _services() -> dict[str, Placement]:
    table = _table("services.yaml", {...: [str]})
    elsewhere = table.pop(_ELSEWHERE)
    placements = {name: Placement(channels=tuple(channels)) for name, channels in table.items()}
    return placements | {name: Placement(applicable=False) for name in elsewhere}


def _category(entry: Mapping[str, Any], names: Mapping[str, Mapping[str, FieldName]]) -> Placement:
    if "elsewhere" in entry:
        return Placement(applicable=False)
    if "unmapped" in entry:
        return Placement(unmapped=f"no mapping known: {entry['unmapped']}")
    return Placement(
        tuple(
            tuple(_mapped_event(mapped, names) for mapped in events)
            for events in entry["alternatives"]
        )
    )


def _mapped_event(
    entry: Mapping[str, Any], names: Mapping[str, Mapping[str, FieldName]]
) -> MappedEvent:
    return MappedEvent(
        event=EventId.parse(entry["event"]),
        names=names[entry["names"]] if "names" in entry else None,
        fixed={name: tuple(values) for name, values in entry.get("fixed", {}).items()},
        where={name: tuple(values) for name, values in entry.get("where", {}).items()},
        limit=LIMITS[entry.get("limit", "yes")],
        why=entry.get("why", ""),
        named=entry.get("named", False),
    )


def _names(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, FieldName]:
    return {name: _name(entry) for name, entry in entries.items()}


def _name(entry: Mapping[str, Any]) -> FieldName:
    return FieldName(
        to=entry.get("to", ""),
        absent=entry.get("absent", ""),
        only=re.compile(entry["only"]) if "only" in entry else None,
        never=re.compile(entry["never"], re.IGNORECASE) if "never" in entry else None,
        otherwise=re.compile(entry["otherwise"], re.IGNORECASE) if "otherwise" in entry else None,
        values=entry.get("values", {}),
        untold=entry.get("test") == "unknown",
        limit=LIMITS[entry.get("limit", "yes")],
        why=entry.get("why", ""),
    )
