"""Which events and fields each schema of Sysmon has, and which schema each Sysmon brings.

Data: `knowledge/sysmon/*.csv`, each row with its source. Events that share a tag (12 to 14, 17
and 18, 19 to 21) share the elements of a configuration.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from logreach.inventories.facts import Missing

_FOLDER = files("logreach.coverage.knowledge").joinpath("sysmon")
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

    `logged_by_default` says what happens without any element, `option` names the switch that
    elements turn on ('' for none).
    """

    id: int
    tag: str
    logged_by_default: bool
    option: str


@dataclass(frozen=True, slots=True)
class Release:
    """A released Sysmon: its version as numbers, its schema, whether a source proves it."""

    version: tuple[int, int]
    schema: Schema
    source: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """Sysmon as a feature of Windows: since which build and update, and what it brings.

    Its version is numbered like Windows ('10.0.26100.8521'), not like the standalone Sysmon.
    """

    os: str
    from_build: int
    update: str
    schema: Schema


def _rows(name: str) -> Iterator[dict[str, str]]:
    with _FOLDER.joinpath(name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def schemas() -> tuple[Schema, ...]:
    """Every schema that a configuration may be written for, oldest first."""
    return tuple(sorted(Schema.of(row["schema"]) for row in _rows("schemas.csv")))


@lru_cache(maxsize=1)
def _events() -> dict[int, Event]:
    return {
        int(row["event_id"]): Event(
            int(row["event_id"]), row["tag"], row["ruledefault"] == "include", row["option"]
        )
        for row in _rows("events.csv")
    }


@lru_cache(maxsize=1)
def _layouts() -> dict[int, tuple[tuple[Schema, str, tuple[str, ...]], ...]]:
    layouts: dict[int, list[tuple[Schema, str, tuple[str, ...]]]] = {}
    for row in _rows("fields.csv"):
        layout = (Schema.of(row["since"]), row["scope"], tuple(row["fields"].split()))
        layouts.setdefault(int(row["event_id"]), []).append(layout)
    return {number: tuple(sorted(found)) for number, found in layouts.items()}


@lru_cache(maxsize=1)
def _types() -> dict[str, str]:
    return {row["field"]: row["type"] for row in _rows("types.csv")}


@lru_cache(maxsize=1)
def _options() -> tuple[tuple[str, str, Schema, Schema], ...]:
    return tuple(
        (
            row["option"],
            row["content"],
            Schema.of(row["since"]),
            Schema.of(row["until"]) if row["until"] else newest(),
        )
        for row in _rows("options.csv")
    )


@lru_cache(maxsize=1)
def releases() -> tuple[Release, ...]:
    """Every release of Sysmon whose schema is known, oldest first."""
    return tuple(
        sorted(
            (
                Release(
                    version_numbers(row["version"]) or (0, 0),
                    Schema.of(row["schema"]),
                    row["source"],
                )
                for row in _rows("releases.csv")
            ),
            key=lambda release: release.version,
        )
    )


def newest() -> Schema:
    """The newest schema known here."""
    return schemas()[-1]


@lru_cache(maxsize=1)
def engine() -> Schema:
    """The schema of the published engine that SEMANTICS.md and the vectors are about."""
    return next(Schema.of(row["schema"]) for row in _rows("schemas.csv") if row["engine"])


@lru_cache(maxsize=1)
def inbox() -> tuple[Inbox, ...]:
    """The Windows that bring Sysmon along as an optional feature."""
    return tuple(
        Inbox(
            row["os"],
            int(row["from_build"]),
            row["update"],
            Schema.of(row["schema"]),
        )
        for row in _rows("inbox.csv")
    )


@lru_cache(maxsize=1)
def _conditions() -> dict[str, Schema]:
    return {row["condition"]: Schema.of(row["since"]) for row in _rows("conditions.csv")}


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
        for row in _rows("values.csv")
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


def version_numbers(text: str) -> tuple[int, int] | None:
    """A version of standalone Sysmon: 'v15.15' is (15, 15), '15.2' and '15.20' are (15, 20).

    Sysmon counts in decimals: 7.01 comes before 7.1. Further parts (15.15.0.0) are left out.
    """
    match = re.fullmatch(r"\s*v?(\d{1,3})(?:\.(\d{1,2}))?(?:\.\d+)*\s*", text)
    return (int(match[1]), int((match[2] or "0").ljust(2, "0"))) if match else None


def _windows_build(text: str) -> int | None:
    """The build in a version of Windows itself, such as '10.0.26100.8521'."""
    match = re.fullmatch(r"\s*10\.0\.(\d{5})(?:\.\d+)?\s*", text)
    return int(match[1]) if match else None


def schema_for(sysmon_version: str) -> Schema | Missing:
    """The schema that a Sysmon binary of this version brings.

    A version between two known releases has the schema of the older one where both agree;
    else, and beyond the known ones, it is missing.
    """
    build = _windows_build(sysmon_version)
    if build is not None:
        return next(
            (one.schema for one in reversed(inbox()) if one.from_build <= build),
            Missing(f"Windows build {build} brings no Sysmon of its own"),
        )
    wanted = version_numbers(sysmon_version)
    if wanted is None:
        return Missing(f"{sysmon_version!r} is no version of Sysmon")
    older = [release for release in releases() if release.version <= wanted]
    newer = [release for release in releases() if release.version > wanted]
    if not older:
        return Missing(f"no source here tells the schema of Sysmon {sysmon_version}")
    if older[-1].version == wanted or (newer and newer[0].schema == older[-1].schema):
        return older[-1].schema
    if newer:
        return Missing(
            f"Sysmon {sysmon_version} lies between releases with schema "
            f"{older[-1].schema} and {newer[0].schema}"
        )
    return Missing(f"Sysmon {sysmon_version} is newer than any release known here")


def grammar_for(declared: Schema, binary: Schema) -> Schema | None:
    """The schema whose grammar a binary checks a configuration against; None: it refuses.

    The binary's own schema must be named exactly. Any other number takes the next lower schema
    among the older ones, also a number newer than the binary (manifest.tt:512-521).
    """
    if declared == binary:
        return binary
    older = [schema for schema in schemas() if schema < binary and schema <= declared]
    return older[-1] if older else None
