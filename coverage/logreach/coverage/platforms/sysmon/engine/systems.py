"""Which Windows a Sysmon runs on, and what Windows must have for an event.

Data: `knowledge/systems.csv` and `event_systems.csv`, each row with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from logreach.coverage.platforms.sysmon.engine import manifest, releases
from logreach.inventories.windows.facts import OperatingSystem, OsKind


@dataclass(frozen=True, slots=True)
class System:
    """The oldest Windows that a Sysmon runs on, where a source says so.

    `documented`: Microsoft's page for that version names it as the oldest; else somebody who can
    tell has seen it run there.
    """

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
def systems() -> tuple[System, ...]:
    """What is known of the Windows that each Sysmon runs on, by version."""
    found = (
        System(
            releases.numbers(row["version"]),
            row["client"],
            int(row["client_build"]),
            row["server"],
            int(row["server_build"]),
            row["standing"] == "documented",
        )
        for row in manifest.rows("systems.csv")
    )
    return tuple(sorted(found, key=lambda one: one.version))


@lru_cache(maxsize=1)
def _telemetry() -> dict[int, tuple[int, int]]:
    return {
        int(row["event_id"]): (int(row["absent_to_build"]), int(row["from_build"]))
        for row in manifest.rows("event_systems.csv")
    }


def on_system(event_id: int, build: int) -> bool | None:
    """Whether a Windows of this build has what the event is made of; None: no source tells."""
    absent, since = _telemetry().get(event_id, (0, 0))
    return True if build >= since else False if build <= absent else None


def oldest_build(version: str | None, in_windows: bool) -> int:
    """The oldest Windows that the documentation of that Sysmon names; 0 where none is known."""
    if in_windows or (version and releases.windows_build(version)):
        return min(one.from_build for one in releases.inbox())
    wanted = releases.version_numbers(version or "") or (0, 0)
    named = [one for one in systems() if one.documented and one.version <= wanted]
    return min(named[-1].client_build, named[-1].server_build) if named else 0


def doubt(version: str, os: OperatingSystem) -> str:
    """Why a standalone Sysmon is not known to run on that Windows; '' where nothing says so.

    What runs a later version runs this one, and what is too old for an earlier one is for this.
    Between two versions with a source, nothing is known against it.
    """
    wanted = releases.version_numbers(version)
    if wanted is None or releases.windows_build(version) is not None:
        return ""
    if any(one.version >= wanted and one.build(os.kind) <= os.build for one in systems()):
        return ""
    against = [
        one
        for one in systems()
        if one.documented and one.version <= wanted and os.build < one.build(os.kind)
    ]
    if not against:
        return ""
    oldest = against[-1].server if os.kind is OsKind.SERVER else against[-1].client
    return f"Sysmon {version} is documented to run on {oldest} and later, and this is {os}"
