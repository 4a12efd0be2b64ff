"""What access has to be audited, and what is known of objects that Windows audits by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import PureWindowsPath
from typing import Any

from logreach.inventories.files.yaml_text import parse_yaml
from logreach.inventories.windows.facts import OperatingSystem, OsKind, Sacl
from logreach.inventories.windows.objects import access_rights
from logreach.inventories.windows.objects.object_names import ObjectName, normal
from logreach.inventories.windows.objects.sddl import read_sacl

CHILD = "\\*"
WITH_GLOBAL = ("key", "file")  # kinds for which Windows has global audit entries


class Scope(StrEnum):
    """Which objects a path means."""

    OBJECT = "object"  # this one alone
    BELOW = "below"  # all below it, not itself; also written as a path that ends in \*
    TREE = "tree"  # itself and all below
    SOME = "some"  # objects or rights of which is not known which: a part proves nothing


@dataclass(frozen=True, slots=True)
class AccessNeed:
    """An access that has to be audited.

    `kind` is 'key', 'file', 'process', 'ad', 'sam', 'share', 'kernel', 'service', ...; `path` in
    any spelling, 'ad:<class>' for objects of a class, '' for any object of the kind. `rights`
    are names such as KEY_SET_VALUE, or of the directory DS-Replication-Get-Changes, all of which
    matter; none: the right that is used, whichever.
    `outcome` is 'success', 'failure' or 'both'. `object_type` is a property or extended right of
    the directory, by GUID or by the name that the table gives. `container` says of a file's path
    whether it is a folder; None: it may be either. Everyone's access is meant.
    """

    kind: str
    path: str = ""
    rights: tuple[str, ...] = ()
    outcome: str = "success"
    scope: Scope = Scope.TREE
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
        """Whether only objects below the path are meant."""
        return self.scope is Scope.BELOW or self.path.endswith(CHILD)

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
    def masks(self) -> dict[str, int]:
        """The rights wanted, by name; where none are, every single right of the kind."""
        if self.rights:
            return {name: _bits(self.kind, name) or 0 for name in self.rights}
        every = access_rights.every_right(self.kind)
        return {
            name: access_rights.bits(self.kind, name) or 0
            for name in access_rights.names(self.kind, every)
        }

    @property
    def what(self) -> str:
        """The kind of object, in words."""
        return str(objects()["titles"].get(self.kind, self.kind))

    @property
    def type_guid(self) -> str:
        """The object type as a GUID in lower case, '' for none or several."""
        types = {self.type_of(name) for name in self.masks}
        return types.pop() if len(types) == 1 else ""

    def type_of(self, right: str) -> str:
        """The object type that an entry for this right must have, if any: as a GUID."""
        types = objects()["types"]
        if right in objects()["extended_rights"] and self.kind == "ad":
            return str(types[right])
        return str(types.get(self.object_type, self.object_type)).lower().strip("{}")

    @property
    def class_guid(self) -> str:
        """The class that 'ad:<class>' means, as a GUID; '' where no class is meant."""
        prefix, _, name = self.path.partition(":")
        known = objects()["classes"]
        return str(known.get(name.casefold(), "")) if prefix.casefold() == "ad" else ""


def _bits(kind: str, right: str) -> int | None:
    """The bits of a right; extended rights of the directory share one."""
    if kind == "ad" and right in objects()["extended_rights"]:
        right = "CONTROL_ACCESS"
    return access_rights.bits(kind, right)


@cache
def objects() -> Any:
    """The table sacl_objects.yaml."""
    path = files("logreach.coverage.platforms.windows.knowledge") / "sacl_objects.yaml"
    return parse_yaml(path.read_text("utf-8"))


def exempt(kind: str) -> str:
    """Why this kind of object needs no entry; '' where it does."""
    return str(objects()["exempt"].get(kind, ""))


def untold(kind: str) -> str:
    """Why nothing can be known of the entries of this kind of object; '' where it can."""
    return str(objects()["untold"].get(kind, ""))


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An audit entry that Windows sets itself, from a build on."""

    object: str
    sacl: Sacl
    client_from: int
    server_from: int
    source: str

    def on(self, os: OperatingSystem) -> bool:
        """Whether this Windows has it."""
        first = self.client_from if os.kind is OsKind.CLIENT else self.server_from
        return os.build >= first


@cache
def built_in() -> dict[str, BuiltIn]:
    """Every such entry, by the object's normal name."""
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
