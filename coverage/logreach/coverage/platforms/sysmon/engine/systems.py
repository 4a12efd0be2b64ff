"""The Windows versions on which each Sysmon runs, and which an event requires.

Data: `knowledge/systems.csv` and `event_systems.csv`, each row with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine import releases
from logreach.coverage.platforms.sysmon.engine.defects import defects_of
from logreach.coverage.platforms.sysmon.engine.tables import table_rows
from logreach.inventories.windows.facts import OperatingSystem, OsKind


@dataclass(frozen=True, slots=True)
class SystemRequirement:
    """The oldest Windows on which a version of Sysmon runs, according to a source.

    `name` is the version as published. `documented`: Microsoft's page for that version names it as
    the oldest. Otherwise someone reliable has seen the version run there.
    """

    name: str
    version: releases.Numbers
    client: str
    client_build: int
    server: str
    server_build: int
    documented: bool

    def build(self, kind: OsKind) -> int:
        """The build of that oldest Windows."""
        return self.server_build if kind is OsKind.SERVER else self.client_build


@lru_cache(maxsize=1)
def requirements() -> tuple[SystemRequirement, ...]:
    """Every sourced requirement, by version of Sysmon."""
    unsorted = (
        SystemRequirement(
            row["version"],
            releases.numbers(row["version"]),
            row["client"],
            int(row["client_build"]),
            row["server"],
            int(row["server_build"]),
            row["standing"] == "documented",
        )
        for row in table_rows("systems.csv")
    )
    return tuple(sorted(unsorted, key=lambda requirement: requirement.version))


@lru_cache(maxsize=1)
def _builds_of_events() -> dict[int, tuple[int, int]]:
    """By event id, the last build that surely lacks its telemetry and the first that has it."""
    return {
        int(row["event_id"]): (int(row["absent_to_build"]), int(row["from_build"]))
        for row in table_rows("event_systems.csv")
    }


def on_system(event_id: int, build: int) -> bool | None:
    """Whether a Windows of this build provides the event's telemetry; None: no source says."""
    absent_to, present_from = _builds_of_events().get(event_id, (0, 0))
    return True if build >= present_from else False if build <= absent_to else None


@lru_cache(maxsize=64)
def newest_for(os: OperatingSystem) -> str | None:
    """The last version of Sysmon that is known to run on that Windows, of those whose schema is
    known and that no known defect makes unsure; None where none is."""
    running = [x.version for x in requirements() if x.build(os.kind) <= os.build]
    if not running:
        return None
    versions = {
        **{release.version: release.name for release in releases.releases()},
        **{requirement.version: requirement.name for requirement in requirements()},
    }
    able = (
        version
        for version, name in versions.items()
        if version <= max(running)
        and len(releases.possible_binaries(name).binaries) == 1
        and not any(defect.settled for defect in defects_of(name))
    )
    return versions[max(able)]


def oldest_build(version: str | None, in_windows: bool) -> int:
    """The oldest Windows that the documentation of that Sysmon names; 0 if it names none."""
    if in_windows or (version and releases.windows_build(version)):
        return min(feature.from_build for feature in releases.inbox())
    sysmon_version = releases.version_numbers(version or "") or (0, 0)
    applicable = [
        requirement
        for requirement in requirements()
        if requirement.documented and requirement.version <= sysmon_version
    ]
    if not applicable:
        return 0
    return min(applicable[-1].client_build, applicable[-1].server_build)


def doubt(version: str, os: OperatingSystem) -> str:
    """Why a standalone Sysmon is unlikely to run on that Windows; '' if no source speaks against.

    Where a later version runs, this one does too; a Windows too old for an earlier version is too
    old for this one. Between two sourced versions nothing speaks against it.
    """
    sysmon_version = releases.version_numbers(version)
    if sysmon_version is None or releases.windows_build(version) is not None:
        return ""
    if any(
        requirement.version >= sysmon_version and requirement.build(os.kind) <= os.build
        for requirement in requirements()
    ):
        return ""
    unmet = [
        requirement
        for requirement in requirements()
        if requirement.documented
        and requirement.version <= sysmon_version
        and os.build < requirement.build(os.kind)
    ]
    if not unmet:
        return ""
    oldest = unmet[-1].server if os.kind is OsKind.SERVER else unmet[-1].client
    return f"Sysmon {version} is documented to run on {oldest} and later, and this is {os}"
