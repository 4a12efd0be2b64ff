"""The Sysmon programs that a version may stand for: their schema and their default events.

A version that no table lists is no known program: nothing is inferred about it, neither that it
loads a configuration nor that it refuses one. Data: `knowledge/`, each row with its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.coverage.platforms.sysmon.engine.tables import table_rows
from logreach.inventories.facts.facts import Missing

Numbers = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Binary:
    """All of a Sysmon program that a configuration's effect depends on.

    `defaults` are the events that it logs if the configuration has no element for them.
    """

    schema: Schema
    defaults: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A released Sysmon: its version as published and as numbers, and its schema."""

    name: str
    version: Numbers
    schema: Schema


@dataclass(frozen=True, slots=True)
class UndescribedRelease:
    """A release whose schema no source at hand describes; `schema` is its number, '' if unknown."""

    name: str
    version: Numbers
    schema: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """Sysmon as a feature of Windows: the first build and update that ship it, and its schema.

    Its version is numbered like Windows ('10.0.26100.8521'), not like the standalone Sysmon.
    """

    os: str
    from_build: int
    update: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class PossibleBinaries:
    """The known programs that a Sysmon may be, oldest first; none if only an unlisted one can be.

    `reason` says why there is not exactly one; '' if there is.
    """

    binaries: tuple[Binary, ...]
    reason: str = ""


def version_numbers(version: str) -> Numbers | None:
    """A version of standalone Sysmon: 'v15.15' is (15, 15), '15.2' and '15.20' are (15, 20).

    Sysmon counts in decimals: 7.01 comes before 7.1. Further parts (15.15.0.0) are left out.
    """
    match = re.fullmatch(r"\s*v?(\d{1,3})(?:\.(\d{1,2}))?(?:\.\d+)*\s*", version)
    return (int(match[1]), int((match[2] or "0").ljust(2, "0"))) if match else None


def windows_build(version: str) -> int | None:
    """The build in a version of Windows itself, such as '10.0.26100.8521'."""
    match = re.fullmatch(r"\s*10\.0\.(\d{5})(?:\.\d+)?\s*", version)
    return int(match[1]) if match else None


def numbers(version: str) -> Numbers:
    """The numbers of a version that `knowledge/` lists."""
    return version_numbers(version) or (0, 0)


@lru_cache(maxsize=1)
def releases() -> tuple[Release, ...]:
    """Every release of Sysmon whose schema is described, oldest first."""
    unsorted = (
        Release(row["version"], numbers(row["version"]), schema)
        for row in table_rows("releases.csv")
        if row["schema"] and (schema := Schema.of(row["schema"])) in manifest.schemas()
    )
    return tuple(sorted(unsorted, key=lambda release: release.version))


@lru_cache(maxsize=1)
def undescribed() -> tuple[UndescribedRelease, ...]:
    """The releases before those, oldest first."""
    described = {release.name for release in releases()}
    unsorted = (
        UndescribedRelease(row["version"], numbers(row["version"]), row["schema"])
        for row in table_rows("releases.csv")
        if row["version"] not in described
    )
    return tuple(sorted(unsorted, key=lambda release: release.version))


@lru_cache(maxsize=1)
def inbox() -> tuple[Inbox, ...]:
    """The Windows versions that ship Sysmon as an optional feature."""
    return tuple(
        Inbox(row["os"], int(row["from_build"]), row["update"], Schema.of(row["schema"]))
        for row in table_rows("inbox.csv")
    )


@lru_cache(maxsize=1)
def _defaults() -> tuple[tuple[Numbers, tuple[int, ...]], ...]:
    """The versions whose default events a source lists, oldest first, with these events."""
    return tuple(
        sorted(
            (numbers(row["version"]), tuple(map(int, row["event_ids"].split())))
            for row in table_rows("defaults.csv")
        )
    )


def _defaults_of(version: Numbers) -> set[tuple[int, ...]]:
    """The default events that this version may have: those of the nearest sourced versions.

    The two neighbours may differ; then either list is possible. Versions newer than every sourced
    one have the last list.
    """
    below = [event_ids for sourced, event_ids in _defaults() if sourced <= version][-1:]
    above = [event_ids for sourced, event_ids in _defaults() if sourced >= version][:1]
    return {*below, *above}


def engine_binary() -> Binary:
    """Microsoft's published engine, which SEMANTICS.md and the vectors describe."""
    schema = manifest.engine_schema()
    newest = [release for release in releases() if release.schema == schema][-1]
    return Binary(schema, max(_defaults_of(newest.version)))


def default_binary(declared: Schema) -> Binary:
    """The program that a file is judged for where no version is given.

    It is the published engine, or, where the file declares a newer schema that is known, the
    program that has it: the published engine would refuse what only that schema has.
    """
    engine = engine_binary()
    if declared <= engine.schema or declared not in manifest.schemas():
        return engine
    return max(binary for binary in _all_binaries() if binary.schema == declared)


