"""Which events, fields, options and conditions each schema of Sysmon has.

Data: `knowledge/*.csv`, each row with its source; which Sysmon brings which schema is in
`releases`. Events that share a tag (12 to 14, 17
and 18, 19 to 21) share the elements of a configuration.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_FOLDER = files("logreach.coverage.platforms.sysmon").joinpath("knowledge")
LOAD_ONLY = "load"  # accepted in a configuration, though that Sysmon writes no such event


@dataclass(frozen=True, slots=True, order=True)
class Schema:
    """The number of a schema: 4.9 and 4.90 are both Schema(4, 90)."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor:02d}"

    @classmethod
    def of(cls, text: str) -> Schema:
        """From text such as '4.90', as our own data writes it."""
        major, _, minor = text.partition(".")
        return cls(int(major), int(minor))


@dataclass(frozen=True, slots=True)
class Event:
    """An event: `tag` is its element's name ('' where it cannot be filtered).

    `option` names the switch that elements turn on ('' for none), `since` is the version of Sysmon
    that brought it ('' where it is older than any source here).
    """

    id: int
    tag: str
    option: str
    since: str


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the tables about Sysmon."""
    with _FOLDER.joinpath(name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def schemas() -> tuple[Schema, ...]:
    """Every schema that a configuration may be written for, oldest first."""
    return tuple(sorted(Schema.of(row["schema"]) for row in rows("schemas.csv")))


@lru_cache(maxsize=1)
def _events() -> dict[int, Event]:
    return {
        int(row["event_id"]): Event(int(row["event_id"]), row["tag"], row["option"], row["since"])
        for row in rows("events.csv")
    }


@lru_cache(maxsize=1)
def _layouts() -> dict[int, tuple[tuple[Schema, str, tuple[str, ...]], ...]]:
    layouts: dict[int, list[tuple[Schema, str, tuple[str, ...]]]] = {}
    for row in rows("fields.csv"):
        layout = (Schema.of(row["since"]), row["scope"], tuple(row["fields"].split()))
        layouts.setdefault(int(row["event_id"]), []).append(layout)
    return {number: tuple(sorted(found)) for number, found in layouts.items()}


@lru_cache(maxsize=1)
def _types() -> dict[str, str]:
    return {row["field"]: row["type"] for row in rows("types.csv")}


@lru_cache(maxsize=1)
def _options() -> tuple[tuple[str, str, Schema, Schema], ...]:
    return tuple(
        (
            row["option"],
            row["content"],
            Schema.of(row["since"]),
            Schema.of(row["until"]) if row["until"] else newest(),
        )
        for row in rows("options.csv")
    )


def newest() -> Schema:
    """The newest schema known here."""
    return schemas()[-1]


@lru_cache(maxsize=1)
def engine() -> Schema:
    """The schema of the published engine that SEMANTICS.md and the vectors are about."""
    return next(Schema.of(row["schema"]) for row in rows("schemas.csv") if row["engine"])


@lru_cache(maxsize=1)
def _conditions() -> dict[str, Schema]:
    return {row["condition"]: Schema.of(row["since"]) for row in rows("conditions.csv")}


def conditions(binary: Schema) -> tuple[str, ...]:
    """The conditions that a Sysmon of this schema knows, in any configuration."""
    return tuple(name for name, since in _conditions().items() if since <= binary)


def event(event_id: int) -> Event | None:
    """The event with this id; None: no Sysmon known here writes it."""
    return _events().get(event_id)


def events(schema: Schema) -> tuple[Event, ...]:
    """The events that a Sysmon of this schema can write, by id."""
    return tuple(found for number, found in sorted(_events().items()) if fields_of(number, schema))


def fields_of(event_id: int, schema: Schema, loading: bool = False) -> tuple[str, ...]:
    """The fields of an event in the order of the schema; () where it has no such event.

    `loading` asks what a configuration of that schema may name instead of what is written.
    """
    found: tuple[str, ...] = ()
    for since, scope, fields in _layouts().get(event_id, ()):
        if since <= schema and (loading or scope != LOAD_ONLY):
            found = fields
    return found


@lru_cache(maxsize=64)
def tags(schema: Schema, loading: bool = False) -> dict[str, tuple[int, ...]]:
    """The event tags of a schema with the ids that share each, in manifest order."""
    found: dict[str, tuple[int, ...]] = {}
    for number, known in _events().items():
        if known.tag and fields_of(number, schema, loading):
            found[known.tag] = (*found.get(known.tag, ()), number)
    return found


def is_text(field: str) -> bool:
    """Whether the field is text; a number, boolean or GUID cannot be compared when absent."""
    return field not in _types()


@lru_cache(maxsize=1)
def _values() -> dict[tuple[int, str], tuple[str, ...]]:
    return {
        (int(row["event_id"]), row["field"]): tuple(row["values"].split())
        for row in rows("values.csv")
    }


def values_of(event_id: int, field: str) -> tuple[str, ...]:
    """The only values that Sysmon writes into a field; () where it may hold anything."""
    if _types().get(field) == "Boolean":
        return ("true", "false")
    return _values().get((event_id, field), ())


def type_of(field: str) -> str:
    """The type of a field as the schema names it: 'UnicodeString', 'UInt32', 'GUID', ..."""
    return _types().get(field, "UnicodeString")


def options(schema: Schema) -> dict[str, str]:
    """The options that may stand beside EventFiltering; value: 'text' or 'empty'."""
    return {name: content for name, content, since, until in _options() if since <= schema <= until}


def grammar_for(declared: Schema, binary: Schema) -> Schema | None:
    """The schema whose grammar a binary checks a configuration against; None: it refuses.

    The binary's own schema must be named exactly. Any other number takes the next lower schema
    among the older ones, also a number newer than the binary (manifest.tt:512-521).
    """
    if declared == binary:
        return binary
    older = [schema for schema in schemas() if schema < binary and schema <= declared]
    return older[-1] if older else None
