"""The events, fields, options and conditions of each Sysmon schema.

Data: `knowledge/*.csv`, each row with its source; `releases` knows the schema of each version.
Events that share a tag (12 to 14, 17 and 18, 19 to 21) share the elements of a configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine.tables import table_rows

LOAD_ONLY = "load"  # a configuration may name the event, but this Sysmon does not write it


@dataclass(frozen=True, slots=True, order=True)
class Schema:
    """The number of a schema: 4.9 and 4.90 are both Schema(4, 90)."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor:02d}"

    @classmethod
    def of(cls, number: str) -> Schema:
        """Parse a number such as '4.90', always with two decimals as in `knowledge/`."""
        major, _, minor = number.partition(".")
        return cls(int(major), int(minor))


@dataclass(frozen=True, slots=True)
class SysmonEvent:
    """An event that Sysmon writes.

    `tag` is the name of its element in a configuration ('' if no element can filter it), `option`
    the driver option that its elements turn on ('' for none), `since` the Sysmon version that
    introduced it ('' if it is older than every source at hand).
    """

    id: int
    tag: str
    option: str
    since: str


@lru_cache(maxsize=1)
def schemas() -> tuple[Schema, ...]:
    """Every schema that a configuration may declare, oldest first."""
    return tuple(sorted(Schema.of(row["schema"]) for row in table_rows("schemas.csv")))


@lru_cache(maxsize=1)
def _events() -> dict[int, SysmonEvent]:
    return {
        int(row["event_id"]): SysmonEvent(
            int(row["event_id"]), row["tag"], row["option"], row["since"]
        )
        for row in table_rows("events.csv")
    }


@lru_cache(maxsize=1)
def _layouts() -> dict[int, tuple[tuple[Schema, str, tuple[str, ...]], ...]]:
    """By event id, the field lists with their scope and the schema from which each holds."""
    layouts: dict[int, list[tuple[Schema, str, tuple[str, ...]]]] = {}
    for row in table_rows("fields.csv"):
        layout = (Schema.of(row["since"]), row["scope"], tuple(row["fields"].split()))
        layouts.setdefault(int(row["event_id"]), []).append(layout)
    return {event_id: tuple(sorted(versions)) for event_id, versions in layouts.items()}


@lru_cache(maxsize=1)
def _types() -> dict[str, str]:
    return {row["field"]: row["type"] for row in table_rows("types.csv")}


@lru_cache(maxsize=1)
def _options() -> tuple[tuple[str, str, Schema, Schema], ...]:
    """Each option with its content, and the first and last schema that have it."""
    return tuple(
        (
            row["option"],
            row["content"],
            Schema.of(row["since"]),
            Schema.of(row["until"]) if row["until"] else newest(),
        )
        for row in table_rows("options.csv")
    )


def newest() -> Schema:
    """The newest schema in `schemas.csv`."""
    return schemas()[-1]


@lru_cache(maxsize=1)
def engine_schema() -> Schema:
    """The schema of Microsoft's published engine, which SEMANTICS.md and the vectors describe."""
    return next(Schema.of(row["schema"]) for row in table_rows("schemas.csv") if row["engine"])


@lru_cache(maxsize=64)
def conditions(sysmon_schema: Schema) -> tuple[str, ...]:
    """The conditions that a Sysmon of this schema knows, whatever schema a file declares."""
    return tuple(
        row["condition"]
        for row in table_rows("conditions.csv")
        if Schema.of(row["since"]) <= sysmon_schema
    )


def event(event_id: int) -> SysmonEvent | None:
    """The event with this id; None: no schema has it."""
    return _events().get(event_id)


def events(schema: Schema) -> tuple[SysmonEvent, ...]:
    """The events that a Sysmon of this schema can write, by id."""
    return tuple(
        sysmon_event
        for event_id, sysmon_event in sorted(_events().items())
        if fields_of(event_id, schema)
    )


def fields_of(event_id: int, schema: Schema, loading: bool = False) -> tuple[str, ...]:
    """The fields of an event in the order of the schema; () if the schema lacks the event.

    With `loading`, the fields that a configuration of that schema may name, even for an event
    that this Sysmon does not write.
    """
    newest_layout: tuple[str, ...] = ()
    for since, scope, fields in _layouts().get(event_id, ()):
        if since <= schema and (loading or scope != LOAD_ONLY):
            newest_layout = fields
    return newest_layout


@lru_cache(maxsize=64)
def tags(schema: Schema, loading: bool = False) -> dict[str, tuple[int, ...]]:
    """The event tags of a schema with the event ids that share each, in manifest order."""
    ids_by_tag: dict[str, tuple[int, ...]] = {}
    for event_id, sysmon_event in _events().items():
        tag = sysmon_event.tag
        if tag and fields_of(event_id, schema, loading):
            ids_by_tag[tag] = (*ids_by_tag.get(tag, ()), event_id)
    return ids_by_tag


def is_text(field: str) -> bool:
    """Whether the field is text; filters cannot compare an absent number, boolean or GUID."""
    return field not in _types()


@lru_cache(maxsize=1)
def _values() -> dict[tuple[int, str], tuple[str, ...]]:
    return {
        (int(row["event_id"]), row["field"]): tuple(row["values"].split())
        for row in table_rows("values.csv")
    }


@lru_cache(maxsize=1)
def _volumes() -> dict[int, str]:
    return {int(row["event_id"]): row["volume"] for row in table_rows("volumes.csv")}


def volume_of(event_id: int) -> str:
    """Microsoft's word for how many such events there are unfiltered; '' where there is none."""
    return _volumes().get(event_id, "")


def values_of(event_id: int, field: str) -> tuple[str, ...]:
    """The closed list of values that Sysmon writes into a field; () if it may hold anything."""
    if _types().get(field) == "Boolean":
        return ("true", "false")
    return _values().get((event_id, field), ())


def type_of(field: str) -> str:
    """The field's type as the schema names it: 'UnicodeString', 'UInt32', 'GUID', ..."""
    return _types().get(field, "UnicodeString")


def options(schema: Schema) -> dict[str, str]:
    """The options that may stand beside EventFiltering; value: 'text' or 'empty'."""
    return {name: content for name, content, since, until in _options() if since <= schema <= until}


def grammar_for(declared: Schema, sysmon_schema: Schema) -> Schema | None:
    """The schema whose grammar a Sysmon validates a configuration against; None: it refuses.

    A Sysmon uses its own `sysmon_schema` only if declared exactly. For any other
    number, even a newer one, Sysmon takes the next lower of the older schemas
    (manifest.tt:512-521).
    """
    if declared == sysmon_schema:
        return sysmon_schema
    older = [schema for schema in schemas() if schema < sysmon_schema and schema <= declared]
    return older[-1] if older else None
