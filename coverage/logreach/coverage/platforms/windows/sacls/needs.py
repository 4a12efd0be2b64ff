"""The access that an event needs audited, and the objects that Windows audits by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path, PureWindowsPath
from typing import Any

from logreach.inventories.files.tables import Shape, yaml_table
from logreach.inventories.windows.facts import OperatingSystem, OsKind, Sacl
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.object_names import ObjectName, normal
from logreach.inventories.windows.objects.sddl import read_sacl

_FILE = Path(__file__).parents[1] / "knowledge" / "sacl_objects.yaml"

CHILD = "\\*"
WITH_GLOBAL = ("key", "file")  # kinds for which Windows has global audit entries


class ObjectScope(StrEnum):
    """Which objects a path stands for."""

    OBJECT = "object"  # this object alone
    BELOW = "below"  # all objects below it, not itself; a path that ends in \* means the same
    TREE = "tree"  # itself and all objects below
    SOME = "some"  # some of them, unknown which: coverage of a part proves nothing


@dataclass(frozen=True, slots=True)
class AccessNeed:
    """An access by anyone that must be audited.

    `kind` is 'key', 'file', 'process', 'ad', 'sam', 'share', 'kernel', 'service', ...; `path` in
    any spelling, 'ad:<class>' for objects of a class, '' for any object of the kind. `rights`
    are names such as KEY_SET_VALUE, or of the directory DS-Replication-Get-Changes, all of which
    must be audited; none stands for any right that is used. `outcome` is 'success', 'failure' or
    'both'. `object_type` is a property or extended right of the directory, by GUID or by its name
    in the table. `container` says whether a file path names a folder; None: it may be either.
    """

    kind: str
    path: str = ""
    rights: tuple[str, ...] = ()
    outcome: str = "success"
    scope: ObjectScope = ObjectScope.TREE
    object_type: str = ""
    container: bool | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.rights if _bits(self.kind, name) is None]
        if unknown:
            raise ValueError(f"a {self.kind} has no access right {unknown[0]}")
        if self.outcome not in ("success", "failure", "both"):
            raise ValueError(f"{self.outcome!r} is no outcome")

    @property
    def below(self) -> bool:
        """Whether the need concerns only objects below the path."""
        return self.scope is ObjectScope.BELOW or self.path.endswith(CHILD)

    @property
    def name(self) -> ObjectName | None:
        """The path's normal form; None for any object of the kind."""
        path = self.path.removesuffix(CHILD)
        if not path:
            return None
        if self.kind == "process":
            path = f"process:{PureWindowsPath(path.removeprefix('process:')).name}"
        return normal(path) or ObjectName(self.kind, path.upper())

    @property
    def masks(self) -> Mapping[str, int]:
        """The needed rights with their bits; if none is named, every single right of the kind."""
        return _masks(self.kind, self.rights)

    @property
    def kind_title(self) -> str:
        """The kind of object, in words."""
        return str(objects()["titles"].get(self.kind, self.kind))

    @property
    def type_guid(self) -> str:
        """The object type as a GUID in lower case; '' for none or several."""
        types = {self.type_of(name) for name in self.masks}
        return types.pop() if len(types) == 1 else ""

    def type_of(self, right: str) -> str:
        """The object type that an entry for this right must have, as a GUID; '' for none."""
        types = objects()["types"]
        if right in objects()["extended_rights"] and self.kind == "ad":
            return str(types[right])
        return str(types.get(self.object_type, self.object_type)).lower().strip("{}")

    @property
    def class_guid(self) -> str:
        """The GUID of the class in 'ad:<class>'; '' if the path names no class."""
        prefix, _, name = self.path.partition(":")
        classes = objects()["classes"]
        return str(classes.get(name.casefold(), "")) if prefix.casefold() == "ad" else ""


@lru_cache(maxsize=1024)  # every entry of a SACL asks
def _masks(kind: str, rights: tuple[str, ...]) -> Mapping[str, int]:
    if rights:
        return {name: _bits(kind, name) or 0 for name in rights}
    every = access_rights.names(kind, access_rights.every_right(kind))
    return {name: access_rights.bits(kind, name) or 0 for name in every}


def _bits(kind: str, right: str) -> int | None:
    """The bits of a right; all extended rights of the directory have the same bit."""
    if kind == "ad" and right in objects()["extended_rights"]:
        right = "CONTROL_ACCESS"
    return access_rights.bits(kind, right)


@cache
def objects() -> Any:
    """The table sacl_objects.yaml."""
    built_in: Shape = {
        "object": str,
        "sddl": str,
        "client_from": int,
        "server_from": int,
        "source": str,
    }
    texts = ("exempt", "titles", "unreported", "classes", "types", "access_codes")
    shape: Shape = {
        **{key: {...: str} for key in (*texts, "class_fields")},
        "exempt_source": str,
        **{key: [str] for key in ("directory_fields", "extended_rights", "any_right")},
        "built_in": [built_in],
        "words": {...: [str]},
    }
    return yaml_table(_FILE, shape)


def exempt(kind: str) -> str:
    """Why this kind of object needs no audit entry; '' if it needs one."""
    return str(objects()["exempt"].get(kind, ""))


def unreported(kind: str) -> str:
    """Why no inventory shows the audit entries of this kind of object; '' if one may."""
    return str(objects()["unreported"].get(kind, ""))


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An audit entry that Windows sets itself, from a build on."""

    object: str
    sacl: Sacl
    client_from: int
    server_from: int
    source: str

    def on(self, os: OperatingSystem) -> bool:
        """Whether this Windows sets the entry."""
        first = self.client_from if os.kind is OsKind.CLIENT else self.server_from
        return os.build >= first


@cache
def built_in() -> dict[str, BuiltIn]:
    """Every entry that Windows sets itself, by the object's normal name."""
    return {
        row["object"]: BuiltIn(
            row["object"],
            read_sacl(row["sddl"]) or Sacl(()),
            row["client_from"],
            row["server_from"],
            row["source"],
        )
        for row in objects()["built_in"]
    }
