"""Which programs a Sysmon may be: its schema, and what it logs where nobody asked.

A version that no table lists is no known program: nothing is said of it by analogy, neither that
it loads a configuration nor that it refuses one. Data: `knowledge/`, each row with its
source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine import manifest
from logreach.coverage.platforms.sysmon.engine.manifest import Schema
from logreach.inventories.facts.facts import Missing

Numbers = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Binary:
    """A program as far as a configuration's effect depends on it.

    `defaults` are the events that it logs where the configuration has no element for them.
    """

    schema: Schema
    defaults: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A released Sysmon: its version as written and as numbers, and its schema."""

    name: str
    version: Numbers
    schema: Schema


@dataclass(frozen=True, slots=True)
class Inbox:
    """Sysmon as a feature of Windows: since which build and update, and what it brings.

    Its version is numbered like Windows ('10.0.26100.8521'), not like the standalone Sysmon.
    """

    os: str
    from_build: int
    update: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Meant:
    """The known programs that a Sysmon may be, oldest first; none: only an unlisted one can be.

    `why` says why it is not exactly one, '' where it is.
    """

    binaries: tuple[Binary, ...]
    why: str = ""


def version_numbers(text: str) -> Numbers | None:
    """A version of standalone Sysmon: 'v15.15' is (15, 15), '15.2' and '15.20' are (15, 20).

    Sysmon counts in decimals: 7.01 comes before 7.1. Further parts (15.15.0.0) are left out.
    """
    match = re.fullmatch(r"\s*v?(\d{1,3})(?:\.(\d{1,2}))?(?:\.\d+)*\s*", text)
    return (int(match[1]), int((match[2] or "0").ljust(2, "0"))) if match else None


def windows_build(version: str) -> int | None:
    """The build in a version of Windows itself, such as '10.0.26100.8521'."""
    match = re.fullmatch(r"\s*10\.0\.(\d{5})(?:\.\d+)?\s*", version)
    return int(match[1]) if match else None


def numbers(text: str) -> Numbers:
    """A version in our own data."""
    return version_numbers(text) or (0, 0)


@lru_cache(maxsize=1)
def releases() -> tuple[Release, ...]:
    """Every release of Sysmon whose schema is known, oldest first."""
    found = (
        Release(row["version"], numbers(row["version"]), Schema.of(row["schema"]))
        for row in manifest.rows("releases.csv")
    )
    return tuple(sorted(found, key=lambda one: one.version))


@lru_cache(maxsize=1)
def inbox() -> tuple[Inbox, ...]:
    """The Windows that bring Sysmon along as an optional feature."""
    return tuple(
        Inbox(row["os"], int(row["from_build"]), row["update"], Schema.of(row["schema"]))
        for row in manifest.rows("inbox.csv")
    )


@lru_cache(maxsize=1)
def _defaults() -> tuple[tuple[Numbers, tuple[int, ...]], ...]:
    found = (
        (numbers(row["version"]), tuple(map(int, row["event_ids"].split())))
        for row in manifest.rows("defaults.csv")
    )
    return tuple(sorted(found))


def _defaults_of(version: Numbers) -> set[tuple[int, ...]]:
    """What it may log unasked: what the nearest versions with a source do, both where they differ.

    Beyond the last such version it is what that one does.
    """
    below = [ids for known, ids in _defaults() if known <= version][-1:]
    above = [ids for known, ids in _defaults() if known >= version][:1]
    return {*below, *above}


def engine() -> Binary:
    """The published engine that SEMANTICS.md and the vectors are about."""
    schema = manifest.engine()
    newest = [one for one in releases() if one.schema == schema][-1]
    return Binary(schema, max(_defaults_of(newest.version)))


def _listed(release: Release) -> Iterator[Binary]:
    for ids in _defaults_of(release.version):
        yield Binary(release.schema, ids)


@lru_cache(maxsize=1)
def _all() -> tuple[Binary, ...]:
    return tuple(sorted({one for release in releases() for one in _listed(release)}))


@lru_cache(maxsize=256)
def meant(version: str | None, in_windows: bool = False, build: int | None = None) -> Meant:
    """The programs that a Sysmon of this version may be.

    `in_windows` says that it is the feature of Windows, `build` which Windows that is. Without a
    version it may be any release that the tables list, from the oldest to the newest.
    """
    told = windows_build(version) if version else None
    if told is not None or (in_windows and version is None):
        return _brought(build if told is None else told)
    if version is None:
        return Meant(_all(), "the version of Sysmon is not told")
    found = _standalone(version)
    if not in_windows:
        return found
    both = {*found.binaries, *_brought(build).binaries}
    why = f"version {version} is none of the Sysmon in Windows, which it is said to be"
    return Meant(tuple(sorted(both)), why)


def _brought(build: int | None) -> Meant:
    """The Sysmon that Windows brings; every one there is where the build is not told."""
    able = [one for one in inbox() if build is None or one.from_build <= build]
    found = {Binary(one.schema, _defaults()[-1][1]) for one in able}
    if not found:
        return Meant((), f"Windows build {build} brings no Sysmon of its own")
    why = "" if len(found) == 1 else "the build of Windows is not told"
    return Meant(tuple(sorted(found)), why)


def _standalone(version: str) -> Meant:
    wanted = version_numbers(version)
    if wanted is None:
        return Meant((), f"{version!r} is no version of Sysmon")
    known = releases()
    older = [one for one in known if one.version <= wanted]
    newer = [one for one in known if one.version > wanted]
    if not older:
        why = f"Sysmon {version} is older than any release known here ({known[0].name})"
        return Meant((), why)
    if older[-1].version != wanted and not newer:
        why = f"Sysmon {version} is newer than any release known here ({known[-1].name})"
        return Meant((), why)
    low, high = older[-1].schema, (older if older[-1].version == wanted else newer[:1])[-1].schema
    found = {
        Binary(schema, ids)
        for schema in manifest.schemas()
        if low <= schema <= high
        for ids in _defaults_of(wanted)
    }
    if low != high:
        why = f"Sysmon {version} lies between releases with schema {low} and {high}"
    else:
        why = "" if len(found) == 1 else f"no source tells what Sysmon {version} logs unasked"
    return Meant(tuple(sorted(found)), why)


def schema_for(version: str) -> Schema | Missing:
    """The schema that a Sysmon of this version brings; missing where no source settles it."""
    found = meant(version)
    schemas = {one.schema for one in found.binaries}
    return schemas.pop() if len(schemas) == 1 else Missing(found.why)


def before(version: str | None, event_id: int) -> bool:
    """Whether a Sysmon of this version, that no table lists, is surely older than the event.

    A source tells which version brought it; or none that is known has it, and this is no newer one.
    """
    wanted, event = version_numbers(version or ""), manifest.event(event_id)
    if event is None:
        return wanted is None or wanted < releases()[-1].version
    since = version_numbers(event.since)
    return wanted is not None and since is not None and wanted < since
