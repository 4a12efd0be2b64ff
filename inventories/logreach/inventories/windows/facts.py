"""What is known of a Windows host: the types of its facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class OsKind(StrEnum):
    CLIENT = "client"
    SERVER = "server"


class Role(StrEnum):
    WORKSTATION = "workstation"
    SERVER = "server"
    DOMAIN_CONTROLLER = "domain-controller"


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """A Windows release: `build` as `ver` prints it (22631), `revision` the part behind it."""

    product: str
    release: str
    kind: OsKind
    nt_version: str
    build: int
    revision: int | None = None

    def __str__(self) -> str:
        name = f"{self.product} {self.release}".strip()
        dot = "" if self.revision is None else f".{self.revision}"
        return f"{name} (build {self.build}{dot})"


@dataclass(frozen=True, slots=True)
class AuditSetting:
    """What one audit subcategory (or legacy category) records."""

    success: bool
    failure: bool

    def __str__(self) -> str:
        both = {(True, True): "Success and Failure", (True, False): "Success"}
        return both.get((self.success, self.failure), "Failure" if self.failure else "No Auditing")


@dataclass(frozen=True, slots=True)
class SysmonState:
    """Sysmon on a host.

    `version` is the binary's ('15.15'), None where not told. `config` is the configuration's XML
    text, None where not told; `config_source` its path, `config_sha256` that file's digest, ''
    where it was not read from one. `config_loaded` says whether the host
    itself has loaded this very file, None where it does not tell. `inbox` marks the optional
    feature of Windows itself.
    """

    installed: bool
    version: str | None = None
    config: str | None = field(default=None, repr=False)
    config_source: str = ""
    inbox: bool = False
    config_loaded: bool | None = None
    config_sha256: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """An event log channel; sizes in bytes. None: not told."""

    enabled: bool | None = None
    max_bytes: int | None = None
    retention: str | None = None


@dataclass(frozen=True, slots=True)
class Ace:
    """One audit entry of a SACL.

    `rights` is the access mask, `principal` a SID or account name as written, `object_type` and
    `inherited_type` GUIDs of directory objects ('' for all). Containers below (keys, folders,
    directory objects) inherit it where `inherits_to_children`, files where `inherits_to_files`;
    with `one_level` only those directly below. `condition` is a conditional entry's, as written.
    """

    principal: str
    rights: int
    success: bool
    failure: bool
    inherits_to_children: bool = False
    applies_here: bool = True
    object_type: str = ""
    inherited_type: str = ""
    inherits_to_files: bool = False
    one_level: bool = False
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Sacl:
    """The audit entries on one object, as far as they were read; empty: there are none.

    `protected` says that the object inherits none. `spread` is of a list that a remedy makes:
    what lies below has taken its entries, unless a list between is protected.
    """

    aces: tuple[Ace, ...]
    protected: bool = field(default=False, repr=False)
    spread: bool = field(default=False, repr=False)
