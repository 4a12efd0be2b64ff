"""The audit subcategories by GUID, and what Windows sets by default."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from logreach.inventories.files.tables import TABLES, csv_table
from logreach.inventories.windows.facts import AuditSetting, OperatingSystem, OsKind

_COLUMNS = (
    "guid",
    "category",
    "name",
    "gpo_name",
    "legacy_category",
    "source",
    "volume",
    "volume_source",
)
_DEFAULT_COLUMNS = (
    "guid",
    "kind",
    "from_build",
    "until_build",
    "success",
    "failure",
    "note",
    "source",
)
_GUID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?")

_OLDEST_SERVER = 6001  # Server 2008; Vista is 6000


@dataclass(frozen=True, slots=True)
class AuditSubcategory:
    """One audit subcategory.

    `gpo_name` is its name in the Group Policy editor, `legacy_category` the secedit name of the
    legacy audit category that contains it ('AuditObjectAccess'), `volume` Microsoft's word for
    how many events it yields, '' where there is none.
    """

    guid: str
    category: str
    name: str
    gpo_name: str
    legacy_category: str
    volume: str


@cache
def subcategories() -> dict[str, AuditSubcategory]:
    """Every audit subcategory by GUID, in upper case without braces."""
    return {
        row["guid"]: AuditSubcategory(
            row["guid"],
            row["category"],
            row["name"],
            row["gpo_name"],
            row["legacy_category"],
            row["volume"],
        )
        for row in csv_table(TABLES / "audit_subcategories.csv", _COLUMNS)
    }


def as_guid(written: str) -> str | None:
    """A GUID in upper case without braces; None if the text is no GUID."""
    match = _GUID.fullmatch(written.strip())
    return match[1].upper() if match else None


@dataclass(frozen=True, slots=True)
class _DefaultSetting:
    kind: OsKind
    from_build: int
    until_build: int | None
    guid: str
    setting: AuditSetting
    note: str


@cache
def _defaults() -> tuple[_DefaultSetting, ...]:
    return tuple(
        _DefaultSetting(
            OsKind(row["kind"]),
            int(row["from_build"]),
            int(row["until_build"]) if row["until_build"] else None,
            row["guid"],
            AuditSetting(success=row["success"] == "yes", failure=row["failure"] == "yes"),
            row["note"],
        )
        for row in csv_table(TABLES / "audit_defaults.csv", _DEFAULT_COLUMNS)
        if row["from_build"]
    )


def subcategories_of(os: OperatingSystem | None) -> frozenset[str]:
    """The GUIDs of the subcategories that a Windows has; None: those that every Windows has.

    A subcategory whose first build is not known is left out.
    """
    oldest: dict[str, dict[OsKind, int]] = {}
    for default in _defaults():
        builds = oldest.setdefault(default.guid, {})
        builds[default.kind] = min(default.from_build, builds.get(default.kind, default.from_build))
    return frozenset(
        guid
        for guid, builds in oldest.items()
        if (os is None and max(builds.values()) <= _OLDEST_SERVER)
        or (os is not None and builds.get(os.kind, os.build + 1) <= os.build)
    )


def default_settings(os: OperatingSystem) -> dict[str, tuple[AuditSetting, str]]:
    """The audit settings of a new installation: by GUID, the setting and a note on it."""
    return {
        default.guid: (default.setting, default.note)
        for default in _defaults()
        if default.kind is os.kind
        and default.from_build <= os.build
        and (default.until_build is None or os.build < default.until_build)
    }