@lru_cache(maxsize=1)
def _all_binaries() -> tuple[Binary, ...]:
    return tuple(
        sorted(
            {
                Binary(release.schema, defaults)
                for release in releases()
                for defaults in _defaults_of(release.version)
            }
        )
    )


@lru_cache(maxsize=256)
def possible_binaries(
    version: str | None, in_windows: bool = False, build: int | None = None
) -> PossibleBinaries:
    """The programs that a Sysmon of this version may be.

    `in_windows` says that it is the feature of Windows, `build` the build of that Windows. Without
    a version it may be any release that the tables list, from the oldest to the newest.
    """
    version_build = windows_build(version) if version else None
    if version_build is not None or (in_windows and version is None):
        return _of_windows(build if version_build is None else version_build)
    if version is None:
        return PossibleBinaries(_all_binaries(), "the version of Sysmon is unknown")
    standalone = _of_version(version)
    if not in_windows:
        return standalone
    binaries = {*standalone.binaries, *_of_windows(build).binaries}
    reason = f"version {version} is not a version of the Sysmon in Windows, as it is declared to be"
    return PossibleBinaries(tuple(sorted(binaries)), reason)


def _of_windows(build: int | None) -> PossibleBinaries:
    """The Sysmon that this build of Windows ships; if the build is unknown, all that any ships."""
    shipped = [feature for feature in inbox() if build is None or feature.from_build <= build]
    binaries = {Binary(feature.schema, _defaults()[-1][1]) for feature in shipped}
    if not binaries:
        return PossibleBinaries((), f"Windows build {build} ships no Sysmon of its own")
    reason = "" if len(binaries) == 1 else "the build of Windows is unknown"
    return PossibleBinaries(tuple(sorted(binaries)), reason)


def _of_version(version: str) -> PossibleBinaries:
    """The standalone programs that this version may be.

    A version between two listed releases may have the schema of either, or any in between.
    """
    parsed = version_numbers(version)
    if parsed is None:
        return PossibleBinaries((), f"{version!r} is no version of Sysmon")
    listed = releases()
    older = [release for release in listed if release.version <= parsed]
    newer = [release for release in listed if release.version > parsed]
    if not older:
        return PossibleBinaries((), _undescribed(version, parsed))
    exact = older[-1].version == parsed
    if not exact and not newer:
        reason = f"Sysmon {version} is newer than every release listed here ({listed[-1].name})"
        return PossibleBinaries((), reason)
    low, high = older[-1].schema, (older[-1] if exact else newer[0]).schema
    binaries = {
        Binary(schema, defaults)
        for schema in manifest.schemas()
        if low <= schema <= high
        for defaults in _defaults_of(parsed)
    }
    if low != high:
        reason = f"Sysmon {version} lies between releases with schema {low} and {high}"
    elif len(binaries) > 1:
        reason = f"no source says which events Sysmon {version} logs by default"
    else:
        reason = ""
    return PossibleBinaries(tuple(sorted(binaries)), reason)


def _undescribed(version: str, parsed: Numbers) -> str:
    """Why a version before the first described release stands for no known program."""
    oldest = releases()[0]
    schemas = [release.schema for release in undescribed() if release.version == parsed]
    reason = f"Sysmon {version} is older than every release described here ({oldest.name})"
    if not schemas or not schemas[0]:
        return reason
    return f"{reason}: it has schema {schemas[0]}, and no source describes what came before 4.00"


def is_listed(version: str) -> bool:
    """Whether a release of that version is known."""
    parsed = version_numbers(version)
    return parsed in {
        *(release.version for release in releases()),
        *(release.version for release in undescribed()),
    }


def may_follow(version: str) -> bool:
    """Whether a version may be a release after every known one.

    More than one major version ahead is taken for a slip of the pen.
    """
    parsed, newest = version_numbers(version), releases()[-1].version
    return parsed is not None and parsed > newest and parsed[0] <= newest[0] + 1


def schema_for(version: str) -> Schema | Missing:
    """The schema of a Sysmon of this version; missing, with the reason, if no source settles it."""
    possible = possible_binaries(version)
    schemas = {binary.schema for binary in possible.binaries}
    return schemas.pop() if len(schemas) == 1 else Missing(possible.reason)


def before(version: str | None, event_id: int) -> bool:
    """Whether a Sysmon of this version, which no table lists, surely predates the event.

    Either a source names the version that introduced the event, or no listed schema has the event
    and this version is not newer than the listed ones.
    """
    parsed, event = version_numbers(version or ""), manifest.event(event_id)
    if event is None:
        return parsed is None or parsed < releases()[-1].version
    since = version_numbers(event.since)
    return parsed is not None and since is not None and parsed < since
